"""Social care's export: the tables of the standard as of a day, and what comes of two such days."""

import csv
import io
import json
import zipfile
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from reachable.access import selectors as access
from reachable.chronology.models import Event
from reachable.foundation.actor import system
from reachable.foundation.time import travel
from reachable.intake import loading, services
from reachable.intake.table_sets import SETS, table_sets
from reachable.people.models import Record, RecordDetail
from reachable.synthetic import partnership, ssd
from reachable.synthetic.arrival import set_up
from reachable.synthetic.social_care import rows_of, write_export
from tests.synthetic.conftest import UNTIL

BY = system("feed load")
LAST = UNTIL - timedelta(days=40)


@pytest.fixture(scope="module")
def small():
    return partnership.make(4, 300, 6, until=UNTIL)


def tables(path):
    """Return the tables of a zip file, each as a list of dictionaries."""
    with zipfile.ZipFile(path) as packed:
        return {
            name.removesuffix(".csv"): list(
                csv.DictReader(io.StringIO(packed.read(name).decode(), newline=""))
            )
            for name in packed.namelist()
        }


@pytest.fixture(scope="module")
def exported(small, tmp_path_factory):
    path = tmp_path_factory.mktemp("ssd") / "ssd.zip"
    write_export(path, small, UNTIL)
    return tables(path)


def test_the_same_day_writes_the_same_bytes(small, tmp_path):
    for name in ("one.zip", "two.zip"):
        write_export(tmp_path / name, small, LAST)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


@pytest.mark.parametrize("path", sorted((SETS / "ssd").glob("*.csv")), ids=lambda path: path.stem)
def test_columns_are_those_of_the_standard_in_its_order(path):
    """The samples of the product were typed by somebody else."""
    headings = next(csv.reader(path.read_text("utf-8").splitlines()))
    assert ssd.columns()[path.stem] == headings


def test_every_table_has_rows_and_only_known_columns(small, exported):
    assert exported.keys() == ssd.columns().keys()
    assert table_sets()["ssd"].names <= exported.keys()
    counts = {table: len(rows) for table, rows in exported.items()}
    assert all(counts.values()), counts
    for row in rows_of(small):
        assert row.values.keys() <= set(ssd.columns()[row.table])


def test_nothing_is_written_before_it_is_known(exported, small, tmp_path):
    write_export(tmp_path / "before.zip", small, LAST)
    for table, rows in tables(tmp_path / "before.zip").items():
        assert len(rows) <= len(exported[table])
        for row in rows:
            for name, cell in row.items():
                if cell[4:5] == "-" and cell.endswith(".000"):
                    assert date.fromisoformat(cell[:10]) < LAST, (table, name, cell)


def test_an_empty_cell_may_be_written_as_null(small, tmp_path):
    write_export(tmp_path / "null.zip", small, LAST, null="NULL")
    people = tables(tmp_path / "null.zip")["ssd_person"]
    assert {row["pers_death_date"] for row in people} == {"NULL"}


def test_rows_refer_to_rows_that_are_there(exported):
    ids = {table: {next(iter(row.values())) for row in rows} for table, rows in exported.items()}
    people = {row["pers_person_id"] for row in exported["ssd_person"]}
    for table, rows in exported.items():
        assert len(ids[table]) == len(rows) or table == "ssd_person"
        for row in rows:
            for name, cell in row.items():
                if name.endswith("_person_id") and table != "ssd_person":
                    assert cell in people
    for table, name, to in (
        ("ssd_cin_assessments", "cina_referral_id", "ssd_cin_episodes"),
        ("ssd_assessment_factors", "cinf_assessment_id", "ssd_cin_assessments"),
        ("ssd_s47_enquiry", "s47e_referral_id", "ssd_cin_episodes"),
        ("ssd_cp_plans", "cppl_referral_id", "ssd_cin_episodes"),
        ("ssd_cla_episodes", "clae_cla_placement_id", "ssd_cla_placement"),
        ("ssd_involvements", "invo_professional_id", "ssd_professionals"),
        ("ssd_ehcp_requests", "ehcr_send_table_id", "ssd_send"),
        ("ssd_sen_need", "senn_active_ehcp_id", "ssd_ehcp_active_plans"),
    ):
        assert {row[name] for row in exported[table]} <= ids[to]


def test_assessments_find_exploitation_where_a_line_is(exported, small):
    drawn = {d.child.council_id for line in small.lines for d in line.children}
    assessed = {
        row["cina_assessment_id"]: row["cina_person_id"] for row in exported["ssd_cin_assessments"]
    }
    found: Counter[tuple[bool, bool]] = Counter()
    for row in exported["ssd_assessment_factors"]:
        codes = json.loads(row["cinf_assessment_factors_json"])
        assert codes == ["21"] or "21" not in codes
        found[assessed[row["cinf_assessment_id"]] in drawn, "24A" in codes] += 1
    assert found[True, True] >= 2
    assert found[False, True] < found[False, False] / 20


def test_enquiries_and_plans_are_as_frequent_as_published():
    """In a year, of 10,000 children of the area: 519.4 referrals, 189.3 enquiries, 40.6 plans."""
    made = partnership.make(1, until=UNTIL)
    area, rows = 4000 / 57.8 * 1000, rows_of(made)
    year = [row for row in rows if made.starts <= row.since < UNTIL]
    counts = Counter(row.table for row in year)
    assert counts["ssd_cin_episodes"] / area * 10_000 == pytest.approx(519.4, rel=0.15)
    assert counts["ssd_s47_enquiry"] / area * 10_000 == pytest.approx(189.3, rel=0.15)
    ends = [
        row.values["cppl_cp_plan_end_date"]
        for row in rows
        if row.table == "ssd_cp_plans" and row.since < UNTIL
    ]
    plans = [end for end in ends if isinstance(end, ssd.Later) and end.since >= UNTIL]
    assert len(plans) / area * 10_000 == pytest.approx(40.6, rel=0.25)


@pytest.mark.db
def test_two_days_load_and_only_what_happened_between_is_new(small, tmp_path, settings):
    settings.UPLOAD_DIR = tmp_path / "uploads"

    def load(day):
        path = tmp_path / f"ssd_{day:%Y%m%d}.zip"
        write_export(path, small, day)
        with travel(datetime(day.year, day.month, day.day, 6, tzinfo=UTC)):
            with path.open("rb") as content:
                received = services.receive(
                    by=BY,
                    agency_id=access.agency_id("fenmarch-council"),
                    feed="ssd",
                    file_name=path.name,
                    content=content,
                    whole=True,
                )
            services.begin_loading(by=BY, delivery_id=received.delivery_id)
            return loading.load(by=BY, delivery_id=received.delivery_id)

    with travel(datetime(LAST.year, LAST.month, LAST.day, 5, tzinfo=UTC)):
        set_up(small, password="only-for-a-demonstration")
    first = load(LAST)
    assert (first.state, first.error, first.quarantined) == ("loaded", "", 0)
    events = Event.objects.count()
    assert events > 150
    second = load(LAST + timedelta(days=7))
    assert (second.state, second.error, second.quarantined) == ("loaded", "", 0)
    assert second.duplicates > first.accepted * 0.8
    assert second.accepted < first.accepted * 0.15
    assert Event.objects.count() >= events
    known = {child.council_id for child in (*small.children, *small.adults)}
    assert set(Record.objects.values_list("source_ref", flat=True)) <= known
    assert RecordDetail.objects.exists()
