"""What is kept and what is refused of a file is written before anything leaves the building."""

from __future__ import annotations

import csv
import json
import string
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reachable.foundation.errors import BadInput
from reachable.foundation.files.export import TABLES, csv_lines, starts_formula, write_csv
from reachable.intake.checking import check_file, open_file
from reachable.intake.rules.check import Checked
from reachable.intake.samples import KINDS, sample_table, write_sample
from reachable.intake.sender.filtering import WHY, filter_file
from reachable.intake.sender.page import page, quoting
from reachable.intake.sender.report import SenderReport, Wanted
from reachable.intake.sender.telling import lines
from reachable.intake.specification import Feed, feed, feeds
from tests.support.files import CUSTODY

TODAY = date(2026, 11, 24)
ALL = list(feeds().values())
POLICE = feed("police_custody")
CANARIES = ("Orrell", "Vane", "Somebody", "1999-02-01", "nowhere at all", "07700 900123")


def run(path: Path, one: Feed = POLICE, *, quote: bool = False, **wanted: Any) -> SenderReport:
    return filter_file(one, path, TODAY, Wanted(**wanted), quoting if quote else page)


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


@pytest.fixture
def custody(tmp_path: Path) -> Path:
    """Nine rows: one in the future, one adult, one repeated, one corrected; and a note."""
    path = tmp_path / "custody.csv"
    first, *rows = CUSTODY.replace("FX1 1AF", "nowhere at all").splitlines()
    path.write_text("\n".join([f"{first},Note", *(f"{row},07700 900123" for row in rows)]) + "\n")
    return path


def test_a_file_is_parted_into_what_to_send_and_what_to_correct(
    custody: Path, tmp_path: Path
) -> None:
    keep, refused = tmp_path / "send.csv", tmp_path / "correct.csv"
    before = custody.read_bytes()
    report = run(custody, keep=keep, refused=refused)
    kept, wrong = rows_of(keep), rows_of(refused)
    assert (report.check.rows, report.kept, report.check.refused) == (9, 8, 1)
    assert len(kept) == 1 + 8
    assert kept[0] == CUSTODY.splitlines()[0].split(",")
    assert report.left_out == ("Note",)
    assert "07700 900123" not in keep.read_text("utf-8-sig")
    assert wrong[0] == [*kept[0], "Note", WHY]
    assert wrong[1][:-1] == [*CUSTODY.splitlines()[4].split(","), "07700 900123"]
    assert "has not come yet" in wrong[1][-1]
    assert custody.read_bytes() == before


def test_what_stands_out_is_told_with_its_rows(custody: Path) -> None:
    report = run(custody)
    assert report.adults.first == [7]
    assert report.repeated.first == [9]
    assert report.corrections.first == [8]
    assert (report.first_day, report.last_day) == ("2026-10-23", "2026-10-24")
    said = list(lines(report))
    assert "1 row (7): Over 25 by the birth date. Is that right?" in said
    assert said[-1] == "9 rows: 8 would be accepted, 1 would wait to be corrected."


def test_adults_are_left_out_if_that_is_asked(custody: Path, tmp_path: Path) -> None:
    keep = tmp_path / "send.csv"
    assert run(custody, keep=keep, no_adults=True).kept == 7
    assert "Somebody" not in keep.read_text("utf-8-sig")


