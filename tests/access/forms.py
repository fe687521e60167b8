"""Every form of the product, and somebody who answers it as it should be answered."""

from __future__ import annotations

import re
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

from reachable.access.models import Agency
from reachable.audit.models import Entry
from reachable.foundation.time import now
from reachable.intake.models import Delivery, QuarantinedRow, Signal
from reachable.intake.samples import write_set_sample
from reachable.intake.table_sets import table_sets
from reachable.moments import pausing
from reachable.moments.models import Moment
from reachable.people import services as people
from reachable.people.models import Review
from tests.access.place import INVOLVED, MAPPING, ROWS, Account, Place
from tests.intake.test_panel_list import bring, row

AT = datetime(2026, 11, 10, 12, 0, tzinfo=UTC)
ROOMS = ("access", "notices", "people", "chronology", "moments", "intake", "geography")
IDENTIFIER = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
OFFERED = re.compile(r'\bname="([^"]+)"')


@dataclass(frozen=True)
class Form:
    """Where a form is sent to, the page that shows it, who answers, and what they answer."""

    to: str
    on: str
    who: str
    answers: dict[str, Any]
    before: tuple[str, ...] = ()
    answered: int = 302


SIGNAL = {
    "token": "9d7c0c5e-5f0e-4b43-8c10-3c9f4f5d1a11",
    "kind": "in_custody_now",
    "given_names": "Wren",
    "family_name": "Lark",
    "where": "Fenmarch Police Station",
    "reach": "07700 900123",
}
COLUMNS = {
    **{f"column-{place}": name for place, (_, name) in enumerate(MAPPING.columns)},
    "name_order": "family first",
    "date_order": "day-month-year",
    "told_by": "number",
}
FROM, UNTIL = (
    {f"{name}-{part}": value for part, value in zip(("day", "month", "year"), day, strict=True)}
    for name, day in (("day", ("1", "12", "2026")), ("until_day", ("2", "12", "2026")))
)
SHIFT = {"user": "{supervisor}", "position": "2", **FROM, "starts": "09:00", "ends": "17:00"}
WEEKS = {
    "user": "{supervisor}",
    "position": "3",
    "weekdays": "0",
    "starts": "20:00",
    "ends": "08:00",
    "first_day-day": "1",
    "first_day-month": "12",
    "first_day-year": "2026",
    "last_day-day": "28",
    "last_day-month": "12",
    "last_day-year": "2026",
}
ROTA, OF_SHIFT = "/rota/{team_id}/", "/rota/shifts/{shift_id}/"
MOMENT, TAKEN = "/moments/{moment_id}/", ("/moments/{moment_id}/take/",)
FORMS = {
    "a signal": Form("/signal/", "/signal/", "custody", SIGNAL),
    "take": Form(MOMENT + "take/", MOMENT, "practitioner", {}),
    "a step": Form(MOMENT + "steps/", MOMENT, "practitioner", {"step": "{step}"}, TAKEN),
    "an attempt": Form(
        MOMENT + "attempt/", MOMENT + "attempt/", "practitioner", {"how": "visited"}, TAKEN
    ),
    "reached": Form(
        MOMENT + "reached/", MOMENT + "reached/", "practitioner", {"how": "seen"}, TAKEN
    ),
    "offered": Form(
        MOMENT + "offered/", MOMENT + "offered/", "practitioner", {"how": "in_person"}, TAKEN
    ),
    "accepted": Form(
        MOMENT + "accepted/", MOMENT + "accepted/", "practitioner", {"how": "spoken"}, TAKEN
    ),
    "declined": Form(
        MOMENT + "declined/",
        MOMENT + "declined/",
        "practitioner",
        {
            "how": "message",
            "note": "Not now",
            "again_on-day": "20",
            "again_on-month": "11",
            "again_on-year": "2026",
            "by_whom": "{supervisor}",
        },
        TAKEN,
    ),
    "still in touch": Form(
        MOMENT + "still-in-touch/",
        MOMENT + "still-in-touch/",
        "practitioner",
        {"check": "28_days", "how": "kept", "note": "Mo"},
        (*TAKEN, "reached long ago"),
    ),
    "why it was missed": Form(
        MOMENT + "missed/",
        MOMENT + "missed/",
        "practitioner",
        {"how": "not_found", "note": "Nobody at home"},
        (*TAKEN, "missed"),
    ),
    "pass on": Form(
        MOMENT + "pass-on/", MOMENT + "pass-on/", "practitioner", {"reason": "Off sick"}, TAKEN
    ),
    "hand over": Form(
        MOMENT + "hand-over/",
        MOMENT + "hand-over/",
        "practitioner",
        {"to_user": "{supervisor}", "reason": "Knows her"},
        TAKEN,
    ),
    "pause": Form(
        MOMENT + "pause/",
        MOMENT + "pause/",
        "practitioner",
        {
            "how": "hospital",
            "note": "Under anaesthetic",
            "day-day": "11",
            "day-month": "11",
            "day-year": "2026",
            "at": "09:00",
        },
        TAKEN,
    ),
    "resume": Form(
        MOMENT + "resume/",
        MOMENT + "resume/",
        "practitioner",
        {"note": "Awake"},
        (*TAKEN, "pause"),
    ),
    "enter a term": Form(
        "/school-terms/",
        "/school-terms/",
        "supervisor",
        {
            "kind": "term",
            "name": "Summer term",
            "first-day": "12",
            "first-month": "4",
            "first-year": "2027",
            "last-day": "21",
            "last-month": "7",
            "last-year": "2027",
        },
    ),
    "take a term out": Form(
        "/school-terms/{dates_id}/take-out/", "/school-terms/", "supervisor", {}
    ),
    "run a rule dry": Form("/rules/arrest/dry-run/", "/rules/arrest/", "supervisor", {}),
    "switch a rule": Form(
        "/rules/arrest/switch/",
        "/rules/arrest/",
        "supervisor",
        {"then": "off", "reason": "It calls too often"},
    ),
    "make a calendar address": Form(
        "/calendar/make/", "/calendar/", "practitioner", {}, answered=200
    ),
    "revoke a calendar address": Form("/calendar/revoke/", "/calendar/", "practitioner", {}),
    "close": Form(
        MOMENT + "close/",
        MOMENT + "close/?outcome=declined",
        "practitioner",
        {"outcome": "declined", "reason": "No for now"},
        TAKEN,
    ),
    "review": Form(
        "/review/{review_id}/",
        "/review/{review_id}/",
        "linkage_steward",
        {"same_as": "nobody", "reason": "Two girls"},
    ),
    "undo a merge": Form(
        "/review/{review_id}/undo/",
        "/review/{review_id}/undo/",
        "linkage_steward",
        {"reason": "Two girls"},
        ("merge",),
    ),
    "a file": Form(
        "/intake/feeds/police_custody/",
        "/intake/feeds/police_custody/",
        "intake_worker",
        {"file": ""},
    ),
    "a set": Form(
        "/intake/sets/ssd/",
        "/intake/sets/ssd/",
        "intake_worker",
        {"file": "", "holds": "everything"},
    ),
    "what is gone": Form(
        "/intake/files/{gone_id}/gone/", "/intake/files/{gone_id}/", "intake_worker", {}
    ),
    "who left a list": Form(
        "/intake/files/{left_off_id}/left-off/",
        "/intake/files/{left_off_id}/left-off/",
        "panel_coordinator",
        {
            "child-{left_off}": "closed",
            "closed_on-day": "9",
            "closed_on-month": "11",
            "closed_on-year": "2026",
        },
        ("next month's list",),
    ),
    "load": Form(
        "/intake/files/{delivery_id}/load/", "/intake/files/{delivery_id}/", "intake_worker", {}
    ),
    "remove": Form(
        "/intake/files/{delivery_id}/remove/", "/intake/files/{delivery_id}/", "intake_worker", {}
    ),
    "which column is which": Form(
        "/intake/files/{delivery_id}/columns/",
        "/intake/files/{delivery_id}/columns/",
        "intake_worker",
        COLUMNS | {"left_out_rows": "Total"},
    ),
    "use it from now on": Form(
        "/intake/files/{delivery_id}/columns/use/",
        "/intake/files/{delivery_id}/",
        "intake_worker",
        {},
    ),
    "a mapping": Form(
        "/intake/mappings/{mapping_id}/", "/intake/mappings/{mapping_id}/", "intake_worker", COLUMNS
    ),
    "a row": Form(
        "/intake/rows/{row_id}/",
        "/intake/rows/{row_id}/",
        "intake_worker",
        {"cell-2": "02/09/2024"},
    ),
    "set a row aside": Form(
        "/intake/rows/{row_id}/set-aside/",
        "/intake/rows/{row_id}/",
        "intake_worker",
        {"reason": "A test entry"},
    ),
    "rows together": Form(
        "/intake/files/{refused_id}/together/",
        "/intake/files/{refused_id}/together/?fault=date_unreadable-arrived_date-",
        "intake_worker",
        {
            "fault": "date_unreadable-arrived_date-",
            "answer": "leave_out",
            "reason": "A test entry",
            "confirm": "yes",
        },
    ),
    "how often": Form(
        "/intake/status/{partner_id}/police_custody/expected/",
        "/intake/status/{partner_id}/police_custody/",
        "information_governance",
        {"every_days": "7"},
    ),
    "whom to ask": Form(
        "/intake/agencies/{partner_id}/contact/",
        "/intake/agencies/{partner_id}/contact/",
        "system_administrator",
        {"contact": "Data team", "email": "data@example.org", "phone": "07700 900555"},
    ),
    "issue a key": Form(
        "/keys/new/",
        "/keys/new/",
        "system_administrator",
        {
            "agency": "{agency}",
            "name": "Nightly export",
            "feeds": "police_custody",
            "last_day-day": "31",
            "last_day-month": "12",
            "last_day-year": "2026",
        },
    ),
    "show a secret": Form(
        "/keys/{key_id}/secret/", "/keys/{key_id}/", "system_administrator", {}, answered=200
    ),
    "revoke a key": Form(
        "/keys/{key_id}/revoke/",
        "/keys/{key_id}/revoke/",
        "system_administrator",
        {"reason": "The program is gone"},
    ),
    "plan a shift": Form(ROTA + "shift/", ROTA + "shift/", "supervisor", SHIFT),
    "plan week by week": Form(ROTA + "pattern/", ROTA + "pattern/", "supervisor", WEEKS),
    "change a shift": Form(OF_SHIFT, OF_SHIFT, "supervisor", SHIFT),
    "end a shift": Form(OF_SHIFT + "end/", OF_SHIFT, "supervisor", {"which": "this"}),
    "hand over a shift": Form(
        OF_SHIFT + "hand-over/",
        OF_SHIFT + "hand-over/",
        "practitioner",
        {"user": "{supervisor}"},
    ),
    "I am away": Form("/rota/away/", "/rota/away/", "practitioner", {"reason": "sickness"}),
    "somebody is away": Form(
        ROTA + "away/",
        ROTA + "away/",
        "supervisor",
        {"user": "{practitioner}", "reason": "sickness", **FROM, **UNTIL},
    ),
    "back": Form("/rota/away/{absence_id}/back/", ROTA, "supervisor", {}),
    "notices read": Form("/notices/read/", "/notices/", "practitioner", {}),
}


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
            lambda found: found.group() if found.group() in names else "new", str(value)
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
        self.ids |= {"refused_id": str(QuarantinedRow.objects.get().delivery_id)}
        self.ids |= {"gone_id": str(Delivery.objects.get(feed="ssd").id)}
        self.ids |= {"agency": str(Agency.objects.values_list("id", flat=True)[0])}
        self.ids |= {"practitioner": str(place.user(Account("practitioner", INVOLVED)))}
        self.ids |= {"supervisor": str(place.user(Account("supervisor", INVOLVED)))}
        for step in form.before:
            if step == "merge":
                self._merge()
            elif step == "next month's list":
                self._leave_off()
            elif step == "pause":
                self._pause()
            elif step in ("missed", "reached long ago"):
                self._was(step)
            else:
                assert self.client.post(self.named(step)).status_code == 302
        page = self.client.get(self.named(form.on)).content.decode()
        self.offered = set(OFFERED.findall(page))
        self.ids["step"] = next(iter(re.findall(r'name="step" value="([^"]+)"', page)), "")
        self.version = next(iter(re.findall(r'name="version" value="(\d+)"', page)), "")

    def _pause(self) -> None:
        pausing.pause(
            by=Account(self.form.who, INVOLVED).actor(),
            moment_id=UUID(self.ids["moment_id"]),
            how="hospital",
            until=now() + timedelta(hours=2),
            note="Under anaesthetic",
        )

    def _was(self, step: str) -> None:
        long_ago = now() - timedelta(days=30)
        reached = {"reached_at": long_ago, "reach_recorded_at": long_ago}
        Moment.objects.filter(id=self.ids["moment_id"]).update(
            **({"child_due_at": now() - timedelta(hours=1)} if step == "missed" else reached)
        )

    def _merge(self) -> None:
        review = Review.objects.get(id=self.ids["review_id"])
        people.decide_review(
            by=Account("linkage_steward", INVOLVED).actor(),
            review_id=review.id,
            same_as=review.candidates.values_list("record_id", flat=True)[0],
            reason="The same girl",
        )

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
            if "holds" in answers:
                data["file"] = SimpleUploadedFile("ssd.zip", set_sample())
        return data

    def send(self, more: dict[str, str]) -> Sent:
        """Answer, look, and undo it."""
        known = identifiers()
        before = rows(known)
        earlier = list(Entry.objects.values_list("id", flat=True))
        with transaction.atomic():
            answer = self.client.post(self.named(self.form.to), self.data(more))
            entries = Entry.objects.exclude(id__in=earlier).values_list("actor_id", "action")
            sent = Sent(answer.status_code, before, rows(known), list(entries))
            transaction.set_rollback(True)
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
