from __future__ import annotations

from django.apps import AppConfig


class GeographyConfig(AppConfig):
    name = "reachable.geography"
    label = "geography"

    def ready(self) -> None:
        from reachable.access.registries import areas
        from reachable.geography.selectors import area_names

        areas.add("geography", area_names, room="geography")
