"""What follows from a conversation: what it proposes, who is told what, and that nothing opens."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from reachable.access.models import Involvement
from reachable.audit.models import Entry
from reachable.conversations import after_acts, selectors, services
from reachable.conversations.after import After, after, open_after
from reachable.conversations.after_acts import Wanted
from reachable.conversations.models import PassedOn
from reachable.conversations.passed_on import passed_on
from reachable.conversations.rules.after import (
    FITTING,
    fitting,
    needed,
    proposals,
    repeated,
)
from reachable.conversations.rules.parts import INVITATION
from reachable.foundation.actor import system
from reachable.foundation.errors import BadInput, Conflict, Forbidden, NotFound
from reachable.foundation.time import now, today, travel
from reachable.intake.models import Signal
from reachable.intake.selectors import my_signal
from reachable.moments import lasting, tasks
from reachable.moments import services as moments
from reachable.moments.models import Task, Trigger
from reachable.moments.prepared import SENTENCES
from reachable.notices.models import Notice
from reachable.people.selectors import visible_people
from tests.support.conversations import KEEP, SAID, content, writing
from tests.support.world import World

db = pytest.mark.db


@pytest.mark.parametrize(
    ("row", "text"),
    [
        (
            {"given": "Lifts", "instead": "A bus pass", "by_whom": "the Hub"},
            "A bus pass instead of “Lifts”, from the Hub",
        ),
        ({"instead": "A bus pass"}, "A bus pass"),
        ({"given": "Lifts"}, "Find what could stand in for this: Lifts"),
        (
            {"given": "Lifts", "by_whom": "Ray"},
            "Find what could stand in for this: Lifts, from Ray",
        ),
        ({"by_whom": "Ray", "by_when": "2026-12-01"}, None),
    ],
)
def test_what_could_stand_in_is_proposed(row: dict[str, str], text: str | None) -> None:
    found = proposals([{"instead": {"things": [row]}}])
    assert [each.text for each in found] == ([text] if text else [])


@pytest.mark.parametrize(
    ("given", "texts"),
    [
        ({"next": {"day": "2026-12-01"}}, ["Meet the child again"]),
        ({"next": {"when": "Four"}}, ["Meet the child again: Four"]),
        ({"next": {"why": "She asked"}}, []),
        ({"invitation": {"answer": "talked"}}, []),
        ({"invitation": {"answer": "accepted", "again_on": "2026-12-01"}}, []),
        (
            {"invitation": {"answer": "declined", "again_on": "2026-12-01", "again_how": "Ray"}},
            ["Ask the child again whether they want to talk. Differently: Ray"],
        ),
        (
            {"invitation": {"answer": "not_now"}},
            ["Ask the child again whether they want to talk."],
        ),
        ({}, []),
    ],
)
def test_meeting_and_asking_again_are_proposed(given: dict[str, Any], texts: list[str]) -> None:
    assert [each.text for each in proposals([given])] == texts


def test_who_and_by_when_come_with_it() -> None:
    said: dict[str, Any] = {
        "instead": {"things": [{"given": "Lifts", "by_when": "2026-12-03"}]},
        "next": {"day": "2026-12-01", "who": "u1"},
        "invitation": {"answer": "declined", "again_on": "2026-12-02", "again_by": "u2"},
    }
    found = [(each.for_whom, each.by) for each in proposals([said])]
    assert found == [("", date(2026, 12, 3)), ("u1", date(2026, 12, 1)), ("u2", date(2026, 12, 2))]


def test_a_proposal_keeps_its_key_while_what_it_rests_on_stays() -> None:
    one, other = content(), content(safety={"safe": "yes"}, words={"words": "else"})
    assert [each.key for each in proposals([one])] == [each.key for each in proposals([other])]
    assert len(proposals([one, other])) == len(proposals([one])) == 3
    moved = content(next={"day": "2030-01-01"})
    assert len({each.key for each in proposals([one, moved])}) == 4
    assert [each.key for each in needed([one, other])] == [each.key for each in needed([one])]
    reworded = content(others={"things": [{"who": "School", "what": "Not by the back door."}]})
    assert len(needed([one, reworded])) == 3


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("He said I’d be safe if", ("He said I’d be safe if",)),
        ("he said id be safe", ()),  # five
        ("HE SAID, ID BE... SAFE; IF!", ("HE SAID, ID BE... SAFE; IF",)),
        ("Note: he said I'd be\n safe if she rings.", ("he said I'd be safe if",)),
        ("I’m not going back there, ever", ("I’m not going back there, ever",)),
        (
            "He said I'd be safe if, and now: I'm not going back there ever.",
            ("He said I'd be safe if", "I'm not going back there ever"),
        ),
        ("if I go I’m not going", ("if I go I’m not going",)),
        ("Please ring my aunt Ray tonight", ("my aunt Ray",)),  # all of something short
        ("Please ring aunt Ray tonight", ()),
        ("Somebody talked with the child.", ()),
        ("", ()),
    ],
)
def test_words_of_the_childs_are_found_however_they_are_typed(
    text: str, found: tuple[str, ...]
) -> None:
    assert repeated(text, [content()]) == found


def test_words_that_are_not_the_childs_may_be_repeated() -> None:
    assert repeated(KEEP, [content()]) == ()
    assert repeated("She comes in by the back door this week", [content()]) == ()
    assert repeated("no no", [{"words": {"words": "no no"}}]) == (), "two words are anybody's"


words = st.lists(st.sampled_from(["a", "b", "c", "d", "e"]), max_size=14).map(" ".join)


@given(words, words, words)
def test_promise_5_six_of_the_childs_words_never_pass(before: str, said: str, after: str) -> None:
    """Whatever stands around them: and nothing is found where no six in a row are the same."""
    heard, typed = said.split(), f"{before} {said} {after}".split()
    found = repeated(" ".join(typed), [{"words": {"words": said}}])
    if len(heard) >= 3:
        assert found
    run = min(6, len(heard))
    same = any(
        typed[at : at + run] == heard[start : start + run]
        for at in range(len(typed) - run + 1)
        for start in range(len(heard) - run + 1)
    )
    assert bool(found) == (same and run >= 3)


def test_every_answer_has_sentences_that_are_there() -> None:
    assert set(FITTING) == {key for key, _ in INVITATION.fields[0].options}
    assert {key for keys in FITTING.values() for key in keys} == set(SENTENCES)
    for answer, keys in FITTING.items():
        assert ("talked" in keys) == (answer == "talked")


@pytest.mark.parametrize(
    ("answers", "fit"),
    [
        ([], ()),
        ([""], ()),
        (["talked"], ("talked", "goes_on", "helped", "again")),
        (["talked", ""], ("talked", "goes_on", "helped", "again")),
        (["not_now", "declined"], ("not_now", "goes_on", "helped", "again")),
        (["talked", "declined"], ("goes_on", "helped", "again")),
    ],
)
def test_two_versions_tell_senders_what_is_true_of_both(
    answers: list[str], fit: tuple[str, ...]
) -> None:
    contents = [{"invitation": {"answer": each}} if each else {} for each in answers]
    assert fitting(contents) == fit


@pytest.fixture
def talk(world: World) -> UUID:
    """A finished conversation in the moment that the sergeant's signal opened."""
    moment_id = world.signal()
    held = writing(moment_id, content=content())
    services.keep(by=world.actor("first"), writing=held)
    return held.conversation_id