def test_a_report_names_no_child_unless_it_is_asked_to(custody: Path, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    run(custody, report=path)
    plain = path.read_text("utf-8")
    assert not [canary for canary in CANARIES if canary in plain]
    assert "which has not come yet" in plain
    assert "Content-Security-Policy" in plain
    assert "http://" not in plain
    assert "src=" not in plain
    run(custody, report=path, quote=True)
    assert "1999-02-01" in path.read_text("utf-8")
    assert "It may name children" in path.read_text("utf-8")


def test_markup_in_a_heading_is_shown_as_text(tmp_path: Path) -> None:
    path, report = tmp_path / "a.csv", tmp_path / "a.html"
    path.write_text(CUSTODY.replace("Person No", "<script>alert(1)</script>"))
    run(path, report=report)
    assert "<script" not in report.read_text("utf-8")
    assert "&lt;script&gt;" in report.read_text("utf-8")


@pytest.mark.parametrize("ending", list(TABLES))
def test_what_is_written_is_a_file_of_the_kind_that_its_name_says(
    custody: Path, tmp_path: Path, ending: str
) -> None:
    keep, refused = tmp_path / f"send.{ending}", tmp_path / f"correct.{ending}"
    run(custody, keep=keep, refused=refused)
    assert check_file(POLICE, keep, TODAY).accepted == 8
    assert check_file(POLICE, refused, TODAY).refused == 1


def test_rows_about_nothing_are_left_out_unless_asked_for(tmp_path: Path) -> None:
    """An accepted row without any event; one that takes an earlier row back is kept."""
    one = feed("housing_concern")
    headings, rows = sample_table(one)
    path, keep = tmp_path / "a.csv", tmp_path / "b.csv"
    write_csv(path, headings, rows)
    never = [replace(each, if_column="record_status", if_any=frozenset()) for each in one.makes]
    nothing = replace(one, makes=tuple(never))
    report = run(path, nothing, keep=keep)
    withdrawn = sum(row[-1] == "Void" for row in rows)
    assert withdrawn
    assert report.nothing.count == len(rows) - withdrawn
    assert len(rows_of(keep)) == 1 + withdrawn
    assert run(path, nothing, keep=keep, all_rows=True).kept == len(rows)
    assert "About nothing that this feed is for" in "\n".join(lines(report))


@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("one", ALL, ids=lambda one: one.key)
def test_the_sample_of_every_feed_is_kept_whole(one: Feed, kind: str, tmp_path: Path) -> None:
    path = write_sample(one, tmp_path, kind)
    keep, refused = tmp_path / "keep.csv", tmp_path / "refused.csv"
    report = run(path, one, keep=keep, refused=refused)
    assert report.kept == report.check.rows == len(one.samples)
    assert len(rows_of(refused)) == 1
    assert hashes(one, keep) == hashes(one, path)


def hashes(one: Feed, path: Path) -> list[str]:
    rows = open_file(one, path).rows(TODAY)
    return [row.result.content_hash for row in rows if isinstance(row.result, Checked)]


CELLS = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=30),
    st.text(string.digits + "/-.: ", max_size=20),
    st.sampled_from(["", "n/k", "=1+1", "+44 7700 900123", "-", "@x", "'=x", "\t=x", "a\r\nb"]),
    st.dates(date(2026, 1, 1), TODAY).map(lambda day: day.strftime("%d/%m/%Y")),
)


