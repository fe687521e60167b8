from __future__ import annotations

from django.apps import AppConfig

ROOM = "conversations"


class ConversationsConfig(AppConfig):
    name = "reachable.conversations"
    label = ROOM

    def ready(self) -> None:
        from reachable.access.registries import Holding, holdings, rights_ended, sessions_ended
        from reachable.conversations import (
            acquainted,
            child_words,
            devices,
            handing,
            leaving,
            lone_working,
            panels,
            passed_on,
            words_kept,
        )
        from reachable.conversations.offering import MADE_IN
        from reachable.foundation.registries import (
            NavigationItem,
            Schedule,
            navigation,
            schedules,
        )
        from reachable.moments.registries import (
            kept_words,
            moment_panels,
            whom_a_child_knows,
        )
        from reachable.offers.registries import made_in
        from reachable.people.registries import (
            SeenBecause,
            child_panels,
            seen_because,
            told_others,
        )

        holdings.add("conversations", Holding("conversations", handing.unfinished), room=ROOM)
        holdings.add("out alone", Holding("out alone", handing.told_of), room=ROOM)
        rights_ended.add("phones", devices.follow_rights, room=ROOM)
        rights_ended.add("conversations", leaving.follow_rights, room=ROOM)
        sessions_ended.add("phones", devices.follow_sessions, room=ROOM)
        told_others.add("passed on", passed_on.told_others, room=ROOM)
        seen_because.add("passed_on", SeenBecause(10, passed_on.why), room=ROOM)
        child_panels.add("conversations", panels.OF_CHILD, room=ROOM)
        moment_panels.add("conversations", panels.OF_MOMENT, room=ROOM)
        whom_a_child_knows.add("meets", acquainted.MEETS, room=ROOM)
        whom_a_child_knows.add("talked", acquainted.TALKED_WITH, room=ROOM)
        kept_words.add("conversations", words_kept.find_words, room=ROOM)
        schedules.add(
            "lone workers",
            Schedule("lone workers", 30, lambda by: lone_working.tell_who_is_not_back(by=by)),
            room=ROOM,
        )
        navigation.add(
            "phone", NavigationItem("On your phone", "phone", devices.HOLDS, 15), room=ROOM
        )
        navigation.add(
            "candidates", NavigationItem("To confirm", "candidates", devices.HOLDS, 59), room=ROOM
        )
        navigation.add(
            "words for children",
            NavigationItem(
                "Words for children", "child_words", child_words.READS, 35, place="footer"
            ),
            room=ROOM,
        )
        made_in.add("conversations", MADE_IN, room=ROOM)
        for name, needs in (("phones", devices.HOLDS), ("phones of all", devices.MANAGES)):
            item = NavigationItem("Phones", "phones", needs, 40, place="footer")
            navigation.add(name, item, room=ROOM)
