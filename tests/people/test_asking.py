"""Asking whether somebody works with a child, and seeing one in an emergency."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from reachable.access.models import Shift, User
from reachable.audit.models import Entry
from reachable.foundation.errors import BadInput, Conflict, Forbidden, NotFound
from reachable.foundation.time import now, travel
from reachable.moments import services as moments
from reachable.moments.models import Moment
from reachable.notices.models import Notice
from reachable.people import asking, conflicts, emergency
from reachable.people.asking import Described
from reachable.people.identification import Identified
from reachable.people.models import EmergencyAccess, Enquiry
from reachable.people.selectors import child as page_of
from reachable.people.selectors import is_visible
from tests.support.closing import restrict
from tests.support.people import (
    SYSTEM,
    Partnership,
    claim,
    happen,
    identify_one,
    make_hub,
    moment_of,
)
from tests.support.world import World, html, without_token

pytestmark = pytest.mark.db
BORN = date(2012, 3, 3)
WHY = "She stands at my desk and asks for somebody."
AT_ONCE = "She is threatened tonight and nobody answers."
ADA = Described("Ada", "Orrell", BORN)
NOBODY = Described("Zoe", "Nowhere", BORN)


@pytest.fixture
def hub(db: None) -> Iterator[Partnership]:
    """“fern” and “sol” are on duty; “ola” leads elsewhere; “noor” works elsewhere, off duty."""
    del db
    place = make_hub("fern", "sol")
    place.team("east", areas=("elsewhere",))
    place.worker("ola", "supervisor", team="east")
    place.worker("noor", team="east")
    place.worker("sergeant", "custody")
    place.worker("governance", "information_governance")
    place.worker("deputy", "information_governance")
    with travel(now().replace(hour=12, minute=0), ticking=True):
        yield place


@pytest.fixture
def child(hub: Partnership) -> Identified:
    found = identify_one(claim(hub.police, "P1", given="Ada"))
    happen(found, hub.police)
    return found


def ask(hub: Partnership, name: str, described: Described = ADA, why: str = WHY) -> asking.Answer:
    by = hub.actor(name)
    return asking.answer(by=by, enquiry_id=asking.ask(by=by, described=described, reason=why))


def open_record(hub: Partnership, name: str, hours: int = 4) -> UUID:
    answer = ask(hub, name)
    return emergency.open_record(
        by=hub.actor(name), enquiry_id=answer.id, reason=AT_ONCE, hours=hours
    )


def told(hub: Partnership, name: str) -> list[str]:
    held = Notice.objects.filter(user_id=hub.workers[name], kind__startswith="record.")
    return sorted(held.values_list("kind", flat=True))


def test_a_record_is_named_by_its_team_alone(hub: Partnership, child: Identified) -> None:
    answer = ask(hub, "sergeant")
    assert (answer.team, answer.person_id) == ("Hub", None)
    assert ask(hub, "fern").person_id == child.person_id
    assert ask(hub, "sergeant", NOBODY).team == ""
    spelt = Described("  ADA ", "Orrell", BORN)
    assert ask(hub, "ola", spelt).team == "Hub"


def test_the_team_hears_of_it_from_the_worker_and_only_once(
    hub: Partnership, child: Identified
) -> None:
    ask(hub, "sergeant")
    assert told(hub, "fern") == []
    assert asking.tell_owners(by=SYSTEM) == 1
    assert asking.tell_owners(by=SYSTEM) == 0
    assert told(hub, "fern") == told(hub, "lead") == ["record.asked"]
    assert told(hub, "ola") == []
    assert Notice.objects.filter(subject_id=child.person_id, kind="record.asked").exists()


def test_of_a_restricted_record_its_readers_hear(hub: Partnership, child: Identified) -> None:
    restrict(hub.actor("lead"), child.person_id, hub.workers["sol"], hub.workers["noor"])
    assert ask(hub, "sergeant").team == ""
    asking.tell_owners(by=SYSTEM)
    assert told(hub, "sol") == ["record.asked"]
    assert told(hub, "fern") == told(hub, "lead") == []


@pytest.mark.parametrize("why", ["", "Worried", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "a b c d"])
def test_a_reason_is_a_sentence_about_this_child(
    hub: Partnership, child: Identified, why: str
) -> None:
    with pytest.raises(BadInput, match="in a sentence"):
        ask(hub, "sergeant", why=why)
    assert not Enquiry.objects.exists()


def test_the_audit_has_the_enquiry_and_nothing_of_what_was_said(
    hub: Partnership, child: Identified
) -> None:
    answer = ask(hub, "sergeant")
    entry = Entry.objects.get(action="people.asked")
    assert (entry.subject_kind, entry.subject_id, entry.details) == ("enquiry", answer.id, {})
    (facts,) = asking.enquiries(by=hub.actor("governance"))
    assert (facts.reason, facts.told, facts.times) == (WHY, True, 1)
    with pytest.raises(Forbidden):
        asking.enquiries(by=hub.actor("lead"))


def test_asking_again_about_one_child_comes_first_on_the_list(
    hub: Partnership, child: Identified
) -> None:
    ask(hub, "sergeant", NOBODY)
    for _ in range(3):
        ask(hub, "noor", Described("ada", "ORRELL", BORN))
    ask(hub, "sergeant")
    found = asking.enquiries(by=hub.actor("governance"))
    assert [each.times for each in found] == [3, 3, 3, 1, 1]


def test_one_asks_ten_times_a_day(hub: Partnership, child: Identified) -> None:
    for _ in range(asking.MOST_A_DAY):
        ask(hub, "sergeant", NOBODY)
    assert asking.left_today(by=hub.actor("sergeant")) == 0
    with pytest.raises(BadInput, match="10 times today"):
        ask(hub, "sergeant")
    assert ask(hub, "noor").team == "Hub"
    with travel(now() + timedelta(days=1)):
        assert ask(hub, "sergeant").team == "Hub"


def test_nobody_reads_the_answer_of_another(hub: Partnership, child: Identified) -> None:
    answer = ask(hub, "sergeant")
    with pytest.raises(NotFound):
        asking.answer(by=hub.actor("noor"), enquiry_id=answer.id)
    with pytest.raises(Forbidden):
        asking.answer(by=hub.actor("governance"), enquiry_id=answer.id)


def _client(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=name))
    return client


def _sent(described: Described) -> dict[str, str]:
    day = described.birth_date
    return {
        "given_names": described.given_names,
        "family_name": described.family_name,
        "birth_date-day": str(day.day),
        "birth_date-month": str(day.month),
        "birth_date-year": str(day.year),
        "reason": WHY,
    }


def _shape(asked: CaptureQueriesContext) -> list[str]:
    """Each statement without its values: what is asked of which tables, in which order."""
    values = (
        r'"s\d+_x\d+"|'
        r"'[^']*'|\b[0-9a-f]{32}\b|\b\d+\b|\$\w+\$|\(\s*(?:%s|\?)(?:\s*,\s*(?:%s|\?))*\s*\)"
    )
    return [re.sub(values, "?", each["sql"]) for each in asked.captured_queries]


def test_promise_12_a_hidden_record_is_answered_as_none_to_the_byte(
    hub: Partnership, child: Identified
) -> None:
    """Restricted, in conflict and absent: the same page, and the same questions in one order."""
    other = identify_one(claim(hub.police, "P2", given="Ben", born="2011-01-01"))
    happen(other, hub.police)
    restrict(hub.actor("lead"), child.person_id, hub.workers["sol"], hub.workers["noor"])
    conflicts.declare(by=hub.actor("fern"), person_id=other.person_id, reason="My nephew")
    ben = Described("Ben", "Orrell", date(2011, 1, 1))
    pages: list[str] = []
    shapes: list[list[str]] = []
    client = _client("fern")
    client.post("/somebody/", _sent(NOBODY))
    for described in (NOBODY, ADA, ben):
        with CaptureQueriesContext(connection) as asked:
            sent = client.post("/somebody/", _sent(described))
            page = html(client.get(sent["Location"]))
        pages.append(without_token(page).replace(sent["Location"], ""))
        shapes.append(_shape(asked))
    assert "No record that you may be told of" in pages[0]
    assert pages[0] == pages[1] == pages[2]
    assert shapes[0] == shapes[1] == shapes[2]


def test_promise_15_an_emergency_asks_why_expires_and_tells_owner_and_governance(
    hub: Partnership, child: Identified
) -> None:
    assert open_record(hub, "ola", hours=3) == child.person_id
    ola = hub.actor("ola")
    assert is_visible(by=ola, person_id=child.person_id)
    assert told(hub, "governance") == told(hub, "deputy") == ["record.emergency_review"]
    assert "record.emergency" in told(hub, "fern")
    assert "record.emergency" in told(hub, "lead")
    (running,) = emergency.running(by=ola)
    with travel(running.until - timedelta(seconds=1)):
        assert is_visible(by=ola, person_id=child.person_id)
    with travel(running.until):
        assert not is_visible(by=ola, person_id=child.person_id)
        assert emergency.running(by=ola) == []


@pytest.mark.parametrize("hours", [0, -1, 25])
def test_an_emergency_lasts_an_hour_to_a_day(
    hub: Partnership, child: Identified, hours: int
) -> None:
    with pytest.raises(BadInput, match="one hour to 24"):
        open_record(hub, "ola", hours)
    assert not is_visible(by=hub.actor("ola"), person_id=child.person_id)


def test_a_practitioner_uses_it_only_on_duty(hub: Partnership, child: Identified) -> None:
    with pytest.raises(BadInput, match="on duty now"):
        open_record(hub, "noor")
    hub.duty("noor", team="east")
    assert open_record(hub, "noor") == child.person_id
    Shift.objects.filter(user_id=hub.workers["noor"]).delete()
    assert is_visible(by=hub.actor("noor"), person_id=child.person_id)


def test_a_role_without_it_is_refused(hub: Partnership, child: Identified) -> None:
    with pytest.raises(Forbidden):
        open_record(hub, "sergeant")


def test_an_emergency_never_opens_what_was_restricted_meanwhile_or_is_in_conflict(
    hub: Partnership, child: Identified
) -> None:
    answer = ask(hub, "ola")
    restrict(hub.actor("lead"), child.person_id, hub.workers["lead"], hub.workers["sol"])
    with pytest.raises(BadInput, match="cannot be opened in an emergency"):
        emergency.open_record(by=hub.actor("ola"), enquiry_id=answer.id, reason=AT_ONCE)
    assert not EmergencyAccess.objects.exists()
    with pytest.raises(NotFound):
        open_record(hub, "ola")


def test_an_emergency_that_is_open_closes_when_the_record_is_restricted(
    hub: Partnership, child: Identified
) -> None:
    open_record(hub, "ola")
    restrict(hub.actor("lead"), child.person_id, hub.workers["lead"], hub.workers["sol"])
    assert not is_visible(by=hub.actor("ola"), person_id=child.person_id)


def test_an_old_answer_opens_nothing_nor_does_anybody_elses(
    hub: Partnership, child: Identified
) -> None:
    answer = ask(hub, "ola")
    with pytest.raises(NotFound):
        emergency.open_record(by=hub.actor("fern"), enquiry_id=answer.id, reason=AT_ONCE)
    with (
        travel(now() + timedelta(hours=1, minutes=1)),
        pytest.raises(Conflict, match="too long ago"),
    ):
        emergency.open_record(by=hub.actor("ola"), enquiry_id=answer.id, reason=AT_ONCE)


def test_it_is_ended_early_by_who_opened_it_alone(hub: Partnership, child: Identified) -> None:
    open_record(hub, "ola")
    (running,) = emergency.running(by=hub.actor("ola"))
    with pytest.raises(NotFound):
        emergency.end(by=hub.actor("lead"), emergency_id=running.id)
    emergency.end(by=hub.actor("ola"), emergency_id=running.id)
    assert not is_visible(by=hub.actor("ola"), person_id=child.person_id)


def test_promise_14_its_review_is_by_somebody_else_once_and_with_what_was_looked_at(
    hub: Partnership, child: Identified
) -> None:
    User.objects.get(username="ola").held_roles.create(
        role="information_governance", started_at=now()
    )
    open_record(hub, "ola")
    page_of(by=hub.actor("ola"), person_id=child.person_id)
    (waiting,) = emergency.emergencies(by=hub.actor("governance"))
    judge = partial(
        emergency.review, emergency_id=waiting.id, justified=False, note="The team answered"
    )
    with pytest.raises(Conflict, match="still lasts"):
        judge(by=hub.actor("governance"))
    with travel(waiting.ends + timedelta(minutes=1)):
        found = emergency.emergency(by=hub.actor("governance"), emergency_id=waiting.id)
        assert [page for _, page in found.looked] == ["child"]
        assert (found.reason, found.asked_because) == (AT_ONCE, WHY)
        with pytest.raises(Conflict, match="yourself"):
            judge(by=hub.actor("ola"))
        judge(by=hub.actor("governance"))
        with pytest.raises(Conflict, match="already"):
            judge(by=hub.actor("deputy"))
        (done,) = emergency.emergencies(by=hub.actor("deputy"))
        assert (done.justified, done.reviewed_by) == (False, "Governance")
    with pytest.raises(IntegrityError), transaction.atomic():
        EmergencyAccess.objects.update(reviewed_by_id=hub.workers["ola"])


def test_who_sees_for_an_emergency_only_invites_nobody(hub: Partnership, child: Identified) -> None:
    open_record(hub, "ola")
    with pytest.raises(BadInput, match="for a while only"):
        restrict(hub.actor("ola"), child.person_id, hub.workers["ola"], hub.workers["noor"])


def test_a_closed_record_is_answered_by_the_team_that_answers_for_the_area(
    hub: Partnership, child: Identified
) -> None:
    moment = moment_of(happen(child, hub.police, "returned_from_missing"))
    moments.take(by=hub.actor("fern"), moment_id=moment.id)
    moments.close(
        by=hub.actor("fern"), moment_id=moment.id, outcome="not_found_yet", reason="Moved"
    )
    assert ask(hub, "sergeant").team == "Hub"


def test_promise_12_a_signal_sent_first_does_not_tell_who_is_hidden(world: World) -> None:
    """Of a child whom only their own signal names, and of one who is restricted: to the byte."""
    kept = Moment.objects.get(id=world.signal("other_worry", by="teacher")).person_id
    restrict(world.actor("lead"), kept, world.users["lead"], world.users["second"])
    client = world.client("sergeant")
    pages: list[str] = []
    shapes: list[list[str]] = []
    client.post("/somebody/", _sent(NOBODY))
    for given, family in (("Zoe", "Nowhere"), ("Tamsin", "Orrell")):
        world.signal(given_names=given, family_name=family)
        with CaptureQueriesContext(connection) as asked:
            sent = client.post("/somebody/", _sent(Described(given, family, BORN)))
            page = html(client.get(sent["Location"]))
        pages.append(without_token(page).replace(sent["Location"], ""))
        shapes.append(_shape(asked))
    assert "No record that you may be told of" in pages[0]
    assert pages[0] == pages[1]
    assert shapes[0] == shapes[1]


@pytest.mark.parametrize("name", ["first", "second", "outsider", "lead"])
def test_promise_12_a_signal_of_who_holds_moments_does_not_tell_who_is_hidden(
    world: World, name: str
) -> None:
    """They send a signal, then ask: unknown, restricted and in conflict are alike to the byte."""
    sent_by_others = [
        Moment.objects.get(id=world.signal("other_worry", by="teacher", given_names=each)).person_id
        for each in ("Tamsin", "Isolde")
    ]
    readers = sorted({"first", "second", "lead"} - {name})
    restrict(world.actor("lead"), sent_by_others[0], *(world.users[each] for each in readers))
    if name != "outsider":
        conflicts.declare(by=world.actor(name), person_id=sent_by_others[1], reason="My niece")
    client = world.client(name)
    pages: list[str] = []
    shapes: list[list[str]] = []
    client.post("/somebody/", _sent(NOBODY))
    described = [("Zoe", "Nowhere"), ("Tamsin", "Orrell"), ("Isolde", "Orrell")]
    for given, family in described[: 2 if name == "outsider" else 3]:
        world.signal("other_worry", by=name, given_names=given, family_name=family)
        with CaptureQueriesContext(connection) as asked:
            sent = client.post("/somebody/", _sent(Described(given, family, BORN)))
            page = html(client.get(sent["Location"]))
        pages.append(without_token(page).replace(sent["Location"], ""))
        shapes.append(_shape(asked))
    assert "No record that you may be told of" in pages[0]
    assert set(pages) == {pages[0]}
    assert all(shape == shapes[0] for shape in shapes)


def test_what_a_colleague_sent_is_told_to_who_holds_moments(world: World) -> None:
    world.signal("other_worry", by="first")
    client = world.client("outsider")
    sent = client.post("/somebody/", _sent(Described("Tamsin", "Orrell", BORN)))
    assert "Hub" in html(client.get(sent["Location"]))


def test_what_other_agencies_know_is_told_to_who_sends_signals(world: World) -> None:
    world.signal("other_worry", by="teacher")
    client = world.client("sergeant")
    sent = client.post("/somebody/", _sent(Described("Tamsin", "Orrell", BORN)))
    assert "Hub" in html(client.get(sent["Location"]))
    only_own = world.client("teacher")
    sent = only_own.post("/somebody/", _sent(Described("Tamsin", "Orrell", BORN)))
    assert "No record that you may be told of" in html(only_own.get(sent["Location"]))
