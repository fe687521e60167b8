"""A set that was stopped, comes again, or has the same number twice: what counts is said last."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError

from reachable.audit.models import Entry
from reachable.chronology.models import Event
from reachable.foundation.errors import Conflict
from reachable.foundation.time import travel
from reachable.intake import gone, loading, parts, services, set_files
from reachable.intake.models import Delivery, QuarantinedRow, Signal, SignalVersion
from reachable.intake.stored import ARRIVING, tables_folder
from tests.intake.test_table_sets import AT, BY, arrive, begin, come
from tests.support.tables import Tables, changed, many, sample, twice, without
from tests.support.world import World, make_world

pytestmark = pytest.mark.db


@pytest.fixture
def world(db: None) -> World:
    with travel(AT):
        return make_world()


@contextmanager
def stopped_before(
    monkeypatch: pytest.MonkeyPatch, module: Any, name: str, feed: str
) -> Iterator[None]:
    """Let the database go away just before a function is called for one table."""
    goes_on = getattr(module, name)

    def stops(*given: Any, **named: Any) -> Any:
        told = [each for each in (*given, *named.values()) if each in ids]
        if told:
            raise OperationalError("database or disk is full")
        return goes_on(*given, **named)

    ids = Delivery.objects.filter(feed=feed).values_list("id", flat=True)
    with monkeypatch.context() as patched:
        patched.setattr(module, name, stops)
        with pytest.raises(OperationalError):
            yield


def go_on(delivery: Delivery, *, days: float) -> Delivery:
    with travel(AT + timedelta(days=days)):
        return loading.load(by=BY, delivery_id=delivery.id)


def test_promise_30_who_was_asked_what_is_gone_is_not_asked_twice_after_a_stop(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    come(many(80))
    short = arrive(many(10), days=1)
    with stopped_before(monkeypatch, loading, "_finish", "ssd_contacts"):
        begin(short, days=1)
    delivery = Delivery.objects.get(id=short)
    assert (delivery.state, delivery.gone_asked) == ("loading", 70)
    done = go_on(delivery, days=1)
    assert (done.state, done.gone_asked) == ("loaded", 70)
    assert Entry.objects.filter(action="intake.gone_asked").count() == 1


def test_a_load_that_is_stopped_withdraws_nothing_more_and_goes_on_with_it_later(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    come(many(20))
    later = arrive(many(0), days=1)
    pieces = []
    withdraw_some = gone._withdraw_some

    def first_then_stop(*given: Any) -> None:
        withdraw_some(*given)
        pieces.append(given)
        services.stop_loading(by=BY, delivery_id=later, why="The key was revoked.")

    with monkeypatch.context() as patched:
        patched.setattr(gone, "AT_ONCE", 5)
        patched.setattr(gone, "_withdraw_some", first_then_stop)
        stopped = begin(later, days=1)
    assert (stopped.state, stopped.gone, len(pieces)) == ("failed", 5, 4)
    again = begin(later, days=1)
    assert (again.state, again.gone) == ("loaded", 20)
    assert Event.objects.filter(details__record_status="withdrawn").count() == 20


def test_promise_31_two_processes_that_unpack_one_set_load_it_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery_id = arrive(sample())
    unpack = set_files.unpack_tables

    def slower(*given: Any) -> Any:
        """Meanwhile another process unpacks all of it."""
        monkeypatch.setattr(parts, "unpack_tables", unpack)
        parts.unpacked(Delivery.objects.get(id=delivery_id))
        assert tables_folder(delivery_id).exists()
        return unpack(*given)

    monkeypatch.setattr(parts, "unpack_tables", slower)
    done = begin(delivery_id)
    assert (done.state, done.error) == ("loaded", "")
    assert not list(tables_folder(delivery_id).parent.glob(f"*{ARRIVING}"))


def decided(tables: Tables, *, days: float) -> str:
    """Load everything; return what counts of a referral."""
    come(tables, days=days)
    signal = Signal.objects.get(feed="ssd_cin_episodes", source_key="R1")
    content = SignalVersion.objects.get(signal=signal, version=signal.version).content
    return str(content["no_further_action"])


def test_promise_32_of_two_rows_with_one_number_the_last_counts_every_night(world: World) -> None:
    tables = twice(sample(), "ssd_cin_episodes", "R1", cine_referral_nfa="Y")
    for night in range(3):
        other = {"ssd_contacts": many(night)["ssd_contacts"]}
        assert decided({**tables, **other}, days=night) == "no"


def test_what_was_refused_and_comes_as_it_was_before_waits_no_longer(world: World) -> None:
    come(sample())
    wrong = changed(sample(), "ssd_missing", "M1", miss_missing_episode_end_date="soon")
    assert come(wrong, days=1).quarantined == 1
    done = come(sample(), days=2)
    assert (done.accepted, done.quarantined, done.gone) == (0, 0, 0)
    assert QuarantinedRow.objects.get().state == "superseded"
    # And what waits no longer is passed over again.
    changes = changed(sample(), "ssd_missing", "M2", miss_missing_rhi_offered="Y")
    assert come(changes, days=3).accepted == 1


def test_a_row_that_was_refused_and_is_gone_now_is_withdrawn(world: World) -> None:
    come(sample())
    come(changed(sample(), "ssd_cp_plans", "CP1", cppl_cp_plan_start_date="soon"), days=1)
    assert not Event.objects.filter(details__record_status="withdrawn").exists()
    assert come(without(sample(), "ssd_cp_plans", "CP1"), days=2).gone == 1
    assert Event.objects.get(kind="protection_plan_began").details["record_status"] == "withdrawn"


def test_what_is_gone_from_a_set_is_not_confirmed_while_a_later_one_counts(world: World) -> None:
    come(many(80))
    short = come(many(10), days=1)
    later = arrive(many(80), days=2)
    with travel(AT + timedelta(days=2)):
        services.begin_loading(by=BY, delivery_id=later)
        with pytest.raises(Conflict, match="is being loaded, and says what is gone"):
            services.confirm_gone(by=BY, delivery_id=short.id)
    assert go_on(Delivery.objects.get(id=later), days=2).state == "loaded"
    assert Delivery.objects.get(id=short.id).gone_asked == 0


def test_a_set_that_failed_does_not_go_on_beside_a_later_one(world: World) -> None:
    headings, *rows = sample()["ssd_contacts"]
    broken = {**sample(), "ssd_contacts": [[*headings[1:], "other"], *rows]}
    failed = begin(arrive(broken))
    assert failed.state == "failed"
    later = arrive(sample(), days=1)
    with travel(AT + timedelta(days=1)):
        services.begin_loading(by=BY, delivery_id=later)
        with pytest.raises(Conflict, match="would take back"):
            services.begin_loading(by=BY, delivery_id=failed.id)
    assert go_on(Delivery.objects.get(id=later), days=1).state == "loaded"
