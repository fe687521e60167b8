from __future__ import annotations

from django.apps import AppConfig

ROOM = "conversations"


class ConversationsConfig(AppConfig):
    name = "reachable.conversations"
    label = ROOM

    def ready(self) -> None:
        _workers()
        _children()
        _pages()


def _workers() -> None:
    """What somebody holds, and what ends with their rights and sessions."""
    from reachable.access.registries import Holding, holdings, rights_ended, sessions_ended
    from reachable.conversations import devices, handing, leaving, lone_working
    from reachable.foundation.registries import Schedule, schedules

    holdings.add("conversations", Holding("conversations", handing.unfinished), room=ROOM)
    holdings.add("out alone", Holding("out alone", handing.told_of), room=ROOM)
    rights_ended.add("phones", devices.follow_rights, room=ROOM)
    rights_ended.add("conversations", leaving.follow_rights, room=ROOM)
    sessions_ended.add("phones", devices.follow_sessions, room=ROOM)
    schedules.add(
        "lone workers",
        Schedule("lone workers", 30, lambda by: lone_working.tell_who_is_not_back(by=by)),
        room=ROOM,
    )


def _children() -> None:
    """What conversations say of a child, of a moment, and of whom a child knows."""
    from reachable.conversations import acquainted, carrying, panels, passed_on, words_kept
    from reachable.conversations.offering import MADE_IN
    from reachable.moments.registries import kept_words, moment_panels, whom_a_child_knows
    from reachable.offers.registries import made_in
    from reachable.people.registries import (
        SeenBecause,
        child_panels,
        points_to_person,
        seen_because,
        told_others,
    )

    points_to_person.add("conversations.Conversation.person", carrying.GOES, room=ROOM)
    told_others.add("passed on", passed_on.told_others, room=ROOM)
    seen_because.add("passed_on", SeenBecause(10, passed_on.why), room=ROOM)
    child_panels.add("conversations", panels.OF_CHILD, room=ROOM)
    moment_panels.add("conversations", panels.OF_MOMENT, room=ROOM)
    whom_a_child_knows.add("meets", acquainted.MEETS, room=ROOM)
    whom_a_child_knows.add("talked", acquainted.TALKED_WITH, room=ROOM)
    kept_words.add("conversations", words_kept.find_words, room=ROOM)
    made_in.add("conversations", MADE_IN, room=ROOM)


def _pages() -> None:
    """Where the pages of this room stand in the navigation."""
    from reachable.conversations import child_words, devices
    from reachable.foundation.registries import NavigationItem, navigation

    items = {
        "phone": NavigationItem("On your phone", "phone", devices.HOLDS, 15),
        "candidates": NavigationItem("To confirm", "candidates", devices.HOLDS, 59),
        "words for children": NavigationItem(
            "Words for children", "child_words", child_words.READS, 35, place="footer"
        ),
        "phones": NavigationItem("Phones", "phones", devices.HOLDS, 40, place="footer"),
        "phones of all": NavigationItem("Phones", "phones", devices.MANAGES, 40, place="footer"),
    }
    for key, item in items.items():
        navigation.add(key, item, room=ROOM)
