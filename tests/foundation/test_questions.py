"""Questions put into SQL once: asked again with other values, they find what Django finds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.db.models.fields.json import KT
from django.test.utils import CaptureQueriesContext

from reachable.access.models import Agency
from reachable.chronology.models import Event
from reachable.foundation.questions import Question
from reachable.people.models import CurrentPerson, RecordKey
from tests.support.people import Partnership, claim, happen, identify_one, make_hub

pytestmark = pytest.mark.db
NOW = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def hub(db: None) -> Partnership:
    return make_hub()


def _asked(
    people: Any, kinds: Any, agency: Any, day: Any, at: Any, news: Any
) -> QuerySet[Any, Any]:
    # Written as it stands in a selector, and as it is asked of Django below.
    return (
        Event.objects.filter(
            record__person__now__current_id__among=people,
            kind__among=kinds,
            agency_id=agency,
            occurred_on__gte=day,
            received_at__lt=at,
            news=news,
        )
        .order_by("occurred_at", "id")
        .values_list(
            *("id", "signal_id", "occurred_on", "occurred_at", "news", "record__birth_date"),
            *("record__person__now__current_id", KT("details__record_status")),
        )
    )


in_sql = Question(_asked)


def test_it_finds_what_django_finds_each_time_it_is_asked(hub: Partnership) -> None:
    found = [
        identify_one(claim(hub.police, f"P-{given}", given=given, postcode=""))
        for given in ("Tamsin", "Idris", "Nell")
    ]
    for days, who in enumerate([*found, *found]):
        kind = "arrest" if days % 2 else "returned_from_missing"
        happen(who, hub.police, kind, occurred=NOW - timedelta(days=days), news=days != 4)
    other = Agency.objects.exclude(id=hub.police).values_list("id", flat=True).first()
    people = [who.current_id for who in found]
    later = NOW + timedelta(days=9999)
    asked: list[tuple[Iterable[UUID], list[str], UUID | None, date, datetime, bool]] = [
        (people, ["arrest", "returned_from_missing"], hub.police, date(2026, 3, 1), later, True),
        (set(people[:1]), ["arrest"], hub.police, date(2026, 3, 1), later, True),
        (
            dict.fromkeys(people),
            ["returned_from_missing"],
            hub.police,
            date(2026, 1, 1),
            later,
            False,
        ),
        (people, ["arrest"], other, date(2026, 3, 1), later, True),
        (people, ["arrest"], hub.police, date(2026, 3, 19), later, True),
        (people, ["arrest"], hub.police, date(2026, 3, 1), NOW - timedelta(days=9999), True),
        (
            [*people, *(uuid4() for _ in range(3000))],
            ["arrest"],
            hub.police,
            NOW.date(),
            later,
            True,
        ),
    ]
    sizes = []
    for values in asked:
        expected = list(_asked(*values))
        named = dict(zip(("people", "kinds", "agency", "day", "at", "news"), values, strict=True))
        assert in_sql(**named) == expected
        sizes.append(len(expected))
    assert sizes[0] == 5
    assert sizes[2] == 1
    assert 0 in sizes


@Question
def _by_key(keys: Any) -> QuerySet[RecordKey, Any]:
    return RecordKey.objects.filter(key__among=keys).order_by("key").values_list("key", "record_id")


@Question
def _everybody() -> QuerySet[CurrentPerson, Any]:
    return CurrentPerson.objects.values_list("person_id")


def test_numbers_and_no_values_at_all(hub: Partnership) -> None:
    who = identify_one(claim(hub.police, "P-1"))
    keys = list(RecordKey.objects.order_by("key").values_list("key", "record_id"))
    assert keys
    assert _by_key(keys={key for key, _ in keys}) == keys
    assert _by_key(keys=[keys[0][0], 5]) == keys[:1]
    assert _everybody() == [(who.person_id,)]


def test_among_nothing_it_finds_nothing_and_the_database_is_not_asked(hub: Partnership) -> None:
    identify_one(claim(hub.police, "P-1"))
    _by_key(keys=[1])
    with CaptureQueriesContext(connection) as asked_for:
        assert _by_key(keys=[]) == []
        assert _by_key(keys=set()) == []
    assert not len(asked_for)
