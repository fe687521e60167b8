"""What a finished conversation offers becomes offers and a gap, once; all else is kept and said."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from reachable.access import services as access
from reachable.conversations import devices, offering, services
from reachable.conversations.models import Conversation, ConversationVersion
from reachable.conversations.offering import OfferedIn
from reachable.foundation.errors import NotFound
from reachable.foundation.time import now, travel
from reachable.moments import services as moments
from reachable.offers import gaps
from reachable.offers import services as offers
from reachable.offers.models import Gap, Offer, OfferStep
from tests.support.conversations import writing
from tests.support.directory import load_directory, offer
from tests.support.offers import child_of, offered
from tests.support.world import World

pytestmark = pytest.mark.db

ONE, OTHER = UUID(int=1), UUID(int=2)


@pytest.fixture
def moment_id(world: World) -> UUID:
    load_directory(*(offer(number) for number in range(1, 4)))
    moment_id = world.signal()
    moments.take(by=world.actor("first"), moment_id=moment_id)
    return moment_id


def row(said: str, service: UUID = ONE) -> dict[str, Any]:
    named = {"id": str(service), "name": f"Invented Service {service.int}"}
    return {"service": named, **({"said": said} if said else {})}


def talk(*rows: dict[str, Any], **more: str) -> dict[str, Any]:
    return {
        "invitation": {"answer": "talked", "how": "in_person"},
        "offered": {**({"services": list(rows)} if rows else {}), **more},
    }


def keep(
    world: World, moment_id: UUID, content: dict[str, Any], by: str = "first", **given: Any
) -> tuple[services.Writing, tuple[str, ...]]:
    held = writing(moment_id, content=content, **given)
    return held, services.keep(by=world.actor(by), writing=held).said


def on_top(before: services.Writing) -> dict[str, Any]:
    return {"conversation_id": before.conversation_id, "based_on": (before.version_id,)}


def found_in(world: World, held: services.Writing, by: str = "first") -> OfferedIn:
    versions = ConversationVersion.objects.filter(id=held.version_id, finished=True)
    return offering.offered_in_conversation(
        by=world.actor(by),
        conversation_id=held.conversation_id,
        finished=tuple(versions.values_list("content", flat=True)),
    )


@pytest.mark.parametrize(
    ("said", "state"), [("yes", "wanted"), ("thinks", "put_off"), ("no", "declined")]
)
def test_what_the_child_said_is_the_offers_first_step(
    world: World, moment_id: UUID, said: str, state: str
) -> None:
    at = now() - timedelta(hours=3)
    held, sentences = keep(world, moment_id, talk(row(said)), began_at=at)
    made = Offer.objects.get()
    assert sentences == ()
    assert (made.service_id, made.state, made.offered_at) == (ONE, state, at)
    assert (made.conversation_id, made.moment_id) == (held.conversation_id, moment_id)
    assert made.person_id == child_of(moment_id)
    assert made.offered_by_id == world.users["first"]
    assert [each.id for each in found_in(world, held).offers] == [made.id]


def test_a_draft_offers_nothing_and_its_end_offers_once(world: World, moment_id: UUID) -> None:
    draft, _ = keep(world, moment_id, talk(row("yes")), finished=False)
    assert not Offer.objects.exists()
    done, _ = keep(world, moment_id, talk(row("yes")), **on_top(draft))
    assert services.keep(by=world.actor("first"), writing=done).state == services.AGAIN
    again, _ = keep(world, moment_id, talk(row("yes"), row("no", OTHER)), **on_top(done))
    keep(world, moment_id, talk(row("yes"), row("no", OTHER)), **on_top(again))
    states = dict(Offer.objects.values_list("service_id", "state"))
    assert states == {ONE: "wanted", OTHER: "declined"}
    assert OfferStep.objects.count() == 2


def test_a_later_version_that_says_something_else_is_recorded_on_the_same_offer(
    world: World, moment_id: UUID
) -> None:
    one, _ = keep(world, moment_id, talk(row("thinks")))
    two, _ = keep(world, moment_id, talk(row("yes")), **on_top(one))
    assert Offer.objects.get().state == "wanted"
    offers.record(by=world.actor("first"), offer_id=Offer.objects.get().id, kind="sent", how="form")
    # What became of it since is not undone by writing the same once more.
    three, _ = keep(world, moment_id, talk(row("yes")), **on_top(two))
    assert Offer.objects.get().state == "sent"
    _, said = keep(world, moment_id, talk(row("no")), **on_top(three))
    assert said == ()
    assert Offer.objects.get().state == "declined"
    kinds = OfferStep.objects.order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["not_now", "wants", "sent", "no"]


def test_what_was_dropped_from_a_later_version_stays_an_offer(
    world: World, moment_id: UUID
) -> None:
    one, _ = keep(world, moment_id, talk(row("yes")))
    keep(world, moment_id, talk(), **on_top(one))
    assert Offer.objects.get().state == "wanted"


def test_nothing_fits_is_a_gap_once(world: World, moment_id: UUID) -> None:
    content = talk(nothing_fits="yes", help="legal")
    held, said = keep(world, moment_id, content)
    top, _ = keep(world, moment_id, content, **on_top(held))
    gap = Gap.objects.get()
    assert said == ()
    assert (gap.help, gap.conversation_id) == ("legal", held.conversation_id)
    assert [each.id for each in found_in(world, top).gaps] == [gap.id]


def test_a_gap_that_was_recorded_just_before_remembers_the_talk(
    world: World, moment_id: UUID
) -> None:
    gaps.record_gap(by=world.actor("first"), person_id=child_of(moment_id), help="legal")
    held, _ = keep(world, moment_id, talk(nothing_fits="yes", help="legal"))
    assert Gap.objects.get().conversation_id == held.conversation_id


def test_what_was_offered_already_stays_as_it_stands_and_is_said(
    world: World, moment_id: UUID
) -> None:
    before = offered(world, child_of(moment_id), "wants", "sent")
    held, said = keep(world, moment_id, talk(row("yes"), row("yes", OTHER)))
    assert len(said) == 1
    assert "“Invented Service 1” is kept here, and not recorded as an offer." in said[0]
    assert "offered to this child already" in said[0]
    assert Offer.objects.get(id=before).state == "sent"
    # One that cannot be recorded stops no other.
    assert Offer.objects.filter(service_id=OTHER, state="wanted").exists()
    assert [each.name for each in found_in(world, held).left] == ["Invented Service 1"]


@pytest.mark.parametrize(
    ("said", "state"), [("yes", "wanted"), ("no", "declined"), ("thinks", "put_off")]
)
def test_what_the_child_wanted_to_think_about_goes_on_where_it_was_put_off(
    world: World, moment_id: UUID, said: str, state: str
) -> None:
    before = offered(world, child_of(moment_id), "not_now")
    held, sentences = keep(world, moment_id, talk(row(said)))
    assert sentences == ()
    assert Offer.objects.get().state == state
    assert OfferStep.objects.filter(offer_id=before).count() == 2
    found = found_in(world, held)
    assert ([each.id for each in found.offers], found.left) == ([before], ())


def test_a_child_who_wants_to_think_about_it_once_more_is_asked_again_later(
    world: World, moment_id: UUID
) -> None:
    one, _ = keep(world, moment_id, talk(row("thinks")))
    first = Offer.objects.get().again_on
    with travel(now() + timedelta(days=7)):
        # To write the same talk out again puts nothing off.
        keep(world, moment_id, talk(row("thinks"), nothing_fits="yes"), **on_top(one))
        assert Offer.objects.get().again_on == first
        keep(world, moment_id, talk(row("thinks")))
    assert first is not None
    assert Offer.objects.get().again_on == first + timedelta(days=7)


def test_a_changed_answer_that_could_not_be_recorded_is_listed_until_it_is(
    world: World, moment_id: UUID
) -> None:
    one, _ = keep(world, moment_id, talk(row("yes")))
    act: dict[str, Any] = {"by": world.actor("first"), "offer_id": Offer.objects.get().id}
    offers.record(**act, kind="sent", how="form")
    offers.record(**act, kind="refused", how="full")
    two, said = keep(world, moment_id, talk(row("no")), **on_top(one))
    assert len(said) == 1
    assert [each.name for each in found_in(world, two).left] == ["Invented Service 1"]
    offers.record(**act, kind="sent", how="form")
    offers.record(**act, kind="no")
    assert found_in(world, two).left == ()


def test_a_service_that_is_gone_stays_in_the_conversation_and_is_said(
    world: World, moment_id: UUID
) -> None:
    load_directory(offer(2))
    held, said = keep(world, moment_id, talk(row("yes"), row("yes", OTHER)))
    assert said == (
        "“Invented Service 1” is kept here, and not recorded as an offer: "
        "the directory does not list it any more.",
    )
    assert Offer.objects.get().service_id == OTHER
    content = ConversationVersion.objects.get(id=held.version_id).content
    assert content["offered"]["services"][0]["service"]["name"] == "Invented Service 1"


def test_what_is_no_service_or_has_no_answer_is_said(world: World, moment_id: UUID) -> None:
    typed = {"service": {"name": "The café"}, "said": "yes"}
    held, said = keep(world, moment_id, talk(row(""), typed))
    assert not Offer.objects.exists()
    assert "what the child said to it is not written" in said[0]
    assert "“The café” is kept here" in said[1]
    assert len(found_in(world, held).left) == 2
    # Once it says so, it is recorded.
    keep(world, moment_id, talk(row("yes")), **on_top(held))
    assert Offer.objects.get().state == "wanted"


def test_a_child_who_is_somebody_elses_now_gets_no_offer_and_it_is_said(
    world: World, moment_id: UUID
) -> None:
    """As from a phone that had the moment, and is heard though its owner left the team."""
    by = world.actor("first")
    made = devices.make_known(by=by, label="A phone")
    devices.hand_out(by=by, device_id=made.device_id, moment_ids=[moment_id])
    signed = devices.signed_by(f"Device {made.device_id}:{made.send_secret}")
    assert signed is not None
    moments.pass_on(by=by, moment_id=moment_id, reason="Off")
    moments.take(by=world.actor("second"), moment_id=moment_id)
    access.end_membership(
        by=world.actor("administrator"), user_id=world.users["first"], team_id=world.team
    )
    held = writing(moment_id, content=talk(row("yes"), nothing_fits="yes"))
    kept = services.keep(by=world.actor("first"), writing=held, device=signed.device)
    assert kept.state == services.KEPT
    assert not Offer.objects.exists()
    assert not Gap.objects.exists()
    sentences = [each for each in kept.said if "kept here" in each]
    assert len(sentences) == 2
    assert all("you do not work with this child here any more" in each for each in sentences)
    # Whoever has the child sees what was not recorded, and can.
    found = found_in(world, held, by="second")
    assert [each.name for each in found.left] == ["Invented Service 1"]
    assert found.gap_left == ""


def test_one_who_may_not_see_the_child_is_told_nothing_of_it(world: World, moment_id: UUID) -> None:
    held, _ = keep(world, moment_id, talk(row("yes")))
    assert found_in(world, held, by="outsider") == offering.NOTHING


def test_an_offer_remembers_no_talk_with_another_child(world: World, moment_id: UUID) -> None:
    held, _ = keep(world, moment_id, talk())
    other = child_of(world.signal(given_names="Idris", family_name="Whitlock"))
    given: dict[str, Any] = {"by": world.actor("first"), "conversation_id": held.conversation_id}
    with pytest.raises(NotFound):
        offers.offer(**given, person_id=other, service_id=ONE, answer="wants")
    with pytest.raises(NotFound):
        gaps.record_gap(**given, person_id=other)
    # One that comes in later than the offer bears its identifier already.
    given["conversation_id"] = uuid4()
    assert offers.offer(**given, person_id=other, service_id=ONE, answer="wants")


def test_both_versions_that_stand_offer_what_they_say(world: World, moment_id: UUID) -> None:
    one, _ = keep(world, moment_id, talk(row("yes")))
    keep(
        world,
        moment_id,
        talk(row("yes"), row("thinks", OTHER)),
        conversation_id=one.conversation_id,
    )
    assert dict(Offer.objects.values_list("service_id", "state")) == {
        ONE: "wanted",
        OTHER: "put_off",
    }
    assert set(Conversation.objects.get().offers_noted) == {str(ONE), str(OTHER)}
