"""What a role may not write is sent by nobody: in no signal, row or file, by program or phone.

A row that is put right, and what a list or a signal says, is held against the role column by
column; a file as a whole, by what its feed says something of (decision 0049).
"""

from __future__ import annotations

import io
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from reachable.access.models import Role
from reachable.access.policy import policy
from reachable.access.rules import Policy
from reachable.conversations.models import ConversationVersion
from reachable.foundation.actor import Actor, system
from reachable.foundation.errors import Forbidden
from reachable.foundation.files.export import csv_lines
from reachable.foundation.time import travel
from reachable.foundation.urls import BY_SECRET, PUBLIC
from reachable.intake import correcting, jobs, loading, together, together_jobs
from reachable.intake import services as intake
from reachable.intake.models import BulkCorrection, Delivery, QuarantinedRow
from reachable.intake.rules.problems import Reason
from reachable.intake.rules.together import Answer, Fault, Kind
from reachable.intake.samples import sample_table
from reachable.intake.specification import Feed, feeds
from reachable.intake.table_sets import compartments_of
from reachable.site.addresses import addresses
from tests.access.place import asked_what_is_gone
from tests.conversations.test_phone_api import day, made_known, send
from tests.support import sealing
from tests.support.held import changed, held, without
from tests.support.killing import AT
from tests.support.programs import a_program
from tests.support.sealing import written
from tests.support.world import World, html, make_world

SIGNALS = {
    "welfare": "other_worry",
    "education": "exclusion_considered",
    "health": "came_to_hospital_hurt",
    "justice": "in_custody_now",
}
"""Something that can be sent from a phone, of each compartment of which anything can."""
NO_FEED = {"intelligence"}
"""Nothing that an agency sends is of these."""
EACH = [(key, name) for key, feed in feeds().items() for name in sorted(compartments_of(feed))]
UNREADABLE = "the day after"


@pytest.fixture(scope="module")
def placed(kept: None) -> World:
    with travel(AT):
        return make_world()


@pytest.fixture
def world(placed: World, undone: None) -> World:
    return placed


def signal(kind: str, **said: Any) -> intake.PhoneSignal:
    nothing = dict.fromkeys(("family_name", "given_names", "postcode", "where", "said"), "")
    return intake.PhoneSignal(
        token=uuid4(), kind=kind, reach="Desk", **{**nothing, "birth_date": None, **said}
    )


@pytest.mark.parametrize(
    ("compartment", "kind", "said"),
    [
        ("identity", "in_custody_now", {"family_name": "Lark"}),
        ("identity", "in_custody_now", {"given_names": "Wren"}),
        ("identity", "in_custody_now", {"birth_date": date(2012, 3, 3)}),
        ("identity", "in_custody_now", {"postcode": "FX1 1AA"}),
        ("welfare", "in_custody_now", {"communication_needs": "An interpreter"}),
        *((compartment, kind, {}) for compartment, kind in SIGNALS.items()),
    ],
)
def test_promise_10_a_signal_says_nothing_where_its_sender_writes_nothing(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    compartment: str,
    kind: str,
    said: dict[str, Any],
) -> None:
    """Each part of what is sent has its compartment, and the kind of what happened has one."""
    with travel(AT):
        intake.send_signal(by=world.actor("sergeant"), signal=signal(kind, **said))
        before = held()
        without(monkeypatch, compartment)
        with pytest.raises(Forbidden, match=f"writing {compartment}"):
            intake.send_signal(by=world.actor("sergeant"), signal=signal(kind, **said))
        assert changed(before, held()) == {}


def test_every_compartment_is_tried_here() -> None:
    sent = {name for _, name in EACH}
    assert sent | NO_FEED == set(policy().compartments)
    assert not sent & NO_FEED
    assert {"identity", *SIGNALS} <= sent


def fullest(feed: Feed) -> list[str]:
    """Return the row of a feed’s sample that says most, with every column that holds text."""
    headings, rows = sample_table(feed)
    assert len(headings) == len(feed.columns)
    row = max(rows, key=lambda cells: sum(map(bool, cells)))
    return [
        cell or ("Said here" if column.type.value == "text" and not column.codes else "")
        for column, cell in zip(feed.columns, row, strict=True)
    ]


