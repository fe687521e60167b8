"""A file of services: in, out and in again; what is held; what a person writes beside it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reachable.access.selectors import agency_id
from reachable.audit.models import Entry
from reachable.foundation.actor import system
from reachable.foundation.errors import BadInput, Conflict, Forbidden, NotFound
from reachable.provision import loading, selectors, services, taxonomy
from reachable.provision.cli import group
from reachable.provision.deriving import rebuild
from reachable.provision.loading import Loaded
from reachable.provision.models import DirectoryFile, Place, Service, ServiceTerm, ServiceVersion
from reachable.provision.rules.standard import Json
from reachable.provision.services import Draft, Told
from tests.support.directory import at, in_file, offer, things, validator
from tests.support.world import World

pytestmark = pytest.mark.db

BY = system("tests")
DRAFT = Draft(name="Night Bus", status="active", minimum_age=10, maximum_age=17)


def load(*sent: Json, agency: str = "council") -> Loaded:
    return loading.load(
        by=BY, agency_id=agency_id(agency), file_name="services.json", content=in_file(*sent)
    )


def exported() -> list[Json]:
    held: list[Json] = json.loads(selectors.export(by=BY))["contents"]
    return held


@settings(max_examples=15, suppress_health_check=list(HealthCheck), deadline=None)
@given(sent=st.lists(things(), min_size=1, max_size=3, unique_by=lambda each: each["id"].lower()))
def test_what_comes_in_goes_out_equal_and_valid(
    world: World, shared: Path, sent: list[Json]
) -> None:
    Service.objects.update(current=None)
    ServiceVersion.objects.all().delete()
    for part in (ServiceTerm, Place):
        part.objects.all().delete()
    Service.objects.all().delete()
    found = load(*sent)
    assert (found.kept, found.new, found.said) == (len(sent), len(sent), ())
    judge = validator(shared)
    out = exported()
    assert sorted(out, key=lambda each: each["id"]) == sorted(sent, key=lambda each: each["id"])
    assert all(judge.is_valid(each) for each in out)
    again = load(*out)
    assert (again.new, again.changed, again.ended) == (0, 0, 0)


def test_an_export_is_a_page_of_the_standard(world: World) -> None:
    load(offer(1), offer(2))
    page = json.loads(selectors.export(by=BY))
    assert page.pop("contents") == [offer(1), offer(2)]
    assert page == {
        "total_items": 2,
        "total_pages": 1,
        "page_number": 1,
        "size": 2,
        "first_page": True,
        "last_page": True,
        "empty": False,
    }


def test_what_a_file_ceases_to_name_is_no_longer_listed_and_comes_back(world: World) -> None:
    load(offer(1), offer(2), offer(3))
    found = load(offer(1), offer(2, name="Renamed"))
    assert (found.new, found.changed, found.ended) == (0, 1, 1)
    assert [each["name"] for each in exported()] == ["Invented Service 1", "Renamed"]
    ended = selectors.service(by=BY, service_id=UUID(int=3))
    assert ended.ended_at is not None
    assert ended.document == offer(3)
    load(offer(1), offer(2), offer(3))
    assert len(exported()) == 3


def test_a_file_that_shrinks_by_half_waits_for_a_person(world: World) -> None:
    load(*(offer(number) for number in range(1, 7)))
    before = exported()
    lead = world.actor("lead")
    for load_it, left in ((False, 6), (True, 3)):
        found = load(offer(1), offer(2), offer(3, name="Renamed"))
        assert found.state == "held"
        assert exported() == before
        (held,) = selectors.held_files(by=lead)
        assert (held.services, held.agency) == (3, "Fenmarch Council")
        decided = loading.decide(by=lead, file_id=held.id, load_it=load_it)
        assert len(exported()) == left
        assert decided.state == ("loaded" if load_it else "declined")
        with pytest.raises(NotFound):
            loading.decide(by=lead, file_id=held.id, load_it=True)
    contents = DirectoryFile.objects.values_list("content", flat=True)
    assert sum("Renamed" in content for content in contents) == 2
    assert Service.objects.count() == 6


def test_an_empty_list_is_held_where_something_would_be_lost(world: World) -> None:
    load(*(offer(number) for number in range(1, 7)))
    assert load().state == "held"
    assert len(exported()) == 6


def test_bad_entries_are_said_by_name_and_the_others_kept(world: World) -> None:
    found = load(
        offer(1),
        offer(2, status="open"),
        offer(3, email="at the desk", minimum_age=None, maximum_age=None),
        offer(1, name="Twice"),
    )
    assert (found.kept, found.new) == (2, 2)
    assert found.said == (
        "Entry 2 (Invented Service 2): “status” is none of active, inactive, defunct, temporarily "
        "closed. It was left out.",
        "Entry 2 (Invented Service 2): The entry has no usable status. It was left out.",
        "Entry 3 (Invented Service 3): “email” is not an e-mail address. It was left out.",
        "Entry 4 (Twice): its identifier came before in this file. It was left out.",
    )
    assert selectors.service(by=BY, service_id=UUID(int=3)).missing == ("age",)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe", "no text in UTF-8"),
        (b"services: 3", "not JSON: line 1 cannot be read from character 1 on"),
        (b'{"contents": [', "was cut short"),
        (in_file(offer(1))[:-40], "was cut short"),
        (in_file(offer(1))[:300], "was cut short"),
        (b" ", "This file is empty"),
        (b"3", "no list of services"),
        (b'[{"id": 3}]', "No entry of this file could be kept"),
        (b"{}", "No entry of this file could be kept"),
        (b"[]", "No entry of this file could be kept"),
    ],
)
def test_what_is_no_directory_changes_nothing(world: World, content: bytes, said: str) -> None:
    load(offer(1))
    agency = agency_id("council")
    with pytest.raises(BadInput, match=said) as refused:
        loading.load(by=BY, agency_id=agency, file_name="x", content=content)
    assert "Nothing in the directory was changed." in str(refused.value)
    assert exported() == [offer(1)]
    assert DirectoryFile.objects.count() == 1


def test_one_agency_does_not_write_over_another(world: World) -> None:
    load(offer(1))
    found = load(offer(1, name="Taken over"), offer(2), agency="police")
    assert found.said == (
        "Taken over: Fenmarch Council answers for this entry. It was left as it stands.",
    )
    assert [each["name"] for each in exported()] == ["Invented Service 1", "Invented Service 2"]
    load(offer(2), agency="police")
    assert len(exported()) == 2


def test_a_place_that_is_kept_back_is_in_no_export(world: World) -> None:
    secret = at(1, street="9 Hidden Lane")
    load(offer(1, service_at_locations=[secret, at(2)]))
    lead, location = world.actor("lead"), UUID(secret["location"]["id"])
    services.keep_back(by=lead, location_id=location, kept_back=True)
    assert b"Hidden" not in selectors.export(by=lead)
    assert exported()[0]["service_at_locations"] == [at(2)]
    seen = {
        name: "Hidden"
        in json.dumps(selectors.service(by=world.actor(name), service_id=UUID(int=1)).document)
        for name in ("lead", "first", "sergeant")
    }
    assert seen == {"lead": True, "first": False, "sergeant": False}
    load(offer(1, name="Renamed", service_at_locations=[secret, at(2)]))
    assert b"Hidden" not in selectors.export(by=BY)
    services.keep_back(by=lead, location_id=location, kept_back=False)
    assert b"Hidden" in selectors.export(by=BY)


def test_where_a_safe_place_is_is_kept_back_unless_somebody_shows_it(world: World) -> None:
    safe = {"id": str(UUID(int=9)), "taxonomy_term": taxonomy.described("help", "safe_place")}
    load(offer(1, attributes=[safe]))
    assert exported()[0]["service_at_locations"] == []
    services.keep_back(
        by=world.actor("lead"), location_id=UUID(at(1)["location"]["id"]), kept_back=False
    )
    assert exported() == [offer(1, attributes=[safe])]


def test_a_person_writes_a_service_that_the_standard_accepts(world: World, shared: Path) -> None:
    lead = world.actor("lead")
    terms = frozenset({("form", "county_lines"), ("moment", "custody"), ("referral", "child")})
    service_id = services.write_service(by=lead, draft=replace(DRAFT, terms=terms))
    held = selectors.service(by=lead, service_id=service_id)
    assert held.terms == terms
    assert held.missing == ("place",)
    assert held.owner == "Fenmarch Council"
    assert validator(shared).is_valid(held.document)
    load(offer(1))
    assert {each["name"] for each in exported()} == {"Night Bus", "Invented Service 1"}


def test_what_a_person_writes_stands_until_the_feed_says_something_new(world: World) -> None:
    other = {
        "id": str(UUID(int=8)),
        "taxonomy_term": {"id": str(UUID(int=88)), "name": "Elsewhere", "description": "A word"},
    }
    sent = offer(1, attributes=[other])
    load(sent)
    lead = world.actor("lead")
    seen = selectors.service(by=lead, service_id=UUID(int=1)).version
    draft = replace(DRAFT, terms=frozenset({("help", "mentoring")}))
    services.write_service(by=lead, draft=draft, service_id=UUID(int=1), seen=seen)
    load(sent)
    held = selectors.service(by=lead, service_id=UUID(int=1))
    assert held.name == "Night Bus"
    assert held.document["schedules"] == sent["schedules"]
    assert [each["taxonomy_term"]["name"] for each in held.document["attributes"]] == [
        "Elsewhere",
        "Somebody to talk to, a mentor",
    ]
    with pytest.raises(Conflict, match="changed this entry meanwhile"):
        services.write_service(by=lead, draft=DRAFT, service_id=UUID(int=1), seen=seen)
    load(offer(1, name="New from the feed"))
    assert exported()[0]["name"] == "New from the feed"
    assert ServiceVersion.objects.filter(service_id=UUID(int=1)).count() == 3


def test_writing_the_same_again_makes_no_version(world: World) -> None:
    lead = world.actor("lead")
    service_id = services.write_service(by=lead, draft=DRAFT)
    seen = selectors.service(by=lead, service_id=service_id).version
    services.write_service(by=lead, draft=DRAFT, service_id=service_id, seen=seen)
    assert selectors.service(by=lead, service_id=service_id).version == seen


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"status": "open"}, "choose how the service stands"),
        ({"minimum_age": 18.0}, "The youngest age, 18, is above the oldest, 17."),
        ({"maximum_age": 300.0}, "An age is from 0 to 130."),
        ({"name": "  "}, "no usable name"),
        ({"email": "at the desk"}, "not an e-mail address"),
        ({"terms": frozenset({("help", "magic")})}, "“magic” is no word"),
        ({"terms": frozenset({("wand", "magic")})}, "“magic” is no word"),
    ],
)
def test_what_cannot_be_written_is_said(world: World, changed: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        services.write_service(by=world.actor("lead"), draft=replace(DRAFT, **changed))
    assert Service.objects.count() == 0


def test_a_check_keeps_what_was_told_before(world: World) -> None:
    load(offer(1))
    lead = world.actor("lead")
    assert selectors.last_check(by=lead, service_id=UUID(int=1)) is None
    told = Told(capacity="waiting_list", waiting_days=21, evidence="Evaluated in 2025")
    services.check_service(by=lead, service_id=UUID(int=1), told=told)
    services.check_service(by=world.actor("coordinator"), service_id=UUID(int=1))
    last = selectors.last_check(by=lead, service_id=UUID(int=1))
    assert last is not None
    assert (last.checked_by, last.capacity, last.waiting_days) == (
        "Cora Ordina",
        "waiting_list",
        21,
    )
    assert selectors.service(by=lead, service_id=UUID(int=1)).last_checked_at == last.checked_at


def test_who_may_do_what(world: World) -> None:
    load(offer(1))
    location = UUID(at(1)["location"]["id"])
    for name in ("first", "sergeant", "governance"):
        by = world.actor(name)
        assert len(selectors.services(by=by)) == 1
        for refused in (
            lambda by=by: services.write_service(by=by, draft=DRAFT),
            lambda by=by: services.check_service(by=by, service_id=UUID(int=1)),
            lambda by=by: services.keep_back(by=by, location_id=location, kept_back=True),
            lambda by=by: services.switch_open_feed(by=by, on=True),
            lambda by=by: selectors.held_files(by=by),
            lambda by=by: loading.decide(by=by, file_id=UUID(int=1), load_it=True),
        ):
            with pytest.raises(Forbidden):
                refused()
    assert not selectors.feed_is_open(by=BY)
    services.switch_open_feed(by=world.actor("coordinator"), on=True)
    assert selectors.feed_is_open(by=BY)


def test_every_change_is_in_the_audit_without_content(world: World) -> None:
    lead = world.actor("lead")
    load(offer(1))
    services.write_service(by=lead, draft=DRAFT)
    services.check_service(by=lead, service_id=UUID(int=1), told=Told(evidence="Secret words"))
    services.keep_back(by=lead, location_id=UUID(at(1)["location"]["id"]), kept_back=True)
    services.switch_open_feed(by=lead, on=True)
    entries = Entry.objects.filter(action__startswith="provision.").order_by("id")
    assert [entry.action for entry in entries] == [
        "provision.loaded",
        "provision.written",
        "provision.checked",
        "provision.kept_back",
        "provision.feed_switched",
    ]
    assert "Secret" not in json.dumps([entry.details for entry in entries])
    assert {entry.actor_id for entry in entries[1:]} == {lead.id}


def test_rebuilding_changes_nothing_on_sound_data_and_mends_the_rest(world: World) -> None:
    mentor = {"id": str(UUID(int=9)), "taxonomy_term": taxonomy.described("help", "mentoring")}
    load(offer(1, attributes=[mentor]), offer(2))
    assert rebuild(BY) == 0
    Service.objects.filter(id=UUID(int=1)).update(name="Wrong")
    ServiceTerm.objects.all().delete()
    assert rebuild(BY) == 1
    assert selectors.service(by=BY, service_id=UUID(int=1)).terms == {("help", "mentoring")}


def test_the_shell_loads_holds_decides_and_exports(world: World, tmp_path: Path) -> None:
    whole, half, out = (tmp_path / name for name in ("whole.json", "half.json", "out.json"))
    whole.write_bytes(in_file(*(offer(number) for number in range(1, 7))))
    half.write_bytes(in_file(offer(1), offer(2, email="none")))

    def run(*words: str) -> str:
        return CliRunner().invoke(group, list(words), catch_exceptions=False).output

    assert run("load", str(whole), "--agency", "council") == (
        "6 kept: 6 new, 0 changed; 0 no longer listed.\n"
    )
    said = run("load", str(half), "--agency", "council")
    assert "“email” is not an e-mail address" in said
    assert "Held: this file names 2 services" in said
    file_id = run("held").split()[0]
    assert "4 no longer listed" in run("decide", file_id, "--load")
    assert "There is no such page" in run("decide", file_id, "--leave")
    run("export", str(out))
    assert [each["id"] for each in json.loads(out.read_bytes())["contents"]] == [
        offer(1)["id"],
        offer(2)["id"],
    ]
    whole.write_bytes(b"{")
    assert "was cut short" in run("load", str(whole), "--agency", "council")
