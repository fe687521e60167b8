"""What the app on a phone asks the server for, and what it is answered."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from reachable.access.models import Involvement
from reachable.access.services import end_role
from reachable.conversations import api, devices
from reachable.conversations.models import ConversationVersion, Device
from reachable.foundation.errors import Conflict
from reachable.foundation.time import now, travel
from reachable.moments import services as moments
from reachable.moments.models import Moment
from reachable.people import conflicts
from tests.support import sealing
from tests.support.closing import restrict
from tests.support.moments import close_as_declined
from tests.support.people import SYSTEM
from tests.support.sealing import written
from tests.support.world import World

pytestmark = pytest.mark.db


def made_known(client: Client) -> dict[str, Any]:
    answer = client.post("/app/device/", {"label": "A phone"}, content_type="application/json")
    held: dict[str, Any] = answer.json()
    return held


def send(held: dict[str, Any], *items: Any, secret: str = "device_secret", **more: Any) -> Any:
    """Send without a session, as a phone does whose web session has long ended."""
    return Client(enforce_csrf_checks=True).post(
        "/app/send/",
        json.dumps({"device_now": now().isoformat(), "items": items, **more}),
        content_type="application/json",
        headers={"Authorization": f"Device {held['device_id']}:{held[secret]}"},
    )


def day(client: Client, held: dict[str, Any], secret: str = "read_secret") -> Any:
    return client.get(
        "/app/day/", headers={"Authorization": f"Device {held['device_id']}:{held[secret]}"}
    )


def test_a_phone_is_made_known_has_its_day_and_sends(world: World) -> None:
    moment_id = world.signal()
    held = made_known(world.client("first"))
    found = day(Client(), held).json()
    assert [each["id"] for each in found["moments"]] == [str(moment_id)]
    item = sealing.item(UUID(held["device_id"]), written(moment_id))
    answer = send(held, item).json()
    assert answer["results"][0]["state"] == "kept"
    assert answer["session"] == "open"
    assert not answer["wipe"]
    assert ConversationVersion.objects.count() == 1


def test_the_secret_that_lies_open_reads_nothing(world: World) -> None:
    world.signal()
    held = made_known(world.client("first"))
    assert day(Client(), held, "device_secret").status_code == 401
    assert "Tamsin" not in day(Client(), held, "device_secret").content.decode()


def test_nobody_without_a_secret_sends_or_reads(world: World) -> None:
    made_known(world.client("first"))
    client = world.client("first")
    assert client.get("/app/day/").status_code == 401
    answer = client.post("/app/send/", {}, content_type="application/json")
    assert answer.status_code == 401
    assert (answer.json()["wipe"], answer.json()["unknown"]) == (False, True)


def test_the_sign_in_of_its_browser_ends_once_a_phone_is_made_known(world: World) -> None:
    client = world.client("first")
    assert client.get("/worklist/").status_code == 200
    held = made_known(client)
    assert client.get("/worklist/").status_code == 302
    assert client.get("/app/device/").json()["signed_in"] is False
    assert day(client, held).status_code == 200


def test_promise_18_a_stolen_session_makes_no_phone_known_that_outlives_it(world: World) -> None:
    client = world.client("first")
    session = client.session
    session["fresh"] -= 11 * 60
    session.save()
    confirm = "/sign-in/confirm/?next=/app/"
    assert client.get("/app/device/").json()["confirm"] == confirm
    answer = client.post("/app/device/", {}, content_type="application/json")
    assert (answer.status_code, answer.json()["confirm"]) == (403, confirm)
    assert not Device.objects.exists()
    assert client.get("/worklist/").status_code == 200, "nobody was signed out"
    assert world.client("first").get("/app/device/").json()["confirm"] is None


@pytest.mark.parametrize("ends", ["/my-sign-in/password/", "/my-sign-in/others/end/"])
def test_promise_18_what_ends_every_session_ends_the_reading_of_phones_too(
    world: World, ends: str
) -> None:
    moment_id = world.signal()
    held, other = made_known(world.client("first")), made_known(world.client("second"))
    day(Client(), held)
    word = "heron kettle lantern"
    answer = world.client("first").post(ends, {"password": word, "again": word})
    assert answer.status_code == 302
    assert day(Client(), held).status_code == 401
    assert day(Client(), other).status_code == 200
    item = sealing.item(UUID(held["device_id"]), written(moment_id))
    answer = send(held, item).json()
    assert (answer["session"], answer["wipe"]) == ("ended", False)
    assert answer["results"][0]["state"] == "kept", "what was written is not lost"


def test_a_phone_from_before_a_restore_keeps_its_words_until_it_is_known_again(
    world: World,
) -> None:
    moment_id = world.signal()
    held = made_known(world.client("first"))
    item = sealing.item(UUID(held["device_id"]), written(moment_id))
    Device.objects.all().delete()
    answer = send(held, item)
    assert answer.status_code == 401
    assert answer.json() == {"wipe": False, "unknown": True, "results": []}
    by = world.actor("administrator")
    devices.know_again(by=by, device_id=UUID(held["device_id"]), username="first")
    assert send(held, item).json()["results"][0]["state"] == "kept"
    stranger = held | {"device_secret": "another"}
    assert send(stranger, item).json()["unknown"], "the first secret that was said is its own"
    assert day(Client(), held).status_code == 401
    with pytest.raises(Conflict):
        devices.know_again(by=by, device_id=UUID(held["device_id"]), username="first")


def test_who_is_signed_in_is_said_and_who_is_not_is_led_to_sign_in(world: World) -> None:
    assert world.client("first").get("/app/device/").json()["user"]["name"] == "Fern First"
    assert Client().get("/app/device/").json() == {
        "signed_in": False,
        "sign_in": "/sign-in/?next=/app/",
    }
    assert "device_id" not in made_known(world.client("teacher"))
    assert not Device.objects.exists()


def test_making_a_phone_known_asks_for_the_word_against_forgery(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = world.client("first").cookies
    assert client.post("/app/device/", {}, content_type="application/json").status_code == 403
    token = client.get("/app/device/").json()["csrf"]
    answer = client.post(
        "/app/device/", {}, content_type="application/json", headers={"X-CSRFToken": token}
    )
    assert "device_id" in answer.json()


def test_a_day_ends_with_the_shift_and_what_was_written_still_comes_in(world: World) -> None:
    moment_id = world.signal()
    held = made_known(world.client("first"))
    day(Client(), held)
    with travel(now() + devices.VALID_FOR + timedelta(minutes=1)):
        assert day(Client(), held).status_code == 401
        item = sealing.item(UUID(held["device_id"]), written(moment_id))
        answer = send(held, item).json()
    assert answer["session"] == "ended"
    assert answer["results"][0]["state"] == "kept"


def test_a_wipe_is_heard_and_answered_and_the_phone_is_not_known_again(world: World) -> None:
    moment_id = world.signal()
    held = made_known(world.client("first"))
    day(Client(), held)
    world.client("first").post(f"/phones/{held['device_id']}/wipe/")
    item = sealing.item(UUID(held["device_id"]), written(moment_id))
    answer = send(held, item).json()
    assert answer["wipe"]
    assert answer["results"][0]["state"] == "kept"
    assert send(held, wiped=True).status_code == 200
    answer = send(held)
    assert (answer.status_code, answer.json()["wipe"]) == (401, True)
    assert Device.objects.get().wiped_at is not None


def test_signing_out_ends_the_phone_and_the_session(world: World) -> None:
    world.signal()
    held = made_known(world.client("first"))
    client = world.client("first")
    answer = client.post(
        "/app/sign-out/",
        headers={"Authorization": f"Device {held['device_id']}:{held['device_secret']}"},
    )
    assert answer.json() == {"ok": True}
    assert day(Client(), held).status_code == 401
    assert client.get("/worklist/").status_code == 302


@pytest.mark.parametrize("body", ["{", "[]", '"x"', '{"items": 3}', "[" * 100_000])
def test_what_cannot_be_read_is_answered_in_a_sentence(world: World, body: str) -> None:
    held = made_known(world.client("first"))
    answer = Client().post(
        "/app/send/",
        body,
        content_type="application/json",
        headers={"Authorization": f"Device {held['device_id']}:{held['device_secret']}"},
    )
    assert answer.status_code in (200, 422)
    assert not answer.json()["wipe"]


def test_the_app_holds_nothing_of_anybody_and_may_start_its_worker(world: World) -> None:
    world.signal()
    client = world.client("first")
    shell, worker = client.get("/app/"), client.get("/app/sw.js")
    assert "worker-src 'self'" in shell["Content-Security-Policy"]
    assert "worker-src" not in client.get("/worklist/")["Content-Security-Policy"]
    assert worker["Content-Type"] == "text/javascript"
    for answer in (shell, worker, client.get("/app/manifest.webmanifest")):
        text = answer.content.decode()
        assert not {"Tamsin", "Fern First"} & set(text.split())
    for file in api.shell_files():
        assert file in worker.content.decode()


GONE = ("restricted", "conflict", "involvement", "handed", "closed", "role")


@pytest.mark.parametrize("why", GONE)
def test_promise_13_a_phone_hears_at_its_next_contact_what_it_may_not_keep(
    world: World, why: str
) -> None:
    stays, goes = world.signal(family_name="Stays"), world.signal(family_name="Goes")
    for moment_id in (stays, goes):
        moments.take(by=world.actor("first"), moment_id=moment_id)
    held = made_known(world.client("first"))
    assert len(day(Client(), held).json()["moments"]) == 2
    holds = [str(stays), str(goes)]
    assert send(held, holds=holds).json()["gone"] == []
    item = sealing.item(UUID(held["device_id"]), written(goes))
    _goes(world, goes, why)
    answer = send(held, item, holds=holds).json()
    assert answer["results"][0]["state"] == "kept", "what was written of them is not lost"
    assert answer["gone"] == (sorted(holds) if why == "role" else [str(goes)])
    assert "Goes" not in str(answer)


def _goes(world: World, moment_id: UUID, why: str) -> None:
    child = Moment.objects.get(id=moment_id).person_id
    lead, first = world.actor("lead"), world.users["first"]
    if why == "restricted":
        restrict(lead, child, world.users["lead"], world.users["second"])
    elif why == "conflict":
        conflicts.declare(by=lead, person_id=child, reason="Her nephew", whose=first)
    elif why == "involvement":
        Involvement.objects.filter(subject_id=child).update(ended_at=now())
    elif why == "handed":
        Moment.objects.filter(id=moment_id).update(holder=world.users["second"])
    elif why == "closed":
        close_as_declined(by=world.actor("first"), moment_id=moment_id, reason="Asked us not to")
    else:
        end_role(by=SYSTEM, user_id=first, role="practitioner")


def test_a_phone_hears_nothing_of_moments_that_it_was_never_given(world: World) -> None:
    mine, others = world.signal(), world.signal(given_names="Otter", family_name="Elsewhere")
    moments.take(by=world.actor("first"), moment_id=mine)
    moments.take(by=world.actor("second"), moment_id=others)
    held = made_known(world.client("first"))
    day(Client(), held)
    odd: list[Any] = [[str(others), str(UUID(int=1)), "x", 7, None], "x", None, {"a": 1}, [[]]]
    for holds in odd:
        answer = send(held, holds=holds)
        assert (answer.status_code, answer.json()["gone"]) == (200, [])
