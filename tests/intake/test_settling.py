"""One answer is done with every row that it is about: shown first, in batches, each row once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import OperationalError
from django.test import Client
from django_tasks_db.models import DBTaskResult

from reachable.access import services as access
from reachable.access.selectors import agency_id
from reachable.audit.models import Entry
from reachable.foundation.actor import system
from reachable.foundation.errors import Conflict, Forbidden, NotFound
from reachable.foundation.time import now, travel
from reachable.intake import correcting, faults, loading, pipeline, together, together_jobs
from reachable.intake.models import BulkCorrection, Delivery, QuarantinedRow, Signal
from reachable.intake.rules.problems import Reason
from reachable.intake.rules.together import Answer, Fault, Kind
from tests.support.files import BY, load, receive
from tests.support.killing import AT
from tests.support.world import World, html, make_world

pytestmark = pytest.mark.db

HEADINGS = "Custody No,Attendance,Arrived Date,Arrived Time,Station,Surname,Forename(s),DOB\n"
ARRIVED = Answer(Kind.ORDER, Fault(Reason.DATE_ORDER, "arrived_date"), "month-day-year")
OUT = Answer(Kind.LEAVE_OUT, Fault(Reason.DATE_ORDER, "arrived_date"))
NICKED = Answer(Kind.CODE, Fault(Reason.CODE_UNKNOWN, "attendance", "nicked"), "arrest")


@pytest.fixture
def world(db: None) -> World:
    with travel(AT):
        return make_world()


def line(number: int, *, how: str = "Arrest", day: str = "10/23/2026", born: str = "") -> str:
    born = born or f"{1 + number % 28:02}/0{1 + number % 9}/2011"
    return f"CU/{number},{how},{day},10:00,Fenmarch,Sample{number:04},Child,{born}\n"


def refused_file(*rows: str) -> Delivery:
    with travel(AT):
        return load(HEADINGS + "".join(rows))


def begin(world: World, delivery: Delivery, answer: Answer, reason: str = "") -> UUID:
    with travel(AT):
        return together.begin(
            by=world.actor("clerk"), delivery_id=delivery.id, answer=answer, reason=reason
        )


def settle(correction_id: UUID) -> str:
    with travel(AT):
        return together.settle(by=system("intake"), correction_id=correction_id)


def states(delivery: Delivery) -> list[str]:
    held = QuarantinedRow.objects.filter(delivery=delivery).order_by("row_number")
    return list(held.values_list("state", flat=True))


def test_the_reasons_are_grouped_with_the_most_frequent_first(world: World) -> None:
    rows = [line(at) for at in range(3)]
    rows += [line(at, how=how, day="23/10/2026") for at, how in ((7, "Nicked"), (8, "NICKED!"))]
    delivery = refused_file(*rows, line(9, how="Lifted", day="10/24/2026"))
    found = faults.faults(by=world.actor("clerk"), delivery_id=delivery.id)
    counted = [(each.fault.reason, each.fault.word, each.count) for each in found.faults]
    assert counted == [("date_order", "", 4), ("code_unknown", "nicked", 2)] + [
        ("code_unknown", "lifted", 1)
    ]
    assert len({each.fault.key for each in found.faults}) == 3


def test_what_was_said_is_done_with_each_row_and_written_down(world: World) -> None:
    delivery = refused_file(*(line(at) for at in range(5)), line(5, how="Nicked"))
    begun = begin(world, delivery, ARRIVED)
    prospect_rows = BulkCorrection.objects.get().rows
    assert settle(begun) == "done"
    assert states(delivery) == ["corrected"] * 5 + ["open"]
    after = Delivery.objects.get()
    assert (after.accepted, after.quarantined, prospect_rows) == (5, 1, 6)
    done = BulkCorrection.objects.get()
    assert (done.accepted, done.waiting, done.left_out) == (5, 1, 0)
    entry = Entry.objects.get(action="intake.settled_together")
    assert entry.details["accepted"] == 5
    assert len(entry.details["digest"]) == len(entry.details["rows_digest"]) == 64
    row = QuarantinedRow.objects.get(state="open")
    assert [problem["reason"] for problem in row.problems] == ["code_unknown"]
    assert dict(row.cells)["Arrived Date"] == "10/23/2026", "kept as it was sent"
    decided = QuarantinedRow.objects.filter(state="corrected").values_list("decided_by", flat=True)
    assert set(decided) == {world.users["clerk"]}


def test_what_was_said_before_counts_with_what_is_said_next_for_this_file_alone(
    world: World,
) -> None:
    delivery = refused_file(*(line(at, how="Nicked") for at in range(3)))
    settle(begin(world, delivery, ARRIVED))
    assert states(delivery) == ["open"] * 3
    settle(begin(world, delivery, NICKED))
    assert states(delivery) == ["corrected"] * 3
    other = refused_file(line(50, how="Nicked"))
    (row,) = QuarantinedRow.objects.filter(delivery=other)
    assert {problem["reason"] for problem in row.problems} == {"date_order", "code_unknown"}
    assert faults.answers_of(other.id) == ()


def test_a_row_that_waits_on_is_corrected_by_hand_with_what_was_said(world: World) -> None:
    delivery = refused_file(line(1, how="Nicked"), line(2))
    settle(begin(world, delivery, ARRIVED))
    row = QuarantinedRow.objects.get(state="open")
    page = html(world.client("clerk").get(f"/intake/rows/{row.id}/"))
    assert 'value="2026-10-23"' in page
    with travel(AT):
        correcting.correct(by=BY, row_id=row.id, cells={"Attendance": "Arrest"})
    assert states(delivery) == ["corrected", "corrected"]


def test_rows_are_left_out_with_one_reason(world: World) -> None:
    delivery = refused_file(line(1), line(2), line(3, how="Nicked", day="23/10/2026"))
    settle(begin(world, delivery, OUT, "Test entries"))
    assert states(delivery) == ["set_aside", "set_aside", "open"]
    reasons = QuarantinedRow.objects.filter(state="set_aside").values_list("reason", flat=True)
    assert set(reasons) == {"Test entries"}
    assert not Signal.objects.exists()


def test_nobody_settles_rows_of_another_agency_or_without_the_right(world: World) -> None:
    delivery = refused_file(line(1), line(2))
    council = agency_id("council")
    access.create_account(
        by=BY, username="other", name="Other", agency_id=council, roles=["intake_worker"]
    )
    for name, error in (("other", NotFound), ("sergeant", Forbidden)):
        with pytest.raises(error):
            together.begin(by=world.actor(name), delivery_id=delivery.id, answer=ARRIVED)
        with pytest.raises(error):
            faults.faults(by=world.actor(name), delivery_id=delivery.id)
        with pytest.raises(error):
            faults.prospect(by=world.actor(name), delivery_id=delivery.id, answer=ARRIVED)
    assert states(delivery) == ["open", "open"]


def test_what_was_settled_meanwhile_is_left_as_it_is(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery = refused_file(*(line(at) for at in range(4)))
    begun = begin(world, delivery, ARRIVED)
    rows = list(QuarantinedRow.objects.order_by("row_number"))
    check = together._check

    def slowly(*arguments: Any) -> Any:
        batch = check(*arguments)
        with travel(AT):
            if QuarantinedRow.objects.filter(id=rows[0].id, state="open").exists():
                correcting.set_aside(by=BY, row_id=rows[0].id, reason="An adult")
                given = {"Arrived Date": "22/10/2026"}
                correcting.correct(by=BY, row_id=rows[1].id, cells=given)
        return batch

    monkeypatch.setattr(together, "_check", slowly)
    assert settle(begun) == "done"
    assert states(delivery) == ["set_aside", "corrected", "corrected", "corrected"]
    after = Delivery.objects.get()
    assert (after.accepted, after.quarantined) == (3, 1)
    assert BulkCorrection.objects.get().accepted == 2
    assert {each.last_version for each in Signal.objects.all()} == {1}


def test_a_second_answer_waits_for_the_first_and_one_about_nothing_is_refused(
    world: World,
) -> None:
    delivery = refused_file(line(1), line(2))
    begun = begin(world, delivery, ARRIVED)
    with pytest.raises(Conflict, match="being worked on"):
        begin(world, delivery, OUT, "Adults")
    settle(begun)
    with pytest.raises(Conflict, match="No row waits"):
        begin(world, delivery, ARRIVED)


def test_promise_30_an_answer_that_was_interrupted_goes_on_and_each_row_counts_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery = refused_file(*(line(at) for at in range(20)))
    begun = begin(world, delivery, ARRIVED)
    monkeypatch.setattr(loading, "LEAST", 4)
    monkeypatch.setattr(loading, "MOST", 4)
    monkeypatch.setattr(together, "pace_of", lambda feed: loading.Pace(4))
    left = iter(range(2))

    def breaking(**arguments: Any) -> Any:
        if next(left, None) is None:
            raise OperationalError("database or disk is full")
        return pipeline.take_in(**arguments)

    monkeypatch.setattr(together, "take_in", breaking)
    with pytest.raises(OperationalError):
        settle(begun)
    halfway = BulkCorrection.objects.get()
    assert (halfway.state, halfway.accepted) == ("working", 8)
    monkeypatch.setattr(together, "take_in", pipeline.take_in)
    with travel(AT + timedelta(minutes=2)):
        assert together_jobs.resume_abandoned(by=system("answers")) == 1
        assert together_jobs.resume_abandoned(by=system("answers")) == 0
        waiting = DBTaskResult.objects.get()
        given = waiting.args_kwargs["args"]
        assert given == [str(begun), str(world.users["clerk"])]
        assert together_jobs.settle_rows.call(*given) == "done"
    assert states(delivery) == ["corrected"] * 20
    assert Signal.objects.count() == Delivery.objects.get().accepted == 20
    assert BulkCorrection.objects.get().accepted == 20


def test_a_batch_ends_with_what_it_accepts_however_few_rows_before_had_the_fault(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = [line(at, how="Nicked", day="23/10/2026") for at in range(9)]
    delivery = refused_file(*others, *(line(at) for at in range(10, 19)))
    begun = begin(world, delivery, ARRIVED)
    monkeypatch.setattr(loading, "LEAST", 2)
    monkeypatch.setattr(loading, "MOST", 6)
    monkeypatch.setattr(together, "pace_of", lambda feed: loading.Pace(2))
    monkeypatch.setattr(loading, "HOLDS", 0.0)
    written: list[int] = []

    def counted(**arguments: Any) -> Any:
        written.append(len(arguments["rows"]))
        return pipeline.take_in(**arguments)

    monkeypatch.setattr(together, "take_in", counted)
    assert settle(begun) == "done"
    assert states(delivery) == ["open"] * 9 + ["corrected"] * 9
    assert sum(written) == 9
    assert max(written) == 2
    ends = Entry.objects.filter(action="intake.settled_together").order_by("id")
    assert [each.details["last_row"] for each in ends][:2] == [7, 12]


def test_promise_16_whoever_may_no_longer_load_settles_nothing_more(world: World) -> None:
    delivery = refused_file(line(1), line(2))
    begun = begin(world, delivery, ARRIVED)
    clerk = world.users["clerk"]
    access.end_role(by=BY, user_id=clerk, role="intake_worker")
    assert together_jobs.settle_rows.call(str(begun), str(clerk)) == "refused"
    stopped = BulkCorrection.objects.get()
    assert (stopped.state, states(delivery)) == ("stopped", ["open", "open"])
    assert "may no longer load files" in stopped.error


def test_a_mistake_of_ours_stops_it_in_words(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    delivery = refused_file(line(1), line(2))
    begun = begin(world, delivery, ARRIVED)

    def broken(**_: Any) -> Any:
        raise ValueError

    monkeypatch.setattr(together, "take_in", broken)
    assert settle(begun) == "stopped"
    assert BulkCorrection.objects.get().error.startswith("It stopped at a mistake of ours")
    assert states(delivery) == ["open", "open"]


def fault_key(world: World, delivery: Delivery) -> str:
    found = faults.faults(by=world.actor("clerk"), delivery_id=delivery.id)
    return found.faults[0].fault.key


def ask(clerk: Client, delivery: Delivery, **given: str) -> Any:
    return clerk.post(f"/intake/files/{delivery.id}/together/", given, follow=True)


def test_the_clerk_is_shown_what_would_become_of_them_and_then_does_it(world: World) -> None:
    delivery = refused_file(*(line(at) for at in range(4)), line(4, how="Nicked"))
    clerk, key = world.client("clerk"), fault_key(world, delivery)
    page = html(clerk.get(f"/intake/files/{delivery.id}/"))
    assert "5 rows: “Arrived Date” has day and month in another order" in page
    page = html(clerk.get(f"/intake/files/{delivery.id}/together/?fault={key}"))
    assert "“10/23/2026” is then 23 October 2026." in page
    assert "day, month, year" not in page.split("What is true")[1]
    page = html(ask(clerk, delivery, fault=key), 422)
    assert "Choose what is true of all of these rows" in page
    page = html(ask(clerk, delivery, fault=key, answer="leave_out"), 422)
    assert "Say in a few words why these rows are left out" in page
    page = html(ask(clerk, delivery, fault=key, answer="order:month-day-year"))
    assert "Of 5 rows, 4 would be accepted and 1 would wait on" in page
    assert "23 October 2026" in page
    assert "“Nicked”, which this feed does not know" in page
    assert states(delivery) == ["open"] * 5
    given = {"fault": key, "answer": "order:month-day-year", "confirm": "yes"}
    page = html(ask(clerk, delivery, **given))
    assert "“Arrived Date” is written month, day, year" in page
    assert "This counts for this file alone" in page
    assert states(delivery) == ["corrected"] * 4 + ["open"]
    page = html(ask(clerk, delivery, **given))
    assert "No row waits for this reason any more" in page


def test_accepted_rows_that_may_have_been_read_wrongly_are_warned_of(world: World) -> None:
    delivery = refused_file(line(1, day="10/03/2026"), line(2), line(3))
    given = {"fault": fault_key(world, delivery), "answer": "order:month-day-year"}
    page = html(ask(world.client("clerk"), delivery, **given))
    assert "accepted may have been read wrongly" in page
    assert "day, month, year" in page


def test_many_rows_are_left_to_the_worker_and_the_page_shows_how_far_it_is(world: World) -> None:
    delivery = refused_file(*(line(at) for at in range(60)))
    clerk, key = world.client("clerk"), fault_key(world, delivery)
    given = {"fault": key, "answer": "order:month-day-year", "confirm": "yes"}
    page = html(ask(clerk, delivery, **given))
    assert "0 of 60" in page
    assert "You may leave this page" in page
    assert states(delivery) == ["open"] * 60
    part = clerk.get(f"/intake/files/{delivery.id}/", headers={"HX-Request": "true"})
    assert "0 of 60" in html(part)
    waiting = DBTaskResult.objects.get()
    assert together_jobs.settle_rows.call(*waiting.args_kwargs["args"]) == "done"
    assert states(delivery) == ["corrected"] * 60
    answer = clerk.get(f"/intake/files/{delivery.id}/", headers={"HX-Request": "true"})
    assert answer.headers["HX-Refresh"] == "true"


def test_a_load_that_comes_meanwhile_settles_what_it_brings(world: World) -> None:
    delivery = refused_file(line(1), line(2))
    begun = begin(world, delivery, ARRIVED)
    with travel(AT + timedelta(hours=1)):
        again = receive(HEADINGS + line(1, day="21/10/2026"), name="again.csv")
        loading.load(by=BY, delivery_id=again)
    assert settle(begun) == "done"
    assert states(delivery) == ["superseded", "corrected"]
    assert Signal.objects.get(source_key="CU/1").last_version == 1
    assert now()


def test_cells_that_were_cut_in_all_rows_are_put_together_at_once(world: World) -> None:
    rows = [line(at, day="23/10/2026").replace("Fenmarch", "Fen,march") for at in range(3)]
    delivery = refused_file(*rows)
    clerk = world.client("clerk")
    address = f"/intake/files/{delivery.id}/together/?fault=too_many_cells--"
    assert "“Fen, march” is one." in html(clerk.get(address))
    given = {"fault": "too_many_cells--", "answer": "join:Station"}
    assert "3 would be accepted" in html(ask(clerk, delivery, **given))
    html(ask(clerk, delivery, **given, confirm="yes"))
    assert states(delivery) == ["corrected"] * 3
