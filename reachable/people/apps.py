from __future__ import annotations

from django.apps import AppConfig

from reachable.foundation.actor import Actor

DAILY = 24 * 60 * 60


def _check_day(by: Actor) -> object:
    """Only the worker compares records: pages do without what that needs."""
    from reachable.people import night

    return night.check_day(by=by)


class PeopleConfig(AppConfig):
    name = "reachable.people"
    label = "people"

    def ready(self) -> None:
        from reachable.access.registries import Holding, holdings, rights_ended
        from reachable.foundation.registries import Reference, references
        from reachable.people import explaining as weights
        from reachable.people import handing, looking, pointers, reference, restricting
        from reachable.people.registries import (
            SeenBecause,
            explaining,
            identity_changed,
            seen_because,
        )

        references.add(
            "identification",
            Reference("docs/reference/identification.md", reference.render),
            room="people",
        )
        holdings.add("restricted", Holding("restricted", handing.restricted), room="people")
        rights_ended.add("restrictions", restricting.follow_rights, room="people")
        identity_changed.add("restrictions", restricting.follow_identity, room="people")
        pointers.declare()
        explaining.add("model", weights.offered(), room="people")
        for kind, why in (
            ("record", looking.why_record),
            ("merge", looking.why_merge),
            ("split", looking.why_split),
        ):
            seen_because.add(kind, SeenBecause(18, why), room="people")
        seen_because.add("review", SeenBecause(20, looking.why_review), room="people")
        seen_because.add("person", SeenBecause(30, looking.why_child), room="people")
        self._navigation()
        self._schedules()

    def _navigation(self) -> None:
        from reachable.foundation.registries import NavigationItem, navigation

        for name, item in (
            ("review", NavigationItem("Review", "reviews", "people.review", 40)),
            (
                "joins",
                NavigationItem(
                    "Joined and taken apart", "joins", "people.review", 41, place="footer"
                ),
            ),
            (
                "linkage",
                NavigationItem(
                    "How well it links", "linkage", "people.figures", 46, place="footer"
                ),
            ),
            ("to check", NavigationItem("Check records", "to_check", "intake.load", 47)),
            ("ask", NavigationItem("Ask about a child", "ask", "people.ask", 45, place="footer")),
            ("oversight", NavigationItem("Access to children", "oversight", "people.oversee", 62)),
        ):
            navigation.add(name, item, room="people")

    def _schedules(self) -> None:
        from reachable.foundation.registries import Schedule, schedules
        from reachable.people import asking, checking
        from reachable.people.record_checks import ask_by_chance

        for each in (
            Schedule("enquiries", 5, lambda by: asking.tell_owners(by=by)),
            Schedule("link checks", DAILY, lambda by: checking.draw_month(by=by), "daily"),
            Schedule("link night", DAILY, _check_day),
            Schedule("record checks", DAILY, lambda by: ask_by_chance(by=by), "daily"),
        ):
            schedules.add(each.name, each, room="people")
