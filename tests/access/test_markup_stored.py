"""Whatever somebody types into a form is text where it is shown: there, and on pages of others."""

from __future__ import annotations

import html

import pytest

from reachable.foundation.time import travel
from tests.access.every_form import FORMS
from tests.access.forms import AT, Answering
from tests.access.place import INVOLVED, Account, Place, make_place
from tests.audit.test_canaries import boxes_for_words
from tests.support.hostile import MARKUP

pytestmark = pytest.mark.db
AS_TEXT = html.escape(MARKUP)
SHOWN_LATER = (
    "/children/{person_id}/",
    "/moments/{moment_id}/",
    "/worklist/",
    "/notices/",
    "/staff/",
    "/offers/",
)


@pytest.fixture(scope="module")
def placed(kept: None) -> Place:
    with travel(AT):
        return make_place()


def sent(placed: Place, name: str) -> tuple[Answering, list[str]]:
    """Answer a form with markup in each box for words; return the pages to which that leads."""
    answering = Answering(placed, FORMS[name])
    on = answering.named(FORMS[name].on)
    typed = dict.fromkeys(boxes_for_words(answering.client.get(on).content.decode()), MARKUP)
    data = {**answering.data({}), **typed}
    answer = answering.client.post(answering.named(FORMS[name].to), data, follow=True)
    assert answer.status_code != 500
    return answering, [answer.content.decode(), answering.client.get(on).content.decode()]


@pytest.mark.parametrize("name", FORMS)
def test_promise_29_what_is_typed_into_a_form_is_text_wherever_it_leads(
    placed: Place, undone: None, name: str
) -> None:
    with travel(AT):
        answering, pages = sent(placed, name)
        for client in (answering.client, Account("supervisor", INVOLVED).client()):
            pages += [
                client.get(answering.named(address)).content.decode() for address in SHOWN_LATER
            ]
    assert not [each for each in pages if MARKUP in each]


def test_the_markup_is_kept_and_shown(placed: Place, undone: None) -> None:
    """Or nothing would be shown by the test above."""
    with travel(AT):
        _, pages = sent(placed, "reached")
    assert any(AS_TEXT in each for each in pages)
