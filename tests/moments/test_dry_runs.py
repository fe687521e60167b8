"""A rule is run dry over the partnership's own past, and only then switched on."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.test import Client

from reachable.access.models import User
from reachable.audit.models import Entry
from reachable.foundation.actor import Actor, system
from reachable.foundation.errors import BadInput, Conflict, Forbidden, NotFound
from reachable.foundation.time import travel
from reachable.moments import cli, dry_runs, rule_jobs
from reachable.moments.models import DryRun, Moment, RuleSwitch, Trigger
from reachable.moments.switches import rules_in_force
from tests.support.people import Partnership, claim, happen, identify_one, make_hub
from tests.support.world import html, make_world

pytestmark = pytest.mark.db

NOW = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
RULE = "suspended_or_excluded"


@pytest.fixture
def hub(db: None) -> Partnership:
    with travel(NOW - timedelta(days=400)):
        return make_hub("fern")


@pytest.fixture
def lead(hub: Partnership) -> Actor:
    return hub.actor("lead")


def suspended(hub: Partnership, days_ago: float, given: str = "Tamsin") -> None:
    with travel(NOW - timedelta(days=days_ago)):
        who = identify_one(claim(hub.police, f"P-{given}", given=given, postcode=""))
        happen(who, hub.police, "suspended", occurred=NOW - timedelta(days=days_ago))


def run_dry(lead: Actor, rule: str = RULE, at: datetime = NOW) -> dict[str, Any]:
    with travel(at):
        begun = dry_runs.begin(by=lead, rule=rule)
        dry_runs.work_out(by=rule_jobs.WORK_OUT, dry_run_id=begun)
    found: dict[str, Any] = DryRun.objects.get(id=begun).found
    return found


def switch(lead: Actor, *, on: bool = True, at: datetime = NOW, rule: str = RULE) -> None:
    with travel(at):
        dry_runs.switch(by=lead, rule=rule, on=on, reason="We are enough now")


def test_it_counts_the_partnerships_own_past_and_opens_nothing(
    hub: Partnership, lead: Actor
) -> None:
    for days in (300, 290, 100, 2):
        suspended(hub, days)
    suspended(hub, 380)
    found = run_dry(lead)
    assert (found["calls"], found["opens"], found["children"]) == (4, 3, 1)
    assert found["weeks_in_all"] == 53
    assert len(found["on_duty"]) == 24
    assert not Moment.objects.exists()
    assert not Trigger.objects.exists()
    assert Entry.objects.filter(action="moments.dry_run_begun").count() == 1


def test_weeks_before_anything_is_recorded_do_not_count(hub: Partnership, lead: Actor) -> None:
    for days in (20, 2):
        suspended(hub, days)
    found = run_dry(lead)
    assert (found["first"], found["opens"], found["weeks_in_all"]) == ("2026-02-28", 1, 3)


def test_promise_44_no_rule_is_switched_on_before_it_was_run_dry(
    hub: Partnership, lead: Actor
) -> None:
    with pytest.raises(Conflict, match="not been run dry"):
        switch(lead)
    run_dry(lead, "managed_move")
    with pytest.raises(Conflict, match="not been run dry"):
        switch(lead)
    run_dry(lead)
    with pytest.raises(Conflict, match="not been run dry"):
        switch(lead, at=NOW + timedelta(days=31))
    assert not RuleSwitch.objects.exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        RuleSwitch.objects.create(rule=RULE, version=1, is_on=True, at=NOW, reason="by hand")
    switch(lead)
    made = RuleSwitch.objects.get()
    assert (made.is_on, made.by_id, made.dry_run_id) == (
        True,
        lead.id,
        DryRun.objects.get(rule=RULE).id,
    )
    assert Entry.objects.filter(action="moments.rule_on").count() == 1


def test_from_then_on_it_opens_and_after_it_is_off_it_does_not(
    hub: Partnership, lead: Actor
) -> None:
    assert RULE not in {rule.key for rule in rules_in_force().rules}
    run_dry(lead)
    switch(lead)
    assert RULE in {rule.key for rule in rules_in_force().rules}
    switch(lead, on=False, at=NOW + timedelta(hours=1))
    assert RULE not in {rule.key for rule in rules_in_force().rules}
    with pytest.raises(Conflict, match="off already"):
        switch(lead, on=False)
    facts = dry_runs.rule(by=lead, key=RULE)
    assert facts.decided
    assert (facts.is_on, facts.decided.reason) == (False, "We are enough now")
    assert not isinstance(facts.decided, Model)


def test_a_reason_is_needed_and_the_rule_has_to_be_there(hub: Partnership, lead: Actor) -> None:
    with pytest.raises(BadInput, match="why"):
        dry_runs.switch(by=lead, rule="arrest", on=False, reason="  ")
    with pytest.raises(NotFound):
        dry_runs.begin(by=lead, rule="no_such_rule")
    assert not RuleSwitch.objects.exists()


def test_whoever_only_practises_reads_the_rules_and_decides_nothing(hub: Partnership) -> None:
    fern = hub.actor("fern")
    assert len(dry_runs.rules(by=fern)) > 20
    with pytest.raises(Forbidden):
        dry_runs.begin(by=fern, rule=RULE)
    with pytest.raises(Forbidden):
        switch(fern, on=False, rule="arrest")


def test_what_goes_wrong_is_said_and_changes_nothing(
    hub: Partnership, lead: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(**given: Any) -> Any:
        raise ValueError("Orrell")

    monkeypatch.setattr(dry_runs, "try_now", breaks)
    with travel(NOW):
        begun = dry_runs.begin(by=lead, rule=RULE)
        with pytest.raises(Exception, match="ValueError"):
            rule_jobs.work_out.call(str(begun))
        facts = dry_runs.rule(by=lead, key=RULE)
    assert facts.latest
    assert facts.latest.error == "ValueError"
    assert not facts.latest.is_good
    with pytest.raises(Conflict):
        switch(lead)


def test_the_pages_lead_from_a_dry_run_to_the_switch(db: None) -> None:
    world = make_world()
    lead, first = world.client("lead"), world.client("first")
    assert "Suspended or excluded" in html(lead.get("/rules/"))
    page = html(lead.get(f"/rules/{RULE}/"))
    assert "It has not been run dry here yet" in page
    assert "It can be switched on once it was run dry" in page
    assert "Run it dry" not in html(first.get(f"/rules/{RULE}/"))
    assert first.post(f"/rules/{RULE}/dry-run/").status_code == 403
    assert lead.get("/rules/no_such/").status_code == 404
    waiting = html(lead.post(f"/rules/{RULE}/dry-run/", follow=True))
    assert "Trying “Suspended or excluded”" in waiting
    assert rule_jobs.work_out.call(str(DryRun.objects.get().id)) == "done"
    page = html(lead.get(f"/rules/{RULE}/"))
    assert "It would not have called once" in page
    refused = lead.post(f"/rules/{RULE}/switch/", {"then": "on", "reason": ""})
    assert (refused.status_code, RuleSwitch.objects.count()) == (422, 0)
    done = lead.post(
        f"/rules/{RULE}/switch/", {"then": "on", "reason": "Enough of us"}, follow=True
    )
    assert "is in force from now on" in html(done)
    again = lead.post(f"/rules/{RULE}/switch/", {"then": "on", "reason": "Again"})
    assert "in force already" in again.content.decode()


def test_the_page_says_of_how_many_the_hour_is_known(hub: Partnership, lead: Actor) -> None:
    client = Client()
    client.force_login(User.objects.get(id=lead.own_id))
    who = identify_one(claim(hub.police, "P-Tamsin", given="Tamsin", postcode=""))
    with travel(NOW - timedelta(days=100)):
        happen(who, hub.police, "suspended", occurred=(NOW - timedelta(days=100)).date())
    run_dry(lead)
    assert "nobody can say at which hour" in html(client.get(f"/rules/{RULE}/"))
    suspended(hub, 10)
    run_dry(lead, at=NOW + timedelta(minutes=1))
    page = html(client.get(f"/rules/{RULE}/"))
    assert "The hour is known of 1 of 2" in page
    assert "nobody can say" not in page


def test_the_page_says_so_where_all_that_it_calls_for_joins_what_is_open(
    hub: Partnership, lead: Actor
) -> None:
    client = Client()
    client.force_login(User.objects.get(id=lead.own_id))
    who = identify_one(claim(hub.police, "P-Tamsin", given="Tamsin", postcode=""))
    with travel(NOW - timedelta(days=11)):
        happen(who, hub.police, "arrest", occurred=NOW - timedelta(days=11))
    suspended(hub, 10)
    found = run_dry(lead)
    assert (found["calls"], found["opens"]) == (1, 0)
    page = html(client.get(f"/rules/{RULE}/"))
    assert "no moment of its own, so that there is no hour to show" in page
    assert "nobody can say at which hour" not in page


def test_a_system_may_run_one_dry_in_the_shell(hub: Partnership) -> None:
    with travel(NOW):
        found = dry_runs.try_now(by=system("moments dry-run"), rule=RULE, months=6)
    assert found["first"] == "2025-09-21"


def test_the_shell_lists_rules_and_runs_one_dry(hub: Partnership) -> None:
    for days in (300, 2):
        suspended(hub, days)
    listed = CliRunner().invoke(cli.group, ["rules"])
    assert "suspended_or_excluded (off): Suspended or excluded. When: “Suspended" in listed.output
    asked = json.loads(CliRunner().invoke(cli.group, ["rules", "--json"]).output)
    assert {"rule": "arrest", "in_force": True}.items() <= asked[0].items()
    with travel(NOW):
        said = CliRunner().invoke(cli.group, ["dry-run", RULE, "--months", "12"])
        found = CliRunner().invoke(cli.group, ["dry-run", RULE, "--json"])
    assert said.exit_code == 0, said.output
    assert "It would have called 2 times, for 1 child, and opened 2 moments" in said.output
    assert json.loads(found.output)["calls"] == 2
    wrong = CliRunner().invoke(cli.group, ["dry-run", "no_such"])
    assert wrong.exit_code == 2
    assert not DryRun.objects.exists()
