from __future__ import annotations

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "reachable.people"
    label = "people"

    def ready(self) -> None:
        from reachable.foundation.registries import (
            NavigationItem,
            Reference,
            navigation,
            references,
        )
        from reachable.people import looking, reference
        from reachable.people.registries import SeenBecause, seen_because

        references.add(
            "identification",
            Reference("docs/reference/identification.md", reference.render),
            room="people",
        )
        navigation.add(
            "review", NavigationItem("Review", "reviews", "people.review", 40), room="people"
        )
        seen_because.add("review", SeenBecause(20, looking.why_review), room="people")
        seen_because.add("person", SeenBecause(30, looking.why_child), room="people")
