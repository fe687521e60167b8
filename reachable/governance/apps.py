from __future__ import annotations

from django.apps import AppConfig

ROOM = "governance"


class GovernanceConfig(AppConfig):
    name = "reachable.governance"
    label = ROOM

    def ready(self) -> None:
        from reachable.foundation.registries import NavigationItem, navigation
        from reachable.governance.keeping import READS

        navigation.add("watch", NavigationItem("Watch", "watch", READS, 59), room=ROOM)
