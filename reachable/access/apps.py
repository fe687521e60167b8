from __future__ import annotations

from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "reachable.access"
    label = "access"

    def ready(self) -> None:
        """A policy with a hole stops the start."""
        from reachable.access.policy import policy
        from reachable.access.rota import tell_of_gaps
        from reachable.access.sessions import tidy
        from reachable.foundation.registries import (
            NavigationItem,
            Right,
            Schedule,
            navigation,
            rights,
            schedules,
        )

        in_force = policy()
        for key, words in in_force.capabilities.items():
            titles = tuple(role.title for role in in_force.roles.values() if key in role.may)
            rights.add(key, Right(words, titles), room="access")
        navigation.add(
            "who looked",
            NavigationItem("Who did and who looked", "who_looked", "audit.read", 60),
            room="access",
        )
        navigation.add(
            "give back",
            NavigationItem(
                "Give a sign-in back", "give_sign_in_back", "accounts.manage", 70, place="footer"
            ),
            room="access",
        )
        schedules.add("sign-ins", Schedule("sign-ins", 3600, lambda by: tidy(by=by)), room="access")
        navigation.add("rota", NavigationItem("Rota", "rotas", "rota.read", 20), room="access")
        schedules.add("rota", Schedule("rota", 60, lambda by: tell_of_gaps(by=by)), room="access")
