from __future__ import annotations

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "reachable.notices"
    label = "notices"

    def ready(self) -> None:
        from reachable.access.registries import rota_news
        from reachable.foundation.registries import (
            NavigationItem,
            Schedule,
            navigation,
            schedules,
        )
        from reachable.notices.inviting import deliver_invitations
        from reachable.notices.services import deliver, tell_of_rota

        schedules.add("outbox", Schedule("outbox", 2, lambda by: deliver(by=by)), room="notices")
        schedules.add(
            "invitations",
            Schedule("invitations", 5, lambda by: deliver_invitations(by=by)),
            room="notices",
        )
        rota_news.add("notices", tell_of_rota, room="notices")
        navigation.add(
            "mail",
            NavigationItem("E-mail", "mail", "accounts.manage", 80, place="footer"),
            room="notices",
        )
