"""Fields follow compartments: each field is declared, and what a role does not read is nowhere.

A word that occurs nowhere else is put into what every compartment holds of one child. Then somebody
who works with the child opens every address, once with a role that reads everything and once for
each compartment with a role that reads everything but that.
"""

from __future__ import annotations

import inspect
import tomllib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.test import Client

from reachable.access import fields as access_fields
from reachable.access.fields import FILE, declared
from reachable.access.models import Role, User
from reachable.access.policy import policy
from reachable.access.registries import fields
from reachable.access.rules import Policy, PolicyError, RolePolicy
from reachable.access.selectors import actor_for
from reachable.chronology.models import Event
from reachable.conversations import after_acts, confirming
from reachable.conversations import services as conversations
from reachable.conversations.confirming import Naming
from reachable.conversations.models import ConversationVersion
from reachable.foundation.errors import Forbidden
from reachable.foundation.time import now, today
from reachable.intake import services as intake
from reachable.moments import contact, summaries, tasks
from reachable.moments import services as moments
from reachable.moments.models import Action, Task, Trigger
from reachable.offers import gaps
from reachable.offers import services as offers
from reachable.offers.models import Gap, GapStep, Offer, OfferStep
from reachable.people import services as people
from reachable.people.models import Record, RecordDetail
from reachable.practice import guidance
from reachable.site.addresses import addresses
from tests.access.place import INVOLVED, Account, Place, make_place
from tests.access.test_every_address import ask
from tests.support.conversations import writing

pytestmark = pytest.mark.db

WHO = Account("supervisor", INVOLVED)
"""Whose role is taken away and another given, in the team that works with the child."""
CANARY = "zq{}qz"
OTHER_FILES = {"row", "review"}
"""Words of addresses that show files of one's own agency, or records to be linked."""
NEVER_WRITTEN = {"signals.send", "intake.load", "people.review", "panels.keep", "accounts.manage"}
KINDS = {
    "identity": "turned_16",
    "welfare": "victim_of_violence",
    "education": "suspended",
    "health": "hospital_knife",
    "justice": "arrest",
    "intelligence": "other_worry",
    "legal": "nrm_referral",
}
"""An event of each compartment; no feed makes one of intelligence yet, so that one is only put."""


@pytest.fixture(scope="module")
def placed(kept: None) -> Place:
    return make_place()


@pytest.fixture
def place(placed: Place, undone: None) -> Place:
    return placed


def words_of(compartment: str) -> dict[str, str]:
    """Return what is put where: a field → its canary, all beginning alike."""
    return {name: CANARY.format(f"{compartment}{name}") for name in PUT[compartment]}


PUT: dict[str, tuple[str, ...]] = {
    "identity": ("name",),
    "welfare": ("event", "place", "note", "task", "offer", "gap", "conversation", "needs"),
    **dict.fromkeys(("education", "health", "justice"), ("event", "place")),
    "intelligence": ("event", "place"),
    "legal": ("event", "place"),
}


def first(place: Place, name: str) -> UUID:
    found = place.rows[name][0].id
    assert isinstance(found, UUID)
    return found


def put_canaries(place: Place) -> None:
    """Put a word of its own into everything that is kept of the first child."""
    person_id, moment_id = first(place, "person_id"), first(place, "moment_id")
    record = Record.objects.filter(person_id=person_id).earliest("id")
    for compartment in PUT:
        if "event" in PUT[compartment]:
            _put_event(compartment, record, moment_id)
    said = words_of("welfare")
    Record.objects.filter(id=record.id).update(shown_name=words_of("identity")["name"])
    detail = RecordDetail.objects.filter(record=record).latest("received_at")
    detail.content = {**detail.content, "communication_needs": said["needs"]}
    detail.save()
    Action.objects.filter(moment_id=moment_id).update(note=said["note"])
    Task.objects.filter(moment_id=moment_id).update(text=said["task"])
    Offer.objects.filter(person_id=person_id).update(form=said["offer"])
    OfferStep.objects.filter(offer__person_id=person_id).update(note=said["offer"])
    gap_id = Gap.objects.values_list("id", flat=True).get(person_id=person_id)
    GapStep.objects.create(id=uuid4(), gap_id=gap_id, kind="more", at=now(), note=said["gap"])
    for version in ConversationVersion.objects.filter(conversation__moment_id=moment_id):
        version.content = {
            **version.content,
            "safety": {"safe": "no", "done": said["conversation"]},
        }
        version.save()


