"""A set of tables is parted before it is sent: what goes stands by itself and withdraws nothing."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from reachable.access.selectors import agency_id
from reachable.chronology.models import Event
from reachable.foundation.errors import BadInput
from reachable.foundation.files.export import starts_formula
from reachable.foundation.time import travel
from reachable.intake import loading, services
from reachable.intake.checking import open_file
from reachable.intake.models import Delivery, Signal
from reachable.intake.rules.check import Checked
from reachable.intake.sender.page import page_of_set, quoting_set
from reachable.intake.sender.report import Wanted
from reachable.intake.sender.set_filtering import FilteredSet, filter_set, in_order_of_need
from reachable.intake.sender.sets import filtered_lines
from reachable.intake.set_files import HELD_BACK, unpack_tables
from reachable.intake.table_sets import SETS, TableSet, table_sets
from reachable.people.models import Record
from tests.intake.test_table_sets import AT, BY, come
from tests.support.tables import Tables, changed, many, packed, sample, without
from tests.support.world import World, make_world

SSD, CENSUS = table_sets()["ssd"], table_sets()["cin_census"]
TODAY = date(2026, 4, 1)
RETURN = (SETS / "cin_census" / "cin-census-sample.xml").read_text("utf-8")


@pytest.fixture
def world(db: None) -> World:
    with travel(AT):
        return make_world()


def part(folder: Path, content: bytes, of: TableSet = SSD, **wanted: Any) -> FilteredSet:
    ending = "zip" if of is SSD else "xml"
    path = folder / f"export.{ending}"
    path.write_bytes(content)
    named = {"keep": folder / f"kept.{ending}", "refused": folder / "refused.zip"}
    return filter_set(of, path, TODAY, Wanted(**(named | wanted)), page_of_set)


def hashes(of: TableSet, path: Path) -> dict[str, list[tuple[str, str]]]:
    """Return the key and the content of every accepted row of each table of a set."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        came = unpack_tables(of, path, folder).tables
        return {
            feed.key: [
                (row.result.source_key, row.result.content_hash)
                for row in open_file(feed, folder / feed.key).rows(TODAY)
                if isinstance(row.result, Checked)
            ]
            for feed in of.tables
            if feed.key in came
        }


def tables_in(path: Path) -> Tables:
    with zipfile.ZipFile(path) as file:
        return {
            name.removesuffix(".csv"): list(
                csv.reader(io.StringIO(file.read(name).decode("utf-8-sig")))
            )
            for name in file.namelist()
        }


def person(number: str, **cells: str) -> Tables:
    """Return the sample with other cells of one child."""
    headings, *rows = sample()["ssd_person"]
    at = headings.index("pers_person_id")
    new = [
        [cells.get(name, cell) for name, cell in zip(headings, row, strict=True)]
        if row[at] == number
        else row
        for row in rows
    ]
    assert new != rows
    return {**sample(), "ssd_person": [headings, *new]}


def test_each_table_comes_after_those_to_which_it_refers() -> None:
    order = [feed.key for feed in in_order_of_need(SSD)]
    assert sorted(order) == sorted(feed.key for feed in SSD.tables)
    for feed in SSD.tables:
        for join in feed.joins:
            assert join.table not in order or order.index(join.table) < order.index(feed.key)


def test_what_goes_is_what_is_read_of_rows_that_are_accepted(tmp_path: Path) -> None:
    tables = changed(
        sample(), "ssd_contacts", sample()["ssd_contacts"][1][0], cont_contact_date="soon"
    )
    done = part(tmp_path, packed(tables), report=tmp_path / "a.html")
    assert (done.check.refused, done.held_back, done.kept) == (1, 1, done.check.accepted)
    kept = tables_in(tmp_path / "kept.zip")
    assert kept.keys() == sample().keys() | {HELD_BACK.removesuffix(".csv")}
    assert "soon" not in (tmp_path / "kept.zip").read_bytes().decode("latin-1")
    assert not any("soon" in row for rows in kept.values() for row in rows)
    assert "pers_ethnicity" not in kept["ssd_person"][0]
    (headings, refused) = tables_in(tmp_path / "refused.zip")["ssd_contacts"]
    assert "soon" in refused
    assert refused[headings.index("Why")] if "Why" in headings else refused[-1]
    before, after = hashes(SSD, tmp_path / "export.zip"), hashes(SSD, tmp_path / "kept.zip")
    assert before == after
    page = (tmp_path / "a.html").read_text()
    assert "soon" not in page
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert "soon" in quoting_set(done)


def test_a_row_that_hangs_on_a_refused_one_is_refused_with_it(tmp_path: Path) -> None:
    tables = person("9003", pers_dob="31/31/2011")
    done = part(tmp_path, packed(tables))
    missing = next(each for each in done.reports if each.feed.key == "ssd_missing")
    assert missing.check.reasons == {"not_found": 1}
    assert "M1" not in str(tables_in(tmp_path / "kept.zip")["ssd_missing"])
    said = "\n".join(filtered_lines(done))
    assert "rows held back: the file says so" in said


