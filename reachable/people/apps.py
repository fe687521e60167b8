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
        from reachable.people import reference

        references.add(
            "identification",
            Reference("docs/reference/identification.md", reference.render),
            room="people",
        )
        navigation.add(
            "review", NavigationItem("Review", "reviews", "people.review", 40), room="people"
        )
