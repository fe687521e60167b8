"""Somebody who answers a form as it should be answered."""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, models, transaction
from django.test import Client

from reachable.access import inviting_many
from reachable.access import services as access
from reachable.access.models import Agency, SecondPersonRequest, TeamMembership, User
from reachable.audit.models import Entry
from reachable.conversations import confirming
from reachable.conversations.models import ConfirmedContext, Translation
from reachable.foundation.time import now, today
from reachable.intake.models import Delivery, QuarantinedRow, Signal
from reachable.intake.samples import write_set_sample
from reachable.intake.table_sets import table_sets
from reachable.moments import own_pathways, pausing
from reachable.moments.models import Moment
from reachable.offers import gaps
from reachable.offers import services as offers
from reachable.offers.models import Offer, OfferStep
from reachable.people import emergency, restricting
from reachable.people import services as people
from reachable.people.models import Review
from reachable.sharing.models import SharingDecision
from tests.access.form import Form
from tests.access.place import BY, INVOLVED, OWN, ROWS, Account, Place
from tests.intake.test_panel_list import bring, row
from tests.support.directory import in_file, offer
from tests.support.merging import agree, second_steward

AT = datetime(2026, 11, 10, 12, 0, tzinfo=UTC)
ROOMS = (
    *("access", "notices", "people", "chronology", "moments", "intake", "geography"),
    *("provision", "offers", "conversations", "sharing", "governance"),
)
IDENTIFIER = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
RANDOM = re.compile(r"(?<=\$)[^$]+\$[\w+/=]+$|^[0-9a-f]{64}$|(?<='k1:)[\w-]{43}(?=')")
"""The salt and digest of a password, the digest of a code, and that of what was shared in one new
decision: other ones each time."""
OFFERED = re.compile(r'\bname="([^"]+)"')


@dataclass
class Sent:
    """What came back, what the database held before and then, and who left which entries."""

    status: int
    before: list[str]
    after: list[str]
    entries: list[tuple[UUID | None, str]]


def rows(known: set[UUID]) -> list[str]:
    """Return every row of every room; an identifier that was made since has no name."""

    names = {str(each) for each in known}

    def said(value: object) -> str:
        return IDENTIFIER.sub(
            lambda found: found.group() if found.group() in names else "new",
            RANDOM.sub("random", str(value)),
        )

    return sorted(
        f"{model.__name__} {[said(value) for value in row]}"
        for model in every_model()
        for row in model._base_manager.values_list(
            *[f.attname for f in model._meta.concrete_fields]
        )
    )


def every_model() -> list[type[models.Model]]:
    return [model for room in ROOMS for model in apps.get_app_config(room).get_models()]


def identifiers() -> set[UUID]:
    return {
        value
        for model in every_model()
        for row in model._base_manager.values_list(
            *[f.attname for f in model._meta.concrete_fields]
        )
        for value in row
        if isinstance(value, UUID)
    }


def set_sample() -> bytes:
    with TemporaryDirectory() as folder:
        return write_set_sample(table_sets()["ssd"], Path(folder)).read_bytes()


