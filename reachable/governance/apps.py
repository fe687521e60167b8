from __future__ import annotations

from django.apps import AppConfig

ROOM = "governance"


class GovernanceConfig(AppConfig):
    name = "reachable.governance"
    label = ROOM

    def ready(self) -> None:
        from functools import partial

        from reachable.access.registries import Holding, holdings
        from reachable.foundation.registries import (
            NavigationItem,
            Reference,
            navigation,
            references,
        )
        from reachable.governance import breaches, handing
        from reachable.governance.families import ANSWERS
        from reachable.governance.keeping import ASKS, READS
        from reachable.governance.models import FamilyRequest, LookQuestion
        from reachable.governance.papers import DOCUMENTS, written
        from reachable.people import pointers
        from reachable.people.registries import (
            PointsToPerson,
            identity_changed,
            points_to_person,
            what_followed,
        )

        for key in DOCUMENTS:
            render = partial(written, key)
            references.add(
                f"governance {key}", Reference(f"docs/governance/{key}.md", render), room=ROOM
            )
        navigation.add(
            "sign off", NavigationItem("Sign-off", "sign_off", READS, 80, place="footer"), room=ROOM
        )
        navigation.add(
            "families", NavigationItem("Families", "family_requests", ANSWERS, 77), room=ROOM
        )
        identity_changed.add("breaches", breaches.follow_identity, room=ROOM)
        what_followed.add("breaches", breaches.what_followed, room=ROOM)
        points_to_person.add(
            "governance.FamilyRequest.person",
            PointsToPerson(
                FamilyRequest,
                "person",
                "It is what a family was told then: it stays, and is listed.",
                ("answer to a family", "answers to families"),
                at="made_at",
            ),
            room=ROOM,
        )
        points_to_person.add(
            "governance.LookQuestion.subject_id",
            PointsToPerson(
                LookQuestion, "subject_id", pointers.WRITTEN, narrowed=pointers.OF_A_CHILD
            ),
            room=ROOM,
        )
        navigation.add("breaches", NavigationItem("Assessments", "breaches", ASKS, 63), room=ROOM)
        holdings.add("looks", Holding("looks", handing.unanswered), room=ROOM)
        navigation.add("watch", NavigationItem("Watch", "watch", READS, 61), room=ROOM)