def read(world: World, talk: UUID, name: str = "first") -> After:
    return after(by=world.actor(name), conversation_id=talk)


def wanted(found: After, *more: Wanted) -> list[Wanted]:
    due = today() + timedelta(days=4)
    of = found.facts.begun_by_id
    return [
        *(Wanted(each.proposal.text, of, due, each.proposal.key) for each in found.proposed),
        *more,
    ]


@db
def test_tasks_are_made_once_with_those_of_ones_own(world: World, talk: UUID) -> None:
    found, by = read(world, talk), world.actor("first")
    own = Wanted("Ring the aunt", world.users["second"], today())
    all_of_them = wanted(found, own)
    assert after_acts.make_tasks(by=by, conversation_id=talk, wanted=all_of_them) == 4
    assert after_acts.make_tasks(by=by, conversation_id=talk, wanted=wanted(found)) == 0
    again = read(world, talk, "second")
    assert [each.task.text if each.task else "" for each in again.proposed] == [
        each.proposal.text for each in found.proposed
    ]
    assert Task.objects.filter(conversation_id=talk).count() == 4
    assert Notice.objects.filter(kind="moment.task_given").count() == 1
    first = again.proposed[0].task
    assert first
    tasks.do_task(by=by, task_id=first.id)
    shown = read(world, talk).proposed[0].task
    assert shown
    assert shown.ended == "done"