class Answering:
    """Somebody who answers one form."""

    def __init__(self, place: Place, form: Form) -> None:
        self.place, self.form = place, form
        self.client: Client = Account(form.who, INVOLVED).client()
        self.ids = {name: str(held[0].id) for name, held in place.rows.items()}
        asked = [row for row in place.rows["moment_id"] if row.of == "custody-involved"]
        self.ids |= {"moment_id": str(asked[0].id)}
        sent = [row for row in place.rows["signal_id"] if row.of == "custody-involved"]
        self.ids |= {"signal_id": str(sent[0].id)}
        self.ids |= {"refused_id": str(QuarantinedRow.objects.get().delivery_id)}
        self.ids |= {"gone_id": str(Delivery.objects.get(feed="ssd").id)}
        self.ids |= {"context": str(ConfirmedContext.objects.get().id)}
        self.ids |= {"translation": str(Translation.objects.get().id)}
        self.ids |= {"agency": str(Agency.objects.values_list("id", flat=True)[0])}
        self.ids |= {"table_seen": self._table_seen()}
        self.ids |= {"looked_on": today().isoformat()}
        self.ids |= {"practitioner": str(place.user(Account("practitioner", INVOLVED)))}
        self.ids |= {"colleague": str(place.user(Account("supervisor", OWN)))}
        self.ids |= {"supervisor": str(place.user(Account("supervisor", INVOLVED)))}
        outside = SharingDecision.objects.filter(to_user=None, outcome="made")
        self.ids |= {"waiting_id": str(outside.get(steps=None).id)}
        self.ids |= {"outside_id": str(outside.exclude(steps=None).distinct().get().id)}
        for step in form.before:
            self._before(step)
        page = self.client.get(self.named(form.on)).content.decode()
        self.offered = set(OFFERED.findall(page))
        self.ids["step"] = next(iter(re.findall(r'name="step" value="([^"]+)"', page)), "")
        self.ids["seen"] = next(iter(re.findall(r'name="seen" value="([^"]+)"', page)), "")
        self.version = next(iter(re.findall(r'name="version" value="(\d+)"', page)), "")

    def _before(self, step: str) -> None:
        """Do what a form needs to be there; what is no name of it is an address to send to."""
        named = {
            "merge": self._merge,
            "two not of one mind": self._two_minds,
            "next month's list": self._leave_off,
            "pause": self._pause,
            "gap answered": self._gap_answered,
            "leaves": self._leaves,
            "asked by another": self._asked_by_another,
            "another team": self._another_team,
            "candidate set aside": self._set_aside,
            "emergency over": self._emergency_over,
            "lifting asked": self._lifting_asked,
            "a step left out": self._step_left_out,
        }
        if step in named:
            named[step]()
        elif step in ("missed", "reached long ago"):
            self._was(step)
        elif step.startswith("offer "):
            self._became(step.removeprefix("offer "))
        else:
            assert self.client.post(self.named(step)).status_code == 302

    def _gap_answered(self) -> None:
        by = Account(self.form.who, INVOLVED).actor()
        gaps.answer_gap(by=by, gap_id=UUID(self.ids["gap_id"]), note="Lanterns")

    def _leaves(self) -> None:
        User.objects.filter(id=self.ids["account_id"]).update(last_day=today())

    def _asked_by_another(self) -> None:
        other = self.place.user(Account(self.form.who, OWN))
        SecondPersonRequest.objects.update(asked_by_id=other)

    def _another_team(self) -> None:
        asked = self.place.user(Account("practitioner", OWN))
        agency_id = UUID(self.ids["kept_agency_id"])
        team = access.create_team(by=BY, key="north", name="North", agency_id=agency_id)
        TeamMembership.objects.create(team_id=team, user_id=asked, started_at=now())
        self.ids["other_team"] = str(team)

    def _set_aside(self) -> None:
        confirming.set_aside(
            by=Account(self.form.who, INVOLVED).actor(),
            conversation_id=UUID(self.ids["conversation_id"]),
            candidate_id=UUID(self.ids["candidate_id"]),
            reason="Misheard",
        )

    def _emergency_over(self) -> None:
        emergency.end(
            by=Account("practitioner", INVOLVED).actor(),
            emergency_id=UUID(self.ids["emergency_id"]),
        )

    def _lifting_asked(self) -> None:
        restricting.lift(
            by=Account("supervisor", INVOLVED).actor(),
            restriction_id=UUID(self.ids["kept_id"]),
            reason="The aunt has left",
        )

    def _step_left_out(self) -> None:
        own_pathways.leave_out(by=BY, kind="custody", revision=1, key="visit")

    def _table_seen(self) -> str:
        """Return what the page says once it has checked the table."""
        if "table" not in self.form.answers:
            return ""
        by = Account(self.form.who, INVOLVED).actor()
        agency_id, text = by.own_agency_id, self.form.answers["table"]
        return inviting_many.check(by=by, agency_id=agency_id, text=text).seen

    def _pause(self) -> None:
        pausing.pause(
            by=Account(self.form.who, INVOLVED).actor(),
            moment_id=UUID(self.ids["moment_id"]),
            how="hospital",
            until=now() + timedelta(hours=2),
            note="Under anaesthetic",
        )

    def _became(self, kind: str) -> None:
        """Let that have become of the offer; what was attended was so 30 days ago."""
        offer_id = UUID(self.ids["offer_id"])
        how = {"sent": "spoken", "refused": "full"}.get(kind, "")
        by = Account(self.form.who, INVOLVED).actor()
        offers.record(by=by, offer_id=offer_id, kind=kind, how=how)
        if kind == "attended":
            long_ago = now() - timedelta(days=30)
            OfferStep.objects.filter(offer_id=offer_id).update(said_at=long_ago)
            Offer.objects.filter(id=offer_id).update(attended_at=long_ago, since=long_ago)

    def _was(self, step: str) -> None:
        long_ago = now() - timedelta(days=30)
        reached = {"reached_at": long_ago, "reach_recorded_at": long_ago}
        Moment.objects.filter(id=self.ids["moment_id"]).update(
            **({"child_due_at": now() - timedelta(hours=1)} if step == "missed" else reached)
        )

    def _merge(self) -> None:
        review = Review.objects.get(id=self.ids["review_id"])
        same_as = review.candidates.values_list("record_id", flat=True)[0]
        agree(Account("linkage_steward", INVOLVED).actor(), review.id, same_as)

    def _two_minds(self) -> None:
        review = Review.objects.get(id=self.ids["review_id"])
        beside = review.candidates.values_list("record_id", flat=True)[0]
        first = Account("linkage_steward", INVOLVED).actor()
        for by, same_as in ((first, beside), (second_steward(first), None)):
            people.decide_review(by=by, review_id=review.id, same_as=same_as, reason="As I see it")

    def _leave_off(self) -> None:
        keeper = Account(self.form.who, INVOLVED).actor()
        bring(keeper, row("1"), row("2"))
        self.ids["left_off_id"] = str(bring(keeper, row("1", outcome="More help")).id)
        self.ids["left_off"] = str(Signal.objects.get(source_key="2").id)

    def named(self, text: str) -> str:
        return re.sub(r"{(\w+)}", lambda found: self.ids[found.group(1)], text)

    def data(self, more: dict[str, str]) -> dict[str, Any]:
        given = self.form.answers.items()
        answers = {self.named(name): self.named(value) for name, value in given}
        data: dict[str, Any] = {**more, **answers}
        if "version" in self.offered:
            data["version"] = self.version
        if "file" in answers:
            content = ROWS.replace("C-1", "C-77").encode()
            data["file"] = SimpleUploadedFile("custody.csv", content)
            if answers["file"] == "directory":
                data["file"] = SimpleUploadedFile("d.json", in_file(offer(1), offer(2)))
            if "holds" in answers:
                data["file"] = SimpleUploadedFile("ssd.zip", set_sample())
        return data

    def send(self, more: dict[str, str]) -> Sent:
        """Answer, look, and undo it."""
        known = identifiers()
        before = rows(known)
        earlier = list(Entry.objects.values_list("id", flat=True))
        signed_in = deepcopy(self.client.cookies)
        with transaction.atomic():
            answer = self.client.post(self.named(self.form.to), self.data(more))
            entries = Entry.objects.exclude(id__in=earlier).values_list("actor_id", "action")
            sent = Sent(answer.status_code, before, rows(known), list(entries))
            transaction.set_rollback(True)
        self.client.cookies = signed_in
        return sent

    def send_without_audit(self) -> tuple[list[str], list[str]]:
        """Answer while no entry can be written; return what the database held before and then."""
        known = identifiers()
        before = rows(known)
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("ALTER TABLE audit_entry RENAME TO audit_gone")
            with pytest.raises(DatabaseError, match="audit_entry"):
                self.client.post(self.named(self.form.to), self.data({}))
            after = rows(known)
            transaction.set_rollback(True)
        return before, after