def bring(by: Actor, feed: Feed, row: list[str]) -> Delivery:
    """Send a file of one row and load it, as the worker does."""
    content = "".join(csv_lines([column.heading for column in feed.columns], [row])).encode()
    received = intake.receive(
        by=by,
        agency_id=by.own_agency_id,
        feed=feed.key,
        file_name="a.csv",
        content=io.BytesIO(content),
    )
    intake.begin_loading(by=by, delivery_id=received.delivery_id)
    return loading.load(by=system("intake"), delivery_id=received.delivery_id)


def refused(world: World, feed: Feed) -> tuple[UUID, dict[str, str]]:
    """Bring a row of which the birth date cannot be read; return it, and what puts it right."""
    at = [column.name for column in feed.columns].index("birth_date")
    row = fullest(feed)
    right = {feed.columns[at].heading: row[at] or "02/01/2010"}
    row[at] = UNREADABLE
    bring(world.actor("clerk"), feed, row)
    return QuarantinedRow.objects.values_list("id", flat=True).get(state="open"), right


@pytest.mark.parametrize(("key", "compartment"), EACH)
def test_promise_10_a_row_is_put_right_by_nobody_who_writes_nothing_of_what_it_says(
    world: World, monkeypatch: pytest.MonkeyPatch, key: str, compartment: str
) -> None:
    with travel(AT):
        row_id, right = refused(world, feeds()[key])
        before = held()
        with monkeypatch.context() as patched:
            without(patched, compartment)
            with pytest.raises(Forbidden, match=compartment) as told:
                correcting.correct(by=world.actor("clerk"), row_id=row_id, cells=right)
            assert changed(before, held()) == {}
        assert told.value.capability == f"writing {compartment}"
        assert told.value.kept == "Row 2 waits as it was."
        assert QuarantinedRow.objects.get().state == "open"
        correcting.correct(by=world.actor("clerk"), row_id=row_id, cells=right)
        assert compartment in changed(before, held()), "it says something there"


