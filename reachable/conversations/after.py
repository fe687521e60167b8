"""What follows from a conversation, and how far it is: for those who work with the child."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from reachable.access import closing
from reachable.access import selectors as access
from reachable.conversations import selectors
from reachable.conversations.models import PassedOn
from reachable.conversations.rules.after import Needed, Proposal, fitting, needed, proposals
from reachable.conversations.rules.content import Content
from reachable.conversations.selectors import ConversationFacts
from reachable.foundation.actor import Actor
from reachable.intake.selectors import who_sent
from reachable.moments import selectors as moments
from reachable.moments.joined import families, standing_for
from reachable.moments.models import OPEN, Moment, Task
from reachable.moments.prepared import POLICE
from reachable.moments.selectors import MomentFacts
from reachable.moments.senders import standing_signals
from reachable.moments.summaries import SummaryFacts, hearing, summaries_of, who_would_hear
from reachable.moments.tasks_of import TaskFacts
from reachable.people import selectors as people

HOLDS, ASSIGNS, READS = "moments.hold", "moments.assign", "people.read"
REACHABLE = "reachable"


@dataclass(frozen=True)
class Proposed:
    """A task that is proposed; `task` is what was made of it."""

    proposal: Proposal
    task: TaskFacts | None


@dataclass(frozen=True)
class Record:
    """That something was passed on: to whom, how, when, and by whom."""

    how: str
    to: str
    told_at: datetime
    by: str


@dataclass(frozen=True)
class ToPass:
    """Something that others need to know, and to whom it was passed on so far."""

    needed: Needed
    records: tuple[Record, ...]


@dataclass(frozen=True)
class Whom:
    """Somebody who can be told here; `signal_id` is what they sent, if they see no more.

    `came_after` says that all they sent came after the conversation had begun: being told of it,
    they learn that the child was known.
    """

    user_id: UUID
    name: str
    agency: str
    signal_id: UUID | None
    came_after: bool


@dataclass(frozen=True)
class Open:
    """What is still open after a conversation. Once its moment is closed nothing is asked but what
    others need to know."""

    proposed: int
    to_pass_on: int
    senders_wait: bool


@dataclass(frozen=True)
class After:
    """What its page shows. `made` are all tasks that came out of it, also those of somebody's own.
    `hearing` counts the people who would be told what came of it, `police` says that police are
    among them, and `only_police` that nobody else is. `sentences` fit what the child answered."""

    facts: ConversationFacts
    moment: MomentFacts
    proposed: tuple[Proposed, ...]
    made: tuple[TaskFacts, ...]
    others: tuple[ToPass, ...]
    told: tuple[SummaryFacts, ...]
    sentences: tuple[str, ...]
    hearing: int
    police: bool
    only_police: bool
    may_tell: bool
    whom: tuple[Whom, ...]

    @property
    def is_open(self) -> bool:
        return self.moment.row.state != "closed"


def after(*, by: Actor, conversation_id: UUID) -> After:
    """Return what follows from a conversation; hidden and absent are the same."""
    by.require(HOLDS)
    facts = selectors.conversation(by=by, conversation_id=conversation_id, page="after")
    moment = moments.moment(by=by, moment_id=facts.moment_id)
    out_of_it = tuple(task for task in moment.tasks if task.conversation_id == facts.id)
    made = {task.proposal: task for task in out_of_it if task.proposal}
    records = _records([facts.id])[facts.id]
    heard = who_would_hear(by=by, moment_id=facts.moment_id, about_at=facts.began_at)
    senders = set(who_sent(by=by, signal_ids=heard).values())
    kinds = access.kinds_of(by=by, user_ids=senders)
    return After(
        facts=facts,
        moment=moment,
        proposed=tuple(Proposed(each, made.get(each.key)) for each in proposals(_standing(facts))),
        made=out_of_it,
        others=tuple(
            ToPass(each, tuple(records.get(each.key, ()))) for each in needed(_standing(facts))
        ),
        told=tuple(summaries_of(by=by, conversation_ids=[facts.id]).get(facts.id, ())),
        sentences=fitting(_standing(facts)),
        hearing=len(kinds),
        police=POLICE in kinds.values(),
        only_police=set(kinds.values()) == {POLICE},
        may_tell=may_tell(by, facts, moment),
        whom=whom(by=by, facts=facts, moment_id=moment.row.id),
    )


def may_tell(by: Actor, facts: ConversationFacts, moment: MomentFacts) -> bool:
    """Whoever wrote it down, whoever has the moment, and who leads its team."""
    return facts.may_share or (by.id is not None and by.id == moment.row.holder_id)


def whom(*, by: Actor, facts: ConversationFacts, moment_id: UUID) -> tuple[Whom, ...]:
    """Return who can be told here: who works with the child now, and who sent a signal of them.

    Whoever sent one and does not work with the child is shown what is passed on and their own
    signal: nothing else is opened to them. Whoever has a conflict of interest is told nothing.
    """
    same = people.same_people(by=by, current_ids=[facts.person_id])
    working = access.working_now(by=by, kind="person", subject_ids=same, capability=READS)
    signals = standing_signals(families([moment_id]))
    pairs = who_sent(by=by, signal_ids=signals)
    shut = closing.closed(by=by, kind="person", same=same)
    kin = {user for users in shut.conflicts.values() for user in users}
    sent = {user: signal for signal, user in pairs.items() if user not in kin}
    early = {user for signal, user in pairs.items() if signals[signal] <= facts.began_at}
    still = access.kinds_of(by=by, user_ids={*working, *sent})
    found = [
        Whom(user, name, agency, None, came_after=False)
        if user in working
        else Whom(user, name, agency, sent[user], came_after=user not in early)
        for user, (name, agency) in access.workers(still).items()
        if user != by.id
    ]
    return tuple(sorted(found, key=lambda each: (each.signal_id is not None, each.name)))


def open_after(*, by: Actor, found: Sequence[ConversationFacts]) -> dict[UUID, Open]:
    """Return what is open after each of these finished conversations, asked of all at once."""
    finished = [each for each in found if each.finished]
    ids = [each.id for each in finished]
    made: dict[UUID, set[str]] = {each: set() for each in ids}
    for conversation_id, key in Task.objects.filter(conversation_id__in=ids).values_list(
        "conversation_id", "proposal"
    ):
        if conversation_id is not None:
            made[conversation_id].add(key)
    passed = _records(ids)
    tops = _open_tops(finished)
    wait = _senders_wait(by, finished, tops)
    return {
        each.id: Open(
            sum(one.key not in made[each.id] for one in proposals(_standing(each)))
            if each.moment_id in tops
            else 0,
            sum(one.key not in passed[each.id] for one in needed(_standing(each))),
            each.id in wait,
        )
        for each in finished
    }


def _open_tops(found: Sequence[ConversationFacts]) -> dict[UUID, UUID]:
    """Return the moment of each conversation → the open one in which it stands now."""
    held = Moment.objects.filter(id__in={each.moment_id for each in found})
    tops = standing_for(held)
    still = Moment.objects.filter(id__in=set(tops.values()), state__in=OPEN)
    open_now = set(still.values_list("id", flat=True))
    return {moment: top for moment, top in tops.items() if top in open_now}


def _senders_wait(
    by: Actor, found: Sequence[ConversationFacts], tops: Mapping[UUID, UUID]
) -> set[UUID]:
    """Return the conversations of which somebody could be told who has not been."""
    told = summaries_of(by=by, conversation_ids=[each.id for each in found])
    waiting = [each for each in found if each.id not in told and each.moment_id in tops]
    if not waiting or not by.can(HOLDS):
        return set()
    heard = hearing((each.moment_id, each.began_at) for each in waiting)
    sent = who_sent(by=by, signal_ids={signal for signals in heard.values() for signal in signals})
    kinds = access.kinds_of(by=by, user_ids=sent.values())
    return {
        each.id
        for each in waiting
        if any(sent.get(signal) in kinds for signal in heard[each.moment_id, each.began_at])
    }


def _standing(facts: ConversationFacts) -> list[Content]:
    return [version.content for version in facts.versions]


def _records(conversation_ids: Iterable[UUID]) -> dict[UUID, dict[str, list[Record]]]:
    ids = list(conversation_ids)
    found: dict[UUID, dict[str, list[Record]]] = {each: {} for each in ids}
    held = PassedOn.objects.filter(conversation_id__in=ids).select_related("to__agency", "by")
    for each in held.order_by("told_at", "id"):
        to = f"{each.to.name}, {each.to.agency.name}" if each.to else each.to_whom
        record = Record(each.how, to, each.told_at, each.by.name)
        found[each.conversation_id].setdefault(each.row, []).append(record)
    return found
