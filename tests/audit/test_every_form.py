"""Whatever a form changes, its entry is written with it, or nothing is changed."""

from __future__ import annotations

import pytest

from reachable.foundation.time import travel
from tests.access.every_form import FORMS
from tests.access.forms import AT, Answering
from tests.access.place import INVOLVED, Account, Place, make_place

pytestmark = pytest.mark.db


@pytest.fixture(scope="module")
def placed(kept: None) -> Place:
    with travel(AT):
        return make_place()


@pytest.mark.parametrize("name", FORMS)
def test_promise_21_every_form_leaves_an_entry_of_whoever_answered(
    placed: Place, undone: None, name: str
) -> None:
    with travel(AT):
        sent = Answering(placed, FORMS[name]).send({})
    who = placed.user(Account(FORMS[name].who, INVOLVED))
    acts = [action for actor, action in sent.entries if action != "looked" and actor == who]
    assert acts, sent.entries


@pytest.mark.parametrize("name", FORMS)
def test_promise_21_without_its_entry_no_form_changes_anything(
    placed: Place, undone: None, name: str
) -> None:
    with travel(AT):
        before, after = Answering(placed, FORMS[name]).send_without_audit()
    assert after == before
