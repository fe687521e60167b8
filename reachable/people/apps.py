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
        from reachable.people import asking, handing, looking, pointers, reference, restricting
        from reachable.people.registries import SeenBecause, identity_changed, seen_because

        references.add(
            "identification",
            Reference("docs/reference/identification.md", reference.render),
            room="people",
        )
        holdings.add("restricted", Holding("restricted", handing.restricted), room="people")
        rights_ended.add("restrictions", restricting.follow_rights, room="people")
        identity_changed.add("restrictions", restricting.follow_identity, room="people")
        pointers.declare()
        navigation.add(
            "joins",
            NavigationItem("Joined and taken apart", "joins", "people.review", 41, place="footer"),
            room="people",
        )
        navigation.add(
            "review", NavigationItem("Review", "reviews", "people.review", 40), room="people"
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
        for kind in ("record", "merge", "split"):
            seen_because.add(kind, SeenBecause(18, looking.why_steward), room="people")
        seen_because.add("review", SeenBecause(20, looking.why_review), room="people")
        seen_because.add("person", SeenBecause(30, looking.why_child), room="people")
