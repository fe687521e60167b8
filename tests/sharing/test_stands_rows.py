"""What a recipient reads, where PostgreSQL itself keeps rows from the application."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction
from hypothesis import given
from pytest_django import DjangoDbBlocker

from tests.access.test_seeing import Drawn, Place, drawn, make_children
from tests.sharing.test_stands_drawn import HOW, LATER, TO, Later, compare
from tests.support.app_role import WHERE_THERE_ARE_ROLES, under_the_role

pytestmark = WHERE_THERE_ARE_ROLES


@pytest.fixture(scope="module")
def kept(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), under_the_role(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def children(kept: None) -> Place:
    return make_children()


@HOW
@given(drawn(), LATER, TO)
def test_promise_10_the_database_shows_a_recipient_just_that(
    undone: None, children: Place, what: Drawn, later: Later, to: tuple[str, ...]
) -> None:
    compare(children, what, later, to)
