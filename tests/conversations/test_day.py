"""What a phone keeps of a worker’s day: their own moments, and nobody else’s."""

from __future__ import annotations

import gzip
import json
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reachable.conversations import day, services
from reachable.foundation.time import now, today
from reachable.moments import services as moments
from reachable.moments import tasks
from tests.support.conversations import writing
from tests.support.directory import fill_directory
from tests.support.world import World

pytestmark = pytest.mark.db


def _day(world: World, username: str = "first") -> day.Json:
    return day.day(by=world.actor(username), valid_until=now())


def test_it_holds_ones_own_moments_and_no_others(world: World) -> None:
    moment_id = world.signal(needs="Short sentences")
    (held,) = _day(world)["moments"]
    assert held["id"] == str(moment_id)
    assert held["name"] == "Tamsin Orrell"
    assert held["communication_needs"] == ["Short sentences"]
    assert held["guide"] == "custody"
    assert [each["name"] for each in held["colleagues"]] == ["Fern First", "Lu Lead", "Sol Second"]
    for username in ("second", "lead", "outsider"):
        assert _day(world, username)["moments"] == []


def test_it_holds_what_was_written_before_with_how_contact_is_safe(world: World) -> None:
    moment_id = world.signal()
    content = {
        "contact": {"how": "Text from Sol", "avoid": "Do not ring"},
        "wishes": {"wants": "x"},
    }
    by = world.actor("first")
    services.keep(by=by, writing=writing(moment_id, content=content, finished=False))
    (held,) = _day(world)["moments"]
    assert held["safe_contact"] == content["contact"]
    (conversation,) = held["conversations"]
    assert conversation["heads"][0]["content"] == content
    assert held["thread"][0]["said"] == "Not finished"
    # Whoever takes over sees that it took place, and not the wishes that were kept back.
    moments.pass_on(by=by, moment_id=moment_id, reason="Off duty")
    moments.take(by=world.actor("second"), moment_id=moment_id)
    assert _day(world)["moments"] == []
    (held,) = _day(world, "second")["moments"]
    assert "wishes" not in held["conversations"][0]["heads"][0]["content"]


def test_it_brings_what_fits_each_child_each_service_once(world: World) -> None:
    fill_directory(20)
    for name in ("Hallam", "Quill"):
        world.signal(family_name=name)
    held = _day(world)
    assert len(held["services"]) == 12
    for moment in held["moments"]:
        assert [each["n"] for each in moment["services"]] == list(range(12))
        assert moment["services"][0]["far"]
        assert set(moment["services"][0].get("unsaid", ())) <= held["unsaid"].keys()
    assert held["services"][0]["organisation"] == "Fenmarch Lanterns"
    assert "Invented Row" not in json.dumps(held)


def test_it_stays_small_with_as_many_children_and_services_as_there_can_be(world: World) -> None:
    """Sixty moments with twelve services each, as few of them shared as in a large directory."""
    fill_directory(60)
    for number in range(day.MOST):
        world.signal(family_name=f"Lark{number}")
    held = _day(world)
    assert [len(each["services"]) for each in held["moments"]] == [12] * day.MOST
    plain = json.dumps(held).encode()
    without = json.dumps(
        {**held, "services": [], "moments": [{**each, "services": []} for each in held["moments"]]}
    ).encode()
    assert len(plain) - len(without) < 100_000
    assert len(gzip.compress(plain)) < 40_000


def test_it_holds_what_is_still_to_be_done(world: World) -> None:
    """Whoever it is for; what was done, and tasks of moments that others have, are left out."""
    moment_id, by = world.signal(), world.actor("first")
    done, _ = (
        tasks.add_task(by=by, moment_id=moment_id, text=text, due_on=today(), for_whom=whom)
        for text, whom in (("Ring Ray", None), ("A bus pass", world.users["second"]))
    )
    tasks.do_task(by=by, task_id=done)
    (held,) = _day(world)["moments"]
    due_on = today().isoformat()
    assert held["tasks"] == [{"text": "A bus pass", "for_whom": "Sol Second", "due_on": due_on}]
    assert _day(world, "second")["moments"] == []


def _asked(world: World) -> int:
    with CaptureQueriesContext(connection) as asked:
        _day(world)
    return len(asked)


def test_it_is_read_in_as_many_questions_however_many_moments(world: World) -> None:
    by, asked = world.actor("first"), []
    fill_directory(20)
    for number in range(4):
        moment_id: UUID = world.signal(given_names=f"Wren{number}", family_name=f"Lark{number}")
        services.keep(by=by, writing=writing(moment_id, finished=False))
        asked.append(_asked(world))
    assert asked == [asked[0]] * 4
