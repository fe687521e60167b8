from __future__ import annotations

from django.apps import AppConfig

ROOM = "governance"


class GovernanceConfig(AppConfig):
    name = "reachable.governance"
    label = ROOM

    def ready(self) -> None:
        from functools import partial

        from reachable.access.registries import Holding, holdings
        from reachable.foundation.registries import (
            NavigationItem,
            Reference,
            navigation,
            references,
        )
        from reachable.governance import handing
        from reachable.governance.families import ANSWERS
        from reachable.governance.keeping import READS
        from reachable.governance.papers import DOCUMENTS, written

        for key in DOCUMENTS:
            render = partial(written, key)
            references.add(
                f"governance {key}", Reference(f"docs/governance/{key}.md", render), room=ROOM
            )
        navigation.add(
            "sign off", NavigationItem("Sign-off", "sign_off", READS, 80, place="footer"), room=ROOM
        )
        navigation.add(
            "families", NavigationItem("Families", "family_requests", ANSWERS, 77), room=ROOM
        )
        holdings.add("looks", Holding("looks", handing.unanswered), room=ROOM)
        navigation.add("watch", NavigationItem("Watch", "watch", READS, 61), room=ROOM)
