"""What phones send, when they can: each once, put right by our clock, lost never."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reachable.access import services as access
from reachable.access.selectors import actor_for
from reachable.conversations import day, devices, lone_working, receiving
from reachable.conversations.devices import Signed
from reachable.conversations.models import (
    Conversation,
    ConversationVersion,
    Device,
    LoneWorkerNote,
)
from reachable.conversations.selectors import conversations_of_moment
from reachable.foundation.actor import system
from reachable.foundation.errors import BadInput, Forbidden, NotFound
from reachable.foundation.time import now, today, travel
from reachable.moments import services as moments
from reachable.moments.models import Action, Moment
from reachable.notices.models import Notice
from reachable.offers.models import Gap, Offer
from tests.support import sealing
from tests.support.directory import load_directory, offer
from tests.support.merging import make_hub_with_steward, merge
from tests.support.people import Partnership, child_with_moment
from tests.support.sealing import written
from tests.support.world import World

pytestmark = pytest.mark.db


@pytest.fixture
def moment_id(world: World) -> UUID:
    return world.signal()


def phone(world: World | Partnership, username: str = "first", *, with_day: bool = True) -> Signed:
    """Return somebody’s phone, with their day on it, as it shows its secret for sending."""
    by = world.actor(username)
    made = devices.make_known(by=by, label="A phone")
    if with_day:
        held = day.day(by=by, valid_until=made.valid_until)
        devices.hand_out(by=by, device_id=made.device_id, moment_ids=day.moment_ids(held))
    return signed(made.device_id, made.send_secret)


def signed(device_id: UUID, secret: str) -> Signed:
    found = devices.signed_by(f"Device {device_id}:{secret}")
    assert found is not None
    return found


def again(device: Signed) -> Signed:
    """Return the phone as its next request would find it."""
    held = Device.objects.select_related("user__agency").get(id=device.device.id)
    return Signed(held, actor_for(held.user), device.may_read)


def send(device: Signed, *held: dict[str, Any], clock: datetime | None = None) -> list[Any]:
    items = [sealing.item(device.device.id, each) for each in held]
    at = (clock or now()).isoformat()
    return receiving.receive(device=device, items=items, device_now=at)


def test_what_was_sealed_is_kept_once(world: World, moment_id: UUID) -> None:
    device, held = phone(world), written(moment_id)
    assert [each.state for each in send(device, held)] == ["kept"]
    assert [each.state for each in send(device, held)] == ["again"]
    assert ConversationVersion.objects.get().content == held["content"]


def test_what_was_replaced_before_it_came_in_is_kept_and_has_no_effect(
    world: World, moment_id: UUID
) -> None:
    load_directory(offer(1))
    moments.take(by=world.actor("first"), moment_id=moment_id)
    device = phone(world)
    service = {"id": str(UUID(int=1)), "name": "Invented Service 1"}
    yes = written(moment_id)
    yes["content"]["offered"] = {
        "services": [{"service": service, "said": "yes"}],
        "nothing_fits": "yes",
        "help": "legal",
    }
    no = {
        "invitation": {
            "answer": "not_now",
            "again_on": (today() + timedelta(days=7)).isoformat(),
            "again_by": str(world.users["second"]),
        },
        "offered": {"services": [{"service": service, "said": "no"}]},
    }
    same = {"conversation_id": yes["conversation_id"], "based_on": [yes["version_id"]]}
    assert [each.state for each in send(device, written(moment_id, content=no, **same))] == ["kept"]
    (late,) = send(device, yes)
    assert (late.state, late.said, late.beside) == ("kept", (), False)
    assert Moment.objects.get(id=moment_id).reached_at is None
    assert not Action.objects.filter(moment_id=moment_id, kind="reached").exists()
    assert Offer.objects.get().state == "declined"
    assert not Gap.objects.exists()
    (facts,) = conversations_of_moment(by=world.actor("first"), moment_id=moment_id)
    assert (facts.answer, facts.earlier) == ("not_now", 1)


def test_what_somebody_has_only_begun_to_change_is_noted_though_it_comes_in_after(
    world: World, moment_id: UUID
) -> None:
    device, done = phone(world), written(moment_id)
    begun = {"conversation_id": done["conversation_id"], "based_on": [done["version_id"]]}
    send(device, written(moment_id, finished=False, **begun))
    send(device, done)
    assert Moment.objects.get(id=moment_id).reached_at is not None
    (facts,) = conversations_of_moment(by=world.actor("first"), moment_id=moment_id)
    assert (facts.answer, facts.finished) == ("talked", True)


def test_one_that_cannot_be_kept_stops_no_other(world: World, moment_id: UUID) -> None:
    device = phone(world)
    bad = written(moment_id, content={"invitation": {"answer": "perhaps"}})
    good = written(moment_id)
    found = send(device, bad, good)
    assert [each.state for each in found] == ["refused", "kept"]
    assert "is none of the choices" in found[0].sentence
    assert "your words stay where you wrote them" in found[0].sentence


def test_an_envelope_opens_as_nothing_else_and_from_no_other_phone(
    world: World, moment_id: UUID
) -> None:
    device, other = phone(world), phone(world, "second", with_day=False)
    item = sealing.item(device.device.id, written(moment_id))
    for sender, sent in (
        (other, item),
        (device, {**item, "id": str(uuid4())}),
        (device, {**item, "envelope": {**item["envelope"], "iv": "AAAAAAAAAAAAAAAA"}}),
        (device, {**item, "envelope": {**item["envelope"], "kid": "another"}}),
    ):
        (found,) = receiving.receive(device=sender, items=[sent], device_now=now().isoformat())
        assert found.state == "refused"
        assert "It stays on the phone" in found.sentence
    assert not Conversation.objects.exists()


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    sent=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=6),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["id", "envelope", "v", "kid", "epk", "iv", "ct", "x"]), inner
            )
        ),
        max_leaves=10,
    )
)
def test_whatever_a_phone_sends_is_answered_in_a_sentence(world: World, sent: Any) -> None:
    device = phone(world, with_day=False)
    (found,) = receiving.receive(device=device, items=[sent], device_now="")
    assert found.state == "refused"
    assert found.sentence


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    changed=st.dictionaries(
        st.sampled_from(
            [
                *("kind", "version_id", "conversation_id", "based_on", "moment_id", "guide"),
                *("began_at", "written_at", "finished", "content"),
            ]
        ),
        st.none() | st.booleans() | st.integers() | st.text(max_size=6) | st.lists(st.text()),
        min_size=1,
    )
)
def test_whatever_was_sealed_is_kept_or_refused_in_a_sentence(
    world: World, changed: dict[str, Any]
) -> None:
    device = phone(world)
    held = {**written(world.signal()), **changed}
    item_id = str(held["version_id"])
    item = {"id": item_id, "envelope": sealing.envelope(item_id, str(device.device.id), held)}
    (found,) = receiving.receive(device=device, items=[item], device_now=now().isoformat())
    assert found.state == "kept" or found.sentence


@pytest.mark.parametrize("wrong", [timedelta(days=-400), timedelta(hours=-3), timedelta(days=30)])
def test_a_wrong_clock_is_put_right(world: World, moment_id: UUID, wrong: timedelta) -> None:
    device, at = phone(world), now()
    on_the_phone = (at - timedelta(minutes=20) + wrong).isoformat()
    held = written(moment_id, began_at=on_the_phone, written_at=on_the_phone)
    with travel(at):
        send(device, held, clock=at + wrong)
    version = ConversationVersion.objects.get()
    assert version.written_at == at - timedelta(minutes=20)
    assert version.device_said_at == on_the_phone
    assert Conversation.objects.get().began_at == at - timedelta(minutes=20)


def test_a_clock_that_was_put_back_on_the_way_makes_nothing_later_than_now(
    world: World, moment_id: UUID
) -> None:
    at = now()
    ahead = (at + timedelta(days=2)).isoformat()
    with travel(at):
        send(phone(world), written(moment_id, began_at=ahead, written_at=ahead), clock=at)
    assert ConversationVersion.objects.get().written_at == at
    assert Moment.objects.get(id=moment_id).reached_at == at


@pytest.mark.parametrize("said", ["0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59-23:59"])
def test_a_time_that_cannot_be_is_refused(world: World, moment_id: UUID, said: str) -> None:
    clock = datetime(9999, 12, 31, tzinfo=UTC) if said < "1" else datetime(1, 1, 2, tzinfo=UTC)
    (found,) = send(phone(world), written(moment_id, began_at=said), clock=clock)
    assert found.state == "refused" or ConversationVersion.objects.exists()


def test_a_child_given_to_somebody_else_meanwhile_is_still_written_of(
    world: World, moment_id: UUID
) -> None:
    first = world.actor("first")
    moments.take(by=first, moment_id=moment_id)
    device = phone(world)
    moments.hand_over(
        by=first, moment_id=moment_id, to_user=world.users["second"], reason="Goes off duty"
    )
    moments.take(by=world.actor("second"), moment_id=moment_id)
    held = written(moment_id)
    (found,) = send(again(device), held)
    assert found.state == "kept"
    assert "not noted in the reachable moment" in found.said[0]
    # The first answer may not have reached whoever wrote it.
    (repeated,) = send(again(device), held)
    assert (repeated.state, repeated.said) == ("again", found.said)
    told = Notice.objects.filter(user_id=world.users["second"], kind="conversation.kept")
    assert told.count() == 1


@pytest.mark.parametrize("holder", ["fern", "sol"])
def test_what_was_written_of_a_moment_that_was_joined_is_noted_in_the_one_that_stands(
    db: None, holder: str
) -> None:
    hub = make_hub_with_steward()
    (kept, older), (joined, newer) = child_with_moment(hub), child_with_moment(hub, given="Robin")
    moments.take(by=hub.actor(holder), moment_id=older.id)
    moments.take(by=hub.actor("fern"), moment_id=newer.id)
    device = phone(hub, "fern")
    merge(hub, kept, joined)
    (found,) = send(again(device), written(newer.id))
    assert found.state == "kept"
    assert Conversation.objects.get().moment_id == newer.id
    is_own = holder == "fern"
    assert (found.said == ()) is is_own
    assert (Moment.objects.get(id=older.id).reached_at is not None) is is_own
    assert Moment.objects.get(id=newer.id).reached_at is None
    told = Notice.objects.filter(kind="conversation.kept").values_list("user_id", "subject_id")
    assert list(told) == ([] if is_own else [(hub.workers["sol"], older.id)])


def test_what_was_written_before_an_account_ended_comes_in_and_is_marked(
    world: World, moment_id: UUID
) -> None:
    moments.take(by=world.actor("first"), moment_id=moment_id)
    device = phone(world)
    access.end_account(by=system("tests"), user_id=world.users["first"])
    device = again(device)
    assert device.is_ended
    assert device.is_to_be_wiped
    (found,) = send(device, written(moment_id))
    assert found.state == "kept"
    assert ConversationVersion.objects.get().late


def test_a_phone_writes_of_no_child_that_was_not_on_it(world: World) -> None:
    device = phone(world, "outsider")
    (found,) = send(device, written(world.signal()))
    assert found.state == "refused"
    assert not Conversation.objects.exists()


def test_secrets_are_no_others_and_only_one_reads(world: World) -> None:
    made = devices.make_known(by=world.actor("first"), label="")
    assert not signed(made.device_id, made.send_secret).may_read
    assert signed(made.device_id, made.read_secret).may_read
    for said in (
        "",
        "Device",
        f"Device {made.device_id}",
        f"Device {made.device_id}:",
        f"Device {made.device_id}:{made.send_secret}x",
        f"Bearer {made.device_id}:{made.send_secret}",
        f"Device {uuid4()}:{made.send_secret}",
        "Device no-identifier:x",
    ):
        assert devices.signed_by(said) is None
    held = Device.objects.get(id=made.device_id)
    assert made.send_secret not in str(vars(held))
    assert made.read_secret not in str(vars(held))


def test_a_phone_is_emptied_by_its_owner_or_an_administrator_and_then_not_heard_again(
    world: World,
) -> None:
    made = devices.make_known(by=world.actor("first"), label="Lost")
    with pytest.raises(NotFound):
        devices.ask_to_wipe(by=world.actor("second"), device_id=made.device_id)
    devices.ask_to_wipe(by=world.actor("administrator"), device_id=made.device_id)
    device = signed(made.device_id, made.send_secret)
    assert device.is_to_be_wiped
    devices.wiped(by=device.by, device_id=made.device_id)
    emptied = devices.signed_by(f"Device {made.device_id}:{made.send_secret}")
    assert emptied is not None
    assert emptied.is_wiped


def test_only_whoever_may_hold_a_moment_has_a_day(world: World) -> None:
    with pytest.raises(Forbidden):
        devices.make_known(by=world.actor("teacher"), label="")
    with pytest.raises(Forbidden):
        day.day(by=world.actor("teacher"), valid_until=now())


def test_too_many_things_at_once_are_refused(world: World) -> None:
    with pytest.raises(BadInput, match="at once"):
        receiving.receive(device=phone(world), items=[{}] * 51, device_now="")


def _out(world: World, **given: Any) -> dict[str, Any]:
    return {
        "kind": "lone_worker",
        "note_id": str(uuid4()),
        "where": "Osier Lane",
        "expected_back": (now() + timedelta(hours=1)).isoformat(),
        "tell": str(world.users["second"]),
        "back": False,
        **given,
    }


def test_whoever_is_not_back_is_told_of_once(world: World) -> None:
    note = _out(world)
    assert [each.state for each in send(phone(world), note)] == ["kept"]
    clock = system("clock")
    assert lone_working.tell_who_is_not_back(by=clock) == 0
    with travel(now() + timedelta(hours=1, minutes=1)):
        assert lone_working.tell_who_is_not_back(by=clock) == 1
        assert lone_working.tell_who_is_not_back(by=clock) == 0
        (out,) = lone_working.out_now(by=world.actor("second"))
    assert (out.name, out.place) == ("Fern First", "Osier Lane")
    assert not lone_working.out_now(by=world.actor("lead"))


def test_nobody_is_told_of_whoever_is_back(world: World) -> None:
    device, note = phone(world), _out(world)
    send(device, note)
    send(device, {**note, "back": True})
    # What was written on the way out may come in after it.
    send(device, note)
    with travel(now() + timedelta(hours=2)):
        assert lone_working.tell_who_is_not_back(by=system("clock")) == 0
    assert LoneWorkerNote.objects.get().back_at is not None


@pytest.mark.parametrize(
    ("given_note", "told"),
    [
        ({"where": " "}, "where you are going"),
        ({"tell": "me"}, "identifier"),
        ({"expected_back": "soon"}, "no time"),
    ],
)
def test_a_note_that_helps_nobody_is_refused(
    world: World, given_note: dict[str, str], told: str
) -> None:
    (found,) = send(phone(world), _out(world, **given_note))
    assert found.state == "refused"
    assert told in found.sentence


def test_whoever_is_told_is_a_colleague_and_not_oneself(world: World) -> None:
    for username in ("first", "teacher"):
        (found,) = send(phone(world), _out(world, tell=str(world.users[username])))
        assert "choose a colleague" in found.sentence
