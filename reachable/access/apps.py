from __future__ import annotations

from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "reachable.access"
    label = "access"

    def ready(self) -> None:
        """A policy with a hole stops the start."""
        from reachable.access import moving, providers, reference
        from reachable.access.policy import policy
        from reachable.access.rota import tell_of_gaps
        from reachable.access.sessions import tidy
        from reachable.foundation.outbound import called
        from reachable.foundation.registries import (
            NavigationItem,
            Reference,
            Right,
            Schedule,
            navigation,
            references,
            rights,
            schedules,
        )

        in_force = policy()
        providers.providers()
        called.add("sign-in providers", providers.hosts, room="access")
        for key, words in in_force.capabilities.items():
            titles = tuple(role.title for role in in_force.roles.values() if key in role.may)
            rights.add(key, Right(words, titles), room="access")
        references.add(
            "who sees a child",
            Reference("docs/reference/who-sees.md", reference.render),
            room="access",
        )
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
        navigation.add(
            "staff", NavigationItem("People", "staff", "accounts.own", 55), room="access"
        )
        schedules.add(
            "accounts",
            Schedule("accounts", 600, lambda by: moving.end_those_due(by=by)),
            room="access",
        )
        _who_is_asked()


def _who_is_asked() -> None:
    """What is handed on when somebody leaves, and what a second person approves."""
    from reachable.access import handing, invitations, moving
    from reachable.access.registries import Holding, TakesTwo, holdings, two_people

    shifts = Holding("shifts", handing.shifts, handing.hand_on_shifts)
    holdings.add("shifts", shifts, room="access")
    holdings.add("invited", Holding("invited", handing.invited), room="access")
    holdings.add("asked", Holding("asked", handing.asked_for), room="access")
    holdings.add("rotas", Holding("rotas", handing.only_leader), room="access")
    for verbs in (invitations, moving):
        takes_two = TakesTwo(
            verbs.KIND, "accounts.manage", verbs.in_words, verbs.carry_out, verbs.give_up
        )
        two_people.add(verbs.KIND, takes_two, room="access")
