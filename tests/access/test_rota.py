"""Planning a rota, being away, and who is told where nobody is on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

import pytest

from reachable.access import absences, planning
from reachable.access import rota as rotas
from reachable.access import selectors as access_selectors
from reachable.access import services as access
from reachable.access.models import Absence, Shift
from reachable.access.rules.rota import Pattern, Planned
from reachable.audit.models import Entry
from reachable.foundation.actor import system
from reachable.foundation.errors import BadInput, Forbidden, NotFound
from reachable.foundation.time import now, travel
from reachable.notices.models import Notice
from reachable.practice.time import LONDON
from tests.support.people import SYSTEM, Partnership, make_hub

pytestmark = pytest.mark.db
NOON = datetime(2026, 12, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
CLOCK = system("rota")


@pytest.fixture
def hub(db: None) -> Any:
    """“lead” plans; “fern” and “sol” are on duty for a week, “mor” is not."""
    with travel(NOON):
        place = make_hub()
        for name in ("fern", "sol", "mor"):
            place.worker(name, team="hub")
        place.duty("fern", "sol", days=7)
        place.team("north")
        place.worker("wren", team="north")
        yield place


def plan(place: Partnership, who: str, begins: int, ends: int, position: int = 1, by: str = "lead"):
    shift = Planned(place.workers[who], now() + begins * HOUR, now() + ends * HOUR, position)
    planning.plan(by=place.actor(by), team_id=place.teams["hub"], shift=shift)


def leave(place: Partnership, who: str, *, by: str = "", begins: int = 0, ends: int | None = None):
    return absences.say_away(
        by=place.actor(by or who),
        user_id=place.workers[who],
        starts_at=now() + begins * HOUR,
        ends_at=None if ends is None else now() + ends * HOUR,
        reason="sickness",
    )


def asked(place: Partnership, at: datetime | None = None) -> list[str]:
    found = access_selectors.on_duty(team_id=place.teams["hub"], at=at or now())
    everybody = access_selectors.everybody_on_duty(at=at or now()).get(place.teams["hub"], [])
    assert everybody == [who.user_id for who in found]
    return [who.name for who in found]


def shift_of(place: Partnership, who: str) -> Shift:
    return Shift.objects.filter(user_id=place.workers[who]).latest("starts_at")


def told(place: Partnership, who: str) -> list[str]:
    held = Notice.objects.filter(user_id=place.workers[who])
    return list(held.order_by("created_at", "id").values_list("kind", flat=True))


def test_a_supervisor_plans_a_shift_and_whoever_has_it_is_told(hub: Partnership) -> None:
    plan(hub, "mor", 1, 5, 3)
    assert asked(hub, now() + 2 * HOUR) == ["Fern", "Sol", "Mor"]
    assert told(hub, "mor") == ["rota.planned"]
    assert Entry.objects.filter(action="access.shifts_planned", actor_id=hub.workers["lead"])


def test_of_a_shift_that_has_begun_nobody_is_on_duty_before_it_was_planned(
    hub: Partnership,
) -> None:
    plan(hub, "mor", -3, 5, 3)
    assert asked(hub, now() - HOUR / 2) == ["Fern", "Sol"]
    assert asked(hub) == ["Fern", "Sol", "Mor"]


@pytest.mark.parametrize(
    ("who", "begins", "ends", "said"),
    [
        ("wren", 1, 5, "Not in this team: Wren"),
        ("fern", 1, 5, "Fern would be first twice at once"),
        ("mor", 5, 1, "has to end after it starts"),
        ("mor", 1, 24 * 400, "a year ahead at most"),
        ("mor", -5, -1, "That time is over"),
    ],
)
def test_what_cannot_be_planned_is_refused_in_a_sentence_and_nothing_is_kept(
    hub: Partnership, who: str, begins: int, ends: int, said: str
) -> None:
    before = list(Shift.objects.order_by("id").values())
    with pytest.raises(BadInput, match=said) as refused:
        plan(hub, who, begins, ends)
    assert refused.value.kept
    assert refused.value.next
    assert list(Shift.objects.order_by("id").values()) == before


def test_only_who_may_take_a_moment_is_planned(hub: Partnership) -> None:
    hub.worker("clerk", "intake_worker", team="hub")
    with pytest.raises(BadInput, match="Clerk may not take a reachable moment"):
        plan(hub, "clerk", 1, 5)


def test_only_supervisors_plan_and_only_for_their_own_team(hub: Partnership) -> None:
    with pytest.raises(Forbidden):
        plan(hub, "mor", 1, 5, by="fern")
    hub.worker("other lead", "supervisor", team="north")
    with pytest.raises(NotFound):
        plan(hub, "mor", 1, 5, by="other lead")
    for read in (rotas.rota, rotas.team_members):
        with pytest.raises(NotFound):
            read(by=hub.actor("wren"), team_id=hub.teams["hub"])
    with pytest.raises(NotFound):
        rotas.shift(by=hub.actor("wren"), shift_id=shift_of(hub, "fern").id)


def weekly(place: Partnership, who: str, **more: Any) -> planning.LaidOut:
    given: dict[str, Any] = {
        "weekdays": frozenset(range(7)),
        "starts": time(20),
        "ends": time(8),
        "first_day": date(2026, 12, 10),
        "last_day": date(2027, 1, 6),
    }
    return planning.plan_pattern(
        by=place.actor("lead"),
        team_id=place.teams["hub"],
        user_id=place.workers[who],
        position=1,
        pattern=Pattern(**given | more),
    )


def test_a_pattern_says_which_bank_holidays_lie_in_it(hub: Partnership) -> None:
    laid = weekly(hub, "mor")
    assert laid.shifts == 28
    holidays = [date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1)]
    assert list(laid.bank_holidays) == holidays
    assert "Friday 25 December 2026, Monday 28 December 2026" in planning.said_of(laid)
    found = rotas.rota(by=hub.actor("sol"), team_id=hub.teams["hub"], first=date(2026, 12, 24))
    assert [day.day for day in found.days if day.is_bank_holiday] == holidays
    assert found.gaps[0].starts_at.astimezone(LONDON).hour == 8


def test_a_pattern_can_leave_bank_holidays_out(hub: Partnership) -> None:
    assert weekly(hub, "mor", on_bank_holidays=False).shifts == 25


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"last_day": date(2028, 1, 6)}, "a year ahead at most"),
        ({"last_day": date(2026, 12, 10), "weekdays": frozenset([0])}, "no such day"),
        ({"first_day": date(2020, 1, 1), "last_day": date(2020, 2, 1)}, "no such day"),
    ],
)
def test_a_pattern_that_cannot_be_laid_out_is_refused_whole(
    hub: Partnership, more: dict[str, Any], said: str
) -> None:
    with pytest.raises(BadInput, match=said):
        weekly(hub, "mor", **more)
    assert not Shift.objects.filter(user_id=hub.workers["mor"]).exists()


def test_one_of_a_pattern_or_the_rest_of_it_is_taken_off(hub: Partnership) -> None:
    weekly(hub, "mor")
    held = Shift.objects.filter(user_id=hub.workers["mor"]).order_by("starts_at")
    lead = hub.actor("lead")
    assert planning.end(by=lead, shift_id=held[0].id) == 1
    assert planning.end(by=lead, shift_id=held[6].id, later_too=True) == 21
    assert held.count() == 6
    assert told(hub, "mor") == ["rota.planned", "rota.changed", "rota.changed"]


def test_a_shift_that_runs_ends_now_and_what_was_stays(hub: Partnership) -> None:
    shift = shift_of(hub, "fern")
    assert planning.end(by=hub.actor("lead"), shift_id=shift.id) == 1
    assert asked(hub) == ["Sol"]
    assert asked(hub, now() - HOUR / 2) == ["Fern", "Sol"]
    with pytest.raises(BadInput, match="That shift is over"):
        planning.end(by=hub.actor("lead"), shift_id=shift.id)


def test_a_change_of_a_shift_that_runs_counts_from_now(hub: Partnership) -> None:
    to = Planned(hub.workers["mor"], now() - 5 * HOUR, now() + HOUR, 1)
    planning.change(by=hub.actor("lead"), shift_id=shift_of(hub, "fern").id, to=to)
    assert asked(hub, now() - HOUR / 2) == ["Fern", "Sol"]
    assert asked(hub) == ["Mor", "Sol"]
    assert asked(hub, now() + 2 * HOUR) == ["Sol"]
    assert (told(hub, "fern"), told(hub, "mor")) == (["rota.changed"], ["rota.changed"])


def test_a_shift_to_come_is_moved_and_not_into_another(hub: Partnership) -> None:
    plan(hub, "mor", 10, 12)
    plan(hub, "mor", 20, 22)
    lead, later = hub.actor("lead"), shift_of(hub, "mor")
    into = Planned(hub.workers["mor"], now() + 11 * HOUR, now() + 13 * HOUR)
    with pytest.raises(BadInput, match="twice at once"):
        planning.change(by=lead, shift_id=later.id, to=into)
    moved = Planned(hub.workers["mor"], now() + 21 * HOUR, now() + 23 * HOUR, 3)
    planning.change(by=lead, shift_id=later.id, to=moved)
    assert asked(hub, now() + 22 * HOUR + HOUR / 2) == ["Fern", "Sol", "Mor"]


def test_a_shift_is_handed_to_a_colleague_and_both_are_told(hub: Partnership) -> None:
    shift = shift_of(hub, "fern")
    planning.hand_over(by=hub.actor("fern"), shift_id=shift.id, to_user=hub.workers["mor"])
    assert asked(hub) == ["Mor", "Sol"]
    assert asked(hub, now() - HOUR / 2) == ["Fern", "Sol"]
    assert (told(hub, "fern"), told(hub, "mor")) == ([], ["rota.handed_to"])
    planning.hand_over(
        by=hub.actor("lead"), shift_id=shift_of(hub, "mor").id, to_user=hub.workers["fern"]
    )
    assert told(hub, "mor") == ["rota.handed_to", "rota.handed_away"]
    assert asked(hub) == ["Fern", "Sol"]


@pytest.mark.parametrize(
    ("by", "to", "said"),
    [
        ("mor", "mor", "Only whoever has a shift"),
        ("fern", "wren", "Not in this team: Wren"),
        ("fern", "fern", "They have that shift"),
        ("fern", "sick", "Sick is away then"),
    ],
)
def test_a_shift_is_not_handed_by_others_or_to_whom_it_cannot_go(
    hub: Partnership, by: str, to: str, said: str
) -> None:
    hub.worker("sick", team="hub")
    leave(hub, "sick")
    with pytest.raises(BadInput, match=said):
        planning.hand_over(
            by=hub.actor(by), shift_id=shift_of(hub, "fern").id, to_user=hub.workers[to]
        )
    assert asked(hub) == ["Fern", "Sol"]


def test_whoever_is_away_is_passed_over_from_then_until_they_are_back(hub: Partnership) -> None:
    absence_id = leave(hub, "fern", begins=2, ends=6)
    hours = [asked(hub, now() + hour * HOUR) for hour in (1, 2, 5, 6)]
    assert hours == [["Fern", "Sol"], ["Sol"], ["Sol"], ["Fern", "Sol"]]
    with travel(NOON + 3 * HOUR):
        absences.end_absence(by=hub.actor("fern"), absence_id=absence_id)
        assert asked(hub) == ["Fern", "Sol"]
        with pytest.raises(BadInput, match="Fern is back already"):
            absences.end_absence(by=hub.actor("fern"), absence_id=absence_id)


def test_an_absence_that_has_not_begun_is_really_removed(hub: Partnership) -> None:
    absence_id = leave(hub, "fern", begins=2, ends=6)
    absences.end_absence(by=hub.actor("lead"), absence_id=absence_id)
    assert not Absence.objects.exists()
    assert Entry.objects.filter(action="access.absence_ended").count() == 1


def test_without_an_end_an_absence_lasts_until_somebody_says_so(hub: Partnership) -> None:
    leave(hub, "fern", by="lead")
    assert asked(hub, now() + timedelta(days=6)) == ["Sol"]
    assert told(hub, "fern") == ["rota.away"]


def test_why_somebody_is_away_is_for_supervisors_and_for_themself(hub: Partnership) -> None:
    leave(hub, "fern", ends=48)
    assert told(hub, "lead") == ["rota.away"]
    seen = {
        who: [
            (each.name, each.reason, each.may_end)
            for each in rotas.rota(by=hub.actor(who), team_id=hub.teams["hub"]).absences
        ]
        for who in ("lead", "fern", "sol")
    }
    assert seen == {
        "lead": [("Fern", "Sickness", True)],
        "fern": [("Fern", "Sickness", True)],
        "sol": [("Fern", "", False)],
    }
    entries = Entry.objects.filter(action__startswith="access.absence")
    assert all("sick" not in str(vars(entry)) for entry in entries)


def test_nobody_enters_or_ends_the_absence_of_a_colleague(hub: Partnership) -> None:
    hub.worker("other lead", "supervisor", team="north")
    absence_id = leave(hub, "fern", ends=4)
    for who in ("sol", "other lead"):
        with pytest.raises(NotFound):
            leave(hub, "mor", by=who)
        with pytest.raises(NotFound):
            absences.end_absence(by=hub.actor(who), absence_id=absence_id)
    assert Absence.objects.count() == 1


@pytest.mark.parametrize(
    ("begins", "ends", "said"),
    [
        (5, 1, "has to end after it starts"),
        (-5, -1, "That time is over"),
        (1, 24 * 400, "a year ahead at most"),
        (3, 5, "Fern is away from Wednesday 2 December 2026, 14:00 to 16:00 already"),
        (1, None, "already"),
    ],
)
def test_an_absence_that_cannot_be_is_refused_in_a_sentence(
    hub: Partnership, begins: int, ends: int | None, said: str
) -> None:
    leave(hub, "fern", begins=2, ends=4)
    with pytest.raises(BadInput, match=said) as refused:
        leave(hub, "fern", begins=begins, ends=ends)
    assert refused.value.kept == "Nothing was entered."
    assert Absence.objects.count() == 1


def tell() -> int:
    return rotas.tell_of_gaps(by=CLOCK)


def test_hours_with_nobody_are_told_two_days_before_once_a_day(hub: Partnership) -> None:
    hub.worker("chief", "system_administrator")
    assert tell() == 0
    ends = shift_of(hub, "fern").ends_at
    with travel(ends - timedelta(hours=49)):
        assert tell() == 0
    with travel(ends - timedelta(hours=47)):
        tell()
        tell()
        assert (told(hub, "lead"), told(hub, "chief")) == (["rota.gap"], [])
    with travel(ends - timedelta(hours=23)):
        tell()
        assert told(hub, "lead") == ["rota.gap"] * 2
    with travel(ends - timedelta(hours=11)):
        tell()
        tell()
        assert told(hub, "lead") == ["rota.gap"] * 3
        assert told(hub, "chief") == ["rota.gap_unanswered"]
    assert told(hub, "sol") == []


def test_where_no_supervisor_is_there_the_administrators_are_told_at_once(
    hub: Partnership,
) -> None:
    hub.worker("chief", "system_administrator")
    leave(hub, "lead")
    with travel(shift_of(hub, "fern").ends_at - timedelta(hours=40)):
        tell()
    assert told(hub, "chief") == ["rota.gap_unanswered"]


def test_a_sick_worker_who_was_alone_leaves_a_gap_that_is_told(hub: Partnership) -> None:
    planning.end(by=hub.actor("lead"), shift_id=shift_of(hub, "sol").id)
    leave(hub, "fern", ends=5)
    tell()
    assert "rota.gap" in told(hub, "lead")
    (gap,) = rotas.uncovered(by=hub.actor("sol"))
    assert (gap.team, gap.gap.starts_at, gap.gap.ends_at) == ("Hub", now(), now() + 5 * HOUR)


def test_a_team_that_never_had_a_rota_is_not_on_call(hub: Partnership) -> None:
    assert not rotas.uncovered(by=hub.actor("wren"))
    found = rotas.rota(by=hub.actor("wren"), team_id=hub.teams["north"])
    assert not found.ever


@pytest.mark.parametrize("seed", range(4))
def test_on_duty_never_names_somebody_who_is_away_or_left(hub: Partnership, seed: int) -> None:
    """At any instant, and the page of the rota says the same of it."""
    chance, names = Random(seed), [f"w{number}" for number in range(5)]
    start = now()
    for name in names:
        hub.worker(name, team="hub")
    acts: list[Callable[[], object]] = [
        lambda: plan(
            hub, chance.choice(names), begins := chance.randrange(0, 80), begins + 9, place()
        ),
        lambda: leave(
            hub, chance.choice(names), begins=(begins := chance.randrange(0, 80)), ends=begins + 13
        ),
        lambda: access.end_membership(
            by=SYSTEM, user_id=hub.workers[names[-1]], team_id=hub.teams["hub"]
        ),
        lambda: access.end_role(by=SYSTEM, user_id=hub.workers[names[-2]], role="practitioner"),
    ]

    def place() -> int:
        return chance.randrange(1, 4)

    done = 0
    for act in [*chance.choices(acts[:2], weights=[4, 1], k=40), *acts[2:], *acts[:2]]:
        try:
            act()
            done += 1
        except (BadInput, NotFound):
            continue
    assert done > 15
    away = list(Absence.objects.values_list("user__name", "starts_at", "ends_at"))
    found = rotas.rota(by=hub.actor("lead"), team_id=hub.teams["hub"])
    hours = [each for day in found.days for each in day.hours]
    for step in range(200):
        at = start + timedelta(minutes=29 * step, seconds=chance.randrange(60))
        duty = asked(hub, at)
        gone = {name for name, begins, ends in away if ends and begins <= at < ends}
        assert not gone.intersection(duty)
        assert not {names[-1].title(), names[-2].title()}.intersection(duty)
        (inside,) = [each for each in hours if each.starts_at <= at < each.ends_at]
        assert list(inside.asked) == duty