@db
def test_all_tasks_are_made_or_none(world: World, talk: UUID) -> None:
    by, found = world.actor("first"), read(world, talk)
    bad = Wanted("Too late", by.own_id, today() - timedelta(days=1))
    for each, error in (
        (bad, BadInput),
        (Wanted("x", by.own_id, today(), "next-no-such"), Conflict),
        (Wanted(f"Ask why {SAID}", by.own_id, today()), BadInput),
    ):
        with pytest.raises(error):
            after_acts.make_tasks(by=by, conversation_id=talk, wanted=wanted(found, each))
    with pytest.raises(BadInput, match="Tick at least one"):
        after_acts.make_tasks(by=by, conversation_id=talk, wanted=[])
    assert not Task.objects.exists()


@db
def test_promise_5_no_task_of_the_moment_holds_the_childs_words(world: World, talk: UUID) -> None:
    """Also where it is added without the conversation, by somebody who may not read them."""
    moment_id = read(world, talk).facts.moment_id
    with pytest.raises(BadInput, match="the child’s own words: “He said I’d be safe if I go”"):
        tasks.add_task(
            by=world.actor("second"),
            moment_id=moment_id,
            text="Ask why. He said I’d be safe if I go",
            due_on=today(),
        )
    assert not Task.objects.exists()


@db
def test_what_is_made_stays_made_in_a_later_version(world: World, talk: UUID) -> None:
    by = world.actor("first")
    after_acts.make_tasks(by=by, conversation_id=talk, wanted=wanted(read(world, talk)))
    before = selectors.conversation(by=by, conversation_id=talk)
    later = writing(before.moment_id, content=content(safety={"safe": "yes"}))
    based_on = (before.versions[0].id,)
    services.keep(by=by, writing=replace(later, conversation_id=talk, based_on=based_on))
    assert all(each.task for each in read(world, talk).proposed)


def heard(world: World, name: str) -> list[str]:
    mine = Signal.objects.filter(sent_by_id=world.users[name]).latest("id")
    found = my_signal(by=world.actor(name), signal_id=mine.id).whereabouts
    assert found
    return [each.own for each in found.heard]


def tell(world: World, talk: UUID, name: str = "first", **given: Any) -> int:
    own = {"own": "Please ring before she is released.", "own_to_police": True}
    answers = {"said": ["talked"], **own, **given}
    return after_acts.tell_senders(by=world.actor(name), conversation_id=talk, **answers)


@db
def test_the_writer_tells_whoever_sent_the_signal(world: World, talk: UUID) -> None:
    found = read(world, talk)
    assert (found.hearing, found.police, found.may_tell) == (1, True, True)
    assert tell(world, talk) == 1
    assert heard(world, "sergeant") == ["Please ring before she is released."]
    assert [each.own for each in read(world, talk).told] == heard(world, "sergeant")


@db
def test_promise_5_a_summary_with_the_childs_words_is_refused_and_says_which(
    world: World, talk: UUID
) -> None:
    with pytest.raises(BadInput, match="These are the child’s own words: “he said I'd be safe if”"):
        tell(world, talk, own="Know that he said I'd be safe if somebody came.")
    # Also of another conversation with the child, and by somebody who may not read them.
    moment_id = read(world, talk).facts.moment_id
    other = writing(moment_id, content={"words": {"words": "they took my phone and my shoes"}})
    services.keep(by=world.actor("lead"), writing=other)
    with pytest.raises(BadInput, match="They took my phone and my shoes"):
        tell(world, talk, own="They took my phone and my shoes.")
    assert heard(world, "sergeant") == []


