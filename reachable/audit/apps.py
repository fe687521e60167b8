from __future__ import annotations

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "reachable.audit"
    label = "audit"

    def ready(self) -> None:
        from reachable.audit.services import seal
        from reachable.foundation.registries import Schedule, schedules

        schedules.add("sealer", Schedule("sealer", 0.5, lambda by: seal(by=by)), room="audit")
