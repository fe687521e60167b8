"""What is told of a child fits together, in each agency's rows and in the truth."""

from collections import Counter, defaultdict
from datetime import timedelta

import pytest

from reachable.synthetic import truth
from reachable.synthetic.formats import (
    CHANGE,
    CUSTODY,
    ENCOUNTER,
    EXCLUSION,
    HOUSING,
    MISSING,
    NRM,
    URGENT_CARE,
    VIOLENCE,
    VOLUNTARY,
    YOUTH_JUSTICE,
)
from reachable.synthetic.schools import is_school_day
from reachable.synthetic.telling import EXPLOITED


@pytest.fixture(scope="module")
def lines(sent):
    return list(truth.read_lines(sent.folder / truth.LINES_FILE))


def of_feed(made, *feeds):
    return [episode for episode in made.episodes if episode.feed in feeds]


def test_every_agency_sees_exploited_and_ordinary_children(fenmarch):
    seen: defaultdict[str, Counter[bool]] = defaultdict(Counter)
    for episode in fenmarch.episodes:
        seen[episode.feed][episode.story == EXPLOITED] += 1
    assert len(seen) == 11
    for feed, counts in seen.items():
        assert counts[True] > 0, feed
        assert counts[False] > 0, feed
    ordinary = sum(counts[False] for counts in seen.values())
    assert ordinary > 5 * sum(counts[True] for counts in seen.values())


def test_what_a_line_explains_lies_within_it(fenmarch):
    """Whoever is drawn in is seen from that day on; court and decisions may come after its end."""
    drawn = {
        (line.id, child.child.id): (child.since, child.until)
        for line in fenmarch.lines
        for child in line.children
    }
    later = {YOUTH_JUSTICE: 160, NRM: 320}
    for episode in fenmarch.episodes:
        if episode.story == EXPLOITED:
            since, until = drawn[episode.group, episode.person.id]
            day = episode.start.date()
            assert day <= until + timedelta(days=later.get(episode.feed, 1)), episode
            assert day >= since, episode


def test_court_follows_an_arrest(fenmarch):
    arrests = defaultdict(list)
    for episode in of_feed(fenmarch, CUSTODY):
        arrests[episode.person.id].append(episode.start)
    steps = of_feed(fenmarch, YOUTH_JUSTICE)
    assert steps
    for step in steps:
        assert any(start < step.start for start in arrests[step.person.id])
    orders = {step.person.id for step in steps if step.what == "order"}
    assert orders <= {step.person.id for step in steps if step.what == "court"}


def test_decisions_follow_a_referral_under_one_reference(fenmarch):
    by_reference = defaultdict(list)
    for episode in of_feed(fenmarch, NRM):
        by_reference[episode.says["nrm_reference"]].append(episode)
    for steps in by_reference.values():
        assert steps[0].what == "referred"
        assert len({step.person.id for step in steps}) == 1
        assert len({step.says["step_number"] for step in steps}) == len(steps)
        assert [step.start for step in steps] == sorted(step.start for step in steps)


def test_schools_write_on_school_days_of_children_of_school_age(fenmarch):
    for episode in of_feed(fenmarch, EXCLUSION, CHANGE):
        assert is_school_day(episode.start.date())
        assert 4 <= episode.person.age_on(episode.start.date()) < 16
        assert not episode.clocked


def test_a_line_s_child_is_not_suspended_after_being_excluded_for_good(fenmarch):
    told = [e for e in of_feed(fenmarch, EXCLUSION) if e.story == EXPLOITED]
    excluded = {e.person.id: e.start for e in told if e.what == "permanent"}
    assert excluded
    for episode in told:
        if episode.what != "permanent" and episode.person.id in excluded:
            assert episode.start < excluded[episode.person.id]


def test_some_who_are_hurt_come_to_hospital_the_same_day(fenmarch):
    hurt = {(e.person.id, e.start.date()) for e in of_feed(fenmarch, VIOLENCE)}
    came = [(e.person.id, e.start.date()) for e in of_feed(fenmarch, URGENT_CARE)]
    assert sum(each in hurt for each in came) >= 20


def test_whoever_is_found_far_away_was_missing(fenmarch):
    away = defaultdict(list)
    for episode in of_feed(fenmarch, MISSING):
        away[episode.person.id].append(episode)
    found = [
        episode
        for episode in of_feed(fenmarch, ENCOUNTER)
        if episode.story == EXPLOITED and episode.what == "out_of_area"
    ]
    assert len(found) > 30
    for episode in found:
        assert any(
            missing.start <= episode.start and missing.end and episode.start <= missing.end
            for missing in away[episode.person.id]
        )


def test_suspensions_outnumber_exploited_children_as_in_the_published_figures(fenmarch):
    suspensions = sum(e.what == "suspension" for e in of_feed(fenmarch, EXCLUSION))
    exploited = sum(len(line.children) for line in fenmarch.lines)
    assert 50 < suspensions / exploited < 90


def test_concerns_are_said_in_a_sentence(fenmarch):
    for episode in of_feed(fenmarch, HOUSING, VOLUNTARY):
        assert episode.says["said"]


def test_the_truth_has_lines_with_adults_places_and_children(lines, fenmarch):
    assert len(lines) == len(fenmarch.lines) == 7
    people = {child.id: child for child in fenmarch.children}
    for line in lines:
        assert line["phone"].startswith("07700 900")
        assert len(line["adults"]) >= 2
        assert all(place["address"]["postcode"].startswith("FX") for place in line["places"])
        assert line["children"]
        assert all(child["person"] in people for child in line["children"])
    assert len({line["name"] for line in lines}) == len(lines)


def test_adults_of_a_line_are_in_no_file(sent, lines):
    """Who exploits is for the truth only."""
    people = {row["id"] for row in truth.read_lines(sent.folder / truth.PEOPLE_FILE)}
    adults = {adult["id"] for line in lines for adult in line["adults"]}
    assert adults
    assert not adults & people
