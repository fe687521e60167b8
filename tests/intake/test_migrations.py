"""What migrations say of rows that came before them."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps

from reachable.foundation.time import now, travel
from reachable.intake.models import Delivery, QuarantinedRow, Signal
from tests.support.files import CORRECTED, CUSTODY, load, receive
from tests.support.world import World

pytestmark = pytest.mark.db


def run(migration: str, function: str) -> None:
    getattr(import_module(f"reachable.intake.migrations.{migration}"), function)(apps, None)


def test_the_version_that_counted_still_counts(world: World) -> None:
    load(CUSTODY)
    with travel(now() + timedelta(hours=1)):
        load(CORRECTED)
    held = Signal.objects.order_by("id").values_list("id", "last_version", "newest_at")
    before = list(held)
    assert {version for _, version, _ in before} > {1, 2}
    Signal.objects.update(last_version=1, newest_at="2000-01-01T00:00Z")
    run("0003_newest_version", "tell_the_newest")
    # A row that came again unchanged left no version that says when.
    again = {row[0] for row in before if row[1] == 1}
    for (one, last, newest_at), (_, was, was_at) in zip(held, before, strict=True):
        assert last == was
        assert newest_at == was_at or (one in again and newest_at < was_at)


def test_rows_that_wait_are_found_by_their_key(world: World) -> None:
    load(CUSTODY)
    before = dict(QuarantinedRow.objects.exclude(source_key="").values_list("id", "key_hash"))
    assert before
    QuarantinedRow.objects.update(key_hash="")
    run("0004_refused_key", "name_by_key")
    after = dict(QuarantinedRow.objects.exclude(source_key="").values_list("id", "key_hash"))
    assert after == before


def test_what_somebody_sent_came_by_the_page(world: World) -> None:
    by_shell = load(CUSTODY)
    by_page = receive(CORRECTED, by=world.actor("clerk"))
    Delivery.objects.update(door="shell")
    run("0011_doors", "say_what_came_by_the_page")
    doors = dict(Delivery.objects.values_list("id", "door"))
    assert doors == {by_shell.id: "shell", by_page: "page"}
