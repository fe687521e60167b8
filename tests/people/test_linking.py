"""A whole register linked as a batch: what it asks, what it joins, and how it goes on."""

from __future__ import annotations

from typing import Any

import pytest

from reachable.access.models import Restriction
from reachable.audit.models import Entry
from reachable.foundation.errors import Forbidden
from reachable.foundation.time import now, today
from reachable.people import linking, services
from reachable.people.linkage import in_force
from reachable.people.linkage.deciding import Judge
from reachable.people.linkage.model import Refused
from reachable.people.models import (
    CannotLink,
    CurrentPerson,
    LinkDecision,
    LinkFinding,
    LinkRun,
    Merge,
    Record,
    Review,
)
from tests.support.linkage import apart, decisions, likely_model
from tests.support.merging import agree
from tests.support.people import SYSTEM, claim
from tests.support.world import World

pytestmark = pytest.mark.db
NHS = ("9990000018", "9990000026")


@pytest.fixture
def two(agencies: tuple[Any, Any]) -> list[Any]:
    """Records that the batch holds for one child's: by a short form, which no rule links."""
    council, police = agencies
    return apart(
        claim(council, "C1", given="Thomas", family="Brannigan", born="2011-05-06"),
        claim(police, "P1", given="Tom", family="Brannigan", born="2011-05-06"),
        claim(police, "P2", given="Zebedee", family="Whitlock", born="2009-01-31", postcode=""),
    )


def link(judge: Judge, **options: Any) -> linking.Linked:
    return linking.link_register(by=SYSTEM, judge=judge, **{"reviews": 100, **options})


def current() -> dict[Any, Any]:
    return dict(CurrentPerson.objects.values_list("person_id", "current_id"))


def test_without_join_people_are_asked_and_nobody_is_joined(two: list[Any], judge: Judge) -> None:
    done = link(judge)
    assert (done.records, done.joined, done.opened, done.left) == (3, 0, 1, 0)
    review = Review.objects.get()
    assert (review.rule, review.model) == ("weighed", judge.model.hash)
    assert review.record_id == two[1].record_id
    assert list(review.candidates.values_list("record_id", flat=True)) == [two[0].record_id]
    assert not Merge.objects.exists()
    assert not LinkFinding.objects.exists()


def test_what_is_under_review_is_not_asked_twice(two: list[Any], judge: Judge) -> None:
    del two
    assert link(judge).opened == 1
    assert link(judge).opened == 0
    assert link(judge, join=True).joined == 0
    assert Review.objects.count() == 1


def test_join_makes_them_one_with_the_evidence_and_is_undone_exactly(
    two: list[Any], judge: Judge, world: World
) -> None:
    before, decided = current(), LinkDecision.objects.count()
    assert link(judge, join=True).joined == 1
    merge = Merge.objects.get()
    assert (merge.decided_by, merge.review, merge.undone_at) == (None, None, None)
    assert current()[two[1].person_id] == two[0].person_id
    why = LinkDecision.objects.get(rule="weighed")
    assert (why.record_id, why.model) == (two[1].record_id, judge.model.hash)
    assert why.evidence is not None
    assert why.evidence["levels"]["given"][0] == "short_form"
    assert Entry.objects.filter(action="people.joined", subject_id=merge.id).count() == 1
    assert not Review.objects.exists()
    services.undo_merge(by=world.actor("steward"), merge_id=merge.id, reason="Two cousins")
    assert current() == before
    assert decisions(two[1].record_id)[-1] == ("new", "undone")
    assert LinkDecision.objects.count() == decided + 2
    again = link(judge, join=True)
    assert (again.joined, again.opened) == (0, 0)
    assert current() == before


def test_three_records_of_one_child_become_one(agencies: tuple[Any, Any], judge: Judge) -> None:
    council, police = agencies
    apart(
        claim(council, "C1", given="Thomas", family="Brannigan", born="2011-05-06"),
        claim(police, "P1", given="Tom", family="Brannigan", born="2011-05-06"),
        claim(council, "C2", given="Tommy", family="Brannigan", born="2011-05-06"),
    )
    link(judge, join=True)
    assert len(set(current().values())) == 1


def test_what_is_kept_apart_is_neither_joined_nor_asked(
    two: list[Any], judge: Judge, world: World
) -> None:
    del two
    link(judge)
    agree(world.actor("steward"), Review.objects.get().id, None)
    assert CannotLink.objects.count() == 1
    done = link(judge, join=True)
    assert (done.joined, done.opened) == (0, 0)


def test_a_twin_is_asked_about_and_never_joined(agencies: tuple[Any, Any], judge: Judge) -> None:
    council, police = agencies
    apart(
        claim(council, "C1", given="Ada", nhs_number=NHS[0]),
        claim(police, "P1", given="Ada", nhs_number=NHS[1]),
    )
    done = link(judge, join=True)
    assert (done.joined, done.opened) == (0, 1)
    assert Review.objects.get().rule == "identifiers_differ"


