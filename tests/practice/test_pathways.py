"""What every pathway has to hold, and what each kind of moment asks for beside it."""

from __future__ import annotations

import pytest

from reachable.practice import guidance
from reachable.practice.items import Basis, Certainty, InForce, MomentKind, Step

# The moments in which somebody speaks with a child about whom police or a court decide.
JUSTICE = ("custody", "charge_decision", "police_encounter", "court")

# A night in custody asks more of more people than any other moment.
LONGEST = {"custody": 14}

KINDS = guidance.moment_kinds()


def key(kind: MomentKind) -> str:
    return kind.key


def step(moment: str, name: str) -> Step:
    found = guidance.pathway(moment).step(name)
    assert found is not None, f"{moment} has no step {name}"
    return found


@pytest.mark.parametrize("kind", KINDS, ids=key)
def test_the_childs_clock_is_a_step_of_the_pathway(kind: MomentKind) -> None:
    clocks = [each.clock for each in guidance.pathway(kind.key).steps]
    assert clocks.count(kind.child_clock) == 1


@pytest.mark.parametrize("kind", KINDS, ids=key)
def test_seeing_the_child_again_is_last(kind: MomentKind) -> None:
    last = guidance.pathway(kind.key).steps[-1]
    assert last.key == "again"
    assert last.due is not None
    assert last.certainty is Certainty.CHOSEN


@pytest.mark.parametrize("kind", KINDS, ids=key)
def test_communication_is_first_and_nobody_is_told_before_it_is_known_who_must_not_be(
    kind: MomentKind,
) -> None:
    keys = [each.key for each in guidance.pathway(kind.key).steps]
    assert keys[:2] == ["communication", "who_must_not_be_told"]
    assert keys[-3:] == ["brothers_and_sisters", "from_elsewhere", "again"]
    assert 7 <= len(keys) <= LONGEST.get(kind.key, 11)


@pytest.mark.parametrize("kind", KINDS, ids=key)
def test_what_the_exploiter_gave_comes_from_somebody_by_a_date(kind: MomentKind) -> None:
    given = step(kind.key, "from_elsewhere")
    assert given.due is not None
    assert given.due.amount <= 20


@pytest.mark.parametrize("kind", KINDS, ids=key)
def test_what_lasts_is_looked_at_after_28_days_and_three_months(kind: MomentKind) -> None:
    detail = step(kind.key, "again").detail
    assert "28 days" in detail
    assert "three months" in detail
    assert "what lasts counts" in detail


@pytest.mark.parametrize("moment", ["custody", "return_from_missing", "signal"])
def test_a_first_version_stays_for_the_moments_that_were_opened_with_it(moment: str) -> None:
    newest, first = guidance.pathway(moment), guidance.pathway(moment, 1)
    assert newest.version == 2
    assert first.step("from_elsewhere") is None
    assert {each.key for each in first.steps} < {each.key for each in newest.steps}


def test_in_custody_bail_is_thought_of_and_a_cell_is_no_place_for_the_night() -> None:
    refused = step("custody", "refused_bail")
    assert "section 38(6)" in refused.detail
    assert "local authority accommodation" in refused.detail
    assert refused.basis is Basis.STATUTE
    assert "before the decision on bail" in refused.detail


@pytest.mark.parametrize("moment", JUSTICE)
def test_nobody_asks_about_the_offence_and_the_defence_is_for_the_solicitor(moment: str) -> None:
    pathway = guidance.pathway(moment)
    with_child = next(
        each for each in pathway.steps if each.clock is guidance.moment_kind(moment).child_clock
    )
    assert with_child.avoid.startswith("Asking about the offence")
    solicitor = step(moment, "solicitor")
    assert "section 45" in solicitor.detail
    assert "Record that advice was sought" in solicitor.detail
    assert "deciding whether the defence applies" in solicitor.avoid
    assert solicitor.certainty is Certainty.UNVERIFIED


def test_the_decision_maker_knows_of_exploitation_before_a_charge() -> None:
    decision = step("charge_decision", "before_decision")
    assert "out-of-court" in decision.detail
    assert decision.avoid.startswith("Mentioning it after the charge")


def test_the_referral_mechanism_stands_where_it_fits_and_after_the_child_is_safe() -> None:
    having = {kind.key for kind in KINDS if guidance.pathway(kind.key).step("nrm")}
    assert having == {
        "custody",
        "charge_decision",
        "repeat_missing",
        "found_far_from_home",
        "court",
    }
    for moment in having:
        nrm = step(moment, "nrm")
        assert "no consent is needed" in nrm.detail
        assert "after the child is safe" in nrm.detail


def test_a_child_found_far_from_home_is_safe_first_and_handed_over_in_writing() -> None:
    keys = [each.key for each in guidance.pathway("found_far_from_home").steps]
    assert keys.index("safe_now") < keys.index("home_area") < keys.index("handover")
    assert step("found_far_from_home", "safe_now").owner.startswith(
        "The local authority where the child was found"
    )
    assert "in writing" in step("found_far_from_home", "handover").title


def test_in_hospital_it_is_before_the_child_leaves() -> None:
    assert "before they leave" in step("hospital", "be_there").title
    assert "Before the child leaves" in step("hospital", "referral").detail
    assert "who waits" in step("hospital", "who_brought").title


def test_a_school_is_spoken_with_before_it_decides() -> None:
    keys = [each.key for each in guidance.pathway("exclusion_considered").steps]
    assert keys.index("before_decision") == 2
    assert "virtual school head" in step("exclusion_considered", "together").title
    assert {"their_view", "alternatives"} <= set(keys)


def test_education_from_the_sixth_day_is_law_that_was_seen_and_never_late() -> None:
    day_six = step("excluded", "day_six")
    assert day_six.basis is Basis.STATUTE
    assert day_six.certainty is Certainty.SEEN
    assert day_six.in_force is InForce.NOT_CHECKED
    assert day_six.due is not None
    assert str(day_six.due) == "5 working days from when it happened"
    assert "never late" in day_six.unknown


def test_a_reduced_timetable_has_an_end() -> None:
    assert "a date on which it ends" in step("out_of_school", "end_date").title


def test_a_negative_decision_lowers_nothing_and_can_be_looked_at_again() -> None:
    keys = [each.key for each in guidance.pathway("nrm_decision").steps]
    assert keys.index("nothing_lowered") < keys.index("reconsideration")
    assert "stay as they are" in step("nrm_decision", "nothing_lowered").detail
    assert "solicitor" in keys
    assert "18th birthday" in step("nrm_decision", "at_18").detail


def test_growing_up_names_each_age_and_who_leads_for_an_adult() -> None:
    titles = " ".join(each.title for each in guidance.pathway("growing_up").steps)
    for age in ("At 16", "At 17", "By 17½", "Before 18", "up to 25"):
        assert age in titles
    lead = step("growing_up", "adult_lead")
    assert "covers only those with needs for care and support" in lead.detail
    assert "name who leads" in lead.detail
    assert "section 58" in step("growing_up", "care_assessment").detail