def _put_event(compartment: str, record: Record, moment_id: UUID) -> None:
    said = words_of(compartment)
    event = Event.objects.create(
        id=uuid4(),
        signal_id=uuid4(),
        kind=KINDS[compartment],
        record=record,
        agency=record.agency,
        compartment=compartment,
        occurred_on=today(),
        precision="day",
        received_at=now(),
        recorded_at=now(),
        place=said["place"],
        details={"said": said["event"]},
        source="a test",
    )
    template = Trigger.objects.filter(moment_id=moment_id).earliest("id")
    template.pk, template.event_id, template.signal_id = uuid4(), event.id, event.signal_id
    template.event_kind = event.kind
    template.save(force_insert=True)


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return what gives somebody a role that reads, writes and shares all but one compartment."""
    in_force = policy()
    may = frozenset(in_force.capabilities) - NEVER_WRITTEN

    def give(left_out: str, action: str = "reads") -> Client:
        whole = dict.fromkeys(in_force.compartments, "involved")
        less = whole if left_out == "nothing" else {**whole, left_out: "none"}
        reads, writes = (less if action == each else whole for each in ("reads", "writes"))
        given = ("accounts.manage", False)
        role = RolePolicy("all_but_one", "All but one", may, reads, writes, less, *given)
        made = Policy(
            in_force.compartments, in_force.capabilities, {"all_but_one": role}, in_force.records
        )
        monkeypatch.setattr("reachable.access.selectors.policy", lambda: made)
        Role.objects.filter(user__username=WHO.username).update(role="all_but_one")
        return WHO.client()

    return give


def pages(client: Client, place: Place) -> Iterator[tuple[str, str]]:
    """Yield every address that opens, of the first child where it names something."""
    for address in addresses():
        if "GET" not in address.methods or OTHER_FILES & set(address.route.split("/")):
            continue
        rows = {name: place.rows[name][0] for name in address.identifiers}
        answer = ask(client, address, "GET", rows)
        if answer.status_code == 200:
            content = b"".join(answer) if answer.streaming else answer.content
            yield address.route, content.decode("utf-8", "replace")


def found_in(client: Client, place: Place) -> dict[str, set[str]]:
    """Return canary → the addresses that show it."""
    every = {word for name in PUT for word in words_of(name).values()}
    found: dict[str, set[str]] = {}
    for route, content in pages(client, place):
        for word in every:
            if word in content:
                found.setdefault(word, set()).add(route)
    return found


def test_whoever_reads_everything_finds_every_canary_somewhere(place: Place, without: Any) -> None:
    """Or the walk below would find nothing where nothing is."""
    put_canaries(place)
    found = found_in(without("nothing"), place)
    for compartment in PUT:
        for word in words_of(compartment).values():
            assert word in found, f"{word} is shown nowhere"
    assert len(found[words_of("justice")["event"]]) >= 2, "on the child’s page and the moment’s"


@pytest.mark.parametrize("compartment", [name for name in PUT if name != "identity"])
def test_promise_10_what_a_role_does_not_read_is_on_no_page(
    place: Place, without: Any, compartment: str
) -> None:
    put_canaries(place)
    found = found_in(without(compartment), place)
    assert {word: found[word] for word in words_of(compartment).values() if word in found} == {}
    for other in PUT:
        if other != compartment and compartment != "welfare":
            for word in words_of(other).values():
                assert word in found, f"{word} went with {compartment}"


def test_promise_10_whoever_does_not_read_who_it_is_finds_nobody(
    place: Place, without: Any
) -> None:
    put_canaries(place)
    found = found_in(without("identity"), place)
    assert not [word for name in PUT for word in words_of(name).values() if word in found]


def test_promise_10_a_record_is_listed_to_whoever_reads_what_its_agency_does(
    place: Place, without: Any
) -> None:
    person_id = first(place, "person_id")
    record = Record.objects.filter(person_id=person_id).earliest("id")
    Record.objects.filter(id=record.id).update(source_ref="zqREFqz")
    address = next(one for one in addresses() if one.name == "child")
    rows = {"person_id": place.rows["person_id"][0]}
    for kind, compartment in (*policy().records.items(), ("charity", "welfare")):
        type(record.agency).objects.filter(id=record.agency_id).update(kind=kind)
        for left_out in policy().compartments[1:]:
            answer = ask(without(left_out), address, "GET", rows)
            listed = "zqREFqz" in answer.content.decode()
            assert listed == (left_out != compartment), (kind, left_out)


READING = {"moment_of", "who_would_hear", "is_of", "leads_to", "offered_in_conversation"}
"""What asks a question, though it stands among verbs."""
OF_THE_SYSTEM = {"note_asked"}
VALUES: dict[str, Any] = {
    "str": "x",
    "date": today() + timedelta(days=3),
    "datetime": now(),
    "Sequence[Wanted]": (),
    "Sequence[str]": ("x",),
    "Naming": Naming("place", "The arcade"),
}


def verbs() -> Iterator[tuple[str, Any]]:
    """Yield every verb that writes something of one child, of rooms that belong to welfare."""
    rooms = (
        moments,
        contact,
        tasks,
        summaries,
        offers,
        gaps,
        conversations,
        after_acts,
        confirming,
    )
    of_a_child = {"moment_id", "task_id", "offer_id", "gap_id", "conversation_id", "person_id"}
    for room in (*rooms, after_acts, confirming):
        for name, verb in inspect.getmembers(room, inspect.isfunction):
            own = inspect.unwrap(verb).__module__ == room.__name__ and not name.startswith("_")
            taken = inspect.signature(verb).parameters
            writes = name not in READING | OF_THE_SYSTEM and of_a_child & taken.keys()
            if own and "by" in taken and writes:
                yield f"{room.__name__.removeprefix('reachable.')}.{name}", verb


def test_promise_10_whoever_may_not_write_there_changes_nothing(place: Place, without: Any) -> None:
    without("welfare", "writes")
    by = actor_for(User.objects.get(username=WHO.username))
    assert by.scope("welfare") == "involved"
    tried = dict(verbs())
    assert len(tried) >= 25
    for verb in tried.values():
        given: dict[str, Any] = {"by": by}
        for each in inspect.signature(verb).parameters.values():
            if each.name in place.rows:
                given[each.name] = place.rows[each.name][0].id
            elif each.default is inspect.Parameter.empty and each.name != "by":
                given[each.name] = VALUES.get(each.annotation) or uuid4()
        with pytest.raises(Forbidden, match="writing welfare"):
            verb(**given)
    held = writing(first(place, "moment_id"))
    with pytest.raises(Forbidden, match="writing welfare"):
        conversations.keep(by=by, writing=held)


def test_promise_10_nobody_sends_or_links_what_their_role_does_not_write(
    place: Place, without: Any
) -> None:
    by = Account("linkage_steward", INVOLVED).actor()
    assert by.writes["identity"] == "all"
    without("identity", "writes")
    steward = actor_for(User.objects.get(username=WHO.username))
    with pytest.raises(Forbidden):
        people.decide_review(
            by=steward, review_id=uuid4(), same_as=None, reason="They are not alike."
        )
    with pytest.raises(Forbidden):
        intake.send_signal(by=steward, signal=_anything("in_custody_now"))


def _anything(kind: str) -> intake.PhoneSignal:
    assert guidance.event_kind(kind).signal
    return intake.PhoneSignal(uuid4(), kind, "Orrell", "Tamsin", None, "", "", "")


def test_every_field_of_every_record_is_declared_once_and_has_readers_or_none_by_decision() -> None:
    known = {*policy().compartments, *access_fields.BESIDE}
    listed = {
        (each.room, record): held for each in fields.listed() for record, held in each.item.items()
    }
    assert len(listed) >= 70
    assert {kind for held in listed.values() for kind in held.values()} <= known
    assert listed["people", "Record"]["nhs_number"] == "identity"
    assert listed["chronology", "Event"]["details"] == "as_named"


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('"given_names", ', "", "says nothing of given_names"),
        ('"nhs_number"', '"nhs_numbers"', "says nothing of nhs_number"),
        ('"detail_at"]', '"detail_at", "family_name"]', "family_name is in identity and in works"),
        ('"detail_at"]', '"detail_at", "hue"]', "people/fields.toml, Record names hue, which it"),
        ("[Merge]", "[Merges]", "names Merges, which is no record"),
        ("[Record]\nidentity", "[Record]\nsecret", "secret is no compartment"),
    ],
)
def test_promise_10_a_field_that_is_not_declared_stops_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: str, after: str, said: str
) -> None:
    room = apps.get_app_config("people")
    text = (Path(room.path) / FILE).read_text(encoding="utf-8")
    changed = text.replace(before, after, 1)
    assert changed != text
    assert tomllib.loads(changed)
    (tmp_path / FILE).write_text(changed, encoding="utf-8")
    monkeypatch.setattr(room, "path", str(tmp_path))
    with pytest.raises(PolicyError, match=said):
        declared(room)


def test_promise_10_a_room_that_declares_nothing_stops_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = apps.get_app_config("offers")
    monkeypatch.setattr(room, "path", str(tmp_path))
    with pytest.raises(PolicyError, match="says nothing of id, "):
        declared(room)
