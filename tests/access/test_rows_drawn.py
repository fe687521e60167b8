"""Row-level security beside the one-screen rule, on partnerships drawn at random."""

from __future__ import annotations

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings

from reachable.foundation.actor import ANONYMOUS
from reachable.foundation.time import now
from tests.access.shown_rows import compare, shown_to
from tests.access.test_seeing import WORKERS, Drawn, Place, drawn, make_children, put
from tests.support.app_role import WHERE_THERE_ARE_ROLES

pytestmark = WHERE_THERE_ARE_ROLES


@pytest.fixture(scope="module")
def children(kept: None) -> Place:
    return make_children()


@settings(
    max_examples=15,
    deadline=None,
    # A smaller example is made of rows again, which takes minutes.
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(drawn())
def test_promise_12_the_database_shows_what_the_rule_opens(
    undone: None, children: Place, what: Drawn
) -> None:
    """As every selector in test_seeing.py, but without a selector: every row is asked for."""
    with transaction.atomic():
        put(children, what, now())
        for name in WORKERS:
            compare(children.hub.actor(name))
        assert not any(shown_to(ANONYMOUS).values())
        transaction.set_rollback(True)
