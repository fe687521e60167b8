from __future__ import annotations

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "reachable.people"
    label = "people"

    def ready(self) -> None:
        from reachable.access.registries import Holding, holdings, rights_ended
        from reachable.foundation.registries import (
            NavigationItem,
            Reference,
            Schedule,
            navigation,
            references,
            schedules,
        )
        from reachable.people import (
            asking,
            checking,
            handing,
            looking,
            record_checks,
            reference,
            restricting,
        )
        from reachable.people.registries import SeenBecause, identity_changed, seen_because

        references.add(
            "identification",
            Reference("docs/reference/identification.md", reference.render),
            room="people",
        )
        holdings.add("restricted", Holding("restricted", handing.restricted), room="people")
        rights_ended.add("restrictions", restricting.follow_rights, room="people")
        identity_changed.add("restrictions", restricting.follow_identity, room="people")
        navigation.add(
            "review", NavigationItem("Review", "reviews", "people.review", 40), room="people"
        )
        navigation.add(
            "linkage",
            NavigationItem("How well it links", "linkage", "people.figures", 46),
            room="people",
        )
        navigation.add(
            "to check",
            NavigationItem("Check records", "to_check", "intake.load", 47),
            room="people",
        )
        navigation.add(
            "ask",
            NavigationItem("Ask about a child", "ask", "people.ask", 45, place="footer"),
            room="people",
        )
        navigation.add(
            "oversight",
            NavigationItem("Access to children", "oversight", "people.oversee", 62),
            room="people",
        )
        schedules.add(
            "enquiries",
            Schedule("enquiries", 5, lambda by: asking.tell_owners(by=by)),
            room="people",
        )
        schedules.add(
            "link checks",
            Schedule("link checks", 24 * 60 * 60, lambda by: checking.draw_month(by=by), "daily"),
            room="people",
        )
        schedules.add(
            "record checks",
            Schedule(
                "record checks",
                24 * 60 * 60,
                lambda by: record_checks.ask_by_chance(by=by),
                "daily",
            ),
            room="people",
        )
        seen_because.add("review", SeenBecause(20, looking.why_review), room="people")
        seen_because.add("person", SeenBecause(30, looking.why_child), room="people")