@db
def test_a_sentence_has_to_fit_and_somebody_has_to_decide(world: World, talk: UUID) -> None:
    with pytest.raises(BadInput, match="does not fit"):
        tell(world, talk, said=["not_now"])
    with pytest.raises(Conflict, match="Whoever wrote it down"):
        tell(world, talk, "second")
    assert tell(world, talk, "lead") == 1
    for name, refused in (("outsider", NotFound), ("sergeant", Forbidden), ("clerk", Forbidden)):
        with pytest.raises(refused):
            tell(world, talk, name)


def row(world: World, talk: UUID, at: int = 0) -> str:
    return read(world, talk).others[at].needed.key


def left(world: World, talk: UUID) -> int:
    facts = selectors.conversation(by=world.actor("first"), conversation_id=talk)
    return open_after(by=world.actor("first"), found=[facts])[talk].to_pass_on


@db
def test_what_others_need_is_passed_on_here_or_in_another_way(world: World, talk: UUID) -> None:
    by = world.actor("first")
    assert left(world, talk) == 2
    names = {each.name: each.signal_id is not None for each in read(world, talk).whom}
    assert names == {"Sol Second": False, "Lu Lead": False, "Sam Sergeant": True}
    passed_id = after_acts.pass_on(
        by=by, conversation_id=talk, row=row(world, talk), to=world.users["sergeant"]
    )
    assert left(world, talk) == 1
    told_at = now() - timedelta(hours=1)
    after_acts.passed_on_otherwise(
        by=by,
        conversation_id=talk,
        row=row(world, talk, 1),
        how="telephone",
        to_whom=" Ms  Alder, Osier School",
        told_at=told_at,
    )
    assert left(world, talk) == 0
    desk, school = (each.records[0] for each in read(world, talk).others)
    assert (desk.how, desk.to, desk.by) == (
        "reachable",
        "Sam Sergeant, Fenmarch Police",
        "Fern First",
    )
    assert (school.how, school.to, school.told_at) == (
        "telephone",
        "Ms Alder, Osier School",
        told_at,
    )
    notice = Notice.objects.get(kind="conversation.passed_on")
    assert (notice.user_id, notice.subject_id) == (world.users["sergeant"], passed_id)
    entries = Entry.objects.filter(action="conversations.passed_on")
    assert entries.count() == 2
    assert not any("gate" in str(each.details) for each in entries)


@db
def test_whoever_is_told_reads_that_and_gets_no_access(world: World, talk: UUID) -> None:
    involved = Involvement.objects.count()
    by, sergeant = world.actor("first"), world.actor("sergeant")
    passed_id = after_acts.pass_on(
        by=by, conversation_id=talk, row=row(world, talk), to=world.users["sergeant"]
    )
    found = passed_on(by=sergeant, passed_id=passed_id)
    assert (found.what, found.child, found.by) == (KEEP, "Tamsin Orrell", "Fern First")
    assert found.conversation_id is None
    assert found.signal_id == Signal.objects.get().id
    assert Involvement.objects.count() == involved
    assert not visible_people(by=sergeant).exists()
    with pytest.raises(NotFound):
        selectors.conversation(by=sergeant, conversation_id=talk)
    for name in ("first", "second", "teacher", "clerk", "outsider"):
        with pytest.raises(NotFound):
            passed_on(by=world.actor(name), passed_id=passed_id)


@db
def test_it_is_gone_once_they_may_not_know_of_the_child_any_more(world: World, talk: UUID) -> None:
    by = world.actor("first")
    sent = after_acts.pass_on(
        by=by, conversation_id=talk, row=row(world, talk), to=world.users["sergeant"]
    )
    works = after_acts.pass_on(
        by=by, conversation_id=talk, row=row(world, talk), to=world.users["second"]
    )
    assert passed_on(by=world.actor("second"), passed_id=works).conversation_id == talk
    Trigger.objects.update(ended_at=now())
    with pytest.raises(NotFound):
        passed_on(by=world.actor("sergeant"), passed_id=sent)
    moment_id = read(world, talk).facts.moment_id
    moments.close(by=by, moment_id=moment_id, outcome="reached", reason="Meets weekly")
    with pytest.raises(NotFound):
        passed_on(by=world.actor("second"), passed_id=works)


