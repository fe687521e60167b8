import csv
import json
import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from reachable.intake import checking, specification
from reachable.intake.rules.check import Checked
from reachable.practice import guidance
from reachable.synthetic import atlas, cadence, feeds, partnership, truth
from reachable.synthetic.formats import (
    CUSTODY,
    DAY,
    HEADINGS,
    MISSING,
    MONTH,
    WEEK,
    export_of,
    exports,
    layout_of,
)
from reachable.synthetic.noise import NONE
from tests.synthetic.conftest import UNTIL


def read_file(sent, file):
    """Return the rows of a file as lists of cells, headings first."""
    path = sent.folder / file.path
    if file.container == "xlsx":
        return CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    if file.container == "jsonl":
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        headings = list(rows[0])
        return [headings, *([row.get(name, "") for name in headings] for row in rows)]
    with path.open(encoding=file.encoding, newline="") as text:
        return list(csv.reader(text, delimiter=file.delimiter))


@pytest.fixture(scope="module")
def contents(sent):
    return {file.path: read_file(sent, file) for file in sent.files}


def test_the_same_seed_writes_the_same_bytes(fenmarch, sent, tmp_path):
    assert feeds.write(fenmarch, tmp_path).digest() == sent.digest()
    for name in (
        truth.ROWS_FILE, truth.PEOPLE_FILE, truth.EPISODES_FILE, truth.LINES_FILE,
        atlas.AREAS_FILE, atlas.POSTCODES_FILE, atlas.SCHOOLS_FILE, atlas.SERVICES_FILE,
    ):  # fmt: skip
        assert (tmp_path / name).read_bytes() == (sent.folder / name).read_bytes()


def test_the_manifest_reads_back(sent):
    assert feeds.read_manifest(sent.folder) == sent


def test_files_come_every_day(sent):
    for feed in (CUSTODY, MISSING):
        instants = [f.sent_at for f in sent.files if f.feed == feed and "(1)" not in f.path]
        assert 364 <= len(instants) <= 366
        assert instants[-1].date() == UNTIL
        assert instants[-1] - instants[-2] == timedelta(days=1)
    assert [file.order for file in sent.files] == list(range(1, len(sent.files) + 1))
    assert list(sent.files) == sorted(sent.files, key=lambda file: (file.sent_at, file.feed))


def test_each_day_of_a_story_is_sent_once():
    ends = cadence.cut_offs(export_of(CUSTODY), date(2026, 3, 1), date(2026, 3, 8))
    assert len(ends) == 7


def test_others_send_twice_a_week_once_a_week_or_once_a_month(sent):
    assert {export.feed for export in exports().values()} == {file.feed for file in sent.files}
    for feed, export in exports().items():
        files = [f for f in sent.files if f.feed == feed and "(1)" not in f.path]
        assert {file.agency for file in files} == {export.agency}
        days = [date.fromisoformat(Path(file.path).stem[-8:]) for file in files]
        if export.every == WEEK:
            assert 25 < len(files) <= 53
            assert {day.weekday() for day in days} == {0}
        elif export.every == MONTH:
            assert 6 < len(files) <= 12
            assert {day.day for day in days} == {1}
        if export.every != DAY:
            assert all(file.rows for file in files)


def test_files_have_the_real_variety_of_formats(sent):
    kinds = Counter((file.container, file.encoding, file.delimiter) for file in sent.files)
    assert set(kinds) == {
        ("xlsx", "", ""), ("csv", "cp1252", ","), ("csv", "utf-8-sig", ","),
        ("csv", "utf-8", ","), ("csv", "utf-8", ";"), ("csv", "utf-8", "|"),
        ("txt", "utf-16", "\t"), ("jsonl", "utf-8", ""),
    }  # fmt: skip


def test_headings_are_those_that_the_feeds_specify(contents, sent):
    for file in sent.files:
        assert contents[file.path][0] == list(HEADINGS[file.feed].values())


@pytest.mark.parametrize("feed", list(exports()))
def test_the_feed_specifications_know_every_heading(feed):
    known = {column.name: column for column in specification.feed(feed).columns}
    for key, heading in HEADINGS[feed].items():
        assert heading in (known[key].heading, *known[key].aliases)
    assert export_of(feed).key_column == specification.feed(feed).source_key


