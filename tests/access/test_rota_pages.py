"""The pages of the rota, as people of a team use them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from reachable.access import selectors as access
from reachable.access.models import Absence, Shift
from reachable.foundation.time import now, travel
from reachable.practice.time import LONDON
from tests.support.world import World, html, make_world

pytestmark = pytest.mark.db
AT = datetime(2026, 12, 2, 12, tzinfo=LONDON)


@pytest.fixture
def hub(db: None) -> Any:
    with travel(AT):
        yield make_world()


def day(name: str, text: str) -> dict[str, str]:
    return dict(zip((f"{name}-day", f"{name}-month", f"{name}-year"), text.split(), strict=True))


def page(world: World, who: str, more: str = "") -> str:
    return html(world.client(who).get(f"/rota/{world.team}/{more}"))


def on_duty(world: World, at: datetime) -> list[str]:
    return [who.name for who in access.on_duty(team_id=world.team, at=at)]


def test_every_member_of_the_team_reads_it_and_others_do_not(hub: World) -> None:
    assert hub.client("first").get("/rota/")["Location"] == f"/rota/{hub.team}/"
    for who in ("first", "second", "lead"):
        shown = page(hub, who)
        assert "Saturday 5 December 2026, weekend" in shown
        assert "Fern First" in shown
        assert ("Plan a shift" in shown) == (who == "lead")
    assert hub.client("outsider").get(f"/rota/{hub.team}/").status_code == 404
    assert "You are in no team" in html(hub.client("outsider").get("/rota/"))
    assert hub.client("sergeant").get("/rota/").status_code == 403


def test_hours_with_nobody_stand_at_the_top_in_words(hub: World) -> None:
    shown = page(hub, "first")
    assert "Nobody is on the rota from Thursday 10 December 2026, 12:00 to Tuesday 15" in shown
    assert "Tell a supervisor of the team" in shown
    assert "somebody is asked at every hour" not in shown


def test_whoever_has_no_rest_is_named_to_those_who_plan_and_to_the_team(hub: World) -> None:
    said = "to Thursday 10 December 2026, 12:00, without eleven hours off in between"
    assert said in page(hub, "first")
    assert "Plan somebody else for some of it" in page(hub, "lead")
    end = AT + timedelta(hours=9)
    Shift.objects.update(ends_at=end)
    assert "without eleven hours off" not in page(hub, "first")


def test_whoever_has_no_rest_is_named_until_it_ends_also_on_the_day_after(hub: World) -> None:
    Shift.objects.update(ends_at=AT + timedelta(hours=17))
    said = "is asked first from Wednesday 2 December 2026, 04:00 to Thursday 3 December 2026, 05:00"
    assert said in page(hub, "first")
    with travel(AT + timedelta(hours=16)):
        assert said in page(hub, "first")
    with travel(AT + timedelta(hours=18)):
        assert "without eleven hours off" not in page(hub, "first")


@pytest.mark.parametrize("asked", ["nonsense", "9999-12-31", "2020-01-01", ""])
def test_a_day_that_is_none_shows_today(hub: World, asked: str) -> None:
    assert "Wednesday 2 December 2026<" in page(hub, "first", f"?from={asked}")


def test_later_weeks_and_their_bank_holidays(hub: World) -> None:
    shown = page(hub, "first", "?from=2026-12-16")
    assert "Friday 25 December 2026, bank holiday" in shown
    assert f"/rota/{hub.team}/?from=2026-12-02" in shown


PATTERN = {
    "position": "1",
    "weekdays": ["5", "6"],
    "starts": "20:00",
    "ends": "8am",
    **day("first_day", "12 12 2026"),
    **day("last_day", "27 12 2026"),
}


def test_a_supervisor_plans_week_by_week_and_hears_of_bank_holidays(hub: World) -> None:
    given = PATTERN | {"user": str(hub.users["second"]), "weekdays": ["4", "5", "6"]}
    answer = hub.client("lead").post(f"/rota/{hub.team}/pattern/", given, follow=True)
    shown = html(answer)
    assert "8 shifts were planned. Bank holidays in that time: Friday 25 December 2026." in shown
    assert on_duty(hub, datetime(2026, 12, 26, 3, tzinfo=LONDON)) == ["Sol Second"]
    told = html(hub.client("second").get("/notices/"))
    assert "You are on the rota" in told


def test_a_form_that_is_wrong_keeps_what_was_typed_and_says_why(hub: World) -> None:
    client, before = hub.client("lead"), Shift.objects.count()
    wrong = PATTERN | {"user": str(hub.users["second"]), **day("last_day", "1 12 2026")}
    shown = html(client.post(f"/rota/{hub.team}/pattern/", wrong), 422)
    assert "The last day has to be the first day or later" in shown
    shift = {
        "user": str(hub.users["first"]),
        "position": "1",
        **day("day", "3 12 2026"),
        "starts": "09:00",
        "ends": "17:00",
    }
    shown = html(client.post(f"/rota/{hub.team}/shift/", shift), 422)
    assert "Fern First would be first twice at once" in shown
    assert "No shift was planned." in shown
    assert 'value="09:00"' in shown
    stranger = shift | {"user": str(hub.users["outsider"])}
    html(client.post(f"/rota/{hub.team}/shift/", stranger), 422)
    assert Shift.objects.count() == before


def test_a_shift_is_changed_and_taken_off(hub: World) -> None:
    client = hub.client("lead")
    shift = Shift.objects.get(user_id=hub.users["second"])
    shown = html(client.get(f"/rota/shifts/{shift.id}/"))
    assert "Sol Second, second, from Wednesday 2 December 2026, 04:00" in shown
    given = {
        "user": str(hub.users["lead"]),
        "position": "2",
        **day("day", "2 12 2026"),
        "starts": "04:00",
        **day("until_day", "2 12 2026"),
        "ends": "18:00",
    }
    assert client.post(f"/rota/shifts/{shift.id}/", given).status_code == 302
    assert on_duty(hub, now()) == ["Fern First", "Lu Lead"]
    late = Shift.objects.get(user_id=hub.users["lead"])
    with travel(AT + timedelta(minutes=1)):
        client.post(f"/rota/shifts/{late.id}/end/", {"which": "this"})
        assert on_duty(hub, now()) == ["Fern First"]
        again = client.post(f"/rota/shifts/{late.id}/end/", {"which": "this"}, follow=True)
        assert "That shift is over" in html(again)


def test_a_shift_is_handed_over_by_whoever_has_it(hub: World) -> None:
    shift = Shift.objects.get(user_id=hub.users["first"])
    address = f"/rota/shifts/{shift.id}/hand-over/"
    assert address in page(hub, "first")
    given = {"user": str(hub.users["lead"])}
    shown = html(hub.client("second").post(address, given), 422)
    assert "Only whoever has a shift" in shown
    shown = html(hub.client("first").post(address, given, follow=True))
    assert "The shift is with Lu Lead now, who was told" in shown
    assert on_duty(hub, now()) == ["Lu Lead", "Sol Second"]


def test_somebody_says_that_they_are_sick_and_colleagues_see_away(hub: World) -> None:
    client = hub.client("first")
    shown = html(client.post("/rota/away/", {"reason": "sickness"}, follow=True))
    assert "You are away from Wednesday 2 December 2026, 12:00" in shown
    assert "(sickness)" in shown
    assert "(sickness)" in page(hub, "lead")
    colleague = page(hub, "second")
    assert "Fern First is away" in colleague
    assert "sickness" not in colleague.lower()
    assert on_duty(hub, now()) == ["Sol Second"]
    absence = Absence.objects.get()
    assert hub.client("second").post(f"/rota/away/{absence.id}/back/").status_code == 404
    shown = html(client.post(f"/rota/away/{absence.id}/back/", follow=True))
    assert "It was entered" in shown


def test_a_supervisor_enters_whole_days_in_london(hub: World) -> None:
    given = {
        "user": str(hub.users["second"]),
        "reason": "holiday",
        **day("day", "4 12 2026"),
        **day("until_day", "6 12 2026"),
    }
    hub.client("lead").post(f"/rota/{hub.team}/away/", given)
    absence = Absence.objects.get()
    assert absence.ends_at
    assert absence.ends_at - absence.starts_at == timedelta(days=3)
    assert absence.starts_at.astimezone(LONDON) == datetime(2026, 12, 4, tzinfo=LONDON)


def test_times_without_their_day_are_refused(hub: World) -> None:
    given = {"reason": "other", "starts": "09:00", "ends": "10:00"}
    shown = html(hub.client("first").post("/rota/away/", given), 422)
    assert shown.count("Enter the day that goes with the time") >= 2
    assert not Absence.objects.exists()


def test_the_first_page_of_whoever_manages_accounts_names_a_team_with_nobody(hub: World) -> None:
    assert "Nobody is on the rota" not in html(hub.client("administrator").get("/"))
    for who in ("first", "second"):
        hub.client(who).post("/rota/away/", {"reason": "sickness"})
    assert "Nobody is on the rota of Hub" in html(hub.client("administrator").get("/"))
