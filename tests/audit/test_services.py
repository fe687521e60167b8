"""Entries are written with the act, or neither is."""

from __future__ import annotations

import re
import threading
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from reachable.access import services as access
from reachable.access.models import Agency
from reachable.audit import services as audit
from reachable.audit.models import Entry, Seal, Unsealed
from reachable.foundation import jobs
from reachable.foundation.actor import system
from reachable.foundation.registries import schedules
from reachable.people.models import Review
from tests.audit.chain import BY, act, faults, seal
from tests.support.databases import Database
from tests.support.world import World, moment

pytestmark = pytest.mark.db


def test_promise_21_an_entry_outside_a_transaction_is_refused(own_database: Database) -> None:
    with pytest.raises(transaction.TransactionManagementError):
        audit.record(by=BY, action="tests.done", subject=("person", uuid4()))
    assert not Entry.objects.exists()


def test_promise_21_when_the_entry_fails_the_act_fails(
    own_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database refuses the entry, as a full disk would."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry RENAME TO audit_gone")
    with pytest.raises(Exception, match="audit_entry"):
        access.create_agency(by=BY, key="council", name="Fenmarch Council", kind="council")
    assert not Agency.objects.exists()


def test_promise_21_when_the_act_fails_there_is_no_entry(own_database: Database) -> None:
    @transaction.atomic
    def fails() -> None:
        audit.record(by=BY, action="tests.done", subject=("person", uuid4()))
        raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert not Entry.objects.exists()
    assert not Unsealed.objects.exists()


def test_promise_21_an_entry_names_its_actor_act_and_subject(world: World) -> None:
    moment_id = world.signal()
    world.client("first").post(f"/moments/{moment_id}/take/")
    entry = Entry.objects.get(action="moments.acknowledged")
    assert (entry.actor_kind, entry.actor_id) == ("person", world.users["first"])
    assert (entry.subject_kind, entry.subject_id) == ("moment", moment_id)
    assert entry.actor_name == ""


LOOKS = {
    "child": "first",
    "child's looks": "first",
    "moment": "first",
    "audit": "governance",
}


@pytest.mark.parametrize("what", LOOKS)
def test_promise_22_reading_is_noted_without_what_it_said(world: World, what: str) -> None:
    found = moment(world.signal(needs="Short sentences"))
    addresses = {
        "child": f"/children/{found.person_id}/",
        "child's looks": f"/children/{found.person_id}/who-looked/",
        "moment": f"/moments/{found.id}/",
        "audit": "/who-looked/",
    }
    before = set(Entry.objects.values_list("id", flat=True))
    assert world.client(LOOKS[what]).get(addresses[what]).status_code == 200
    noted = Entry.objects.filter(action="looked").exclude(id__in=before)
    assert {entry.actor_id for entry in noted} == {world.users[LOOKS[what]]}


def test_promise_22_a_review_is_noted_with_every_child_shown(world: World) -> None:
    world.signal()
    world.signal(given_names="Tam")
    review = Review.objects.get()
    assert world.client("steward").get(f"/review/{review.id}/").status_code == 200
    shown = {review.record.person_id}
    shown |= set(review.candidates.values_list("record__person_id", flat=True))
    noted = Entry.objects.filter(action="looked", actor_id=world.users["steward"])
    assert {("review", review.id), *(("person", person) for person in shown)} == set(
        noted.values_list("subject_kind", "subject_id")
    )


def test_promise_22_no_entry_holds_what_a_record_says(world: World) -> None:
    found = moment(world.signal(needs="Short sentences", said="A canary sang."))
    client = world.client("first")
    client.get(f"/children/{found.person_id}/")
    client.post(f"/moments/{found.id}/take/")
    client.post(
        f"/moments/{found.id}/attempt/",
        {"how": "visited", "note": "A canary flew.", "version": moment(found.id).version},
    )
    held = str(list(Entry.objects.values()))
    assert "moments.attempted" in held
    for word in ("Tamsin", "Orrell", "2012", "FX1", "canary", "Short sentences", "07700"):
        # An identifier may hold any four figures by chance.
        assert not re.search(rf"(?<![0-9a-f-]){word}(?![0-9a-f-])", held), word


@pytest.mark.parametrize("name", ["name", "birth_date", "postcode", "address", "text", "note"])
def test_promise_22_content_cannot_be_given_to_an_entry(db: None, name: str) -> None:
    with pytest.raises(ValueError, match="never content"), transaction.atomic():
        audit.record(by=BY, action="tests.done", subject=("person", uuid4()), **{name: "Tamsin"})


def test_promise_23_what_is_committed_is_sealed_within_a_second(world: World) -> None:
    """The worker looks at least twice a second at what is due, and this is due twice a second."""
    assert schedules.get("sealer").every_seconds <= 0.5
    world.signal()
    assert Unsealed.objects.exists()
    jobs.tick()
    assert not Unsealed.objects.exists()
    assert Seal.objects.count() == Entry.objects.count()
    assert faults() == []


def test_promise_23_two_sealers_at_once_make_one_chain(own_database: Database) -> None:
    wanted: list[UUID] = [act() for _ in range(40)]
    failures: list[Exception] = []

    def work() -> None:
        try:
            for _ in range(10):
                act()
                audit.seal(by=system("sealer"), at_most=3)
        except Exception as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    seal()
    assert faults() == []
    sealed = set(Seal.objects.values_list("entry_id", flat=True))
    assert sealed >= set(wanted)
    assert len(sealed) == Seal.objects.count() == 70