@pytest.mark.parametrize("feed", list(exports()))
def test_the_feed_specifications_know_every_word_and_event(feed):
    specified = specification.feed(feed)
    columns = {column.name: column for column in specified.columns}
    for column, words in export_of(feed).words.items():
        for code, said in words.items():
            assert column == "sex" or set(said) <= {code, *columns[column].codes[code]}
    assert {make.event for make in specified.makes} == set(export_of(feed).makes.values())
    for make in specified.makes:
        for code in make.if_any:
            assert export_of(feed).makes[code] == make.event


def test_every_feed_that_is_known_is_sent():
    """Apart from a panel's own list, which no system exports: its coordinator brings it."""
    systems = {key for key, feed in specification.feeds().items() if not feed.own_headings}
    assert set(exports()) == systems


def test_truth_refers_to_every_row(contents, sent, true_rows):
    told = Counter(row.file for row in true_rows)
    assert told == {path: len(rows) - 1 for path, rows in contents.items() if len(rows) > 1}
    for row in true_rows:
        cells = contents[row.file][row.line]
        assert cells[0] == row.source_key
    assert sent.rows == len(true_rows)


def test_truth_refers_to_people_and_episodes_that_exist(fenmarch, true_rows):
    people = {person.id for person in (*fenmarch.children, *fenmarch.adults)}
    episodes = {episode.id: episode for episode in fenmarch.episodes}
    assert {row.person for row in true_rows} <= people
    assert all(episodes[row.episode].person.id == row.person for row in true_rows)


def test_every_kind_of_trouble_occurs(true_rows):
    assert {row.expect for row in true_rows} == {"accepted", "quarantined", "duplicate"}
    assert any(row.late for row in true_rows)
    assert any(row.withdrawn for row in true_rows)
    assert any(row.version > 1 for row in true_rows)
    assert any(row.trigger and not row.child for row in true_rows)
    faults = {fault for row in true_rows for fault in row.noise}
    assert {"formula", "future_date", "unreadable_date", "nickname", "swapped_order"} <= faults


def test_quarantined_rows_are_those_with_wrong_dates_or_words(true_rows):
    for row in true_rows:
        if row.expect == "quarantined":
            assert {"future_date", "unreadable_date", "other_word"} & set(row.noise)
            assert row.trigger == ""


def test_a_return_is_told_after_it_happened(true_rows, sent):
    sent_at = {file.path: file.sent_at for file in sent.files}
    for row in true_rows:
        if row.trigger:
            assert datetime.fromisoformat(row.trigger_at) < sent_at[row.file]


def test_returns_that_come_later_are_new_versions(true_rows):
    first: dict[str, truth.TruthRow] = {}
    for row in true_rows:
        if row.feed == MISSING and row.expect == "accepted":
            first.setdefault(row.source_key, row)
    later = [row for row in true_rows if row.trigger and row.version == 2]
    assert any(first[row.source_key].trigger == "" for row in later)


def test_a_right_check_agrees_with_the_truth(sent, true_rows):
    """The feeds' own check refuses the rows that the truth calls wrong, and no others."""
    expected: dict[str, list[bool]] = {}
    for row in true_rows:
        expected.setdefault(row.file, []).append(row.expect != "quarantined")
    reasons: Counter[str] = Counter()
    for file in sent.files:
        opened = checking.open_file(specification.feed(file.feed), sent.folder / file.path)
        results = [row.result for row in opened.rows(file.sent_at.date())]
        assert [isinstance(r, Checked) for r in results] == expected.get(file.path, [])
        reasons.update(str(question.reason) for r in results for question in r.questions)
    assert reasons["age"] > 0


def test_the_last_sending_is_the_last_day_whose_files_have_come():
    assert cadence.last_sending(datetime(2026, 11, 24, 8, 9, tzinfo=UTC)) == date(2026, 11, 23)
    assert cadence.last_sending(datetime(2026, 11, 24, 8, 10, tzinfo=UTC)) == date(2026, 11, 24)


