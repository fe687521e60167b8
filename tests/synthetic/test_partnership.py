from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from stdnum.gb import nhs, upn

from reachable.synthetic import partnership
from reachable.synthetic.families import Person
from reachable.synthetic.formats import CUSTODY, MISSING
from reachable.synthetic.material import material
from reachable.synthetic.names import WELL_KNOWN
from tests.synthetic.conftest import UNTIL

# The roles of the brief that a demonstration signs in with, one account each at least.
USERNAMES = {
    "social.worker", "duty.first", "duty.second", "supervisor", "custody.sergeant", "school.lead",
    "ward.nurse", "police.data", "linkage.steward", "governance", "administrator",
}  # fmt: skip


def test_the_same_seed_makes_the_same_partnership(fenmarch):
    assert partnership.make(until=UNTIL) == fenmarch


def test_another_seed_makes_another():
    first, second = (partnership.make(seed, 50, 2, until=UNTIL) for seed in (1, 2))
    assert first.children != second.children


@pytest.mark.parametrize(("children", "months"), [(0, 12), (10, 0), (-1, 1)])
def test_nobody_or_no_time_is_refused(children, months):
    with pytest.raises(ValueError, match="at least one"):
        partnership.make(1, children, months, until=UNTIL)


@pytest.mark.parametrize(("children", "months"), [(1, 1), (7, 1), (300, 1), (300, 24)])
def test_any_size_can_be_made(children, months):
    made = partnership.make(5, children, months, until=UNTIL)
    assert len(made.children) == children
    assert all(made.starts <= e.start.date() < UNTIL for e in made.episodes)


def test_identifiers_are_valid_unique_and_nobodys(fenmarch):
    everybody = (*fenmarch.children, *fenmarch.adults)
    for values in (
        [person.nhs_number for person in everybody],
        [person.upn for person in everybody if person.upn],
        [number for person in everybody for number in person.police_ids],
        [person.council_id for person in everybody],
        [person.id for person in everybody],
    ):
        assert len(values) == len(set(values))
    assert all(nhs.is_valid(p.nhs_number) and p.nhs_number[:3] == "999" for p in everybody)
    assert all(upn.is_valid(p.upn) for p in everybody if p.upn)
    assert any(len(person.police_ids) == 2 for person in everybody)


def test_children_are_children_when_the_year_begins(fenmarch):
    ages = [child.age_on(fenmarch.starts) for child in fenmarch.children]
    assert len(ages) == 4000
    assert max(ages) == 17
    assert min(ages) >= -1  # born during the year
    assert sum(age >= 10 for age in ages) > len(ages) / 2
    assert all(adult.age_on(fenmarch.starts) >= 18 for adult in fenmarch.adults)
    assert any(adult.age_on(fenmarch.starts) > 25 for adult in fenmarch.adults)


def test_families_have_twins_brothers_sisters_and_moves(fenmarch):
    by_family: dict[str, list[Person]] = {}
    for child in fenmarch.children:
        by_family.setdefault(child.family_id, []).append(child)
    twins = [c for family in by_family.values() if len(family) > 1 for c in family if c.twin]
    assert len(twins) >= 40
    assert any(len({c.name.family for c in family}) > 1 for family in by_family.values())
    assert any(len(child.homes) > 1 for child in fenmarch.children)
    homes = Counter(f[0].homes[0][1].line for f in by_family.values())
    assert any(count > 1 for count in homes.values())


def test_every_family_name_group_and_order_occurs(fenmarch):
    groups = Counter(child.name.group for child in fenmarch.children)
    assert set(groups) == {group["name"] for group in material("names")["groups"]}
    assert len({child.name.order for child in fenmarch.children}) == 3


def test_nobody_bears_the_name_of_a_well_known_person(fenmarch):
    everybody = (*fenmarch.children, *fenmarch.adults)
    assert not {(p.name.given, p.name.family) for p in everybody} & WELL_KNOWN


def test_places_are_of_a_postcode_area_that_does_not_exist(fenmarch):
    codes = [postcode.code for postcode in fenmarch.places.postcodes]
    assert len(codes) == len(set(codes))
    assert all(code.startswith("FX") for code in codes)
    assert "FX1 1AA" in codes
    assert len(fenmarch.places.localities) == 8
    assert len(fenmarch.places.homes) == 2
    known = set(codes)
    assert all(at.postcode in known for c in fenmarch.children for _, at in c.homes)


