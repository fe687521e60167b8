"""What the verbs that open or close a record share, as each of them relies on it."""

from __future__ import annotations

import pytest

from reachable.access import services as access
from reachable.access.models import User
from reachable.foundation.errors import BadInput
from reachable.people import opening
from tests.support.closing import restrict
from tests.support.merging import merge
from tests.support.people import SYSTEM, Partnership, claim, happen, identify_one, make_hub

pytestmark = pytest.mark.db


@pytest.fixture
def hub(db: None) -> Partnership:
    """“fern” and “sol” are on duty, “lead” leads; two others open no child's record."""
    del db
    place = make_hub("fern", "sol")
    place.worker("steward", "linkage_steward")
    place.worker("agency", "agency_administrator")
    return place


def test_a_child_of_two_records_is_who_stands_for_both(hub: Partnership) -> None:
    kept = identify_one(claim(hub.police, "P1", given="Ada"))
    joined = identify_one(claim(hub.council, "C2", given="Ines"))
    for each in (kept, joined):
        happen(each, hub.council)
    merge(hub, kept, joined)
    by = hub.actor("fern")
    for each in (kept, joined):
        assert opening.current_child(by=by, person_id=each.person_id) == kept.person_id


def test_everybody_else_whose_role_opens_children_is_offered_by_name_and_agency(
    hub: Partnership,
) -> None:
    """Not in the order in which they came, nor those who open no child, nor one who has left."""
    ivo = access.create_account(
        by=SYSTEM, username="ivo", name="Ivo", agency_id=hub.police, roles=["practitioner"]
    )
    other = hub.worker("ivor")
    User.objects.filter(id=other).update(name="Ivo")
    gone, ada = hub.worker("gone"), hub.worker("ada")
    access.end_account(by=SYSTEM, user_id=gone)
    offered = [
        (ada, "Ada, Fenmarch Council"),
        (hub.workers["fern"], "Fern, Fenmarch Council"),
        (other, "Ivo, Fenmarch Council"),
        (ivo, "Ivo, Fenmarch Police"),
        (hub.workers["lead"], "Lead, Fenmarch Council"),
        (hub.workers["sol"], "Sol, Fenmarch Council"),
    ]
    assert opening.readers_of(by=hub.actor("agency")) == offered
    of_sol = [each for each in offered if each[0] != hub.workers["sol"]]
    assert opening.readers_of(by=hub.actor("sol")) == of_sol


@pytest.mark.parametrize(
    ("reason", "least", "kept"),
    [
        ("My niece", 1, "My niece"),
        ("  My\n niece ", 1, "My niece"),
        ("x", 1, "x"),
        ("   ", 1, None),
        ("She is here with me.", 20, "She is here with me."),
        ("She  is  here with me", 20, None),
        ("Threatened desperately tonight", 20, None),
        ("Threatened tonight nobody answers", 20, "Threatened tonight nobody answers"),
        ("She is here", 2, None),
        ("She is here too", 2, "She is here too"),
    ],
)
def test_a_reason_is_a_word_or_where_that_is_asked_for_a_sentence_of_four(
    reason: str, least: int, kept: str | None
) -> None:
    if kept is not None:
        assert opening.say_why(reason, least) == kept
        return
    with pytest.raises(BadInput) as refused:
        opening.say_why(reason, least)
    words = "in a sentence" if least > 1 else "in a few words why"
    assert words in refused.value.sentence
    assert refused.value.kept == "Nothing was changed."


def test_whom_a_restriction_keeps_out_is_refused_and_nothing_is_changed(hub: Partnership) -> None:
    child = identify_one(claim(hub.police, "P1", given="Ada"))
    happen(child, hub.police)
    by, readers = hub.actor("lead"), [hub.workers["lead"], hub.workers["sol"]]
    restrict(by, child.person_id, *readers)
    opening.refuse_closed(by=by, current_id=child.person_id, user_ids=readers)
    with pytest.raises(BadInput, match="Not all of them can open") as refused:
        opening.refuse_closed(
            by=by, current_id=child.person_id, user_ids=[*readers, hub.workers["fern"]]
        )
    assert refused.value.kept == "Nothing was changed."
