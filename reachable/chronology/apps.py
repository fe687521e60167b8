from __future__ import annotations

from django.apps import AppConfig


class ChronologyConfig(AppConfig):
    name = "reachable.chronology"
    label = "chronology"

    def ready(self) -> None:
        from reachable.chronology.panels import CHRONOLOGY
        from reachable.people.registries import child_panels

        child_panels.add("chronology", CHRONOLOGY, room="chronology")
