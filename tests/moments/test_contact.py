"""What is offered to a child, a no that is respected and comes back, and why a clock was missed."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from reachable.audit.models import Entry
from reachable.foundation.actor import system
from reachable.foundation.errors import BadInput, Conflict, Forbidden, NotFound
from reachable.foundation.time import now, today, travel
from reachable.moments import (
    calendars,
    contact,
    lasting,
    load_ahead,
    selectors,
    services,
    wording,
    worklists,
)
from reachable.moments.models import Action, Moment
from reachable.moments.rebuilding import rebuild_moments
from reachable.moments.reminding import remind
from reachable.notices.rules import WORDINGS
from reachable.practice.time import LONDON
from tests.support.moments import ENDINGS, close_as_declined, fresh, kinds, told
from tests.support.people import SYSTEM, Partnership, child_with_moment, make_hub

pytestmark = pytest.mark.db
REMIND = system("remind")


@pytest.fixture
def hub(db: None) -> Partnership:
    return make_hub("fern", "sol")


def _held(hub: Partnership) -> Moment:
    _, moment = child_with_moment(hub)
    services.take(by=hub.actor("fern"), moment_id=moment.id)
    return fresh(moment)


def _decline(hub: Partnership, moment: Moment, days: int = 14, **given: Any) -> None:
    answers: dict[str, Any] = {
        "how": "in_person",
        "note": "Said not now",
        "again_on": today() + timedelta(days=days),
        "by_whom": hub.workers["sol"],
    }
    contact.decline(by=hub.actor("fern"), moment_id=moment.id, **{**answers, **given})


def test_an_offer_and_a_yes_are_written_down_and_are_not_yet_reaching(hub: Partnership) -> None:
    moment = _held(hub)
    fern = hub.actor("fern")
    said_at = now() - timedelta(minutes=1)
    contact.offer(by=fern, moment_id=moment.id, how="in_person", note="A walk", at=said_at)
    contact.accept(by=fern, moment_id=moment.id, how="spoken", note="")
    moment = fresh(moment)
    assert kinds(moment)[-2:] == ["offered", "accepted"]
    assert moment.reached_at is None
    offered = Action.objects.get(moment=moment, kind="offered")
    assert (offered.said_at, offered.by_id, offered.note) == (said_at, fern.id, "A walk")
    assert Entry.objects.filter(action="moments.offered", subject_id=moment.id).count() == 1


def test_a_no_is_respected_and_comes_back_on_the_day_that_was_named(hub: Partnership) -> None:
    moment = _held(hub)
    _decline(hub, moment)
    moment = fresh(moment)
    assert (moment.state, moment.reached_at) == ("held", None)
    assert moment.ask_again_at is not None
    by = hub.actor("fern")
    with travel(moment.ask_again_at - timedelta(days=5)):
        found = worklists.worklist(by=by)
        assert [bucket.total for bucket in found.buckets] == [0, 0, 1]
        (row,) = found.buckets[2].rows
        assert row.missed
        assert row.ask_again_on == moment.ask_again_at.astimezone(LONDON).date()
        assert lasting.ahead(by=by) == (1, 0)
        assert remind(by=REMIND) == 0
    with travel(moment.ask_again_at + timedelta(hours=9)):
        assert [bucket.total for bucket in worklists.worklist(by=by).buckets] == [1, 0, 0]
        assert remind(by=REMIND) == 2
        assert remind(by=REMIND) == 0
        contact.offer(by=by, moment_id=moment.id, how="message", note="")
    for name in ("fern", "sol"):
        assert told(hub, name).count("moment.ask_again") == 1
    assert fresh(moment).ask_again_at is None
    assert WORDINGS["moment.ask_again"].address == "moment"


def test_whoever_comes_to_have_it_is_told_and_where_nobody_is_left_the_team(
    hub: Partnership,
) -> None:
    moment = _held(hub)
    _decline(hub, moment, by_whom=hub.workers["fern"])
    Moment.objects.filter(id=moment.id).update(holder=None, state="with_team")
    with travel(now() + timedelta(days=15)):
        Action.objects.filter(moment=moment, kind="declined").update(about=hub.workers["sol"])
        remind(by=REMIND)
    assert "moment.ask_again" in told(hub, "sol")
    assert "moment.ask_again" not in told(hub, "fern")


def test_on_the_day_to_ask_again_calendar_wall_and_load_say_that_something_is_due(
    hub: Partnership,
) -> None:
    moment = _held(hub)
    _decline(hub, moment, days=5)
    again = fresh(moment).ask_again_at
    assert again is not None
    day = again.astimezone(LONDON).date()
    fern, sol, lead = (hub.actor(name) for name in ("fern", "sol", "lead"))
    assert load_ahead.wall(by=fern).again == []
    counted = load_ahead.load_ahead(by=lead)
    assert [slot.due for slot in counted.days if slot.starts.astimezone(LONDON).date() == day] == [
        1
    ]
    for by in (fern, sol):
        (entry,) = [each for each in calendars.entries(by=by) if each.whole_day]
        assert (entry.moment_id, entry.words) == (moment.id, calendars.AGAIN)
    assert not any(each.whole_day for each in calendars.entries(by=lead))
    said = Calendar.from_ical(calendars.written(calendars.entries(by=sol), str).decode())
    (event,) = said.walk("VEVENT")
    assert (event["dtstart"].dt, event["dtend"].dt) == (day, day + timedelta(days=1))
    for word in ("Tamsin", "Orrell", "missing", "said", "no for now", "child"):
        assert word not in str(event["summary"])
    with travel(again + timedelta(hours=9)):
        (tile,) = load_ahead.wall(by=sol).again
        assert (tile.who, tile.children) == ("Fern", 1)
        assert load_ahead.load_ahead(by=lead).days[0].due == 1
        contact.offer(by=fern, moment_id=moment.id, how="message", note="")
        assert load_ahead.wall(by=sol).again == []
        assert not any(each.whole_day for each in calendars.entries(by=sol))


def test_a_no_is_no_dead_end_a_day_or_a_reason_why_not(hub: Partnership) -> None:
    moment = _held(hub)
    fern = hub.actor("fern")
    for not_again in ("", "because"):
        with pytest.raises(BadInput) as refused:
            services.close(
                by=fern,
                moment_id=moment.id,
                outcome="declined",
                reason="Said no",
                not_again=not_again,
            )
        assert "Nothing says yet when the child is asked again, or why not." in str(refused.value)
        assert "Name a day and who asks" in str(refused.value)
    assert fresh(moment).state == "held"
    services.close(
        by=fern, moment_id=moment.id, outcome="declined", reason="Said no", not_again="not_safe"
    )
    closed = Action.objects.get(moment=moment, kind="closed")
    assert (closed.how, closed.step) == ("declined", "not_safe")
    assert dict(contact.WHY_NOT_AGAIN).keys() == wording.NOT_AGAIN.keys()


def test_closing_as_a_no_waits_for_the_day_that_was_named(hub: Partnership) -> None:
    moment = _held(hub)
    _decline(hub, moment, days=2)
    fern = hub.actor("fern")
    with pytest.raises(Conflict, match="asked again"):
        close_as_declined(by=fern, moment_id=moment.id, reason="Said no")
    with travel(now() + timedelta(days=3)):
        close_as_declined(by=fern, moment_id=moment.id, reason="Said no twice")
    assert (fresh(moment).state, fresh(moment).ask_again_at) == ("closed", None)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"again_on": timedelta()}, "not ahead"),
        ({"again_on": timedelta(days=29)}, "within 28 days"),
        ({"note": " "}, "why"),
        ({"how": "by_pigeon"}, "in which way"),
        ({"at": datetime(2100, 1, 1, tzinfo=UTC)}, "not come yet"),
        ({"at": datetime(2020, 1, 1, tzinfo=UTC)}, "before anything"),
    ],
)
def test_a_no_that_says_too_little_is_refused(
    hub: Partnership, given: dict[str, Any], said: str
) -> None:
    moment = _held(hub)
    if "again_on" in given:
        given = {**given, "again_on": today() + given["again_on"]}
    with pytest.raises(BadInput, match=said):
        _decline(hub, moment, **given)
    assert kinds(fresh(moment))[-1] == "acknowledged"


def test_only_somebody_of_the_team_can_be_named_and_only_the_holder_says_so(
    hub: Partnership,
) -> None:
    moment = _held(hub)
    hub.worker("stranger")
    with pytest.raises(BadInput, match="of this team"):
        _decline(hub, moment, by_whom=hub.workers["stranger"])
    with pytest.raises(Conflict, match="do not have"):
        contact.offer(by=hub.actor("sol"), moment_id=moment.id, how="message", note="")
    with pytest.raises(NotFound):
        contact.offer(by=hub.actor("stranger"), moment_id=moment.id, how="message", note="")


def test_promise_37_a_missed_clock_is_explained_and_stays_missed(hub: Partnership) -> None:
    moment = _held(hub)
    fern = hub.actor("fern")
    with pytest.raises(Conflict, match="was not missed"):
        contact.explain(by=fern, moment_id=moment.id, how="not_found", note="Nobody at home")
    with travel(moment.child_due_at + timedelta(hours=1)):
        services.reach(by=fern, moment_id=moment.id, how="seen", note="", at=moment.child_due_at)
        contact.explain(by=fern, moment_id=moment.id, how="written_late", note="No signal there")
        with pytest.raises(Conflict, match="supervisor"):
            contact.explain(by=hub.actor("sol"), moment_id=moment.id, how="other", note="Because")
        contact.explain(by=hub.actor("lead"), moment_id=moment.id, how="other", note="I was asked")
        with pytest.raises(BadInput, match="why"):
            contact.explain(by=fern, moment_id=moment.id, how="other", note="")
        found = selectors.moment(by=fern, moment_id=moment.id)
    assert found.row.missed
    assert [one.how for one in found.actions if one.kind == "explained"] == [
        "written_late",
        "other",
    ]
    before = fresh(moment)
    assert rebuild_moments(by=SYSTEM) == 0
    assert fresh(moment).child_due_at == before.child_due_at == moment.child_due_at


def test_a_rebuild_finds_the_day_to_ask_again(hub: Partnership) -> None:
    moment = _held(hub)
    _decline(hub, moment)
    named = fresh(moment).ask_again_at
    assert rebuild_moments(by=SYSTEM) == 0
    Moment.objects.filter(id=moment.id).update(ask_again_at=None)
    assert rebuild_moments(by=SYSTEM) == 1
    assert fresh(moment).ask_again_at == named


def _reached(hub: Partnership, *, close: bool = True) -> Moment:
    moment = _held(hub)
    fern = hub.actor("fern")
    services.reach(by=fern, moment_id=moment.id, how="seen", note="")
    if close:
        services.close(by=fern, moment_id=moment.id, outcome="reached", reason="Meets Thursday")
    return fresh(moment)


def _after(moment: Moment, days: int) -> datetime:
    assert moment.reached_at
    return datetime.combine(moment.reached_at.date() + timedelta(days=days), time(12), UTC)


def test_whoever_had_a_closed_moment_is_asked_once_and_it_opens_for_that_question(
    hub: Partnership,
) -> None:
    moment = _reached(hub)
    fern = hub.actor("fern")
    with travel(_after(moment, 27)):
        assert lasting.ask(by=REMIND) == 0
        assert lasting.ahead(by=fern) == (0, 1)
    with pytest.raises(NotFound):
        selectors.moment(by=fern, moment_id=moment.id)
    with travel(_after(moment, 29)):
        assert lasting.ask(by=REMIND) == 1
        assert lasting.ask(by=REMIND) == 0
        (question,) = lasting.questions(by=fern)
        assert (question.check, question.name) == ("28_days", "Tamsin Orrell")
        assert lasting.questions(by=hub.actor("sol")) == []
        found = selectors.moment(by=fern, moment_id=moment.id)
        assert found.checks == ("28_days",)
        assert found.why_visible == ["You are asked whether contact with this child has lasted"]
        with pytest.raises(BadInput, match="who is in touch"):
            contact.still_in_touch(
                by=fern, moment_id=moment.id, check="28_days", how="kept", note=""
            )
        with pytest.raises(Conflict, match="3 months are not over"):
            contact.still_in_touch(
                by=fern, moment_id=moment.id, check="3_months", how="lost", note=""
            )
        contact.still_in_touch(
            by=fern, moment_id=moment.id, check="28_days", how="kept", note="Mo sees her weekly"
        )
        assert lasting.questions(by=fern) == []
        with pytest.raises(NotFound):
            selectors.moment(by=fern, moment_id=moment.id)
    assert told(hub, "fern").count("moment.lasting") == 1
    with travel(_after(moment, 95)):
        assert lasting.ask(by=REMIND) == 1
        assert [one.check for one in lasting.questions(by=fern)] == ["3_months"]
    assert kinds(moment)[-3:] == ["lasting_asked", "in_touch", "lasting_asked"]
    assert rebuild_moments(by=SYSTEM) == 0


def test_what_nobody_answered_closes_again_after_two_weeks(hub: Partnership) -> None:
    moment = _reached(hub)
    fern = hub.actor("fern")
    with travel(_after(moment, 29)):
        lasting.ask(by=REMIND)
    with travel(_after(moment, 44)):
        lasting.ask(by=REMIND)
        assert lasting.questions(by=fern) == []
        with pytest.raises(NotFound):
            selectors.moment(by=fern, moment_id=moment.id)
    with travel(_after(moment, 80)):
        assert lasting.ask(by=REMIND) == 0


def test_an_open_moment_is_asked_about_where_it_stands(hub: Partnership) -> None:
    moment = _reached(hub, close=False)
    with travel(_after(moment, 30)):
        assert lasting.ask(by=REMIND) == 1
        contact.still_in_touch(
            by=hub.actor("sol"), moment_id=moment.id, check="28_days", how="not_known", note=""
        )
        assert selectors.moment(by=hub.actor("fern"), moment_id=moment.id).row.state == "held"


def test_where_whoever_had_it_has_left_it_is_asked_of_who_leads_the_team(
    hub: Partnership,
) -> None:
    moment = _reached(hub)
    ENDINGS["account"](hub)
    with travel(_after(moment, 30)):
        assert lasting.ask(by=REMIND) == 1
        assert [one.moment_id for one in lasting.questions(by=hub.actor("lead"))] == [moment.id]


def test_who_may_not_hold_a_moment_may_say_none_of_this(hub: Partnership) -> None:
    moment = _reached(hub)
    hub.worker("loader", "intake_worker")
    by = hub.actor("loader")
    with pytest.raises(Forbidden):
        contact.still_in_touch(by=by, moment_id=moment.id, check="28_days", how="lost", note="")
    with pytest.raises(Forbidden):
        contact.explain(by=by, moment_id=moment.id, how="other", note="Because")
    with pytest.raises(Forbidden):
        contact.offer(by=by, moment_id=moment.id, how="message", note="")