@db
@pytest.mark.parametrize("name", ["outsider", "teacher", "clerk", "first"])
def test_nobody_else_can_be_told_here(world: World, talk: UUID, name: str) -> None:
    """Somebody without access is rung; whoever passes it on knows it."""
    with pytest.raises(BadInput, match="works with the child now"):
        after_acts.pass_on(
            by=world.actor("first"),
            conversation_id=talk,
            row=row(world, talk),
            to=world.users[name],
        )
    assert not PassedOn.objects.exists()


@db
def test_what_cannot_be_passed_on_is_refused(world: World, talk: UUID) -> None:
    by, to = world.actor("first"), world.users["second"]
    one = row(world, talk)
    with pytest.raises(Conflict, match="written anew"):
        after_acts.pass_on(by=by, conversation_id=talk, row="others-no-such", to=to)
    after_acts.pass_on(by=by, conversation_id=talk, row=one, to=to)
    with pytest.raises(Conflict, match="already"):
        after_acts.pass_on(by=by, conversation_id=talk, row=one, to=to)
    for wrong, said in (
        ({"how": "pigeon"}, "how they were told"),
        ({"to_whom": " "}, "who was told"),
        ({"to_whom": "a" * 201}, "who was told"),
        ({"told_at": now() + timedelta(minutes=5)}, "has not come yet"),
    ):
        answers: dict[str, Any] = {"how": "telephone", "to_whom": "Ms Alder", **wrong}
        with pytest.raises(BadInput, match=said):
            after_acts.passed_on_otherwise(by=by, conversation_id=talk, row=one, **answers)
    assert PassedOn.objects.count() == 1


@db
def test_promise_5_a_row_with_the_childs_words_is_not_passed_on_here(world: World) -> None:
    moment_id = world.signal()
    things = [{"who": "School", "what": f"She says: {SAID}"}]
    held = writing(moment_id, content=content(others={"things": things}))
    services.keep(by=world.actor("first"), writing=held)
    talk = held.conversation_id
    with pytest.raises(BadInput, match="the child’s own words"):
        after_acts.pass_on(
            by=world.actor("first"),
            conversation_id=talk,
            row=row(world, talk),
            to=world.users["second"],
        )
    assert left(world, talk) == 1


@db
@pytest.mark.parametrize(
    "wrong", [{"to": None}, {"how": "telephone"}, {"to_whom": "Ray"}, {"how": "pigeon"}]
)
def test_the_database_refuses_a_record_that_says_nothing(
    world: World, talk: UUID, wrong: dict[str, Any]
) -> None:
    after_acts.pass_on(
        by=world.actor("first"),
        conversation_id=talk,
        row=row(world, talk),
        to=world.users["second"],
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        PassedOn.objects.update(**wrong)


@db
def test_what_is_open_is_said_until_it_is_done_or_the_moment_is_closed(
    world: World, talk: UUID
) -> None:
    by = world.actor("first")

    def said() -> tuple[int, int, bool]:
        facts = selectors.conversation(by=by, conversation_id=talk)
        found = open_after(by=by, found=[facts])[talk]
        return found.proposed, found.to_pass_on, found.senders_wait

    assert said() == (3, 2, True)
    tell(world, talk)
    after_acts.make_tasks(by=by, conversation_id=talk, wanted=wanted(read(world, talk))[:1])
    assert said() == (2, 2, False)
    moments.close(
        by=by, moment_id=read(world, talk).facts.moment_id, outcome="reached", reason="Weekly"
    )
    with travel(now() + timedelta(days=28, hours=1)):
        lasting.ask(by=system("lasting"))
        assert said() == (0, 2, False)
        assert not read(world, talk).is_open
        with pytest.raises(Conflict, match="closed"):
            after_acts.make_tasks(by=by, conversation_id=talk, wanted=wanted(read(world, talk)))
        with pytest.raises(Conflict, match="closed"):
            tell(world, talk, own="Another")
