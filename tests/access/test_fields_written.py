"""What a role may not write is written field by field: by no form, and by no extra name.

Each form is answered as it should be, by somebody whose role is as it stands. Then, for each
compartment in which something came to stand, by somebody whose role writes everything but that, and
again with every name that could be meant beside the answers: nothing is written, and it is said.
Files, programs and phones are in test_fields_sent.
"""

from __future__ import annotations

import pytest
from django.db import transaction

from reachable.foundation.time import travel
from tests.access.every_form import FORMS
from tests.access.forms import AT, Answering
from tests.access.place import Place, make_place
from tests.access.test_only_offered_fields import beside
from tests.support.held import Held, changed, held, without

ASKED = "Enquiry"
"""What somebody asked, as a digest: nothing is written of the child by it."""
FOLLOWS = ("Moment", "Trigger", "Action")
"""What the rules make of what came in, and of who left or was closed out, whoever did that."""
REACHED = {
    "a signal": {"identity", "justice"},
    "a row": {"identity", "justice"},
    "who left a list": {"identity", "welfare"},
    "review": {"identity"},
    "undo a merge": {"identity"},
    "a task": {"welfare"},
    "write down a conversation": {"welfare"},
    "offer a service": {"welfare"},
    "share": {"welfare"},
    "an invitation": set(),
    "ask about a look": set(),
}
"""In which compartments some of the forms write, by which it shows that what is written is seen."""


@pytest.fixture(scope="module")
def placed(kept: None) -> Place:
    with travel(AT):
        return make_place()


def answered(answering: Answering, given: dict[str, str], before: Held) -> tuple[int, set[str]]:
    """Answer, look in which compartments something came to stand, and undo it."""
    of_moments = answering.form.to.startswith(("/moments/", "/signals/"))
    with transaction.atomic():
        answer = answering.client.post(
            answering.named(answering.form.to), answering.data(dict(given))
        )
        wrote = changed(before, held(), beyond=(ASKED,) if of_moments else (ASKED, *FOLLOWS))
        transaction.set_rollback(True)
    return answer.status_code, set(wrote)


@pytest.mark.django_db
@pytest.mark.parametrize("name", FORMS)
def test_promise_10_no_form_sets_a_field_that_the_role_does_not_write(
    placed: Place, undone: None, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    with travel(AT):
        answering, before = Answering(placed, FORMS[name]), held()
        _, reached = answered(answering, {}, before)
        assert reached == REACHED.get(name, reached)
        if not reached:
            return
        more = {key: value for key, value in beside(placed).items() if key not in answering.offered}
        for compartment in sorted(reached):
            with monkeypatch.context() as patched:
                without(patched, compartment)
                for given in ({}, more):
                    assert answered(answering, given, before) == (403, set()), compartment


def test_the_forms_by_which_it_shows_are_there() -> None:
    assert REACHED.keys() <= FORMS.keys()
