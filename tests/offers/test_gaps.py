"""That nothing fitted is recorded with one tap, counted without the child, and answered."""

from __future__ import annotations

from uuid import UUID

import pytest

from reachable.audit.models import Entry
from reachable.foundation.actor import system
from reachable.foundation.errors import BadInput, Conflict, Forbidden, NotFound
from reachable.foundation.time import now, travel
from reachable.geography import services as geography
from reachable.moments import services as moments
from reachable.offers import gaps, selectors
from reachable.offers.gaps import SAME_WITHIN
from reachable.offers.models import Gap
from reachable.offers.rebuilding import rebuild
from tests.support.directory import fill_directory
from tests.support.offers import child_of, offered
from tests.support.queries import queries_of
from tests.support.world import World, html

pytestmark = pytest.mark.db


@pytest.fixture
def child(world: World) -> UUID:
    geography.load_areas(by=system("tests"), areas=[("N", "North")], postcodes=[("FX1 1AA", "N")])
    fill_directory(3)
    moment_id = world.signal(needs="BSL")
    moments.take(by=world.actor("first"), moment_id=moment_id)
    return child_of(moment_id)


def test_one_tap_notes_what_was_needed_when_and_where(world: World, child: UUID) -> None:
    client = world.client("first")
    answer = client.post(f"/children/{child}/gap/", {"help": "legal", "form": "county_lines"})
    gap = Gap.objects.get()
    assert answer["Location"] == f"/gaps/{gap.id}/"
    assert (gap.help, gap.form, gap.needs, gap.area) == (
        "legal",
        "county_lines",
        "sign_language",
        "N",
    )
    assert gap.age_band in {"13_to_15", "16_to_17", "18_and_over"}
    assert gap.moment_kind == "custody"
    assert gap.recorded_by_id == world.users["first"]
    page = html(client.get(answer["Location"]))
    for said in ("Legal advice", "North", "British Sign Language", "Tamsin Orrell"):
        assert said in page
    assert Entry.objects.filter(action="offers.gap", subject_id=gap.id).count() == 1


def test_a_second_tap_is_the_same_gap_and_a_later_one_another(world: World, child: UUID) -> None:
    by = world.actor("first")
    first = gaps.record_gap(by=by, person_id=child, help="legal")
    assert gaps.record_gap(by=by, person_id=child, help="legal") == first
    assert gaps.record_gap(by=by, person_id=child, help="housing") != first
    with travel(now() + SAME_WITHIN):
        assert gaps.record_gap(by=by, person_id=child, help="legal") != first
    assert Gap.objects.count() == 3


def test_words_that_are_not_ours_are_left_out_and_the_gap_is_kept(
    world: World, child: UUID
) -> None:
    answer = world.client("first").post(f"/children/{child}/gap/", {"help": "magic"})
    assert answer.status_code == 302
    assert Gap.objects.get().help == ""


def test_after_a_refusal_the_gap_is_what_had_been_wanted(world: World, child: UUID) -> None:
    offer_id = offered(world, child, "wants", "sent", "refused")
    answer = world.client("first").post(f"/offers/{offer_id}/gap/")
    assert answer.status_code == 302
    assert Gap.objects.get().offer_id == offer_id


def test_supervisors_and_coordinators_see_gaps_without_the_child(world: World, child: UUID) -> None:
    gap_id = gaps.record_gap(by=world.actor("first"), person_id=child, help="legal")
    gaps.add_words(by=world.actor("first"), gap_id=gap_id, note="Before the hearing in Osier")
    coordinator = world.client("coordinator")
    for address in ("/gaps/", f"/gaps/{gap_id}/"):
        page = html(coordinator.get(address))
        assert "Legal advice" in page
        for kept in ("Tamsin", "Orrell", str(child), "hearing in Osier"):
            assert kept not in page
    assert "Tamsin Orrell" in html(world.client("lead").get("/gaps/"))
    with pytest.raises(Forbidden):
        selectors.gaps(by=world.actor("first"))
    with pytest.raises(NotFound):
        selectors.gap(by=world.actor("outsider"), gap_id=gap_id)


def test_gaps_are_counted_by_kind_of_help_and_area(world: World, child: UUID) -> None:
    other = child_of(world.signal(given_names="Kofi", family_name="Brannigan"))
    by, lead = world.actor("first"), world.actor("lead")
    for person_id, help in ((child, "legal"), (other, "legal"), (other, "housing")):
        gaps.record_gap(by=by, person_id=person_id, help=help)
    found = selectors.gaps(by=lead)
    assert found.areas == ["North"]
    assert found.counts == [("legal", [2], 2), ("housing", [1], 1)]
    gaps.answer_gap(by=lead, gap_id=found.rows[0].id, note="Fenmarch Homes takes them")
    found = selectors.gaps(by=lead)
    assert (found.open, found.total, len(found.rows)) == (2, 3, 2)
    assert len(selectors.gaps(by=lead, show_answered=True).rows) == 3


def test_a_gap_is_answered_and_opened_again(world: World, child: UUID) -> None:
    gap_id = gaps.record_gap(by=world.actor("first"), person_id=child)
    coordinator = world.actor("coordinator")
    with pytest.raises(Conflict, match="is open"):
        gaps.reopen_gap(by=coordinator, gap_id=gap_id, note="It closed")
    with pytest.raises(BadInput):
        gaps.answer_gap(by=coordinator, gap_id=gap_id, note=" ")
    version = Gap.objects.get().version
    gaps.answer_gap(by=coordinator, gap_id=gap_id, note="Lanterns", version=version)
    with pytest.raises(Conflict, match="while you had it open"):
        gaps.reopen_gap(by=coordinator, gap_id=gap_id, note="It closed", version=version)
    with pytest.raises(Conflict, match="answered already"):
        gaps.answer_gap(by=coordinator, gap_id=gap_id, note="Again")
    answered_at = Gap.objects.get().answered_at
    Gap.objects.update(answered_at=None)
    assert rebuild(by=system("rebuild")) == 1
    assert Gap.objects.get().answered_at == answered_at
    gaps.reopen_gap(by=coordinator, gap_id=gap_id, note="It closed")
    assert Gap.objects.get().answered_at is None
    said = selectors.gap(by=world.actor("first"), gap_id=gap_id)
    assert [step.kind for step in said.steps] == ["answered", "reopened"]


def test_the_page_of_gaps_asks_as_many_questions_for_many_as_for_one(
    world: World, child: UUID
) -> None:
    by, lead = world.actor("first"), world.client("lead")
    gaps.record_gap(by=by, person_id=child)
    one = queries_of(lead, "/gaps/")
    for help in ("legal", "housing", "health", "family"):
        gaps.record_gap(by=by, person_id=child, help=help)
    assert queries_of(lead, "/gaps/") == one