@settings(max_examples=60, deadline=None)
@given(data=st.data(), ending=st.sampled_from(list(TABLES)))
def test_promise_26_each_row_is_kept_or_refused_and_comes_back_as_it_was(
    data: st.DataObject, ending: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """What is kept is accepted again with the same content; what is refused is refused again."""
    one = data.draw(st.sampled_from(ALL))
    headings, samples = sample_table(one)
    rows: list[Sequence[str]] = [list(row) for row in samples]
    for _ in range(data.draw(st.integers(0, 6))):
        row = list(data.draw(st.sampled_from(samples)))
        for place in data.draw(st.lists(st.integers(0, len(row) - 1), max_size=3)):
            row[place] = data.draw(CELLS)
        rows.append(row + data.draw(st.lists(CELLS, max_size=2)))
    folder = tmp_path_factory.mktemp("parted")
    path, keep, refused = (folder / name for name in ("a.csv", f"k.{ending}", f"r.{ending}"))
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([headings, *rows])
    report = run(path, one, keep=keep, refused=refused, all_rows=True)
    assert report.kept == report.check.accepted
    assert report.check.rows == report.kept + report.check.refused
    # JSON lines without a row have no headings either.
    assert (hashes(one, keep) if report.kept else []) == hashes(one, path)
    if report.check.refused:
        again = check_file(one, refused, TODAY)
        assert again.rows == report.check.refused
        # The cells beyond the headings have become part of the reason.
        assert again.refused >= report.check.refused - report.check.reasons["too_many_cells"]


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.lists(CELLS, min_size=10, max_size=12), max_size=5))
def test_promise_27_no_cell_that_is_written_starts_a_formula(
    rows: list[list[str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("formulas")
    path, keep, refused = (folder / name for name in ("a.csv", "k.csv", "r.csv"))
    head = CUSTODY.splitlines()[0]
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(head + "\n")
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows(rows)
    run(path, keep=keep, refused=refused, all_columns=True)
    for row in rows_of(keep) + rows_of(refused):
        assert not any(starts_formula(cell) for cell in row)


def test_promise_30_all_files_are_written_or_none(custody: Path, tmp_path: Path) -> None:
    keep, refused, report = (tmp_path / name for name in ("k.csv", "r.csv", "a.html"))
    for path in (keep, refused, report):
        path.write_text("old")

    def fails(told: SenderReport) -> str:
        raise KeyboardInterrupt

    wanted = Wanted(keep=keep, refused=refused, report=report)
    with pytest.raises(KeyboardInterrupt):
        filter_file(POLICE, custody, TODAY, wanted, fails)
    assert [path.read_text() for path in (keep, refused, report)] == ["old"] * 3
    assert {each.name for each in tmp_path.iterdir()} == {"custody.csv", "k.csv", "r.csv", "a.html"}


def test_a_file_that_comes_back_corrected_brings_no_old_reasons(
    custody: Path, tmp_path: Path
) -> None:
    refused, again = tmp_path / "correct.csv", tmp_path / "again.csv"
    run(custody, refused=refused)
    run(refused, refused=again)
    assert rows_of(again) == rows_of(refused)


def test_cells_beyond_the_headings_are_told_and_not_lost(tmp_path: Path) -> None:
    path, refused = tmp_path / "a.csv", tmp_path / "r.csv"
    path.write_text(CUSTODY.replace("FX1 1AA,P1\n", "FX1 1AA,P1,far,,off\n", 1))
    run(path, refused=refused)
    assert "Beyond the headings: “far”, “off”." in rows_of(refused)[1][-1]


def test_columns_that_share_a_heading_are_all_in_json_lines(tmp_path: Path) -> None:
    path, refused = tmp_path / "a.csv", tmp_path / "r.jsonl"
    head, *rows = CUSTODY.splitlines()
    path.write_text("\n".join([f"{head},Note,Note,", *(f"{row},one,two,three" for row in rows)]))
    run(path, refused=refused)
    row = json.loads(refused.read_text().splitlines()[0])
    assert {"one", "two", "three"} <= set(row.values())


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ({"keep": "custody.csv"}, "named twice"),
        ({"keep": "a.csv", "refused": "a.csv"}, "named twice"),
        ({"keep": "a.pdf"}, "does not say what kind"),
        ({"keep": "nowhere/a.csv"}, "no such folder"),
        ({"report": "."}, "named twice|or it is one"),
    ],
)
def test_a_wrong_name_is_told_before_anything_is_written(
    custody: Path, tmp_path: Path, names: dict[str, str], said: str
) -> None:
    wanted: Any = {what: tmp_path / name for what, name in names.items()}
    with pytest.raises(BadInput, match=said) as told:
        filter_file(POLICE, custody, TODAY, Wanted(**wanted), page)
    assert told.value.next
    assert list(tmp_path.iterdir()) == [custody]


def test_a_file_that_is_open_elsewhere_is_told(
    custody: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows refuses to replace what Excel holds open."""

    def refuse(self: Path, target: Path) -> None:
        raise PermissionError(13, "in use", str(self), None, str(target))

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(BadInput, match="“send.csv” cannot be written") as told:
        run(custody, keep=tmp_path / "send.csv")
    assert "open in another program" in told.value.next
    assert list(tmp_path.iterdir()) == [custody]


def test_a_file_without_rows_gives_files_with_headings_alone(tmp_path: Path) -> None:
    path, keep = tmp_path / "a.csv", tmp_path / "k.csv"
    path.write_text("".join(csv_lines(sample_table(POLICE)[0], ())))
    report = run(path, keep=keep, report=tmp_path / "r.html")
    assert rows_of(keep) == [sample_table(POLICE)[0]]
    assert "There is no row below the headings." in list(lines(report))
