"""`reachable audit verify`: what is whole, and everything that somebody could do to it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner
from django.db import OperationalError, connection

from reachable.audit.cli import group
from reachable.audit.models import Entry, Seal, Unsealed
from reachable.foundation import crypto, shell
from tests.audit import chain
from tests.audit.chain import EACH, act, faults, make_anew, make_chain, seal, triggers_off

pytestmark = pytest.mark.db

LAST = chain.SEALINGS * EACH


@pytest.fixture
def entries(db: None) -> list[UUID]:
    return make_chain()


def test_an_untouched_chain_is_whole(entries: list[UUID]) -> None:
    status, said = chain.verified()
    assert (status, said["whole"], said["faults"]) == (0, True, [])
    assert (said["entries"], said["seals"], said["anchors"]) == (LAST, LAST, chain.SEALINGS)


def test_a_chain_with_nothing_in_it_is_whole(db: None) -> None:
    assert faults() == []


def test_what_waits_is_sealed_first(entries: list[UUID]) -> None:
    act()
    status, said = chain.verified()
    assert (status, said["seals"], said["waiting"]) == (0, LAST + 1, 0)


def test_the_words_end_with_how_it_is(entries: list[UUID]) -> None:
    ran = CliRunner().invoke(group, ["verify"])
    assert ran.exit_code == 0
    assert ran.stdout == f"The chain is whole: {LAST} entries, {LAST} seals, 3 anchors.\n"


EDITS = {
    "at": lambda: Entry.objects.values_list("at", flat=True)[0] - timedelta(days=1),
    "actor_kind": lambda: "person",
    "actor_id": uuid.uuid4,
    "actor_name": lambda: "somebody else",
    "action": lambda: "tests.other",
    "subject_kind": lambda: "moment",
    "subject_id": uuid.uuid4,
    "details": lambda: {"step": "two"},
    "mac": lambda: bytes(32),
}


@pytest.mark.parametrize("column", EDITS)
def test_promise_23_an_edit_of_any_column_is_detected(entries: list[UUID], column: str) -> None:
    value = EDITS[column]()
    with triggers_off():
        assert Entry.objects.filter(id=entries[4]).update(**{column: value}) == 1
    assert f"The entry of seal 5 ({entries[4]}) was changed." in faults()


def test_promise_23_an_edit_under_a_key_that_nobody_has_is_detected(entries: list[UUID]) -> None:
    """No key and no signature must not look like a signature that fits."""
    with triggers_off():
        Entry.objects.filter(id=entries[4]).update(action="tests.x", key_id="none", mac=b"")
        make_anew(after=4)
    assert f"The entry of seal 5 ({entries[4]}) was changed." in faults()


def test_every_column_of_an_entry_is_edited_here() -> None:
    columns = {field.attname for field in Entry._meta.concrete_fields}
    assert columns == {"id", "key_id", *EDITS}


SEAL_EDITS = {
    "previous": lambda: bytes(32),
    "hash": lambda: bytes(32),
    "entry_id": uuid.uuid4,
    "sealed_at": lambda: Seal.objects.get(number=1).sealed_at - timedelta(days=1),
}


@pytest.mark.parametrize("column", SEAL_EDITS)
def test_promise_23_an_edit_of_a_seal_is_detected(entries: list[UUID], column: str) -> None:
    value = SEAL_EDITS[column]()
    with triggers_off():
        assert Seal.objects.filter(number=5).update(**{column: value}) == 1
    found = faults()
    assert any("eal 5 " in fault or "seal 5 " in fault for fault in found), found


def test_every_column_of_a_seal_is_edited_here() -> None:
    assert {field.attname for field in Seal._meta.concrete_fields} == {"number", *SEAL_EDITS}


def delete_entry(entries: list[UUID]) -> None:
    Entry.objects.filter(id=entries[4]).delete()


def delete_entry_and_seal(entries: list[UUID]) -> None:
    Entry.objects.filter(id=entries[4]).delete()
    Seal.objects.filter(number=5).delete()


def delete_and_close_the_gap(entries: list[UUID]) -> None:
    delete_entry_and_seal(entries)
    make_anew(after=4)


def delete_the_first_and_make_all_anew(entries: list[UUID]) -> None:
    Entry.objects.filter(id=entries[0]).delete()
    Seal.objects.filter(number=1).delete()
    make_anew(after=0)


DELETIONS: list[tuple[Callable[[list[UUID]], None], str]] = [
    (delete_entry, "is gone."),
    (delete_entry_and_seal, "Seal 5 is missing; the next is 6."),
    (delete_and_close_the_gap, "Seal 6 differs from what was anchored outside the database."),
    (delete_the_first_and_make_all_anew, "Seal 3 differs from what was anchored"),
]


@pytest.mark.parametrize(
    ("delete", "fault"), DELETIONS, ids=lambda one: getattr(one, "__name__", "")
)
def test_promise_23_a_deletion_is_detected(
    entries: list[UUID], delete: Callable[[list[UUID]], None], fault: str
) -> None:
    with triggers_off():
        delete(entries)
    found = faults()
    assert any(fault in one for one in found), found


def test_promise_23_a_deletion_before_the_seal_is_detected(entries: list[UUID]) -> None:
    gone = act()
    with triggers_off():
        Entry.objects.filter(id=gone).delete()
    assert f"The entry of seal {LAST + 1} ({gone}) is gone." in faults()


def test_promise_23_an_entry_that_is_hidden_from_the_sealer_is_detected(
    entries: list[UUID],
) -> None:
    hidden = act()
    Unsealed.objects.filter(entry_id=hidden).delete()
    assert faults() == [f"Entry {hidden} was never given to the sealer."]


def test_promise_23_two_entries_exchanged_are_detected(entries: list[UUID]) -> None:
    """Each takes what the other said, with its signature."""
    one, other = (Entry.objects.get(id=each) for each in (entries[3], entries[4]))
    columns = [field.attname for field in Entry._meta.concrete_fields if field.attname != "id"]
    with triggers_off():
        for at, said in ((one, other), (other, one)):
            Entry.objects.filter(id=at.id).update(**{name: getattr(said, name) for name in columns})
    found = faults()
    assert f"The entry of seal 4 ({one.id}) was changed." in found
    assert f"The entry of seal 5 ({other.id}) was changed." in found


def swap_seals() -> None:
    """Exchange the order of two entries in the chain."""
    four, five = Seal.objects.get(number=4), Seal.objects.get(number=5)
    Seal.objects.filter(number=4).update(entry_id=uuid.uuid4())
    Seal.objects.filter(number=5).update(entry_id=four.entry_id)
    Seal.objects.filter(number=4).update(entry_id=five.entry_id)


def test_promise_23_a_swap_is_detected(entries: list[UUID]) -> None:
    with triggers_off():
        swap_seals()
    found = faults()
    assert f"Seal 4 does not belong to its entry ({entries[4]})." in found
    assert f"Seal 5 does not belong to its entry ({entries[3]})." in found


def test_promise_23_a_swap_with_all_seals_made_anew_is_detected(entries: list[UUID]) -> None:
    with triggers_off():
        swap_seals()
        make_anew(after=3)
    assert "Seal 6 differs from what was anchored outside the database." in faults()


def cut(after: int) -> None:
    """Cut the end off, so that what is left is a whole chain of its own."""
    gone = Seal.objects.filter(number__gt=after)
    Entry.objects.filter(id__in=list(gone.values_list("entry_id", flat=True))).delete()
    gone.delete()


@pytest.mark.parametrize("after", [0, 5, LAST - 1])
def test_promise_23_a_truncation_is_detected(entries: list[UUID], after: int) -> None:
    anchored = min(number for number in (3, 6, 9) if number > after)
    with triggers_off():
        cut(after)
    assert f"The chain ends at seal {after}, but seal {anchored} was anchored." in faults()


def test_promise_23_a_chain_that_was_cut_and_grew_again_is_detected(entries: list[UUID]) -> None:
    """The software itself anchors the new seals under the old numbers."""
    with triggers_off():
        cut(LAST - EACH)
    for _ in range(EACH):
        act()
    seal()
    assert Seal.objects.count() == LAST
    assert f"Seal {LAST} was anchored twice, with different hashes." in faults()


def test_promise_23_an_entry_slipped_in_without_the_key_is_detected(entries: list[UUID]) -> None:
    current = crypto.key_ring().current
    forged = [
        chain.forge(key_id=current, mac=bytes(32)),
        chain.forge(key_id=current, mac=b""),
        chain.forge(key_id="none", mac=b""),
        chain.forge(key_id="none", mac=bytes(Entry.objects.get(id=entries[0]).mac)),
    ]
    found = faults()
    assert len(found) == len(forged)
    for forged_id in forged:
        assert any(f"({forged_id}) was changed." in fault for fault in found)


def test_promise_23_an_entry_slipped_in_past_the_sealer_is_detected(entries: list[UUID]) -> None:
    forged = chain.forge(key_id="none", mac=b"", waiting=False)
    assert faults() == [f"Entry {forged} was never given to the sealer."]


def test_an_entry_that_cannot_be_read_is_a_fault_and_no_crash(
    entries: list[UUID], on_postgres: bool
) -> None:
    """SQLite keeps whatever is written past the software; PostgreSQL only what fits its column."""
    spoilt = "details = '5'" if on_postgres else "at = 'never'"
    with triggers_off(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE audit_entry SET {spoilt}")
    assert faults()


def ended(capsys: pytest.CaptureFixture[str]) -> tuple[int | str | None, dict[str, str]]:
    """Run `reachable audit verify --json` as the shell does; return how it ends and its object."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("sys.argv", ["reachable", "audit", "verify", "--json"])
        with pytest.raises(SystemExit) as raised:
            shell.run(lambda: group.main(["verify", "--json"], standalone_mode=False))
    return raised.value.code, json.loads(capsys.readouterr().out.splitlines()[-1])


def test_promise_23_a_full_disk_is_not_told_as_a_broken_chain(
    db: None, anchors: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    act()
    anchors.symlink_to("/dev/full")
    status, said = ended(capsys)
    assert (status, said["error"]) == (75, "The disk of this system is full.")
    assert said["kept"].startswith("The chain was not checked")


def test_promise_23_a_database_that_goes_away_meanwhile_is_not_told_as_a_broken_chain(
    entries: list[UUID], capsys: pytest.CaptureFixture[str]
) -> None:
    def gone(execute: Any, sql: str, *rest: Any) -> Any:
        if 'ORDER BY "audit_seal"."number" ASC' in sql:
            raise OperationalError("server closed the connection unexpectedly")
        return execute(sql, *rest)

    with connection.execute_wrapper(gone):
        status, said = ended(capsys)
    assert (status, said["error"]) == (75, "The database does not answer.")
    assert ended(capsys)[0] == 0
