"""What somebody types, hostile or private, gets into no log, entry, task or page of an error.

Each form is answered with a canary in each box for words: a name with markup, an NHS number.
"""

from __future__ import annotations

import logging
import re

import pytest
from django.db import transaction
from django_tasks_db.models import DBTaskResult

from reachable.audit.models import Entry
from reachable.foundation.models import ScheduledRun
from reachable.foundation.time import travel
from reachable.notices.models import Mailing, Notice
from tests.access.every_form import FORMS
from tests.access.forms import AT, Answering
from tests.access.place import Place, make_place

pytestmark = pytest.mark.db

NAME, NUMBER = "Canaria", "9990001110"
CANARY = f"<script>alert('{NAME}')</script> {{{{ {NAME} }}}} %s {NUMBER}"
BOX = re.compile(r"<(?:textarea|input)\b[^>]*>")
NAMED = re.compile(r'\bname="([^"]+)"')
KEPT_APART = {"csrfmiddlewaretoken", "version", "seen", "token"}
OUTSIDE = (400, 403, 404, 409, 413, 500, 503)
"""A page of an error. A form that is not right yet shows what was typed to whoever typed it."""


@pytest.fixture(scope="module")
def placed(kept: None) -> Place:
    with travel(AT):
        return make_place()


def boxes_for_words(page: str) -> set[str]:
    """Return the names of the boxes into which somebody types."""
    found = set()
    for box in BOX.findall(page):
        name = NAMED.search(box)
        typed = box.startswith("<textarea") or 'type="text"' in box or 'type="search"' in box
        if typed and name and name[1] not in KEPT_APART:
            found.add(name[1])
    return found


def left_behind() -> str:
    """Return everything that operators and governance read: never what a record holds."""
    tables = (Entry, DBTaskResult, ScheduledRun, Mailing, Notice)
    return str([list(table._base_manager.values()) for table in tables])


@pytest.mark.parametrize("name", FORMS)
def test_promise_24_what_is_typed_into_a_form_is_in_no_log_entry_or_task(
    placed: Place, undone: None, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with travel(AT):
        answering = Answering(placed, FORMS[name])
        page = answering.client.get(answering.named(FORMS[name].on)).content.decode()
        typed = dict.fromkeys(boxes_for_words(page), CANARY)
        for more in (typed, {box: CANARY for box, value in answering.data({}).items() if value}):
            with transaction.atomic():
                data = {**answering.data({}), **more}
                answer = answering.client.post(answering.named(FORMS[name].to), data)
                held = left_behind()
                transaction.set_rollback(True)
            assert answer.status_code != 500
            # A log of questions to the database exists only while somebody debugs.
            said = [one.getMessage() for one in caplog.records if one.name != "django.db.backends"]
            for canary in (NAME, NUMBER):
                assert canary not in held
                assert canary not in str(said)
                if answer.status_code in OUTSIDE:
                    assert canary not in answer.content.decode()


def test_the_canaries_reach_the_boxes(placed: Place, undone: None) -> None:
    """Or nothing would be shown by the test above."""
    reached = set()
    with travel(AT):
        for name in ("a signal", "reached", "answer about a look", "an answer to a family"):
            answering = Answering(placed, FORMS[name])
            page = answering.client.get(answering.named(FORMS[name].on)).content.decode()
            reached |= boxes_for_words(page)
    assert {"family_name", "where", "note", "text", "weighed"} <= reached