def test_what_nobody_refers_to_any_more_does_not_go(tmp_path: Path) -> None:
    tables = without(sample(), "ssd_involvements", sample()["ssd_involvements"][1][0])
    part(tmp_path, packed(tables))
    kept = tables_in(tmp_path / "kept.zip")
    places = kept["ssd_involvements"][0].index("invo_professional_id")
    used = {row[places] for row in kept["ssd_involvements"][1:]}
    assert {row[0] for row in kept["ssd_professionals"][1:]} == used
    assert len(used) < len(sample()["ssd_professionals"]) - 1


def test_adults_are_left_out_of_every_table_if_that_is_asked(tmp_path: Path) -> None:
    tables = person("9001", pers_dob="1990-11-19")
    done = part(tmp_path, packed(tables), no_adults=True)
    kept = tables_in(tmp_path / "kept.zip")
    assert not any("9001" in row for rows in kept.values() for row in rows)
    assert done.check.refused == 0
    assert done.held_back == done.check.accepted - done.kept > 5


def loaded(content: bytes) -> tuple[Delivery, dict[str, Any]]:
    """Load everything of the next day; return what is known after it."""
    with travel(AT + timedelta(days=1)):
        received = services.receive(
            by=BY,
            agency_id=agency_id("council"),
            feed="ssd",
            file_name="ssd.zip",
            content=io.BytesIO(content),
            whole=True,
        )
        services.begin_loading(by=BY, delivery_id=received.delivery_id)
        done = loading.load(by=BY, delivery_id=received.delivery_id)
    events = Event.objects.values_list("record__source_ref", "kind", "occurred_on")
    said = Signal.objects.values_list("feed", "source_key", "version", "content_hash")
    return done, {
        "events": sorted(map(str, events)),
        "said": sorted(map(str, said)),
        "records": set(Record.objects.values_list("source_ref", flat=True)),
    }


@pytest.mark.db
def test_promise_32_what_was_filtered_loads_as_the_whole_does_without_what_was_refused(
    world: World, tmp_path: Path
) -> None:
    """Today a row is mistyped and another was removed; only the second is withdrawn."""
    come(sample(), whole=True)
    tables = without(sample(), "ssd_s47_enquiry", sample()["ssd_s47_enquiry"][1][0])
    contact = tables["ssd_contacts"][1][0]
    today = packed(changed(tables, "ssd_contacts", contact, cont_contact_date="soon"))
    with transaction.atomic():
        whole, expected = loaded(today)
        transaction.set_rollback(True)
    assert part(tmp_path, today).held_back == 1
    kept, found = loaded((tmp_path / "kept.zip").read_bytes())
    assert found == expected
    assert (whole.quarantined, whole.gone) == (1, 1)
    assert (kept.state, kept.quarantined, kept.gone) == ("loaded", 0, 1)
    assert Signal.objects.get(feed="ssd_contacts", source_key=contact).version == 1


@pytest.mark.db
@pytest.mark.parametrize("odd", [b"", b"\0" * 500, b'"open'])
def test_promise_26_a_list_of_what_was_held_back_may_say_anything(
    world: World, odd: bytes, tmp_path: Path
) -> None:
    come(sample(), whole=True)
    path = tmp_path / "odd.zip"
    path.write_bytes(packed(person("9001", pers_surname="Otherwise")))
    with zipfile.ZipFile(path, "a") as file:
        file.writestr(HELD_BACK, odd)
    done, _ = loaded(path.read_bytes())
    assert done.state == "loaded" or (done.accepted, done.error[-1]) == (0, ".")


CELLS = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20),
    st.sampled_from(["", "n/k", "=1+1", "-", "9001", "9003", "31/31/2011", "2031-01-01", "a\r\nb"]),
)


