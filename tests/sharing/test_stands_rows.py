"""What a recipient reads, where PostgreSQL itself keeps rows from the application."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.access.test_seeing import Drawn, Place, drawn, make_children
from tests.sharing.test_stands_drawn import HOW, LATER, TO, Later, compare
from tests.support.app_role import WHERE_THERE_ARE_ROLES

pytestmark = WHERE_THERE_ARE_ROLES


@pytest.fixture(scope="module")
def children(kept: None) -> Place:
    return make_children()


@HOW
@given(drawn(), LATER, TO)
def test_promise_10_the_database_shows_a_recipient_just_that(
    undone: None, children: Place, what: Drawn, later: Later, to: tuple[str, ...]
) -> None:
    compare(children, what, later, to)
