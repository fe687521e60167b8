from __future__ import annotations

from django.apps import AppConfig

ROOM = "sharing"


class SharingConfig(AppConfig):
    name = "reachable.sharing"
    label = ROOM

    def ready(self) -> None:
        from reachable.access.registries import Holding, holdings, rights_ended
        from reachable.foundation.registries import NavigationItem, Schedule, navigation, schedules
        from reachable.foundation.urls import SIGNED_IN
        from reachable.people.registries import (
            SeenBecause,
            child_panels,
            points_to_person,
            seen_because,
            told_others,
        )
        from reachable.sharing import answering, carrying, given, handing, told
        from reachable.sharing.panels import OF_CHILD
        from reachable.sharing.seeing import WATCHES

        for name, pointer in {
            "SharingDecision": carrying.DECISIONS,
            "SharingRequest": carrying.REQUESTS,
            "SafeAddress": carrying.SAFE,
        }.items():
            points_to_person.add(f"sharing.{name}.person", pointer, room=ROOM)
        child_panels.add("sharing", OF_CHILD, room=ROOM)
        holdings.add("safe addresses", Holding("safe", handing.last_reader), room=ROOM)
        seen_because.add("sharing", SeenBecause(15, given.why), room=ROOM)
        told_others.add("sharing", told.told_others, room=ROOM)
        rights_ended.add("sharing", answering.follow_rights, room=ROOM)
        schedules.add(
            "sharing answered for",
            Schedule("sharing answered for", 60, lambda by: answering.look(by=by)),
            room=ROOM,
        )
        navigation.add(
            "shared with me",
            NavigationItem("Shared with me", "shared_with_me", SIGNED_IN, 30, place="footer"),
            room=ROOM,
        )
        navigation.add(
            "decisions to share",
            NavigationItem("Decisions to share", "sharings", WATCHES, 76),
            room=ROOM,
        )
