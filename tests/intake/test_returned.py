"""Refused rows are downloaded, corrected elsewhere and sent again: nothing is lost or doubled."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.test import Client
from hypothesis import example, given
from hypothesis import strategies as st

from reachable.access.selectors import agency_id
from reachable.audit.models import Entry
from reachable.foundation.actor import system
from reachable.foundation.errors import Forbidden, NotFound
from reachable.foundation.files.export import (
    marked_cell,
    safe_cell,
    starts_formula,
    unmarked_cell,
    write_csv,
    write_json_lines,
    write_xlsx,
)
from reachable.foundation.files.table import open_table
from reachable.foundation.time import now, travel
from reachable.intake import loading, returning, services, together
from reachable.intake.checking import open_file
from reachable.intake.models import Delivery, QuarantinedRow, Signal
from reachable.intake.rules.headings import BEYOND
from reachable.intake.rules.problems import Reason
from reachable.intake.rules.returned import NUMBER, WHY, columns
from reachable.intake.rules.together import Answer, Fault, Kind
from reachable.intake.samples import sample_table
from reachable.intake.specification import Feed, feed, feeds
from tests.support.world import World, add_intake_worker, html

BY = system("tests")
WRITE = {"csv": write_csv, "xlsx": write_xlsx, "jsonl": write_json_lines}


@pytest.fixture
def agency(world: World) -> UUID:
    return agency_id("police")


def came(path: Path, of: Feed, agency: UUID, *, at: float = 0) -> Delivery:
    """Load a file that many hours from now."""
    with travel(now() + timedelta(hours=at)), path.open("rb") as content:
        received = services.receive(
            by=BY, agency_id=agency, feed=of.key, file_name=path.name, content=content
        )
        services.begin_loading(by=BY, delivery_id=received.delivery_id)
        done = loading.load(by=BY, delivery_id=received.delivery_id)
    assert done.state == "loaded", done.error
    return done


def waiting(delivery: Delivery) -> list[tuple[list[list[str]], list[dict[str, str]], str]]:
    held = QuarantinedRow.objects.filter(delivery=delivery, state="open").order_by("row_number")
    return [(row.cells, row.problems, row.key_hash) for row in held]


def spoilt(of: Feed) -> tuple[list[str], list[list[str]]]:
    """Sample rows of a feed, each with another thing that refuses it, and cells that are awkward.

    A happening's date is wrong in all of them, so that each waits.
    """
    headings, rows = sample_table(of)
    names = [column.name for column in of.columns]
    happened = names.index(of.happening(of.happened).date)
    family, given = names.index("family_name"), names.index("given_names")
    key = names.index(of.source_key)
    wrong = []
    for number, day in enumerate(("soon", "46000", "31/02/2026", "#REF!", "-", "=TODAY()")):
        row = list(rows[number % len(rows)])
        row[happened], row[key] = day, f"+K/{number}" if number % 2 else ""
        wrong.append(row)
    wrong[0][family] = "=1+1"
    wrong[1][given] = '\'@Sample, "called"\nSam'
    wrong[2][family], wrong[2][given] = "  -Sample ", "\tAda"
    wrong[3][family] = "Ünïcode Sample"
    return [*headings, "+ Extra", "Extra"], [[*row, "kept", " 0012"] for row in wrong]


def given_out(delivery: Delivery, path: Path) -> Path:
    headings = returning._headings(delivery.id)
    rows = returning._rows(delivery, len(headings))
    WRITE[path.suffix[1:]](path, [*map(marked_cell, headings), NUMBER, WHY], rows)
    return path


@pytest.mark.db
@pytest.mark.parametrize("kind", ["csv", "xlsx", "jsonl"])
@pytest.mark.parametrize("key", sorted(feeds()))
def test_a_round_trip_changes_nothing(agency: UUID, tmp_path: Path, key: str, kind: str) -> None:
    of = feed(key)
    sent = tmp_path / f"sent.{kind}"
    WRITE[kind](sent, *spoilt(of))
    first = came(sent, of, agency)
    before = waiting(first)
    assert len(before) == 6
    for at, back in enumerate(returning.KINDS, start=1):
        last = Delivery.objects.latest("received_at")
        again = came(given_out(last, tmp_path / f"back.{back}"), of, agency, at=at)
        assert waiting(again) == before
        assert not waiting(last), "what waited from the file before is settled"
    assert not Signal.objects.exists()


@pytest.mark.db
@pytest.mark.parametrize("back", ["csv", "xlsx"])
@pytest.mark.parametrize("key", sorted(feeds()))
def test_what_was_corrected_elsewhere_counts_once_and_nothing_waits(
    agency: UUID, tmp_path: Path, key: str, back: str
) -> None:
    of = feed(key)
    sent = tmp_path / "sent.csv"
    write_csv(sent, *spoilt(of))
    first = came(sent, of, agency)
    path = given_out(first, tmp_path / f"back.{back}")
    headings = open_table(path).headings
    happened = of.column(of.happening(of.happened).date).heading
    place = headings.index(happened)
    rows = [list(cells) for _, cells in open_table(path).rows() if isinstance(cells, tuple)]
    assert len(rows) == 6
    for row in rows:
        row[place] = "2026-01-05"
    # Our columns may have been moved to the front, as people do.
    moved = [[*row[-2:], *row[:-2]] for row in rows]
    corrected = tmp_path / f"corrected.{back}"
    WRITE[back](corrected, [*headings[-2:], *headings[:-2]], moved)
    again = came(corrected, of, agency, at=1)
    left = waiting(again)
    assert (again.accepted, again.quarantined) == (6 - len(left), len(left))
    assert not waiting(first)
    states = set(QuarantinedRow.objects.filter(delivery=first).values_list("state", flat=True))
    assert states == {"superseded"}


@pytest.mark.db
def test_rows_with_more_cells_than_headings_come_back_as_they_were(
    agency: UUID, tmp_path: Path
) -> None:
    of = feed("police_missing")
    headings, rows = sample_table(of)
    sent = tmp_path / "sent.csv"
    wide = [[*rows[0], "one", "", "three"], [*rows[1], "only"]]
    # The library writes rows of any width.
    write_csv(sent, headings, wide)
    first = came(sent, of, agency)
    before = waiting(first)
    assert [len(cells) for cells, _, _ in before] == [len(headings) + 3, len(headings) + 1]
    path = given_out(first, tmp_path / "back.xlsx")
    assert open_table(path).headings[-5:] == (
        *(f"{BEYOND}, {at}" for at in (1, 2, 3)),
        *(NUMBER, WHY),
    )
    opened = open_file(of, path)
    assert opened.mapping.headings == tuple(headings)
    assert opened.mapping.not_read == ()
    again = came(path, of, agency, at=1)
    assert [problems for _, problems, _ in waiting(again)] == [
        problems for _, problems, _ in before
    ]
    assert not waiting(first)


@pytest.mark.db
def test_a_number_of_another_agency_or_feed_settles_nothing(agency: UUID, tmp_path: Path) -> None:
    of = feed("police_missing")
    headings, rows = spoilt(of)
    sent = tmp_path / "sent.csv"
    write_csv(sent, headings, rows)
    first = came(sent, of, agency)
    path = given_out(first, tmp_path / "back.csv")
    came(path, of, agency_id("school"), at=1)
    assert len(waiting(first)) == 6
    nonsense = tmp_path / "nonsense.csv"
    number = str(QuarantinedRow.objects.filter(delivery=first)[0].id)
    odd = [[*rows[0], text, ""] for text in ("", "12", number[:-1], "=1", "x" * 200)]
    for row in odd:
        row[headings.index("+ Extra")] = row[-2]
    write_csv(nonsense, [*headings, NUMBER, WHY], odd)
    came(nonsense, of, agency, at=2)
    assert QuarantinedRow.objects.get(id=number).state in ("open", "superseded")
    untouched = QuarantinedRow.objects.filter(delivery=first, state="open").count()
    assert untouched >= 5


@pytest.mark.db
def test_what_was_said_of_the_file_is_in_what_is_given_out(agency: UUID, tmp_path: Path) -> None:
    of = feed("police_missing")
    headings, rows = sample_table(of)
    place = headings.index(of.column("missing_date").heading)
    born = headings.index(of.column("birth_date").heading)
    row = list(rows[0])
    row[place], row[born] = "soon", "03/14/2011"
    sent = tmp_path / "sent.csv"
    write_csv(sent, headings, [row, [*row[:-1], "another"]])
    first = came(sent, of, agency)
    order = Answer(Kind.ORDER, Fault(Reason.DATE_ORDER, "birth_date"), "month-day-year")
    together.settle(by=BY, correction_id=together.begin(by=BY, delivery_id=first.id, answer=order))
    ((_, cells), _) = open_table(given_out(first, tmp_path / "back.csv")).rows()
    assert isinstance(cells, tuple)
    assert cells[born] == "2011-03-14"
    assert "03/14/2011" not in str(cells[-1])
    assert "soon" in str(cells[-1])


@given(st.text(max_size=40))
@example("'=1")
@example("''=1")
@example("\r\nname")
@example("\t")
@example("＝1")
def test_promise_27_a_marked_cell_comes_back_as_it_was(text: str) -> None:
    marked = marked_cell(text)
    assert not starts_formula(marked)
    assert unmarked_cell(marked) == text
    assert safe_cell(marked) == marked.encode("utf-8", "replace").decode()


@given(st.permutations([NUMBER, WHY, f"{BEYOND}, 1", f"{BEYOND}, 2", "One", "Two"]))
def test_our_columns_are_known_wherever_they_stand(headings: list[str]) -> None:
    found = columns(headings)
    assert found is not None
    senders = [heading for heading in headings if heading in ("One", "Two")]
    assert found.of_sender(headings) == [*senders, f"{BEYOND}, 1", f"{BEYOND}, 2"]
    assert headings[found.number] == NUMBER
    assert columns(["One", "Two", ""]) is None


@pytest.mark.db
def test_the_clerk_downloads_what_waits_and_sends_it_again(world: World, tmp_path: Path) -> None:
    of = feed("police_missing")
    sent = tmp_path / "sent.csv"
    write_csv(sent, *spoilt(of))
    first = came(sent, of, agency_id("police"))
    clerk = world.client("clerk")
    page = html(clerk.get(f"/intake/files/{first.id}/"))
    for kind in returning.KINDS:
        address = f"/intake/files/{first.id}/refused.{kind}"
        assert address in page
        answer = clerk.get(address)
        assert answer.status_code == 200
        assert f"sent-to-correct.{kind}" in answer.headers["Content-Disposition"]
        assert "no-store" in answer.headers["Cache-Control"]
    looks = Entry.objects.filter(action="looked", subject_id=first.id)
    assert looks.filter(actor_id=world.users["clerk"]).count() == 2
    with travel(now() + timedelta(hours=1)):
        send_again(clerk, answer.content)
    assert not waiting(first)
    page = html(clerk.get(f"/intake/files/{first.id}/"))
    assert "They waited here until a later file brought them." in page
    page = html(clerk.get(f"/intake/files/{first.id}/refused.csv", follow=True))
    assert "No row of this file waits to be corrected" in page
    assert clerk.get(f"/intake/files/{first.id}/refused.pdf").status_code == 404


def send_again(clerk: Client, content: bytes) -> None:
    file = io.BytesIO(content)
    file.name = "corrected.csv"
    page = html(clerk.post("/intake/feeds/police_missing/", {"file": file}, follow=True))
    assert "does not ask for them: &#39;+ Extra, Extra." in page
    delivery = Delivery.objects.latest("received_at")
    services.begin_loading(by=BY, delivery_id=delivery.id)
    loading.load(by=BY, delivery_id=delivery.id)


@pytest.mark.db
def test_nobody_else_downloads_them(world: World, tmp_path: Path) -> None:
    of = feed("police_missing")
    sent = tmp_path / "sent.csv"
    write_csv(sent, *spoilt(of))
    first = came(sent, of, agency_id("police"))
    add_intake_worker("other", "Other", "council")
    for name, error in (("other", NotFound), ("sergeant", Forbidden)):
        with pytest.raises(error):
            returning.write_refused(
                by=world.actor(name), delivery_id=first.id, path=tmp_path / "no.csv", kind="csv"
            )
    assert not (tmp_path / "no.csv").exists()
