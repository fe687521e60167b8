"""What somebody may not see changes nothing that they are shown: no number, list, order or byte.

Each page and answer that somebody can open is asked for twice, at the same instant: before and
after records are planted that are hidden from them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.test import Client

from reachable.access import services as access
from reachable.access.selectors import agency_id
from reachable.conversations import candidates, confirming, devices
from reachable.conversations import services as conversations
from reachable.conversations.confirming import Naming
from reachable.foundation.actor import Actor, system
from reachable.foundation.time import now, today, travel
from reachable.foundation.urls import BY_SECRET, PUBLIC, SIGNED_IN
from reachable.geography import services as geography
from reachable.intake import services as intake
from reachable.intake.services import PhoneSignal
from reachable.moments import contact, tasks
from reachable.moments import services as moments
from reachable.moments.models import Moment
from reachable.offers import gaps
from reachable.offers import services as offers
from reachable.people import conflicts
from reachable.provision import loading
from reachable.site.addresses import IDENTIFIER, addresses
from tests.support.closing import restrict
from tests.support.conversations import writing
from tests.support.directory import in_file, offer
from tests.support.offers import SERVICE, child_of
from tests.support.world import World, make_world

pytestmark = pytest.mark.django_db

BY = system("tests")
AT = datetime(2026, 11, 10, 12, 0, tzinfo=UTC)
ARCADE = {"kind": "place", "what": "The arcade by the station"}
HIDDEN = ("Idris", "Whitlock")
CHANGING = re.compile(
    r'(name="(?:csrfmiddlewaretoken|token|made_for|version_id|conversation_id|card_id)" value="|'
    r'nonce="|nonce-|conversation_id=|"csrf": ")[^"\']*'
)
DATED = ("application/pdf", "application/vnd", "application/zip")
"""Files that say when they were made; what is in them is that of the page beside them."""
MADE_ANEW = {"set_up_app", "set_up_passkey"}
"""Pages that are all secrets of one moment, and of whoever asks."""
COUNTED = {"/gaps/": "offers.gaps", "/rules/": "moments.rules"}
"""What counts every child by a right that the policy file names: all gaps without the child, and
what each rule opened, for whoever decides about rules. No name is there either."""


@dataclass
class Stage:
    """A partnership with a child of the Hub, and what stands of that child."""

    world: World
    ids: dict[str, object]
    phones: dict[str, str]

    def actor(self, name: str) -> Actor:
        return self.world.actor(name)


def send(by: Actor, given: str, family: str, postcode: str) -> UUID:
    signal_id = intake.send_signal(
        by=by,
        signal=PhoneSignal(
            token=uuid4(),
            kind="in_custody_now",
            family_name=family,
            given_names=given,
            birth_date=date(2012, 3, 3),
            where="Fenmarch Police Station",
            said="Looks exhausted.",
            reach="07700 900123",
            postcode=postcode,
            happened_at=now() - timedelta(minutes=30),
        ),
    )
    return Moment.objects.values_list("id", flat=True).get(triggers__signal_id=signal_id)


def live(by: Actor, moment_id: UUID, confirm: Callable[[UUID, UUID], object]) -> dict[str, UUID]:
    """Let everything become of a moment that pages count: taken, talked, offered, refused."""
    child = child_of(moment_id)
    moments.take(by=by, moment_id=moment_id)
    held = writing(moment_id)
    held = writing(moment_id, content={**held.content, "candidates": {"things": [ARCADE]}})
    conversations.keep(by=by, writing=held)
    (found,) = candidates.of_conversation(by=by, conversation_id=held.conversation_id)
    confirm(held.conversation_id, found.id)
    task_id = tasks.add_task(by=by, moment_id=moment_id, text="Ring her aunt", due_on=today())
    contact.offer(by=by, moment_id=moment_id, how="spoken", note="A place")
    offer_id = offers.offer(by=by, person_id=child, service_id=SERVICE, answer="wants")
    offers.record(by=by, offer_id=offer_id, kind="sent", how="spoken")
    gap_id = gaps.record_gap(by=by, person_id=child, help="legal")
    return {
        "person_id": child,
        "moment_id": moment_id,
        "conversation_id": held.conversation_id,
        "candidate_id": found.id,
        "task_id": task_id,
        "offer_id": offer_id,
        "gap_id": gap_id,
    }


def names_it(by: Actor) -> Callable[[UUID, UUID], object]:
    naming = Naming("place", "The arcade")
    return lambda conversation_id, candidate_id: confirming.confirm(
        by=by, conversation_id=conversation_id, candidate_id=candidate_id, naming=naming
    )


def make_stage() -> Stage:
    world = make_world()
    north = access.create_team(
        by=BY, key="north", name="North", agency_id=agency_id("council"), areas=("N",)
    )
    force = access.create_agency(by=BY, key="force", name="Withy Force", kind="police")
    for name, role, agency, team in (
        ("wren", "practitioner", agency_id("council"), [north]),
        ("head", "supervisor", agency_id("council"), [north]),
        ("warden", "custody", force, []),
    ):
        world.users[name] = access.create_account(
            by=BY, username=name, name=name.title(), agency_id=agency, roles=[role], teams=team
        )
    geography.load_areas(by=BY, areas=[("N", "North")], postcodes=[("FX1 2BB", "N")])
    loading.load(
        by=BY,
        agency_id=agency_id("council"),
        file_name="d.json",
        content=in_file(offer(1), offer(2)),
    )
    first = world.actor("first")
    moment_id = send(world.actor("sergeant"), "Tamsin", "Orrell", "FX1 1AA")
    ids: dict[str, object] = dict(live(first, moment_id, names_it(first)))
    ids |= {"team_id": world.team, "service_id": SERVICE, "measure_key": "reached"}
    phones = {}
    for name in ("first", "second", "lead"):
        made = devices.make_known(by=world.actor(name), label="A phone")
        phones[name] = f"Device {made.device_id}:{made.read_secret}"
    return Stage(world, ids, phones)


@pytest.fixture(scope="module")
def staged(kept: None) -> Stage:
    with travel(AT - timedelta(hours=2)):
        return make_stage()


@pytest.fixture
def stage(staged: Stage, undone: None) -> Iterator[Stage]:
    with travel(AT):
        yield staged


ELSEWHERE = {
    "worklist": ("?view=team", "?q=Whitlock", "?kind=custody"),
    "directory": ("?q=Lantern", "?page=2"),
    "measures": ("?period=month", "?days=28"),
    "fits": ("?help=legal",),
}
"""Narrowed and turned, where a page can be."""


def paths(stage: Stage, name: str) -> Iterator[tuple[str, str]]:
    actor = stage.actor(name)
    for address in addresses():
        opens = address.needs in (PUBLIC, SIGNED_IN) or (
            address.needs not in BY_SECRET and actor.can(address.needs)
        )
        if not opens or "GET" not in address.methods or address.name in MADE_ANEW:
            continue
        if not set(address.identifiers) <= stage.ids.keys():
            continue
        path = "/" + IDENTIFIER.sub(lambda found: str(stage.ids[found.group(1)]), address.route)
        for query in ("", *ELSEWHERE.get(address.name, ())):
            yield address.name, path + query


def shown(answer: Any) -> str:
    if answer.streaming:
        return b"".join(answer.streaming_content).hex()
    if answer.get("Content-Type", "").startswith(DATED):
        return str(answer.status_code)
    headers = sorted((key, value) for key, value in answer.items() if key != "Content-Length")
    text = f"{answer.status_code} {headers} {answer.content.decode('utf-8', 'replace')}"
    return CHANGING.sub(r"\1", text)


def everything(stage: Stage, name: str) -> dict[str, str]:
    """Return all that somebody can open, as it is shown."""
    client = stage.world.client(name)
    found = {}
    for _, path in paths(stage, name):
        with transaction.atomic():
            found[path] = shown(client.get(path))
            transaction.set_rollback(True)
    if name in stage.phones:
        with transaction.atomic():
            asked = Client().get("/app/day/", headers={"Authorization": stage.phones[name]})
            found["/app/day/"] = shown(asked)
            transaction.set_rollback(True)
    return found


def plant_elsewhere(stage: Stage) -> None:
    """Two children of another team: one whom they work with, one whom nobody has taken yet."""
    wren, warden = stage.actor("wren"), stage.actor("warden")
    live(wren, send(warden, *HIDDEN, "FX1 2BB"), names_it(wren))
    send(warden, "Ismay", "Whitlock", "FX1 2BB")


def plant_restricted(stage: Stage) -> None:
    """The same, and each is restricted to two readers of that team."""
    plant_elsewhere(stage)
    for moment in Moment.objects.filter(team__key="north"):
        readers = (stage.world.users["wren"], stage.world.users["head"])
        restrict(stage.actor("head"), moment.person_id, *readers)


@pytest.mark.parametrize(
    ("plant", "name"),
    [
        *((plant_elsewhere, name) for name in ("first", "lead", "outsider", "sergeant")),
        *((plant_elsewhere, name) for name in ("coordinator", "clerk", "teacher")),
        *((plant_restricted, name) for name in ("first", "lead", "coordinator")),
    ],
)
def test_promise_12_records_of_others_change_no_byte_of_what_somebody_is_shown(
    stage: Stage, name: str, plant: Callable[[Stage], None]
) -> None:
    before = everything(stage, name)
    plant(stage)
    assert Moment.objects.filter(team__key="north").count() == 2
    after = everything(stage, name)
    assert before.keys() == after.keys()
    for path, page in after.items():
        assert not any(each in page for each in HIDDEN), path
    actor = stage.actor(name)
    counted = {path for path, needs in COUNTED.items() if actor.can(needs)}
    different = [path for path in before if before[path] != after[path] and path not in counted]
    assert not different, "\n".join(
        f"{path}: {_where(before[path], after[path])}" for path in different
    )


def _where(one: str, other: str) -> str:
    at = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)
    return f"{one[max(0, at - 80) : at + 120]!r}\n   became {other[max(0, at - 80) : at + 120]!r}"


def test_promise_12_a_child_in_conflict_changes_no_byte_for_whoever_is_in_it(
    stage: Stage,
) -> None:
    """A child of the same team, taken by a colleague, whom one of the team must not see."""
    before = everything(stage, "second")
    first = stage.actor("first")
    moment_id = send(stage.actor("warden"), *HIDDEN, "FX1 1AA")
    conflicts.declare(by=stage.actor("second"), person_id=child_of(moment_id), reason="My nephew")
    live(first, moment_id, names_it(first))
    after = everything(stage, "second")
    different = [path for path in before if before[path] != after[path]]
    assert not different, "\n".join(
        f"{path}: {_where(before[path], after[path])}" for path in different
    )


def test_the_records_would_be_seen_if_they_were_shown(stage: Stage) -> None:
    """Or the tests above would compare nothing with nothing."""
    before = everything(stage, "wren")
    plant_elsewhere(stage)
    after = everything(stage, "wren")
    changed = {path for path in before if before[path] != after[path]}
    assert {"/worklist/", "/measures/", "/offers/", "/worklist/wall/", "/to-confirm/"} <= changed