def test_agencies_and_accounts_are_invented_and_complete(fenmarch):
    assert all("(fictional)" in agency.name for agency in fenmarch.agencies)
    agencies = {agency.code for agency in fenmarch.agencies}
    teams = {team.code: team for team in fenmarch.teams}
    usernames = {worker.username for worker in fenmarch.workers}
    assert usernames >= USERNAMES
    assert len(usernames) == len(fenmarch.workers)
    for worker in fenmarch.workers:
        assert worker.agency in agencies
        assert set(worker.teams) <= teams.keys()
        assert worker.email.endswith(".example")
        assert worker.phone.startswith("07700 900")
        assert len(worker.phone) == len("07700 900123")


def test_every_hour_of_the_year_has_a_first_and_a_second_person(fenmarch):
    shifts = list(fenmarch.rota.shifts(fenmarch.starts - timedelta(days=1), fenmarch.until))
    usernames = {worker.username for worker in fenmarch.workers}
    for before, after in zip(shifts, shifts[1:], strict=False):
        assert before.ends_at == after.starts_at
    for shift in shifts:
        assert {shift.first, shift.second} <= usernames
        assert shift.first != shift.second
    hours = {round((s.ends_at - s.starts_at).total_seconds() / 3600) for s in shifts}
    assert hours == {11, 12, 13}  # a night is shorter in spring and longer in autumn


def test_duty_first_is_first_by_day_in_the_week_that_ends_the_story(fenmarch):
    day = next(iter(fenmarch.rota.shifts(fenmarch.until, fenmarch.until)))
    assert (day.first, day.second) == ("duty.first", "duty.second")


def test_volumes_are_those_of_a_median_council(fenmarch):
    feeds = Counter(episode.feed for episode in fenmarch.episodes)
    assert 1200 <= feeds[CUSTODY] <= 1450
    assert 1700 <= feeds[MISSING] <= 1900
    police = [episode for episode in fenmarch.episodes if episode.feed in (CUSTODY, MISSING)]
    assert 1100 <= len({episode.person.id for episode in police}) <= 1450


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_volumes_hold_for_other_seeds_and_sizes(seed):
    made = partnership.make(seed, 1000, 6, until=date(2027, 3, 1))
    feeds = Counter(episode.feed for episode in made.episodes)
    assert 130 <= feeds[CUSTODY] <= 240
    assert 190 <= feeds[MISSING] <= 310


def test_hours_and_days_lean_towards_evenings_and_weekends(fenmarch):
    missing = [episode.start for episode in fenmarch.episodes if episode.feed == MISSING]
    assert sum(s.hour >= 18 or s.hour < 2 for s in missing) > len(missing) / 2
    assert sum(s.weekday() >= 4 for s in missing) > len(missing) * 3 / 7


def test_returns_come_after_hours_or_days_and_a_few_are_still_missing(fenmarch):
    missing = [episode for episode in fenmarch.episodes if episode.feed == MISSING]
    back = sorted(e.end - e.start for e in missing if e.end)
    assert back[0] > timedelta(0)
    assert timedelta(hours=4) < back[len(back) // 2] < timedelta(hours=18)
    assert any(stay > timedelta(days=3) for stay in back)
    assert 1 <= sum(e.end is None for e in missing) <= 40


def test_nobody_is_missing_twice_at_once(fenmarch):
    last: dict[str, datetime] = {}
    for episode in fenmarch.episodes:
        if episode.feed == MISSING:
            assert episode.start >= last.get(episode.person.id, episode.start)
            last[episode.person.id] = episode.end or episode.start


def test_ages_fit_what_happened(fenmarch):
    for episode in fenmarch.episodes:
        age = episode.person.age_on(episode.start.date())
        assert age >= 10 if episode.feed == CUSTODY else age < 18


def test_most_have_one_event_and_some_are_exploited_over_months(fenmarch):
    police = [episode for episode in fenmarch.episodes if episode.feed in (CUSTODY, MISSING)]
    told = Counter(episode.person.id for episode in police)
    assert sum(count == 1 for count in told.values()) > len(told) / 3
    exploited: dict[str, list[datetime]] = {}
    for episode in fenmarch.episodes:
        if episode.story == "exploited":
            exploited.setdefault(episode.person.id, []).append(episode.start)
    assert 70 <= len(exploited) <= 100
    spans = [max(days) - min(days) for days in exploited.values()]
    assert sorted(spans)[len(spans) // 2] > timedelta(days=60)


def test_somebody_comes_back_in_the_hour_that_comes_twice(fenmarch):
    ends = {episode.end for episode in fenmarch.episodes}
    assert datetime(2026, 10, 25, 1, 30) in ends
    assert datetime(2026, 3, 29, 0, 30) in ends
