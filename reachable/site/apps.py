from __future__ import annotations

from django.apps import AppConfig, apps

from reachable.foundation.registry import Registry

DAILY = 24 * 60 * 60


class SiteConfig(AppConfig):
    name = "reachable.site"
    label = "site"

    def ready(self) -> None:
        """The last room to start: after it, the registries are closed.

        What law and guidance say lies below everything, so its pages are named here.
        """
        from reachable.foundation.registries import Reference, references
        from reachable.practice import reference
        from reachable.site import command_reference, row_reference
        from reachable.site import reference as own

        for path, render, room in (
            ("docs/reference/practice.md", reference.render, "practice"),
            ("docs/reference/clocks.md", reference.render_clocks, "practice"),
            ("docs/reference/addresses.md", own.render_addresses, "site"),
            ("docs/reference/roles.md", own.render_roles, "site"),
            ("docs/reference/fields.md", own.render_fields, "site"),
            ("docs/reference/rows.md", row_reference.render, "site"),
            ("docs/reference/registries.md", own.render_registries, "site"),
            ("docs/reference/commands.md", command_reference.render, "site"),
        ):
            references.add(path, Reference(path, render), room=room)
        from reachable.foundation.registries import (
            NavigationItem,
            Schedule,
            navigation,
            schedules,
        )
        from reachable.foundation.urls import SIGNED_IN
        from reachable.site.upkeep import prune

        schedules.add(
            "prune", Schedule("prune", DAILY, lambda by: prune(), lane="daily"), room="site"
        )

        navigation.add(
            "help", NavigationItem("Help", "help", SIGNED_IN, 90, place="footer"), room="site"
        )
        navigation.add(
            "practice",
            NavigationItem("What this follows", "practice", "practice.read", 91, place="footer"),
            room="site",
        )
        _every_record_is_declared()
        Registry.freeze_all()


def _every_record_is_declared() -> None:
    """What no room says who may read stops the start: a field, or rows that are of a child."""
    from reachable.access import fields, registries, rows

    for room in apps.get_app_configs():
        if room.name.startswith("reachable."):
            registries.fields.add(room.label, fields.declared(room), room=room.label)
            registries.rows.add(room.label, rows.declared(room), room=room.label)
