"""Moving and leaving: what is handed over, what ends when, and who has to stay."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client

from reachable.access import handing, moving, staff
from reachable.access import services as access
from reachable.access.models import Role, Shift, TeamMembership, User
from reachable.audit.models import Entry
from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput, Forbidden, ReachableError
from reachable.foundation.time import now, today, travel
from reachable.moments import services as moments
from reachable.moments import tasks
from reachable.moments.models import Action, Task
from reachable.notices.models import Notice
from tests.support.databases import Database
from tests.support.people import SYSTEM, Partnership, child_with_moment, make_hub
from tests.support.world import html

pytestmark = pytest.mark.db


@pytest.fixture
def hub(db: None) -> Partnership:
    return administered()


def administered() -> Partnership:
    place = make_hub("fern", "sol")
    place.worker("root", "system_administrator")
    place.worker("agency", "agency_administrator")
    place.worker("both", "agency_administrator")
    return place


def browser(hub: Partnership, name: str = "agency") -> Client:
    client = Client()
    client.force_login(User.objects.get(id=hub.workers[name]))
    return client


def with_work(hub: Partnership) -> tuple[Any, UUID]:
    """Fern has a moment and a task in it."""
    child, moment = child_with_moment(hub)
    moments.take(by=hub.actor("fern"), moment_id=moment.id)
    task_id = tasks.add_task(
        by=hub.actor("fern"), moment_id=moment.id, text="Ring the aunt", due_on=today()
    )
    moment.refresh_from_db()
    return moment, task_id


def test_what_somebody_has_is_said_in_numbers_and_names_no_child(hub: Partnership) -> None:
    with_work(hub)
    held = handing.held_by(by=hub.actor("agency"), user_id=hub.workers["fern"])
    assert {each.title: each.count for each in held} == {
        "Shifts on the rota of Hub": 1,
        "Open moments of Hub": 1,
        "Tasks in moments of Hub": 1,
    }
    for path in ("", "move/", "leave/"):
        page = html(browser(hub).get(f"/staff/{hub.workers['fern']}/{path}"))
        assert "Open moments of Hub" in page
        assert "Tamsin" not in page
        assert "Orrell" not in page
        assert "Ring the aunt" not in page


def hand_names(hub: Partnership, to: str) -> dict[str, UUID]:
    held = handing.held_by(by=hub.actor("agency"), user_id=hub.workers["fern"])
    return {each.name: hub.workers[to] for each in held if each.to}


def test_what_is_handed_over_is_with_the_colleague_who_was_named(hub: Partnership) -> None:
    moment, task_id = with_work(hub)
    by, lead = hub.actor("agency"), hub.workers["lead"]
    changed = moving.leave(
        by=by, user_id=hub.workers["fern"], last_day=None, to=hand_names(hub, "lead")
    )
    assert changed.handed == 3
    moment.refresh_from_db()
    assert (moment.state, moment.asked_id, moment.holder_id) == ("waiting", lead, None)
    assert Task.objects.get(id=task_id).for_whom_id == lead
    assert set(Shift.objects.filter(ends_at__gt=now()).values_list("user_id", flat=True)) == {
        lead,
        hub.workers["sol"],
    }
    assert Action.objects.filter(moment=moment, kind="handed_over", about_id=lead, by_id=by.id)
    told = set(Notice.objects.filter(user_id=lead).values_list("kind", flat=True))
    assert {"moment.handed_over", "moment.task_given", "rota.handed_to"} <= told
    page = Client()
    page.force_login(User.objects.get(id=lead))
    shown = html(page.get(f"/moments/{moment.id}/"))
    assert "gave a task of somebody who moves or leaves to Lead: Ring the aunt" in shown
    entries = Entry.objects.filter(actor_id=by.id, action="access.handed_over")
    assert entries.count() == 3


def test_what_was_not_handed_over_passes_on_by_itself(hub: Partnership) -> None:
    moment, _ = with_work(hub)
    moving.leave(by=hub.actor("agency"), user_id=hub.workers["fern"], last_day=None)
    moment.refresh_from_db()
    assert (moment.state, moment.asked_id) == ("waiting", hub.workers["sol"])
    assert not User.objects.get(id=hub.workers["fern"]).is_active


def test_only_somebody_who_is_offered_takes_it_over(hub: Partnership) -> None:
    moment, _ = with_work(hub)
    with pytest.raises(BadInput, match="whom you chose cannot take it now") as refused:
        moving.leave(
            by=hub.actor("agency"),
            user_id=hub.workers["fern"],
            last_day=None,
            to=hand_names(hub, "agency"),
        )
    assert refused.value.kept == "Nothing was handed over."
    moment.refresh_from_db()
    assert moment.holder_id == hub.workers["fern"]
    assert User.objects.get(id=hub.workers["fern"]).is_active


def test_promise_13_a_move_is_in_force_at_the_next_request(hub: Partnership) -> None:
    moment, _ = with_work(hub)
    north = hub.team("north")
    fern = browser(hub, "fern")
    assert fern.get(f"/moments/{moment.id}/").status_code == 200
    answer = browser(hub).post(
        f"/staff/{hub.workers['fern']}/move/",
        {
            "roles": "practitioner",
            "teams": str(north),
            **{name: str(user) for name, user in hand_names(hub, "sol").items()},
        },
    )
    assert answer.status_code == 302
    assert fern.get(f"/moments/{moment.id}/").status_code == 404
    assert hub.actor("fern").team_ids == {north}
    moment.refresh_from_db()
    assert moment.asked_id == hub.workers["sol"]
    actions = Entry.objects.filter(actor_id=hub.workers["agency"]).values_list("action", flat=True)
    assert {"access.membership_begun", "access.membership_ended"} <= set(actions)


def test_promise_13_a_role_that_was_taken_opens_nothing_at_the_next_request(
    hub: Partnership,
) -> None:
    fern = browser(hub, "fern")
    assert fern.get("/worklist/").status_code == 200
    moving.change_roles_and_teams(
        by=hub.actor("agency"),
        user_id=hub.workers["fern"],
        roles=["intake_worker"],
        teams=[hub.teams["hub"]],
    )
    assert fern.get("/worklist/").status_code == 403


def test_an_account_without_a_role_is_refused(hub: Partnership) -> None:
    with pytest.raises(BadInput, match="An account needs a role"):
        moving.change_roles_and_teams(
            by=hub.actor("agency"), user_id=hub.workers["fern"], roles=[], teams=[]
        )


def test_the_page_says_that_another_agency_means_ending_and_inviting_anew(
    hub: Partnership,
) -> None:
    page = html(browser(hub).get(f"/staff/{hub.workers['fern']}/move/"))
    assert "An account belongs to one agency for good" in page


def test_an_account_ends_when_its_last_day_is_over(hub: Partnership) -> None:
    fern, day = hub.workers["fern"], today() + timedelta(days=3)
    answer = browser(hub).post(
        f"/staff/{fern}/leave/",
        {
            "when": "day",
            "last_day-day": str(day.day),
            "last_day-month": str(day.month),
            "last_day-year": str(day.year),
        },
    )
    assert answer.status_code == 302
    signed_in = browser(hub, "fern")
    with travel(now() + timedelta(days=3)):
        assert moving.end_those_due(by=SYSTEM) == 0
        assert User.objects.get(id=fern).is_active
    with travel(now() + timedelta(days=4)):
        assert moving.end_those_due(by=SYSTEM) == 1
        assert moving.end_those_due(by=SYSTEM) == 0
    assert not User.objects.get(id=fern).is_active
    assert signed_in.get("/worklist/").status_code == 302


def test_a_last_day_is_taken_back(hub: Partnership) -> None:
    fern, by = hub.workers["fern"], hub.actor("agency")
    moving.leave(by=by, user_id=fern, last_day=today())
    assert browser(hub).post(f"/staff/{fern}/stay/").status_code == 302
    with travel(now() + timedelta(days=2)):
        assert moving.end_those_due(by=SYSTEM) == 0


@pytest.mark.parametrize("days", [-1, 800])
def test_a_last_day_is_to_come_and_near(hub: Partnership, days: int) -> None:
    with pytest.raises(BadInput, match="today or later, and two years ahead"):
        moving.leave(
            by=hub.actor("agency"),
            user_id=hub.workers["fern"],
            last_day=today() + timedelta(days=days),
        )


def test_details_change_and_a_number_of_another_is_refused(hub: Partnership) -> None:
    given = {"name": "Fern Fielding", "job_title": "Lead", "email": "fern@fenmarch.invalid"}
    moving.change_details(
        by=hub.actor("agency"),
        user_id=hub.workers["sol"],
        name="Sol",
        job_title="",
        email="sol@fenmarch.invalid",
        phone="",
        staff_number="S 1",
    )
    path = f"/staff/{hub.workers['fern']}/details/"
    answer = browser(hub).post(path, {**given, "staff_number": "s1"})
    assert "Another account of this agency has the staff number s1" in html(answer, 422)
    assert User.objects.get(id=hub.workers["fern"]).name == "Fern"
    assert browser(hub).post(path, {**given, "staff_number": "S2"}).status_code == 302
    fern = User.objects.get(id=hub.workers["fern"])
    assert (fern.name, fern.staff_number, fern.agency_id) == ("Fern Fielding", "S2", hub.council)


def test_accounts_that_nobody_used_for_90_days_are_listed(hub: Partnership) -> None:
    long_ago = now() - timedelta(days=91)
    User.objects.filter(id=hub.workers["fern"]).update(last_login=long_ago)
    User.objects.filter(id=hub.workers["sol"]).update(made_at=long_ago)
    found = staff.people(by=hub.actor("agency"), show="unused")
    assert [row.name for row in found.rows] == ["Fern", "Sol"]
    assert found.unused == 2
    page = html(browser(hub).get("/staff/"))
    assert "2 accounts were not used for 90 days" in page


def test_the_list_is_paged_and_looked_through(hub: Partnership) -> None:
    for number in range(staff.A_PAGE):
        hub.worker(f"worker{number:02}", team="hub")
    by = hub.actor("agency")
    total = User.objects.filter(is_active=True).count()
    first, second = staff.people(by=by), staff.people(by=by, page=2)
    assert (first.total, len(first.rows), first.pages) == (total, staff.A_PAGE, 2)
    names = [row.name for row in (*first.rows, *second.rows)]
    assert len(names) == total == len(set(names))
    assert names == sorted(names)
    assert [row.name for row in staff.people(by=by, words="WORKER07").rows] == ["Worker07"]
    assert staff.people(by=by, page=99).number == 2


def test_the_last_who_looks_after_all_accounts_can_neither_be_ended_nor_demoted(
    hub: Partnership,
) -> None:
    root = hub.workers["root"]
    for verb in (
        lambda: access.end_account(by=SYSTEM, user_id=root),
        lambda: access.end_role(by=SYSTEM, user_id=root, role="system_administrator"),
        lambda: moving.leave(by=SYSTEM, user_id=root, last_day=today()),
        lambda: moving.change_roles_and_teams(
            by=SYSTEM, user_id=root, roles=["practitioner"], teams=[]
        ),
    ):
        with pytest.raises(BadInput, match="this is the last system administrator") as refused:
            verb()
        assert "Invite another one first" in refused.value.next
    assert hub.actor("root").can("accounts.manage")
    assert User.objects.get(id=root).last_day is None


def test_one_who_leaves_soon_does_not_count_as_staying(hub: Partnership) -> None:
    hub.worker("second", "system_administrator")
    moving.leave(by=hub.actor("root"), user_id=hub.workers["second"], last_day=today())
    with pytest.raises(BadInput, match="this is the last system administrator"):
        moving.leave(by=hub.actor("second"), user_id=hub.workers["root"], last_day=today())


def test_the_last_of_an_agency_ends_only_if_somebody_says_that_they_know(
    hub: Partnership,
) -> None:
    access.end_account(by=hub.actor("root"), user_id=hub.workers["both"])
    by, last = hub.actor("root"), hub.workers["agency"]
    User.objects.filter(id=hub.workers["root"]).update(agency_id=hub.police)
    with pytest.raises(BadInput, match=r"Fern, Lead and Sol stay without an administrator"):
        moving.leave(by=by, user_id=last, last_day=None)
    root = browser(hub, "root")
    page = html(root.get(f"/staff/{last}/leave/"))
    assert "Fern, Lead and Sol stay without an administrator of their own agency" in page
    assert "knowing" in page
    assert root.post(f"/staff/{last}/leave/", {"when": "now"}).status_code == 422
    answer = root.post(f"/staff/{last}/leave/", {"when": "now", "knowing": "on"})
    assert answer.status_code == 302
    assert not User.objects.get(id=last).is_active


def test_two_administrators_who_end_each_other_do_not_both_succeed(
    own_database: Database,
) -> None:
    hub = administered()
    hub.worker("second", "system_administrator")
    pair = [hub.workers["root"], hub.workers["second"]]
    each_other = [(hub.actor("root"), pair[1]), (hub.actor("second"), pair[0])]
    with ThreadPoolExecutor(max_workers=2) as workers:
        came = list(workers.map(lambda both: _end(*both), each_other))
    assert sorted(came) == ["ended", "refused"]
    assert User.objects.filter(is_active=True, id__in=pair).count() == 1


def _end(by: Actor, user_id: UUID) -> str:
    try:
        access.end_account(by=by, user_id=user_id)
    except (BadInput, Forbidden):
        return "refused"
    else:
        return "ended"
    finally:
        connection.close()


def test_whoever_was_ended_meanwhile_ends_nobody(hub: Partnership) -> None:
    hub.worker("second", "system_administrator")
    hub.worker("third", "system_administrator")
    stale = hub.actor("second")
    access.end_account(by=hub.actor("root"), user_id=hub.workers["second"])
    with pytest.raises(Forbidden):
        access.end_account(by=stale, user_id=hub.workers["root"])
    with pytest.raises(ReachableError):
        moving.leave(by=stale, user_id=hub.workers["fern"], last_day=None)


def test_what_ends_leaves_its_day_and_its_entry(hub: Partnership) -> None:
    fern = hub.workers["fern"]
    access.end_account(by=hub.actor("agency"), user_id=fern)
    assert not Role.objects.filter(user_id=fern, ended_at=None).exists()
    assert not TeamMembership.objects.filter(user_id=fern, ended_at=None).exists()
    assert Entry.objects.filter(
        actor_id=hub.workers["agency"], action="access.account_ended", subject_id=fern
    ).exists()
    page = html(browser(hub).get(f"/staff/{fern}/"))
    assert "This account has ended" in page