def test_promise_10_a_row_that_says_nothing_there_is_put_right_by_whoever_writes_the_rest(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    custody = feeds()["police_custody"]
    with travel(AT):
        row_id, right = refused(world, custody)
        nothing = {
            column.heading: "" for column in custody.columns if column.compartment == "welfare"
        }
        assert nothing
        without(monkeypatch, "welfare")
        by = world.actor("clerk")
        with pytest.raises(Forbidden):
            correcting.correct(by=by, row_id=row_id, cells=right)
        correcting.correct(by=by, row_id=row_id, cells={**right, **nothing})
    assert QuarantinedRow.objects.get().state == "corrected"


def test_promise_10_whoever_may_not_put_a_row_right_is_told_of_what_and_that_it_waits(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with travel(AT):
        row_id, right = refused(world, feeds()["police_custody"])
        without(monkeypatch, "justice")
        client = world.client("clerk")
        page = html(client.get(f"/intake/rows/{row_id}/"))
        at = [column.name for column in feeds()["police_custody"].columns].index("birth_date")
        assert f'name="cell-{at}"' in page
        answer = client.post(f"/intake/rows/{row_id}/", {f"cell-{at}": right.popitem()[1]})
    said = html(answer, 403)
    for sentence in (
        "This row says something of justice, where your role records nothing.",
        "Row 2 waits as it was.",
        "Somebody of your agency whose role records that can do it.",
    ):
        assert sentence in said
    assert UNREADABLE not in said


@pytest.mark.parametrize("compartment", sorted(compartments_of(feeds()["police_custody"])))
def test_promise_10_a_file_is_sent_begun_and_settled_by_nobody_who_writes_nothing_of_its_feed(
    world: World, monkeypatch: pytest.MonkeyPatch, compartment: str
) -> None:
    """Whoever sends it, whoever begins to load it, and whoever settles its rows together."""
    custody, user_id = feeds()["police_custody"], str(world.users["clerk"])
    fault = Fault(Reason.DATE_ORDER, "arrived_date")
    american = fullest(custody)
    american[[column.name for column in custody.columns].index("arrived_date")] = "10/23/2026"
    with travel(AT):
        by = world.actor("clerk")
        loaded = bring(by, custody, american)
        assert QuarantinedRow.objects.get().problems[0]["reason"] == fault.reason
        answer = Answer(Kind.ORDER, fault, "month-day-year")
        begun = together.begin(by=by, delivery_id=loaded.id, answer=answer)
        waits = intake.receive(
            by=by,
            agency_id=by.own_agency_id,
            feed=custody.key,
            file_name="b.csv",
            content=io.BytesIO(b"Custody No\n"),
        ).delivery_id
        before = held()
        without(monkeypatch, compartment)
        by = world.actor("clerk")
        with pytest.raises(Forbidden, match=f"something of {compartment}, .* Nothing was kept"):
            bring(by, custody, fullest(custody))
        with pytest.raises(Forbidden, match=f"something of {compartment}, .* was loaded"):
            jobs.begin(by=by, delivery_id=waits)
        assert together_jobs.settle_rows.func(str(begun), user_id) == "refused"
        with pytest.raises(Forbidden, match=f"something of {compartment}, .* wait as they were"):
            together.begin(by=by, delivery_id=loaded.id, answer=answer)
        Delivery.objects.filter(id=waits).update(state="loading")
        assert jobs.load_delivery.func(str(waits), user_id) == "refused"
        assert changed(before, held()) == {}
        assert Delivery.objects.get(id=waits).state == "failed"
        assert BulkCorrection.objects.get().state == "stopped"
        out = Answer(Kind.LEAVE_OUT, fault)
        together_jobs.begin(by=by, delivery_id=loaded.id, answer=out, reason="A test entry")
    assert QuarantinedRow.objects.get().state == "set_aside", "which says nothing of a child"


def test_promise_10_what_is_gone_is_withdrawn_by_nobody_who_writes_nothing_of_the_set(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with travel(AT):
        by = world.actor("clerk")
        whole = asked_what_is_gone(by.own_agency_id)
        with monkeypatch.context() as patched:
            without(patched, "education")
            with pytest.raises(Forbidden, match="something of education, .* stays as it was"):
                jobs.withdraw_gone(by=world.actor("clerk"), delivery_id=whole.id)
        jobs.withdraw_gone(by=by, delivery_id=whole.id)


def test_promise_10_the_addresses_for_programs_and_phones_are_these() -> None:
    """What is sent without a session; of them only these two write of a child."""
    posted = {
        address.name
        for address in addresses()
        if "POST" in address.methods and address.needs in BY_SECRET
    }
    assert posted == {"api_send", "phone_send", "phone_sign_out"}
    public = {
        address.name
        for address in addresses()
        if "POST" in address.methods and address.needs == PUBLIC
    }
    assert not {name for name in public if name.startswith(("api", "open_referral", "calendar"))}


@pytest.mark.parametrize("compartment", sorted(compartments_of(feeds()["police_custody"])))
def test_promise_10_a_program_sends_nothing_in_what_keys_do_not_write(
    world: World, monkeypatch: pytest.MonkeyPatch, compartment: str
) -> None:
    in_force = policy()
    left = tuple(name for name in in_force.compartments if name != compartment)
    narrow = Policy(left, in_force.capabilities, in_force.roles, in_force.records)
    custody = feeds()["police_custody"]
    content = "".join(
        csv_lines([column.heading for column in custody.columns], [fullest(custody)])
    ).encode()
    with travel(AT):
        program = a_program()
        with monkeypatch.context() as patched:
            patched.setattr("reachable.access.keys.policy", lambda: narrow)
            answer = program.send(content)
        assert answer.status_code == 403
        assert answer.json()["sentence"].startswith(f"Such a file says something of {compartment}")
        assert answer.json()["kept"] == "Nothing was kept of it."
        assert not Delivery.objects.exists()
        assert program.send(content).status_code == 202


def test_promise_10_a_phone_writes_nothing_where_its_worker_writes_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """But what a worker wrote of a moment that they had, and have no longer, is kept: a child’s
    words are not lost (decision 0047)."""
    with travel(AT):
        moment_id = world.signal()
        known = made_known(world.client("first"))
        assert day(Client(), known).status_code == 200
        without(monkeypatch, "welfare")
        item = sealing.item(UUID(known["device_id"]), written(moment_id))
        before = held()
        answer = send(known, item).json()["results"][0]
        assert answer["state"] == "refused"
        assert answer["sentence"] == (
            "Your role does not include “writing welfare”. Nothing was changed."
        )
        assert changed(before, held()) == {}
        assert not ConversationVersion.objects.exists()
        Role.objects.filter(user_id=world.users["first"]).update(role="custody")
        late = send(known, item).json()["results"][0]
        assert (late["state"], ConversationVersion.objects.get().late) == ("kept", True)
        assert set(changed(before, held())) == {"welfare"}
