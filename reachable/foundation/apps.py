from __future__ import annotations

from django.apps import AppConfig


class FoundationConfig(AppConfig):
    name = "reachable.foundation"
    label = "foundation"
