"""What senders are told of a conversation: each with their own signal, and nothing of the child."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reachable.audit.models import Entry
from reachable.foundation.errors import BadInput, Conflict, Forbidden, NotFound
from reachable.foundation.time import now, travel
from reachable.intake import services as intake
from reachable.intake.models import Signal
from reachable.intake.selectors import my_signal
from reachable.intake.services import PhoneSignal
from reachable.moments import selectors, services, summaries
from reachable.moments.models import Action, Moment, Summary, Trigger
from reachable.moments.prepared import POLICE, SENTENCES, told
from reachable.moments.senders import Heard
from reachable.moments.telling import Came, came, hears, place
from reachable.notices.models import Notice
from reachable.notices.rules import WORDINGS
from reachable.people import conflicts
from reachable.people import services as people
from reachable.people.models import Review
from tests.support.merging import agree, merge_moments
from tests.support.world import World, html

db = pytest.mark.db
OWN, OTHER, THIRD = (UUID(int=each) for each in (1, 2, 3))
AT = datetime(2026, 11, 10, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ALONE = came(AT, OWN, (), ended=False)
JOINED = came(AT, OWN, [(OTHER, AT + 2 * HOUR)], ended=False)
TWICE = [(OTHER, AT + 2 * HOUR), (THIRD, AT + 4 * HOUR)]
JOINED_TWICE = came(AT, OWN, TWICE, ended=False)


@pytest.mark.parametrize(
    ("sent", "moment", "about", "heard"),
    [
        (ALONE, OWN, AT, True),
        (ALONE, OWN, AT + HOUR, True),
        (ALONE, OWN, AT - timedelta(seconds=1), False),  # the child was known before it came
        (ALONE, OTHER, AT + HOUR, False),
        (JOINED, OWN, AT + HOUR, True),
        (JOINED, OWN, AT - HOUR, False),
        (JOINED, OTHER, AT + HOUR, False),  # before the two became one
        (JOINED, OTHER, AT + 2 * HOUR, True),
        (JOINED, THIRD, AT + 3 * HOUR, False),
        (JOINED_TWICE, OWN, AT + HOUR, True),
        (JOINED_TWICE, OTHER, AT + HOUR, False),
        (JOINED_TWICE, OTHER, AT + 3 * HOUR, True),
        (JOINED_TWICE, THIRD, AT + 3 * HOUR, False),  # after the first join, before the second
        (JOINED_TWICE, THIRD, AT + 4 * HOUR, True),
        (came(AT + 3 * HOUR, OWN, TWICE, ended=False), OTHER, AT + 2 * HOUR, False),
        (came(AT, OWN, (), ended=True), OWN, AT + HOUR, False),
        (came(AT, OWN, [(OTHER, AT)], ended=True), OTHER, AT + HOUR, False),
    ],
)
def test_of_which_conversations_a_sender_hears(
    sent: Came, moment: UUID, about: datetime, heard: bool
) -> None:
    assert hears(sent, moment, about) is heard


@pytest.mark.parametrize(
    ("hours", "where"), [(-1, OWN), (1, OWN), (2, OTHER), (3, OTHER), (4, THIRD), (9, THIRD)]
)
def test_a_conversation_took_place_where_its_moment_stood_when_it_began(
    hours: int, where: UUID
) -> None:
    assert place(OWN, TWICE, AT + hours * HOUR) == where
    assert place(OWN, (), AT + hours * HOUR) == OWN


@given(
    st.timedeltas(timedelta(days=-3), timedelta(days=3)),
    st.sampled_from([OWN, OTHER, THIRD]),
    st.booleans(),
)
def test_promise_46_no_sender_hears_of_what_began_before_their_signal(
    after: timedelta, moment: UUID, ended: bool
) -> None:
    for joins in ((), TWICE[:1], TWICE):
        sent = came(AT, OWN, joins, ended=ended)
        if hears(sent, moment, AT + after):
            assert after >= timedelta()
            assert not ended
            assert moment in dict(sent.links)
            assert AT + after >= dict(joins).get(moment, AT)


def test_police_read_nothing_of_what_the_child_answered() -> None:
    for key, sentence in SENTENCES.items():
        read = " ".join(told([key], POLICE))
        for word in ("said", "yes", "no ", "not now", "answer"):
            assert word not in read, key
        assert told([key], "school") == (sentence.text,)
        for word in ("known", "police", "school", "again and again"):
            assert word not in sentence.text
    asked = [SENTENCES[key].for_kind(POLICE) for key in ("meet", "not_now", "offered")]
    assert set(asked) == {"The child was offered a talk."}, "which one would say the answer"
    assert told(["not_now", "not_now", "no such"], "school") == (SENTENCES["not_now"].text,)


@pytest.fixture
def held(world: World) -> UUID:
    moment_id = world.signal()
    services.take(by=world.actor("first"), moment_id=moment_id)
    return moment_id


def tell(
    world: World,
    moment_id: UUID,
    about: datetime | None = None,
    by: str = "first",
    said: tuple[str, ...] = ("not_now",),
    own: str = "Please ring before she is released.",
    talk: UUID | None = None,
    own_to_police: bool = True,
) -> int:
    return summaries.tell_senders(
        by=world.actor(by),
        moment_id=moment_id,
        conversation_id=talk or uuid4(),
        about_at=about or now(),
        said=said,
        own=own,
        own_to_police=own_to_police,
    )


def heard(world: World, name: str) -> list[Heard]:
    """Return what the latest signal of this person has heard."""
    mine = Signal.objects.filter(sent_by_id=world.users[name]).latest("id")
    found = my_signal(by=world.actor(name), signal_id=mine.id).whereabouts
    assert found is not None
    return list(found.heard)


def notices(world: World, name: str) -> int:
    return Notice.objects.filter(user_id=world.users[name], kind="signal.summary").count()


@db
def test_each_sender_reads_it_with_their_own_signal_and_is_told_once(
    world: World, held: UUID
) -> None:
    assert world.signal("other_worry", by="teacher") == held
    talk = uuid4()
    assert tell(world, held, talk=talk) == 2
    assert tell(world, held, talk=talk) == 0, "the same told twice is told once"
    (police,), (school,) = heard(world, "sergeant"), heard(world, "teacher")
    assert police.sentences == ("The child was offered a talk.",)
    assert school.sentences == (SENTENCES["not_now"].text,)
    assert police.own == school.own == "Please ring before she is released."
    assert (notices(world, "sergeant"), notices(world, "teacher")) == (1, 1)
    wording = WORDINGS["signal.summary"]
    assert "Tamsin" not in wording.title + wording.text
    assert tell(world, held, talk=talk, said=(), own="She is home.") == 2
    assert [each.own for each in heard(world, "teacher")][-1] == "She is home."
    assert notices(world, "teacher") == 2
    entries = Entry.objects.filter(action="moments.told_senders")
    assert entries.count() == 2
    assert not any("ring" in str(each.details) for each in entries)


@db
def test_a_sender_in_conflict_hears_whom_to_ring_and_nothing_of_what_was_talked_about(
    world: World, held: UUID
) -> None:
    assert world.signal("other_worry", by="outsider") == held
    tell(world, held)
    assert len(heard(world, "outsider")) == 1
    child = Moment.objects.get(id=held).person_id
    before = _rung(world, "outsider")
    conflicts.declare(
        by=world.actor("lead"),
        person_id=child,
        reason="Her nephew",
        whose=world.users["outsider"],
    )
    assert heard(world, "outsider") == []
    assert _rung(world, "outsider") == before
    assert before[-1] == "07700 900100"
    told_before = notices(world, "outsider")
    assert tell(world, held, own="She is home.") == 2
    assert notices(world, "outsider") == told_before
    assert heard(world, "outsider") == []
    assert len(heard(world, "sergeant")) == 2


def _rung(world: World, name: str) -> tuple[str, str, str]:
    mine = Signal.objects.filter(sent_by_id=world.users[name]).latest("id")
    found = my_signal(by=world.actor(name), signal_id=mine.id).whereabouts
    assert found is not None
    return found.state, found.who, found.team_phone


@db
def test_promise_46_police_read_the_writers_own_sentence_only_if_the_writer_says_so(
    world: World, held: UUID
) -> None:
    world.signal("other_worry", by="teacher")
    talk, own = uuid4(), "She said yes and meets us by the bench."
    tell(world, held, talk=talk, said=("meet",), own=own, own_to_police=False)
    (police,), (school,) = heard(world, "sergeant"), heard(world, "teacher")
    assert (police.own, school.own) == ("", own)
    tell(world, held, talk=talk, said=(), own="At four by the bench.", own_to_police=False)
    assert len(heard(world, "sergeant")) == 1, "nothing is left of it for police"
    assert len(heard(world, "teacher")) == 2
    assert (notices(world, "sergeant"), notices(world, "teacher")) == (1, 2)
    mine = Signal.objects.get(sent_by_id=world.users["sergeant"])
    page = html(world.client("sergeant").get(f"/signals/{mine.id}/"))
    assert "bench" not in page
    tell(world, held, talk=talk, said=(), own="Please ring us first.")
    assert [each.own for each in heard(world, "sergeant")] == ["", "Please ring us first."]
    assert notices(world, "sergeant") == 2
    first = summaries.summaries_of(by=world.actor("first"), conversation_ids=[talk])[talk]
    assert [each.own_to_police for each in first] == [False, False, True]


@db
def test_the_page_of_the_signal_says_what_police_are_not_told(world: World, held: UUID) -> None:
    world.signal("other_worry", by="teacher")
    tell(world, held)
    for name, says in (("sergeant", True), ("teacher", False)):
        mine = Signal.objects.get(sent_by_id=world.users[name])
        page = html(world.client(name).get(f"/signals/{mine.id}/"))
        assert "What came of it" in page
        assert "Please ring before she is released." in page
        assert ("Police are told nothing of what the child said or answered" in page) is says
        assert ("said not now" in page) is not says
        assert "Fern First" in page, "as they were told before (0025)"


@db
def test_promise_46_what_came_later_hears_nothing_of_what_was_told_or_began_before(
    world: World, held: UUID
) -> None:
    """A second signal into the same moment is told as if nothing had been before it."""
    began = now()
    tell(world, held, began)
    with travel(now() + HOUR):
        assert world.signal("other_worry", by="teacher") == held
        assert heard(world, "teacher") == []
        assert tell(world, held, began, own="Written down late.") == 1
        assert heard(world, "teacher") == []
        assert notices(world, "teacher") == 0
        assert len(heard(world, "sergeant")) == 2
        assert tell(world, held, own="She asked for you.") == 2
        assert [each.own for each in heard(world, "teacher")] == ["She asked for you."]


@db
def test_promise_46_a_signal_that_turns_out_to_be_another_childs_hears_nothing_more(
    world: World, held: UUID
) -> None:
    """What was told of the one child is gone from it; of the other it hears what comes after."""
    tell(world, held)
    signal = Signal.objects.get(sent_by_id=world.users["sergeant"])
    other = world.signal(by="teacher", given_names="Robin", family_name="Ashdown")
    services.take(by=world.actor("first"), moment_id=other)
    with travel(now() + HOUR):
        tell(world, other, own="Of Robin, before.")
    with travel(now() + 2 * HOUR):
        was = Trigger.objects.get(signal_id=signal.id)
        Trigger.objects.filter(id=was.id).update(ended_at=now())
        assert heard(world, "sergeant") == [], "taken out, it hears nothing of either"
        assert tell(world, held) == 0
        assert notices(world, "sergeant") == 1
        was.id, was.moment_id, was.joined_at, was.ended_at = uuid4(), other, now(), None
        was.save(force_insert=True)
        assert heard(world, "sergeant") == []
    with travel(now() + 3 * HOUR):
        assert tell(world, other, own="Of Robin, after.") == 2
        assert [each.own for each in heard(world, "sergeant")] == ["Of Robin, after."]


def _signal_of_another_address(world: World) -> None:
    """The same name and birth date elsewhere: until a person decides, another child."""
    intake.send_signal(
        by=world.actor("sergeant"),
        signal=PhoneSignal(
            token=uuid4(),
            kind="in_custody_now",
            family_name="Orrell",
            given_names="Tamsin",
            birth_date=date(2012, 3, 3),
            where="Withyholm Police Station",
            said="Will not say where she lives.",
            reach="07700 900123",
            postcode="FX9 9ZZ",
        ),
    )


@db
def test_two_moments_that_become_one_tell_each_sender_from_then_on_and_until_it_is_undone(
    world: World,
) -> None:
    older = world.signal("other_worry", by="teacher")
    _signal_of_another_address(world)
    newer = Trigger.objects.exclude(moment_id=older).get().moment_id
    by = world.actor("first")
    for moment_id in (older, newer):
        services.take(by=by, moment_id=moment_id)
    began = now()
    tell(world, older, began, own="Of the older.")
    review, steward = Review.objects.get(), world.actor("steward")
    with travel(now() + HOUR, ticking=True):
        same_as = review.candidates.values_list("record_id", flat=True)[0]
        merge_id = agree(steward, review.id, same_as)
        assert merge_id
        tops = {Moment.objects.get(id=each).joined_into_id for each in (older, newer)}
        (top,) = tops - {None}
        joined = "sergeant" if top == older else "teacher"
        stayed = "teacher" if joined == "sergeant" else "sergeant"
        assert tell(world, older, began, own="Late.") == 1, "told where it took place"
        before = [each.own for each in heard(world, joined)]
        tell(world, newer if top == older else older, own="Of both.")
        assert [each.own for each in heard(world, joined)] == [*before, "Of both."]
        assert heard(world, stayed)[-1].own == "Of both."
    with travel(now() + 2 * HOUR, ticking=True):
        people.undo_merge(by=steward, merge_id=merge_id, reason="Two girls after all")
        assert [each.own for each in heard(world, joined)] == before
        assert heard(world, stayed)[-1].own == "Of both."


@db
def test_promise_46_two_joins_tell_each_sender_of_each_moment_from_when_theirs_stood_there(
    world: World,
) -> None:
    """Three children turn out to be one: the newest joins the second, then both the oldest."""
    start, by = now(), world.actor("first")
    names = (("lead", "Robin"), ("teacher", "Ash"), ("sergeant", "Tamsin"))
    moments = {}
    for hours, (name, called) in enumerate(names):
        with travel(start + hours * HOUR):
            moments[name] = world.signal(by=name, given_names=called, family_name=f"Of{called}")
            if name == "lead":
                services.take(by=world.actor("second"), moment_id=moments[name])
            else:
                services.take(by=by, moment_id=moments[name])
    oldest, second, newest = moments.values()
    with travel(start + 5 * HOUR):
        merge_moments(world.actor("steward"), second, newest)
    between = start + 6 * HOUR
    with travel(between):
        tell(world, oldest, own="Of the oldest.", by="second")
        tell(world, newest, own="Of two.")
    with travel(start + 7 * HOUR):
        merge_moments(world.actor("steward"), oldest, second)
    with travel(start + 8 * HOUR):
        tell(world, oldest, between, own="Of the oldest, late.", by="second")
        assert tell(world, newest, between, own="Of two, late.", by="second") == 2
        assert summaries.who_would_hear(by=by, moment_id=newest, about_at=between) == (
            summaries.who_would_hear(by=by, moment_id=second, about_at=between)
        )
        assert tell(world, newest, own="Of all.", by="second") == 3
        for name, said in (
            ("lead", ["Of the oldest.", "Of the oldest, late.", "Of all."]),
            ("teacher", ["Of two.", "Of two, late.", "Of all."]),
            ("sergeant", ["Of two.", "Of two, late.", "Of all."]),
        ):
            assert [each.own for each in heard(world, name)] == said, name
            assert notices(world, name) == 3, name
    with travel(start + timedelta(days=4)):
        mine = Signal.objects.get(sent_by_id=world.users["sergeant"])
        seen = my_signal(by=world.actor("sergeant"), signal_id=mine.id).whereabouts
        assert seen is not None
        assert seen.who == "Sol Second", "who had the oldest has it since the second join"


@db
@pytest.mark.parametrize(
    ("said", "own", "why"),
    [((), " ", "choose what they are told"), ((), "a" * 401, "400 characters at most")],
)
def test_nothing_and_too_much_are_refused(
    world: World, held: UUID, said: tuple[str, ...], own: str, why: str
) -> None:
    with pytest.raises(BadInput, match=why):
        tell(world, held, said=said, own=own)
    assert not Summary.objects.exists()


@db
def test_who_may_not_see_the_moment_tells_nobody(world: World, held: UUID) -> None:
    for name, refused in (("outsider", NotFound), ("sergeant", Forbidden), ("clerk", Forbidden)):
        with pytest.raises(refused):
            tell(world, held, by=name)
    services.close(
        by=world.actor("first"), moment_id=held, outcome="opened_in_error", reason="Twin"
    )
    with pytest.raises((Conflict, NotFound)):
        tell(world, held)
    assert not Summary.objects.exists()


@db
def test_the_history_says_what_was_told(world: World, held: UUID) -> None:
    tell(world, held)
    found = selectors.moment(by=world.actor("first"), moment_id=held)
    last = found.actions[-1]
    assert (last.kind, last.note.startswith(SENTENCES["not_now"].text)) == ("told_senders", True)
    page = html(world.client("first").get(f"/moments/{held}/"))
    assert "Fern First told whoever sent the signals" in page
    assert Action.objects.filter(kind="told_senders").count() == 1
