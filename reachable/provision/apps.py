from __future__ import annotations

from django.apps import AppConfig

ROOM = "provision"
DAILY = 24 * 60 * 60


class ProvisionConfig(AppConfig):
    name = "reachable.provision"
    label = ROOM

    def ready(self) -> None:
        from reachable.foundation.registries import (
            NavigationItem,
            Reference,
            Schedule,
            navigation,
            rebuilders,
            references,
            schedules,
        )
        from reachable.provision import reference
        from reachable.provision.deriving import rebuild
        from reachable.provision.nudging import nudge

        references.add(
            "provision", Reference("docs/reference/provision.md", reference.render), room=ROOM
        )
        rebuilders.add("directory", rebuild, room=ROOM)
        schedules.add(
            "directory",
            Schedule("directory", DAILY, lambda by: nudge(by=by), lane="daily"),
            room=ROOM,
        )
        navigation.add(
            "directory", NavigationItem("Directory", "directory", "directory.read", 70), room=ROOM
        )
