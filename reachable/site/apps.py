from __future__ import annotations

from django.apps import AppConfig

from reachable.foundation.registry import Registry


class SiteConfig(AppConfig):
    name = "reachable.site"
    label = "site"

    def ready(self) -> None:
        """The last room to start: after it, the registries are closed."""
        Registry.freeze_all()
