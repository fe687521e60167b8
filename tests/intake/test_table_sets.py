"""A set of tables comes in as one: people first, then what is known of them, day after day."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from reachable.access.selectors import agency_id
from reachable.chronology.models import Event
from reachable.foundation.actor import system
from reachable.foundation.errors import BadInput, Conflict
from reachable.foundation.time import travel
from reachable.intake import correcting, loading, services
from reachable.intake.models import Delivery, Forgotten, HeldKey, QuarantinedRow, Signal
from reachable.intake.set_files import contents_of
from reachable.intake.stored import stored_file, tables_folder
from reachable.intake.table_sets import named_after, table_sets
from reachable.moments.models import Moment
from reachable.people.models import Person, Record
from tests.support.files import work
from tests.support.programs import a_program
from tests.support.tables import Tables, changed, many, packed, sample, without
from tests.support.world import World, make_world

pytestmark = pytest.mark.db

BY = system("feed load")
AT = datetime(2026, 3, 24, 6, 0, tzinfo=UTC)
SSD = table_sets()["ssd"]


@pytest.fixture
def world(db: None) -> World:
    with travel(AT):
        return make_world()


def arrive(tables: Tables, *, days: float = 0, whole: bool = True, history: bool = False) -> UUID:
    with travel(AT + timedelta(days=days)):
        return services.receive(
            by=BY,
            agency_id=agency_id("council"),
            feed="ssd",
            file_name="ssd.zip",
            content=io.BytesIO(packed(tables, f"day {days}/{{}}.csv")),
            whole=whole,
            history=history,
        ).delivery_id


def begin(delivery_id: UUID, *, days: float = 0) -> Delivery:
    with travel(AT + timedelta(days=days)):
        services.begin_loading(by=BY, delivery_id=delivery_id)
        return loading.load(by=BY, delivery_id=delivery_id)


def come(tables: Tables, *, days: float = 0, whole: bool = True, history: bool = False) -> Delivery:
    done = begin(arrive(tables, days=days, whole=whole, history=history), days=days)
    assert done.state == "loaded", done.error
    return done


def rows_of(tables: Tables) -> int:
    read = {feed.key for feed in SSD.tables}
    return sum(len(rows) - 1 for table, rows in tables.items() if table in read)


def known() -> set[str]:
    return set(Record.objects.values_list("source_ref", flat=True))


def events(reference: str) -> set[str]:
    return set(Event.objects.filter(record__source_ref=reference).values_list("kind", flat=True))


def test_a_child_is_known_by_what_happened_and_everything_else_finds_the_child(
    world: World,
) -> None:
    done = come(sample())
    assert (done.accepted, done.quarantined, done.rows) == (rows_of(sample()), 0, done.accepted)
    assert known() == {"9001", "9003"}
    assert events("9001") == {
        *("social_care_contact", "referred_to_social_care", "social_care_assessment"),
        *("exploitation_found", "section_47_enquiry", "protection_plan_began", "moved_home"),
        "worker_allocated",
    }
    assert events("9003") == {
        *("missing_reported", "returned_from_missing", "looked_after_began", "placement_began"),
        *("education_plan_requested", "education_plan_began", "social_care_assessment"),
        *("referred_to_social_care", "social_care_closed", "moved_home", "worker_allocated"),
    }
    moment = Moment.objects.get()
    assert moment.kind == "return_from_missing"
    assert set(Signal.objects.filter(record=None).values_list("feed", flat=True)) == {
        *("ssd_person", "ssd_missing", "ssd_address", "ssd_contacts", "ssd_care_leavers")
    }
    assert not stored_file(done.id).exists()
    assert not tables_folder(done.id).exists()


def test_what_other_tables_say_stands_beside_a_row(world: World) -> None:
    come(sample())
    tobin = Record.objects.get(source_ref="9001")
    assert (tobin.family_name, tobin.postcode) == ("marwick sample", "FX1 4QD")
    found = Event.objects.get(kind="exploitation_found").details
    assert found["factors"] == "10A 13A 24A"
    assert found["outcome"] == "Provision of services"
    worker = Event.objects.get(kind="worker_allocated", record=tobin).details
    assert (worker["worker"], worker["job_title"]) == ("Ines Sample-Vale", "Social worker")
    plan = Event.objects.get(kind="education_plan_began")
    assert plan.details["needs"] == "SEMH; SLCN"
    missing = Event.objects.get(kind="missing_reported", record__source_ref="9003")
    assert missing.occurred_at == datetime(2026, 3, 21, 19, 40, tzinfo=UTC)
    # Nobody knows at which hour Ruth went: midnight is how the database prints a date.
    assert not Event.objects.filter(record__source_ref="9002").exists()


def test_the_next_day_only_what_changed_is_looked_at(world: World) -> None:
    before = come(sample())
    tables = changed(sample(), "ssd_missing", "M1", miss_missing_rhi_accepted="Y")
    after = come(tables, days=1)
    assert (after.accepted, after.duplicates, after.gone) == (1, before.accepted - 1, 0)
    event = Event.objects.get(kind="returned_from_missing")
    assert event.details["interview_accepted"] == "yes"
    assert Moment.objects.count() == 1
    again = come(tables, days=2)
    assert (again.accepted, again.duplicates) == (0, before.accepted)


def test_a_child_who_becomes_known_later_brings_what_was_held(world: World) -> None:
    come(sample())
    assert "9002" not in known()
    tables = changed(
        sample(), "ssd_missing", "M2", miss_missing_episode_end_date="2026-03-25 07:00:00.000"
    )
    come(tables, days=2)
    assert events("9002") == {
        *("missing_reported", "returned_from_missing", "moved_home", "social_care_contact"),
        "care_leaver_in_touch",
    }
    assert (Person.objects.count(), Moment.objects.count()) == (3, 2)
    held = set(Signal.objects.filter(record=None).values_list("source_key", flat=True))
    assert held == {"9004"}


def test_a_row_that_is_gone_from_everything_was_removed(world: World) -> None:
    come(sample())
    tables = without(sample(), "ssd_cp_plans", "CP1")
    done = come(without(tables, "ssd_contacts", "C2"), days=1)
    assert (done.gone, done.gone_asked) == (2, 0)
    plan = Event.objects.get(kind="protection_plan_began")
    assert plan.details["record_status"] == "withdrawn"
    # Of somebody unknown it is forgotten at once, and counted.
    assert not Signal.objects.filter(source_key="C2").exists()
    assert Forgotten.objects.get(feed="ssd_contacts").count == 1
    back = come(sample(), days=2)
    assert (back.accepted, back.gone) == (2, 0)
    assert "record_status" not in Event.objects.get(kind="protection_plan_began").details


def test_what_changed_since_last_time_takes_nothing_away(world: World) -> None:
    come(sample())
    done = come(without(sample(), "ssd_cp_plans", "CP1"), days=1, whole=False)
    assert (done.gone, done.gone_asked) == (0, 0)
    assert "record_status" not in Event.objects.get(kind="protection_plan_began").details


def test_a_row_older_than_what_the_export_reaches_back_to_stays(world: World) -> None:
    tables = changed(sample(), "ssd_cp_plans", "CP1", cppl_cp_plan_start_date="2019-03-12")
    come(tables)
    done = come(without(tables, "ssd_cp_plans", "CP1"), days=1)
    assert done.gone == 0
    assert "record_status" not in Event.objects.get(kind="protection_plan_began").details


def test_what_comes_again_and_again_is_held_for_longer(world: World) -> None:
    come(sample())
    held = Signal.objects.filter(source_key="C2")
    first = held.get().forget_on
    assert first
    come(sample(), days=10)
    assert held.get().forget_on == first
    come(sample(), days=20)
    assert held.get().forget_on == first + timedelta(days=20)
    with travel(AT + timedelta(days=49)):
        assert services.forget(by=BY) == 0
    with travel(AT + timedelta(days=51)):
        assert services.forget(by=BY) == 6
    assert not held.exists()


def test_a_set_that_was_cut_short_waits_for_somebody_to_confirm(
    world: World, django_capture_on_commit_callbacks: Any
) -> None:
    come(many(80))
    short = come(many(10), days=1)
    assert (short.gone, short.gone_asked) == (0, 70)
    assert tables_folder(short.id).exists()
    with django_capture_on_commit_callbacks(execute=True):
        services.leave_gone(by=BY, delivery_id=short.id)
    assert not tables_folder(short.id).exists()
    assert not Event.objects.filter(details__record_status="withdrawn").exists()
    really = come(many(9), days=2)
    assert really.gone_asked == 71
    services.confirm_gone(by=BY, delivery_id=really.id)
    with travel(AT + timedelta(days=2)):
        done = loading.load(by=BY, delivery_id=really.id)
    assert (done.state, done.gone, done.gone_asked) == ("loaded", 71, 0)
    assert Event.objects.filter(details__record_status="withdrawn").count() == 71
    with pytest.raises(Conflict, match="decided already"):
        services.confirm_gone(by=BY, delivery_id=really.id)


def test_sets_are_loaded_in_the_order_in_which_they_came(world: World) -> None:
    first = arrive(sample())
    second = arrive(without(sample(), "ssd_contacts", "C2"), days=1)
    with pytest.raises(Conflict, match="came earlier, waits to be loaded"):
        services.begin_loading(by=BY, delivery_id=second)
    services.discard(by=BY, delivery_id=first)
    begin(second, days=1)
    with travel(AT):
        third = arrive(without(sample(), "ssd_contacts", "C1"))
    with pytest.raises(Conflict, match="would take back"):
        services.begin_loading(by=BY, delivery_id=third)


def test_promise_26_a_row_that_refers_to_nothing_waits_and_comes_right(world: World) -> None:
    tables = changed(sample(), "ssd_missing", "M1", miss_person_id="9999")
    tables = without(tables, "ssd_send", "SE1")
    done = come(tables)
    assert (done.quarantined, done.rows) == (3, rows_of(tables))
    said = {row.source_key: row.problems[0]["sentence"] for row in QuarantinedRow.objects.all()}
    assert said == {
        "M1": "“miss_person_id” refers to “9999”, which is not in the table ssd_person.",
        "RQ1": "“ehcr_send_table_id” refers to “SE1”, which is not in the table ssd_send.",
        "NP1": "“ehcr_send_table_id” refers to “SE1”, which is not in the table ssd_send.",
    }
    come(sample(), days=1)
    assert set(QuarantinedRow.objects.values_list("state", flat=True)) == {"superseded"}


def test_promise_31_the_same_zip_file_counts_once(world: World) -> None:
    done = come(sample())
    before = Signal.objects.count(), Event.objects.count(), HeldKey.objects.count()
    with travel(AT + timedelta(days=1)):
        again = services.receive(
            by=BY,
            agency_id=agency_id("council"),
            feed="ssd",
            file_name="again.zip",
            content=io.BytesIO(packed(sample(), "day 0/{}.csv")),
            whole=True,
        )
    assert (again.again, again.delivery_id) == (True, done.id)
    assert (Signal.objects.count(), Event.objects.count(), HeldKey.objects.count()) == before


def test_past_events_build_up_the_record(world: World) -> None:
    come(sample(), history=True)
    assert known() == {"9001", "9003"}
    assert not Moment.objects.exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a,b\n1,2\n", "comes as one zip file"),
        (packed({"ssd_missing": [["a"]]}), "has no table ssd_person"),
        (packed({"ssd_person": [["a"]], "SSD_Person 2026": [["b"]]}), "is there twice"),
    ],
)
def test_promise_25_what_is_no_set_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "sent.zip"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=said) as refused:
        contents_of(SSD, path)
    assert refused.value.kept == "Nothing was kept."


def test_what_is_not_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "sent.zip"
    path.write_bytes(packed({**sample(), "ssd_cla_visits": [["a"]]}, "export/dbo.{}_20260324.csv"))
    contents = contents_of(SSD, path)
    assert contents.not_read == ("export/dbo.ssd_cla_visits_20260324.csv",)
    assert contents.tables["ssd_person"] == "export/dbo.ssd_person_20260324.csv"


@pytest.mark.parametrize(
    ("file", "table"),
    [
        ("ssd_person.csv", "ssd_person"),
        ("SSD_PERSON.CSV", "ssd_person"),
        ("dbo.ssd_person.csv", "ssd_person"),
        ("folder/ssd_person_2026-03-24.csv", "ssd_person"),
        ("ssd_person (1).csv", None),
        ("ssd_person_old.csv", None),
        ("my_ssd_person.csv", None),
    ],
)
def test_files_are_named_after_their_table(file: str, table: str | None) -> None:
    assert named_after(SSD.names, file) == table


@pytest.mark.parametrize("name", ["1" * 65_000 + "x", " " * 65_000, "1 " * 32_000 + "x"])
def test_promise_25_a_name_as_long_as_a_zip_file_allows_is_read_at_once(name: str) -> None:
    """A pattern that tried each place anew took more than a minute for one of these."""
    assert named_after(SSD.names, f"ssd_person{name}") in (None, "ssd_person")


def test_every_column_that_is_read_is_in_the_standard(ssd_fields: dict[str, set[str]]) -> None:
    ours = {"missing_time", "returned_time"}
    """Columns for what stands behind a date."""
    for feed in SSD.tables:
        joined = {heading: join.table for join in feed.joins for heading in join.take}
        for column in feed.columns:
            table = joined.get(column.heading, feed.key)
            assert column.heading in ssd_fields[table] | ours, (feed.key, column.heading)
        for join in feed.joins:
            assert join.on in ssd_fields[join.table]
            assert join.column in ssd_fields[feed.key] | joined.keys()


def test_the_sample_has_the_columns_of_the_standard(ssd_fields: dict[str, set[str]]) -> None:
    for table, (headings, *_) in sample().items():
        assert set(headings) == ssd_fields[table]
    assert SSD.names <= sample().keys() | {"ssd_professionals"}


@pytest.fixture
def ssd_fields(shared: Path) -> dict[str, set[str]]:
    fields: dict[str, set[str]] = {}
    with (shared / "data/ssd/fields.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            fields.setdefault(row["table"], set()).add(row["field"])
    return fields


def test_the_sample_is_of_a_fixed_day() -> None:
    assert date(2026, 3, 24) >= max(
        date.fromisoformat(row[2][:10]) for row in sample()["ssd_missing"][1:]
    )


def test_a_row_corrected_here_counts_for_the_set_too(world: World) -> None:
    tables = changed(sample(), "ssd_missing", "M1", miss_missing_episode_end_date="soon")
    done = come(tables)
    assert done.quarantined == 1
    waiting = QuarantinedRow.objects.get()
    correcting.correct(
        by=BY,
        row_id=waiting.id,
        cells={"miss_missing_episode_end_date": "2026-03-23 06:15:00.000"},
    )
    for delivery in Delivery.objects.filter(id__in=(done.id, waiting.delivery_id)):
        assert delivery.quarantined == 0
        assert delivery.accepted + delivery.duplicates == delivery.rows


def test_what_was_asked_about_lapses_once_a_later_set_is_loaded(
    world: World, django_capture_on_commit_callbacks: Any
) -> None:
    come(many(80))
    short = come(many(10), days=1)
    assert short.gone_asked == 70
    with django_capture_on_commit_callbacks(execute=True):
        come(many(80), days=2)
    assert Delivery.objects.get(id=short.id).gone_asked == 0
    assert not tables_folder(short.id).exists()
    with pytest.raises(Conflict, match="decided already"):
        services.confirm_gone(by=BY, delivery_id=short.id)
    assert not Event.objects.filter(details__record_status="withdrawn").exists()


def test_until_it_is_loaded_a_file_is_what_it_was_sent_as_last(world: World) -> None:
    come(sample())
    tables = without(sample(), "ssd_cp_plans", "CP1")
    first = arrive(tables, days=1, whole=False)
    assert arrive(tables, days=1, whole=True) == first
    assert begin(first, days=1).gone == 1


def test_a_table_that_cannot_be_read_stops_the_set_and_says_what_was_kept(world: World) -> None:
    headings, *rows = sample()["ssd_contacts"]
    broken = {**sample(), "ssd_contacts": [["cont_contact_id"], *([row[0]] for row in rows)]}
    done = begin(arrive(broken))
    assert done.state == "failed"
    assert done.error.startswith("In the table ssd_contacts: The file has no column")
    assert "What was loaded of the tables before it was kept." in done.error
    assert known() == {"9001", "9003"}
    again = come(sample(), days=1)
    assert (again.duplicates, again.accepted) == (12, rows_of(sample()) - 12)


def test_a_key_for_a_set_sees_its_tables_and_their_rows(world: World) -> None:
    with travel(AT):
        program = a_program("council", feeds=("ssd",))
        tables = changed(sample(), "ssd_missing", "M1", miss_missing_episode_end_date="soon")
        sent = program.send(packed(tables), "/api/feeds/ssd/files").json()
        assert work() == ["loaded"]
        told = program.get(f"/api/deliveries/{sent['id']}").json()
        [wrong] = [part for part in told["tables"] if part["quarantined"]]
        assert (wrong["feed"], told["waiting"]) == ("ssd_missing", 1)
        refused = program.get(f"/api/deliveries/{wrong['id']}/refused").json()
        assert [row["reference"] for row in refused["rows"]] == ["M1"]
        for feeds in (("cin_census",), ("police_missing",)):
            other = a_program("council", feeds=feeds)
            assert other.get(f"/api/deliveries/{wrong['id']}").status_code == 404