@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_promise_26_each_row_of_a_set_goes_or_is_held_back_and_what_goes_is_the_same(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    tables = {table: [list(row) for row in rows] for table, rows in sample().items()}
    for table in data.draw(st.lists(st.sampled_from(sorted(tables)), max_size=6)):
        row = data.draw(st.sampled_from(tables[table][1:]))
        row[data.draw(st.integers(0, len(row) - 1))] = data.draw(CELLS)
    folder = tmp_path_factory.mktemp("set")
    done = part(folder, packed(tables), all_rows=True)
    before, after = hashes(SSD, folder / "export.zip"), hashes(SSD, folder / "kept.zip")
    for report in done.reports:
        kept = after[report.feed.key]
        assert report.kept == len(kept) == report.check.accepted
        # What another table said beside a row may have been held back with that.
        assert {key for key, _ in kept} <= {key for key, _ in before[report.feed.key]}
    if not done.held_back:
        assert before == after
    for rows in tables_in(folder / "kept.zip").values():
        assert not any(starts_formula(cell) for row in rows for cell in row)


def test_a_census_goes_as_a_census_with_what_is_read_of_it(tmp_path: Path) -> None:
    done = part(tmp_path, RETURN.encode(), CENSUS)
    assert done.kept == done.check.rows
    assert hashes(CENSUS, tmp_path / "kept.xml") == hashes(CENSUS, tmp_path / "export.xml")
    assert "Ethnicity" not in (tmp_path / "kept.xml").read_text()


def test_of_a_census_the_second_of_a_day_waits_for_the_first(tmp_path: Path) -> None:
    """It would be numbered as the first, and take its place."""
    one = re.search(r"\s*<Assessments>.*?</Assessments>", RETURN, re.DOTALL)
    assert one is not None
    day = re.search(r"<AssessmentAuthorisationDate>(.*?)<", one[0])
    assert day is not None
    both = one[0].replace(day[1], "soon") + one[0]
    done = part(tmp_path, RETURN.replace(one[0], both).encode(), CENSUS)
    report = next(each for each in done.reports if each.feed.key == "cin_assessment")
    assert (report.check.refused, report.hanging.count) == (1, 1)
    assert report.kept == report.check.accepted - 1
    assert "Correct that one" in "\n".join(filtered_lines(done))
    other_way = tmp_path / "other"
    other_way.mkdir()
    both = one[0] + one[0].replace(day[1], "soon")
    done = part(other_way, RETURN.replace(one[0], both).encode(), CENSUS)
    assert hashes(CENSUS, other_way / "kept.xml") == hashes(CENSUS, other_way / "export.xml")


def test_of_a_census_nothing_goes_of_a_child_who_is_refused(tmp_path: Path) -> None:
    content = RETURN.replace("<PersonBirthDate>2010-11-19", "<PersonBirthDate>soon")
    assert content != RETURN
    done = part(tmp_path, content.encode(), CENSUS)
    assert "9001" not in (tmp_path / "kept.xml").read_text()
    assert sum(each.hanging.count for each in done.reports) == 4
    assert "9001" in str(tables_in(tmp_path / "refused.zip")["cin_child"])


@settings(max_examples=40, deadline=None)
@given(
    texts=st.lists(
        st.tuples(st.integers(0, 60), st.text("0123456789-AZ <&>\n é", max_size=12)), max_size=4
    )
)
def test_promise_26_a_census_that_is_parted_says_the_same(
    texts: list[tuple[int, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    pieces = re.split(r"(>[^<>\s][^<>]*<)", RETURN)
    inside = pieces[1::2]
    for at, text in texts:
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        inside[at % len(inside)] = f">{escaped}<"
    pieces[1::2] = inside
    folder = tmp_path_factory.mktemp("census")
    done = part(folder, "".join(pieces).encode(), CENSUS)
    if not done.kept:
        return
    before = hashes(CENSUS, folder / "export.xml")
    for table, rows in hashes(CENSUS, folder / "kept.xml").items():
        remaining: Iterator[tuple[str, str]] = iter(before[table])
        assert all(row in remaining for row in rows), table
    assert sum(map(len, hashes(CENSUS, folder / "kept.xml").values())) == done.kept


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"keep": Path("kept.csv")}, "End its name with .zip."),
        ({"refused": Path("refused.csv")}, "End its name with .zip."),
        ({"keep": Path("same.zip"), "refused": Path("same.zip")}, "is named twice"),
        ({"keep": Path("nowhere") / "kept.zip"}, "there is no such folder"),
    ],
)
def test_promise_25_a_wrong_name_is_told_before_anything_is_written(
    tmp_path: Path, wanted: dict[str, Path], said: str
) -> None:
    named: dict[str, Any] = {what: tmp_path / path for what, path in wanted.items()}
    with pytest.raises(BadInput, match=re.escape(said)):
        part(tmp_path, packed(sample()), **({"keep": None, "refused": None} | named))
    assert [each.name for each in tmp_path.iterdir()] == ["export.zip"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "comes as one zip file, and this is none"),
        (b"PK\x03\x04 cut", "comes as one zip file, and this is none"),
        (packed({"ssd_missing": sample()["ssd_missing"]}), "no table ssd_person"),
        (packed({**sample(), "ssd_person": [["a"], ["1"]]}), "ssd_person"),
        (packed({k: v for k, v in sample().items() if k != "ssd_send"}), "ssd_send did not come"),
    ],
)
def test_promise_25_what_is_no_set_writes_nothing(
    tmp_path: Path, content: bytes, said: str
) -> None:
    with pytest.raises(BadInput, match=said):
        part(tmp_path, content)
    assert [each.name for each in tmp_path.iterdir()] == ["export.zip"]


def test_a_folder_of_tables_is_parted_too(tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    folder.mkdir()
    with zipfile.ZipFile(io.BytesIO(packed(sample()))) as file:
        file.extractall(folder)
    done = filter_set(SSD, folder, TODAY, Wanted(keep=tmp_path / "kept.zip"), page_of_set)
    assert done.kept == done.check.rows
    assert hashes(SSD, tmp_path / "kept.zip")["ssd_person"]


def test_the_same_tables_give_the_same_bytes(tmp_path: Path) -> None:
    written = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        part(tmp_path / name, packed(many(30)))
        written.append((tmp_path / name / "kept.zip").read_bytes())
    assert written[0] == written[1]
