"""After merges and undos in any order, what is derived follows from what stands."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reachable.foundation.time import now, travel
from reachable.moments import selectors as moments
from reachable.moments import services as moment_services
from reachable.moments.models import OPEN, Moment
from reachable.moments.rebuilding import rebuild_moments
from reachable.people.identification import Identified
from reachable.people.models import Merge
from reachable.people.rebuilding import rebuild_current_people, rebuild_keys
from tests.support.merging import current, make_hub_with_steward, merge, undo
from tests.support.moments import close_as_declined
from tests.support.people import SYSTEM, Partnership, claim, happen, identify_one, moment_of

pytestmark = pytest.mark.db


@pytest.fixture
def hub(db: None) -> Partnership:
    return make_hub_with_steward()


steps = st.lists(
    st.tuples(
        st.sampled_from(["merge", "undo", "event", "take", "close"]),
        st.integers(0, 4),
        st.integers(0, 4),
    ),
    max_size=14,
)


@settings(
    deadline=None,
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps)
def test_promise_33_after_any_merges_and_undos_all_follows_from_what_stands(
    hub: Partnership, todo: list[tuple[str, int, int]]
) -> None:
    with transaction.atomic():
        _try_out(hub, todo)
        transaction.set_rollback(True)


def test_what_a_later_merge_joined_comes_back_when_the_earlier_one_is_undone(
    hub: Partnership,
) -> None:
    ada, ben, cai = (
        identify_one(claim(hub.police, f"P{n}", given=name))
        for n, name in enumerate(("Ada", "Ben", "Cai"))
    )
    earlier = merge(hub, cai, ada)
    again = identify_one(claim(hub.police, "P0", given="Ada"))
    of_ada, of_ben = (moment_of(happen(who, hub.police)) for who in (again, ben))
    merge(hub, ada, ben)
    assert Moment.objects.get(id=of_ben.id).joined_into_id == of_ada.id
    undo(hub, earlier)
    assert set(Moment.objects.filter(state__in=OPEN).values_list("id", flat=True)) == {
        of_ada.id,
        of_ben.id,
    }
    _all_follows(hub)
    _rebuilding_changes_nothing()


def _try_out(hub: Partnership, todo: list[tuple[str, int, int]]) -> None:
    names = ("Ada", "Ben", "Cai", "Dee", "Eli")
    people = [identify_one(claim(hub.police, f"P{n}", given=name)) for n, name in enumerate(names)]
    at = now()
    for number, (what, a, b) in enumerate(todo):
        with travel(at + timedelta(seconds=number), ticking=True):
            _do(hub, people, what, a, b)
            _all_follows(hub)
    _rebuilding_changes_nothing()
    standing = Merge.objects.filter(undone_at=None).order_by("-id")
    for merge_id in list(standing.values_list("id", flat=True)):
        undo(hub, merge_id)
        _all_follows(hub)
    _rebuilding_changes_nothing()
    assert current() == {who.person_id: who.person_id for who in people}
    assert not Moment.objects.filter(joined_by__isnull=False).exists()


def _do(hub: Partnership, people: list[Identified], what: str, a: int, b: int) -> None:
    now_of = current()
    if what == "merge" and now_of[people[a].person_id] != now_of[people[b].person_id]:
        merge(hub, people[a], people[b])
    elif what == "undo":
        standing = list(Merge.objects.filter(undone_at=None).order_by("id"))
        if standing:
            undo(hub, standing[(a + b) % len(standing)].id)
    elif what == "event":
        again = identify_one(
            claim(hub.police, f"P{a}", given=("Ada", "Ben", "Cai", "Dee", "Eli")[a])
        )
        happen(again, hub.police, "arrest" if b % 2 else "returned_from_missing")
    elif what in ("take", "close"):
        of_child = Moment.objects.filter(
            person__now__current=now_of[people[a].person_id], state__in=OPEN
        )
        for moment in of_child:
            by = hub.actor("fern")
            if moment.holder_id != by.id:
                moment_services.take(by=by, moment_id=moment.id)
            if what == "close":
                close_as_declined(by=by, moment_id=moment.id, reason="Said no")


def _rebuilding_changes_nothing() -> None:
    for rebuild in (rebuild_current_people, rebuild_keys, rebuild_moments):
        assert rebuild(by=SYSTEM) == 0, rebuild.__name__


def _all_follows(hub: Partnership) -> None:
    """Who stands for whom follows from the merges; a child has one open moment, which is seen."""
    assert rebuild_current_people(by=SYSTEM) == 0
    tops = list(
        Moment.objects.filter(state__in=OPEN).values_list("person__now__current_id", flat=True)
    )
    assert len(tops) == len(set(tops))
    seen = set(moments.visible_moments(by=hub.actor("lead")).values_list("id", flat=True))
    for moment in Moment.objects.filter(state__in=OPEN):
        assert moment.id in seen
    for moment in Moment.objects.filter(state="joined"):
        assert moment.joined_into
        assert moment.person.now.current_id == moment.joined_into.person.now.current_id