def test_a_rule_that_asks_whatever_the_weight_is_heard(
    agencies: tuple[Any, Any], judge: Judge
) -> None:
    """Twins may share their first name."""
    council, police = agencies
    apart(
        claim(council, "C1", given="Ada Rose", postcode="FX1 1AA"),
        claim(police, "P1", given="Ada Mae", postcode="FX1 1AA"),
    )
    done = link(judge, join=True)
    assert (done.joined, done.opened) == (0, 1)
    assert Review.objects.get().rule == "second_names_differ"


def test_a_restricted_child_is_joined_by_no_computer(
    two: list[Any], judge: Judge, world: World
) -> None:
    Restriction.objects.create(
        subject_kind="person",
        subject_id=two[0].person_id,
        kind="other",
        reason="A reason",
        set_by_id=world.users["lead"],
        set_at=now(),
        review_on=today(),
    )
    done = link(judge, join=True)
    assert (done.joined, done.opened) == (0, 1)


def test_only_so_many_reviews_are_opened_the_strongest_first(
    agencies: tuple[Any, Any], judge: Judge
) -> None:
    council, police = agencies
    apart(
        claim(council, "C1", given="Thomas", family="Brannigan", born="2011-05-06"),
        claim(police, "P1", given="Tom", family="Brannigan", born="2011-05-06", postcode="FX9 9ZZ"),
        claim(council, "C2", given="Alfred", family="Whitlock", born="2012-07-08"),
        claim(police, "P2", given="Alfie", family="Whitlock", born="2012-07-08"),
    )
    done = link(judge, reviews=1)
    assert (done.opened, done.left) == (1, 1)
    assert Review.objects.get().record.family_name == "whitlock"


@pytest.mark.parametrize("broken_at", ["compared", "dealt with"])
def test_a_run_that_is_broken_off_goes_on_where_it_was(
    agencies: tuple[Any, Any], judge: Judge, monkeypatch: pytest.MonkeyPatch, broken_at: str
) -> None:
    """The process ends between two parts, or between two transactions of dealing."""
    council, police = agencies
    names = ("Brannigan", "Whitlock", "Okafor", "Nowak", "Begum")
    for number, name in enumerate(names):
        apart(
            claim(council, f"C{number}", given="Thomas", family=name, born="2011-05-06"),
            claim(police, f"P{number}", given="Tom", family=name, born="2011-05-06"),
        )
    monkeypatch.setattr(linking, "AT_ONCE", 1)
    monkeypatch.setattr("reachable.people.linkage.pairing.A_PART", 3)

    class Killed(BaseException):
        pass

    def killed(what: str, done: int, total: int) -> None:
        if what == broken_at and done == 2 < total:
            raise Killed

    with pytest.raises(Killed):
        link(judge, join=True, told=killed)
    run = LinkRun.objects.get()
    assert run.finished_at is None
    joined = Merge.objects.count()
    heard: list[tuple[str, int]] = []
    done = link(judge, join=True, told=lambda what, so_far, total: heard.append((what, so_far)))
    assert done.continued
    assert (done.joined, Merge.objects.count()) == (5, 5)
    assert LinkRun.objects.get().finished_at
    assert not LinkFinding.objects.exists()
    compared = [number for what, number in heard if what == "compared"]
    if broken_at == "compared":
        assert min(compared) == 2
        assert joined == 0
    else:
        assert compared == []
        assert joined == 2


def test_a_run_of_another_model_begins_again(
    two: list[Any], judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    del two

    def killed(what: str, done: int, total: int) -> None:
        if what == "dealt with":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        link(judge, told=killed)
    assert LinkFinding.objects.exists()
    other = Judge(likely_model(link=13.0))
    assert not link(other).continued
    assert LinkRun.objects.get().model == other.model.hash
    assert Review.objects.get().model == other.model.hash


@pytest.mark.parametrize("records", [0, 1])
def test_a_register_of_nobody_or_one(agencies: tuple[Any, Any], judge: Judge, records: int) -> None:
    apart(*(claim(agencies[0], f"C{number}") for number in range(records)))
    done = link(judge, join=True)
    assert (done.records, done.joined, done.opened) == (records, 0, 0)
    assert LinkRun.objects.get().finished_at


def test_a_model_that_was_edited_is_refused(judge: Judge, settings: Any) -> None:
    path = settings.LINKAGE_MODEL_FILE
    path.write_text(path.read_text().replace('"link": 12.0', '"link": 2.0'))
    with pytest.raises(Refused, match="changed after it was trained"):
        in_force.judge()


@pytest.mark.parametrize("username", ["first", "lead", "clerk", "teacher", "governance"])
def test_only_a_steward_may(world: World, judge: Judge, username: str) -> None:
    with pytest.raises(Forbidden):
        linking.link_register(by=world.actor(username), judge=judge, reviews=1)
    assert not LinkRun.objects.exists()


def test_the_audit_says_who(two: list[Any], judge: Judge, world: World) -> None:
    del two
    steward = world.actor("steward")
    linking.link_register(by=steward, judge=judge, reviews=9)
    for action in ("people.link_began", "people.link_ended"):
        assert Entry.objects.get(action=action).actor_id == steward.id


def test_nobody_else_is_changed(two: list[Any], judge: Judge) -> None:
    own = Record.objects.get(id=two[2].record_id)
    link(judge, join=True)
    assert current()[own.person_id] == own.person_id