def test_one_file_is_sent_twice_under_two_names(sent):
    again = [file for file in sent.files if "(1)" in file.path]
    digests = Counter(file.sha256 for file in sent.files if file.rows)
    assert {file.feed for file in again} >= {CUSTODY, MISSING}
    assert len({file.feed for file in again}) == len(again)
    assert all(digests[file.sha256] == 2 for file in again)


def test_one_file_comes_after_its_successor(sent):
    names = [f.path for f in sent.files if f.feed == CUSTODY and "(1)" not in f.path]
    assert sum(a > b for a, b in zip(names, names[1:], strict=False)) == 1


def test_phone_numbers_and_postcodes_are_nobodys(contents):
    text = "\n".join(str(cell) for rows in contents.values() for row in rows for cell in row)
    assert all(n.startswith("07700 900") for n in re.findall(r"\b0\d{4} ?\d{6}\b", text))
    codes = re.findall(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b", text)
    assert codes
    assert all(code.startswith("FX") for code in codes)


def test_a_row_opens_is_of_a_known_child_awaits_one_or_is_forgotten(true_rows):
    known: dict[str, str] = {}
    for row in true_rows:
        assert bool(row.fate) == (row.expect == "accepted")
        if row.fate == truth.OPENS:
            assert row.trigger
            known.setdefault(row.person, row.sent_at)
            assert row.known_from == known[row.person]
        elif row.fate == truth.KNOWN:
            assert row.person in known
        elif row.fate == truth.AWAITED:
            assert row.person not in known
            waits = datetime.fromisoformat(row.known_from) - datetime.fromisoformat(row.sent_at)
            assert timedelta() <= waits < timedelta(days=30)
        elif row.fate == truth.FORGOTTEN and row.known_from:
            waits = datetime.fromisoformat(row.known_from) - datetime.fromisoformat(row.sent_at)
            assert waits >= timedelta(days=30)
    fates = Counter(row.fate for row in true_rows if row.fate)
    # Most rows open nothing, and four thousand of a year's are forgotten.
    assert fates.total() > 3 * fates[truth.OPENS]
    assert fates[truth.OPENS] > fates[truth.AWAITED] > 0
    assert fates[truth.FORGOTTEN] > 4000
    assert {row.person for row in true_rows if row.known_from} == set(known)


def test_the_truth_names_the_rule_of_each_moment(true_rows):
    for row in true_rows:
        if row.event:
            alone = guidance.usual_rules().alone(row.event)
            assert row.trigger == (alone[0].key if alone else "")
        else:
            assert row.expect == "quarantined"


def test_letters_that_the_old_export_lacks_are_lost(contents, sent):
    old = [f for f in sent.files if f.encoding == "cp1252"]
    surname = list(HEADINGS[CUSTODY]).index("family_name")
    old = [file for file in old if file.feed == CUSTODY]
    cells = [row[surname] for file in old for row in contents[file.path][1:]]
    assert any("?" in cell for cell in cells)
    assert any(not cell.isascii() for cell in cells)


def test_dates_in_a_workbook_are_dates(contents, sent):
    book = next(f for f in sent.files if f.feed == MISSING and f.rows > 10)
    columns = list(HEADINGS[book.feed])
    values = [row[columns.index("missing_date")] for row in contents[book.path][1:]]
    assert sum(isinstance(value, date) for value in values) >= len(values) - 2


def test_without_noise_every_row_is_accepted(tmp_path):
    made = partnership.make(3, 300, 3, until=UNTIL)
    manifest = feeds.write(made, tmp_path, NONE)
    rows = list(truth.read_rows(tmp_path))
    assert {row.expect for row in rows} == {"accepted"}
    assert {row.noise for row in rows} == {()}
    assert manifest.files[0].sent_at.tzinfo is UTC


def test_layouts_are_settled_by_feed_and_turn():
    assert layout_of(CUSTODY, 7, 76).delimiter == ";"
    assert layout_of(MISSING, 0, 76).container == "xlsx"
    assert layout_of(MISSING, 75, 76).date_format == "%Y-%m-%d"
