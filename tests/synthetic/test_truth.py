"""The files are loaded as they come, and what came of them is held against the truth beside them.

Nobody decides a review here: what is measured is how far exact identity reaches by itself.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db.models import Sum

from reachable.chronology.models import Event
from reachable.foundation.time import travel
from reachable.intake.models import Forgotten, Signal
from reachable.people.models import CurrentPerson, Person, Record, Review
from reachable.synthetic import feeds, partnership, truth
from reachable.synthetic.partnership import Partnership
from reachable.synthetic.replay import Replayed, replay
from reachable.synthetic.truth import TruthRow
from tests.synthetic import moments_truth, social_care_truth
from tests.synthetic.conftest import UNTIL, loaded_once

pytestmark = pytest.mark.db

NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
SEEDS = [int(seed) for seed in os.environ.get("REACHABLE_TRUTH_SEEDS", "1,2,3").split(",")]
"""Other seeds, which nobody used while building, are tried by naming them there."""


@dataclass
class Loaded:
    """What the product made of the files, beside what is true."""

    made: Partnership
    result: Replayed
    files: set[str]
    rows: list[TruthRow]
    last: dict[tuple[str, str], TruthRow]
    """The last accepted row of each signal."""
    record_of: dict[tuple[str, str], UUID | None]
    person_of: dict[UUID, UUID]
    """Record to whom it stands for now."""
    in_review: set[UUID]

    def owners(self) -> dict[UUID, Counter[str]]:
        """Return, for each person of the product, whose rows they really are."""
        found: dict[UUID, Counter[str]] = defaultdict(Counter)
        for key, record in self.record_of.items():
            if record:
                found[self.person_of[record]][self.last[key].person] += 1
        return found


@pytest.fixture(params=SEEDS)
def loaded(request, db, tmp_path, settings) -> Loaded:
    settings.UPLOAD_DIR = tmp_path / "uploads"
    made = partnership.make(request.param, 500, 6, until=UNTIL)
    sent = feeds.write(made, tmp_path / "sent")
    with travel(NOW):
        result = replay(made, sent, password="only-for-a-demonstration", only_files=True)
    rows = list(truth.read_rows(sent.folder))
    signals = Signal.objects.values_list("feed", "source_key", "record_id")
    current = dict(CurrentPerson.objects.values_list("person_id", "current_id"))
    return Loaded(
        made,
        result,
        loaded_once(sent),
        rows,
        {(row.feed, row.source_key): row for row in rows if row.expect == truth.ACCEPTED},
        {(feed, key): record_id for feed, key, record_id in signals},
        {record: current[person] for record, person in Record.objects.values_list("id", "person")},
        set(Review.objects.filter(decided_at=None).values_list("record_id", flat=True)),
    )


def test_what_exact_identity_reaches(loaded):
    """One test for each seed, since loading is most of the work; each step has its own name."""
    the_files_are_counted_as_the_truth_counts_them(loaded)
    nobody_has_what_is_somebody_elses(loaded)
    whoever_is_not_known_leaves_no_trace(loaded)
    what_is_reached_is_what_exact_identity_can_reach(loaded)
    moments_are_opened_when_they_should_be(loaded)
    with travel(NOW):
        social_care_truth.what_social_care_says_is_with_the_right_child(
            loaded.made, {key: row.person for key, row in loaded.last.items()}
        )


def the_files_are_counted_as_the_truth_counts_them(loaded: Loaded) -> None:
    expected = Counter(row.expect for row in loaded.rows if row.file in loaded.files)
    assert loaded.result.failed == []
    assert loaded.result.accepted == expected[truth.ACCEPTED]
    assert loaded.result.quarantined == expected[truth.QUARANTINED]
    assert loaded.result.duplicates == expected[truth.DUPLICATE]


def nobody_has_what_is_somebody_elses(loaded: Loaded) -> None:
    """A row is with the right child, or with a person of its own whom somebody must review."""
    mixed = {person: whose for person, whose in loaded.owners().items() if len(whose) > 1}
    assert mixed == {}
    events = dict(Event.objects.values_list("signal_id", "record_id"))
    records = dict(Signal.objects.exclude(record=None).values_list("id", "record_id"))
    assert events == records


def whoever_is_not_known_leaves_no_trace(loaded: Loaded) -> None:
    for key, row in loaded.last.items():
        if row.fate == truth.FORGOTTEN and not row.known_from:
            record = loaded.record_of.get(key)
            assert record is None or record in loaded.in_review, row
    assert Person.objects.exclude(records__in=loaded.person_of).count() == 0
    kept = Forgotten.objects.aggregate(total=Sum("count"))["total"]
    assert kept == loaded.result.forgotten > 0
    assert not Signal.objects.filter(record=None, forget_on__lt=NOW.date()).exists()


def moments_are_opened_when_they_should_be(loaded: Loaded) -> None:
    """No moment but those that are true, each at its minute; what identity made miss is counted.

    With seeds 41, 42 and 43, which nobody had used before: 317, 333 and 318 calls, 36, 48 and 43
    of them by rules that look back, and 19, 15 and 17 missed, all by rules that look back and of
    children whose records were not yet known to be one child's. None was wrong.
    """
    rows = [row for row in loaded.rows if row.file in loaded.files]
    found = moments_truth.each_moment_is_opened_when_it_should_be(rows)
    assert found.looking_back > found.missed_by_identity
    assert found.children <= found.moments < 2 * found.children < found.calls


def what_is_reached_is_what_exact_identity_can_reach(loaded: Loaded) -> None:
    """Of rows about children who are known, or become known while the row waits: how many are
    with the child, wait for a person's decision, or are not recognised.

    With seeds 1, 2 and 3 some 73 to 88 in a hundred are with the child without anybody's help, and
    10 to 23 wait for a person's decision.
    """
    people_of: dict[str, Counter[UUID]] = defaultdict(Counter)
    for key, record in loaded.record_of.items():
        if record:
            people_of[loaded.last[key].person][loaded.person_of[record]] += 1
    for fate in (truth.KNOWN, truth.AWAITED):
        share = shares(loaded, fate, people_of)
        assert share["with the child"] > 0.6, (fate, share)
        assert share["in review"] < 0.3, (fate, share)
        assert share["not recognised"] + share["apart"] < 0.15, (fate, share)
    known = {row.person for row in loaded.rows if row.known_from}
    people_a_child = sum(len(people_of[person]) for person in known) / len(known)
    assert 1 <= people_a_child < 1.7


def shares(
    loaded: Loaded, fate: str, people_of: dict[str, Counter[UUID]]
) -> defaultdict[str, float]:
    """Return what became of the rows of a fate, as shares of them."""
    became: Counter[str] = Counter()
    for key, row in loaded.last.items():
        if row.fate == fate:
            record = loaded.record_of.get(key)
            if record is None:
                became["not recognised"] += 1
            elif loaded.person_of[record] == people_of[row.person].most_common(1)[0][0]:
                became["with the child"] += 1
            else:
                became["in review" if record in loaded.in_review else "apart"] += 1
    assert became.total() > 20
    return defaultdict(float, {each: count / became.total() for each, count in became.items()})
