"""The children in need census comes in as a set of tables without names."""

from __future__ import annotations

import io
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reachable.access.selectors import agency_id
from reachable.chronology.models import Event
from reachable.foundation.actor import system
from reachable.foundation.errors import BadInput
from reachable.foundation.files.limits import DEFAULT
from reachable.foundation.time import travel
from reachable.intake import loading, services
from reachable.intake.census import unpack_census
from reachable.intake.models import Delivery, Signal
from reachable.intake.rebuilding import person_said
from reachable.intake.table_sets import SETS
from reachable.moments.models import Moment
from reachable.people.models import Person, Record
from reachable.people.rebuilding import rebuild_records
from tests.intake.test_table_sets import AT, arrive, begin
from tests.support.tables import sample
from tests.support.world import World, make_world

BY = system("feed load")
SAMPLE = (SETS / "cin_census" / "cin-census-sample.xml").read_bytes()


@pytest.fixture
def world(db: None) -> World:
    with travel(AT):
        return make_world()


def come(content: bytes = SAMPLE, *, days: float = 60) -> Delivery:
    with travel(AT + timedelta(days=days)):
        received = services.receive(
            by=BY,
            agency_id=agency_id("council"),
            feed="cin_census",
            file_name="cin.xml",
            content=io.BytesIO(content),
        )
        services.begin_loading(by=BY, delivery_id=received.delivery_id)
        done = loading.load(by=BY, delivery_id=received.delivery_id)
    assert done.state == "loaded", done.error
    return done


def events(reference: str) -> Counter[str]:
    return Counter(
        Event.objects.filter(record__source_ref=reference).values_list("kind", flat=True)
    )


@pytest.mark.db
def test_a_child_in_whom_exploitation_was_found_is_known_though_without_a_name(
    world: World,
) -> None:
    done = come()
    assert (done.accepted, done.quarantined) == (11, 0)
    tobin = Record.objects.get()
    assert (tobin.source_ref, tobin.shown_name, tobin.upn) == (
        *("9001", "Name not known", "V999400011001"),
    )
    assert events("9001") == Counter(
        [
            *("referred_to_social_care", "social_care_assessment", "exploitation_found"),
            *("section_47_enquiry", "protection_plan_began"),
        ]
    )
    assert not Moment.objects.exists()
    assert set(Signal.objects.filter(record=None).values_list("source_key", flat=True)) >= {
        *("9002", "9005", "9002 2025-09-02")
    }


@pytest.mark.db
@pytest.mark.parametrize("first", ["ssd", "census"])
def test_promise_32_the_census_and_the_dataset_speak_of_one_child(world: World, first: str) -> None:
    """Without a name, the census never takes the place of what the dataset says of a child."""
    for source in ("ssd", "census") if first == "ssd" else ("census", "ssd"):
        if source == "ssd":
            assert begin(arrive(sample())).state == "loaded"
        else:
            come()
    tobin = Record.objects.get(source_ref="9001")
    assert (tobin.family_name, tobin.postcode) == ("marwick sample", "FX1 4QD")
    assert events("9001")["exploitation_found"] == 2
    assert Person.objects.count() == 2
    assert rebuild_records(by=system("rebuild"), read=person_said) == 0


@pytest.mark.db
def test_a_later_census_corrects_and_takes_nothing_away(world: World) -> None:
    come()
    later = SAMPLE.replace(b"<AssessmentFactors>24A", b"<AssessmentFactors>11A")
    later = later.replace(b"<CPPstartDate>2026-03-12", b"<CPPstartDate>2026-03-13")
    done = come(later, days=61)
    assert (done.accepted, done.duplicates, done.gone) == (2, 9, 0)
    assert Event.objects.get(kind="exploitation_found").details["factors"] == "10A 11A 13A"
    assert events("9001")["protection_plan_began"] == 2


def tables(folder: Path, content: bytes) -> dict[str, list[str]]:
    path = folder / "cin.xml"
    path.write_bytes(content)
    unpack_census(path, folder, DEFAULT)
    return {
        each.name: each.read_text("utf-8").splitlines() for each in folder.iterdir() if each != path
    }


def test_the_tables_of_a_census(tmp_path: Path) -> None:
    found = tables(tmp_path, SAMPLE)
    assert found["cin_child"] == [
        "LAchildID,UPN,PersonBirthDate,GenderCurrent",
        "9001,V999400011001,2010-11-19,1",
        "9002,,2009-06-02,F",
        "9005,,,0",
    ]
    assert found["cin_assessment"][1] == ("9001 2026-02-23,9001,2026-02-23,2026-03-20,10A 13A 24A")
    assert found["cin_section_47"][1] == "9001 2026-02-24,9001,2026-02-24,2026-03-12,false"
    assert found["cin_referral"][2] == ("9002 2025-09-02,9002,2025-09-02,6,N6,false,2026-01-30,RC7")


def test_two_of_a_kind_on_one_day_are_told_apart(tmp_path: Path) -> None:
    plan = b"<CINPlanDates><CINPlanStartDate>2025-10-20</CINPlanStartDate></CINPlanDates>"
    content = SAMPLE.replace(b"<ReferralNFA>false", plan + b"<ReferralNFA>false", 2)
    found = tables(tmp_path, content.replace(b"9002</LA", b"9001</LA"))
    keys = [line.split(",")[0] for line in found["cin_plan"][1:]]
    assert keys == ["9001 2025-10-20", "9001 2025-10-20", "9001 2025-10-20 2"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<Message><Header/></Message>", "no children in need census"),
        (b"a,b\n1,2\n", "no children in need census"),
        (SAMPLE[:900], "damaged or was cut short"),
        (b"<!DOCTYPE a [<!ENTITY x 'y'>]>" + SAMPLE[38:], "declares a document type"),
    ],
)
def test_promise_25_what_is_no_census_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(BadInput, match=said) as refused:
        tables(tmp_path, content)
    assert refused.value.kept == "Nothing was kept."


@given(at=st.integers(0, len(SAMPLE) - 1), byte=st.binary(max_size=3))
def test_promise_26_any_damage_gives_tables_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, at: int, byte: bytes
) -> None:
    folder = tmp_path_factory.mktemp("census")
    with suppress(BadInput):
        found = tables(folder, SAMPLE[:at] + byte + SAMPLE[at + 1 :])
        assert len(found) == 6
