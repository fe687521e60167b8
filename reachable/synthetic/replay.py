"""Lets the invented year happen: the files come, sergeants ring, workers answer, at their times.

Everything goes through the product's own services, as the invented people, with the clock moved.
Whatever was done stays done: files count once, signals carry their token, and of a moment's plan
only what is later than the last thing a person did with it is still to do. A replay that was
stopped goes on; one that is over does nothing.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from random import Random
from uuid import UUID

from django.db import transaction
from django.db.models import F, Max, QuerySet

from reachable.access import selectors as access
from reachable.foundation.actor import Actor, system
from reachable.foundation.errors import ReachableError
from reachable.foundation.time import now, travel
from reachable.intake import loading
from reachable.intake import services as intake
from reachable.intake.models import Delivery, Signal
from reachable.intake.services import PhoneSignal
from reachable.moments import birthdays, contact, lasting
from reachable.moments import rules as moment_rules
from reachable.moments import services as moments
from reachable.moments.models import OPEN, Action, Moment, Trigger
from reachable.moments.selectors import visible_moments
from reachable.notices import services as notices
from reachable.offers import attending
from reachable.practice import guidance
from reachable.practice.time import LONDON, start_of_day
from reachable.synthetic import mistaken, present, talks, workers
from reachable.synthetic.arrival import actors, set_up
from reachable.synthetic.feeds import Manifest, SentFile
from reachable.synthetic.offering import Offering
from reachable.synthetic.partnership import Partnership
from reachable.synthetic.signals import PhonedIn, signals
from reachable.synthetic.steward import LEFT_OPEN, Steward
from reachable.synthetic.workers import Planned

PASS_ON = system("pass on")
FORGET = system("forget")
LASTING = system("lasting")
BIRTHDAYS = system("birthdays")
ATTENDING = system("attending")
BIRTHDAY = "birthday"
SENDS = "intake_worker"
FORGETS_AT = timedelta(hours=2)
OFFERS_BEFORE_NIGHT = timedelta(hours=7)
REVIEWS_ON = 0
# Of moments longer ago only the answer, the meeting and the end are played, not each attempt.
IN_SHORT_BEFORE = timedelta(days=42)
READ_EVERY = timedelta(days=28)
LAST_DAY = timedelta(hours=30)
_CONTACT: dict[str, Callable[..., None]] = {
    workers.OFFER: contact.offer,
    workers.ACCEPT: contact.accept,
    workers.EXPLAIN: contact.explain,
}


@dataclass(frozen=True)
class Progress:
    """How far the replay is: files done of all, and the invented day it has come to."""

    done: int
    total: int
    rows: int
    at: datetime


@dataclass
class Replayed:
    """What this run of the replay did; what an earlier run did is not counted again."""

    files: int = 0
    failed: list[str] = field(default_factory=list)
    accepted: int = 0
    quarantined: int = 0
    duplicates: int = 0
    events: int = 0
    moments: int = 0
    signals: int = 0
    actions: int = 0
    refused: int = 0
    reviews: int = 0
    forgotten: int = 0
    birthdays: int = 0
    offers: int = 0


def replay(
    made: Partnership,
    manifest: Manifest,
    *,
    password: str,
    tell: Callable[[Progress], None] = lambda progress: None,
    only_files: bool = False,
) -> Replayed:
    """Set the partnership up and let its year happen, up to the present instant.

    With `only_files`, nobody signals or works. Files from after the present instant wait.
    """
    set_up(made, password=password)
    return _Year(made, manifest, only_files).run(tell)


@dataclass(order=True)
class _Due:
    """An entry of the agenda; `number` keeps entries of the same instant in order."""

    at: datetime
    number: int
    moment_id: UUID = field(compare=False)
    planned: Planned = field(compare=False)
    by: Actor | None = field(compare=False, default=None)


class _Year:
    def __init__(self, made: Partnership, manifest: Manifest, only_files: bool) -> None:
        self.made = made
        self.manifest = manifest
        self.only_files = only_files
        self.finish = now()
        self.by = actors(made)
        self.by_id = {actor.id: actor for actor in self.by.values()}
        self.senders = {w.agency: self.by[w.username] for w in made.workers if SENDS in w.roles}
        self.agencies = {a.code: access.agency_id(a.code) for a in made.agencies}
        self.members = [self.by[w.username] for w in made.workers if made.rota.team in w.teams]
        self.agenda: list[_Due] = []
        self.numbers = count()
        self.planned: set[UUID] = set()
        self.result = Replayed()
        self.done_before = self._loaded()
        self.holders: dict[UUID, Actor] = {}
        self.offering = Offering(made.seed, self.by_id)
        self.steward = Steward(self.by["linkage.steward"], self.by["second.steward"], made)
        self.reviewed_on: date | None = None
        self.read_at: datetime | None = None
        self.forgot_on: date | None = None
        self.has_planned = False

    def run(self, tell: Callable[[Progress], None]) -> Replayed:
        files = [file for file in self.manifest.files if file.sent_at <= self.finish]
        first = self._first_to_do(files)
        rows = sum(file.rows for file in files[:first])
        waiting = self._signals(files[first].sent_at) if first < len(files) else deque()
        for at in range(first, len(files)):
            ends = files[at + 1].sent_at if at + 1 < len(files) else self.finish
            self._forget(files[at].sent_at)
            self._load(files[at])
            self._read_notices(files[at].sent_at)
            while waiting and waiting[0].at < ends:
                self._work_until(waiting[0].at)
                self._signal(waiting.popleft())
            self._work_until(ends)
            if not self.only_files:
                self._review(ends - timedelta(minutes=1))
            rows += files[at].rows
            tell(Progress(at + 1, len(files), rows, files[at].sent_at))
        if not self.only_files:
            mistaken.mistake(
                steward=self.by["linkage.steward"],
                second=self.by["second.steward"],
                workers=self.members,
                finish=self.finish,
            )
        return self.result

    def _forget(self, at: datetime) -> None:
        """Each night what led nowhere, and has waited long enough, is removed."""
        night = at.astimezone(LONDON).date()
        if night == self.forgot_on:
            return
        self.forgot_on = night
        with travel(start_of_day(night) + FORGETS_AT):
            self.result.forgotten += intake.forget(by=FORGET)
            if self.only_files:
                return
            lasting.ask(by=LASTING)
            self._say_what_lasted()
            self.result.birthdays += birthdays.keep(by=BIRTHDAYS)
            attending.ask(by=ATTENDING)
        with travel(start_of_day(night) - OFFERS_BEFORE_NIGHT):
            self.result.offers += self.offering.evening()
        # One that joins an open moment opens none, and whoever has the child is asked all the same.
        self._plan_new(start_of_day(night) + FORGETS_AT)
        self._answer()

    def _say_what_lasted(self) -> None:
        """Whoever is asked answers after some days, the same whenever the replay began."""
        asked_lately = set(lasting.asked_lately(by=LASTING))
        for by in self.by.values():
            if by.id not in asked_lately or not by.can("moments.hold"):
                continue
            for asked in lasting.questions(by=by):
                rng = Random(f"{self.made.seed} {asked.reached_at.isoformat()} {asked.check}")
                said = workers.lasted(rng, asked.check)
                if said and asked.asked_at + said[2] <= now():
                    contact.still_in_touch(
                        by=by,
                        moment_id=asked.moment_id,
                        check=asked.check,
                        how=said[0],
                        note=said[1],
                    )
                    self.result.actions += 1

    def _signals(self, starts: datetime) -> deque[PhonedIn]:
        if self.only_files:
            return deque()
        year = [*signals(self.made), *present.signals(self.made, self.finish)]
        year.sort(key=lambda sent: sent.at)
        return deque(sent for sent in year if starts < sent.at < self.finish)

    def _loaded(self) -> set[str]:
        return set(Delivery.objects.filter(state="loaded").values_list("digest", flat=True))

    def _first_to_do(self, files: list[SentFile]) -> int:
        """Return the place after the last file of an earlier run.

        A copy of an earlier file, or another empty one, says nothing about how far it came.
        """
        first_of = {file.sha256: at for at, file in reversed(list(enumerate(files)))}
        return max((first_of[d] for d in self.done_before if d in first_of), default=-1) + 1

    def _load(self, file: SentFile) -> None:
        """Load a file, and let whoever is asked answer, before anybody else sees the moments."""
        with transaction.atomic():
            with travel(file.sent_at):
                self._receive(file)
            if not self.only_files:
                self._plan_new(file.sent_at)
                self._answer()

    def _receive(self, file: SentFile) -> None:
        by = self.senders[file.agency]
        path = self.manifest.folder / file.path
        with path.open("rb") as content:
            received = intake.receive(
                by=by,
                agency_id=self.agencies[file.agency],
                feed=file.feed,
                file_name=path.name,
                content=content,
            )
        if received.again and file.sha256 in self._loaded():
            return
        intake.begin_loading(by=by, delivery_id=received.delivery_id)
        delivery = loading.load(by=by, delivery_id=received.delivery_id)
        if delivery.state != "loaded":
            self.result.failed.append(f"{file.path}: {delivery.error}")
        self.result.files += 1
        self.result.accepted += delivery.accepted
        self.result.quarantined += delivery.quarantined
        self.result.duplicates += delivery.duplicates
        self.result.events += delivery.events
        self.result.moments += delivery.moments

    def _signal(self, sent: PhonedIn) -> None:
        """Send a signal from a phone, and let whoever is asked answer."""
        person = sent.person
        signal = PhoneSignal(
            token=sent.token,
            kind=sent.kind,
            family_name=person.name.family,
            given_names=person.name.given,
            birth_date=person.birth_date,
            where=sent.where,
            said=sent.said,
            reach=sent.reach,
            postcode=sent.postcode,
            communication_needs=person.communication_needs,
        )
        with transaction.atomic():
            with travel(sent.at):
                intake.send_signal(by=self.by[sent.username], signal=signal)
            self.result.signals += 1
            self._plan_new(sent.at, sent)
            self._answer()

    def _review(self, at: datetime) -> None:
        """Each Monday the steward decides what has waited, the same whenever the replay began."""
        day = at.astimezone(LONDON).date()
        if day.weekday() != REVIEWS_ON or day == self.reviewed_on:
            return
        self.reviewed_on = day
        with transaction.atomic():
            with travel(at):
                before = start_of_day(day) - LEFT_OPEN
                self.result.reviews += self.steward.decide(opened_before=before)
            # Records that are joined may together be what a rule asks for.
            self._plan_new(at)
            self._answer()

    def _read_notices(self, at: datetime) -> None:
        """Now and then everybody reads what they were told; what came since is still new."""
        if self.only_files or (
            self.read_at and at - self.read_at < READ_EVERY and self.finish - at > LAST_DAY
        ):
            return
        self.read_at = at
        with travel(at):
            for by in self.by.values():
                notices.mark_read(by=by)

    def _plan_new(self, since: datetime, sent: PhonedIn | None = None) -> None:
        """Plan for moments opened since then; at first for all that are open."""
        open_now = visible_moments(by=system("synthetic")).filter(state__in=OPEN)
        self._plan_again(open_now, since)
        if self.has_planned:
            open_now = open_now.filter(opened_at__gte=since)
        self.has_planned = True
        rows = open_now.order_by("opened_at", "child_due_at")
        fresh = [
            row
            for row in rows.values_list("id", "kind", "opened_at", "child_due_at")
            if row[0] not in self.planned
        ]
        last_acts = _last_acts([row[0] for row in fresh if row[2] < since])
        openers = _opened_by([row[0] for row in fresh])
        for moment_id, kind, opened_at, due_at in fresh:
            self.planned.add(moment_id)
            last = last_acts.get(moment_id)
            if sent and sent.scripted and opened_at == sent.at:
                self._add(moment_id, sent.then, by=self.by.get(sent.taker))
                continue
            answer_by = moment_rules.answer_by(kind, opened_at)
            plan = workers.plan(
                Random(f"{self.made.seed} {opened_at.isoformat()} {openers.get(moment_id)}"),
                kind=kind,
                opened_at=opened_at,
                due_at=due_at,
                minutes_to_answer=(answer_by - opened_at).total_seconds() / 60,
                steps=[step.key for step in guidance.pathway(kind).steps],
                in_short=self.finish - opened_at > IN_SHORT_BEFORE,
            )
            self._add(moment_id, [at for at in plan if last is None or at.at > last])

    def _plan_again(self, open_now: QuerySet[Moment], since: datetime) -> None:
        """Whoever has a child in whose life more has happened acknowledges it in time."""
        again = Action.objects.filter(kind="asked").exclude(how="")
        if self.has_planned:
            again = again.filter(at__gte=since)
        waiting = open_now.filter(state="waiting", id__in=again.values("moment_id"))
        rows = waiting.order_by("opened_at", "child_due_at")
        rng = Random(f"{self.made.seed} again {since.isoformat()}")
        for moment_id, asked_id, answer_by in rows.values_list("id", "asked_id", "answer_by"):
            left = max((answer_by or since) - since, timedelta())
            at = since + left * rng.uniform(0.1, 0.8)
            self._add(moment_id, [Planned(at, workers.TAKE)], by=self.by_id.get(asked_id))

    def _add(self, moment_id: UUID, plan: Sequence[Planned], by: Actor | None = None) -> None:
        for planned in plan:
            due = _Due(planned.at, next(self.numbers), moment_id, planned, by)
            heapq.heappush(self.agenda, due)

    def _answer(self) -> None:
        """Do all that answers, at its own time; the rest of the agenda waits for its turn."""
        answers = sorted(due for due in self.agenda if due.planned.verb in workers.ANSWERS)
        rest = [due for due in self.agenda if due.planned.verb not in workers.ANSWERS]
        heapq.heapify(rest)
        self.agenda = rest
        for due in answers:
            self._do(due)

    def _work_until(self, ends: datetime) -> None:
        while self.agenda and self.agenda[0].at < ends:
            self._do(heapq.heappop(self.agenda))

    def _do(self, due: _Due) -> None:
        """Act as whoever has the moment; what has become impossible meanwhile is left out."""
        if due.at >= self.finish:
            return
        with travel(due.at):
            try:
                self._act(due.moment_id, due.planned, due.by)
                self.result.actions += 1
            except ReachableError:
                self.result.refused += 1

    def _act(self, moment_id: UUID, planned: Planned, by: Actor | None) -> None:
        if planned.verb == workers.LET_PASS:
            moments.pass_on_unanswered(by=PASS_ON)
            return
        by = by or self._who(moment_id, planned)
        if by is None:
            return
        if planned.verb in (workers.TAKE, workers.CLAIM):
            moments.take(by=by, moment_id=moment_id)
            self.holders[moment_id] = by
            if self.finish - planned.at < LAST_DAY:
                notices.mark_read(by=by, subject=("moment", moment_id))
        elif planned.verb == workers.ATTEMPT:
            moments.attempt(by=by, moment_id=moment_id, how=planned.how, note=planned.note)
        elif self._is_written_down(planned):
            self._write_down(moment_id, planned, by)
        elif planned.verb == workers.REACH:
            moments.reach(by=by, moment_id=moment_id, how=planned.how, note=planned.note)
        elif planned.verb == workers.STEP:
            moments.do_step(by=by, moment_id=moment_id, step=planned.how, note=planned.note)
        elif planned.verb in _CONTACT:
            _CONTACT[planned.verb](by=by, moment_id=moment_id, how=planned.how, note=planned.note)
        elif planned.verb == workers.DECLINE and planned.again_on and by.id:
            contact.decline(
                by=by,
                moment_id=moment_id,
                how=planned.how,
                note=planned.note,
                again_on=planned.again_on,
                by_whom=by.id,
            )
        else:
            moments.close(
                by=by,
                moment_id=moment_id,
                outcome=planned.how,
                reason=planned.note,
                not_again="others_ask",
            )
            self.holders.pop(moment_id, None)

    def _is_written_down(self, planned: Planned) -> bool:
        """Of what was not long ago, some meetings are written down as conversations."""
        met = planned.verb in (workers.REACH, workers.DECLINE)
        lately = self.finish - planned.at < IN_SHORT_BEFORE
        return met and lately and talks.is_written_down(self._chance(planned, "whether"))

    def _write_down(self, moment_id: UUID, planned: Planned, by: Actor) -> None:
        rng = self._chance(planned, "what")
        if planned.again_on is None:
            talks.talked(rng, by=by, moment_id=moment_id, how=planned.how)
        else:
            talks.declined(
                rng, by=by, moment_id=moment_id, how=planned.how, again_on=planned.again_on
            )

    def _chance(self, planned: Planned, of: str) -> Random:
        return Random(f"{self.made.seed} talk {of} {planned.at.isoformat()}")

    def _who(self, moment_id: UUID, planned: Planned) -> Actor | None:
        """Whoever is asked or has it; where that is nobody, a member of the team in turn."""
        if moment_id in self.holders:
            return self.holders[moment_id]
        held = visible_moments(by=system("synthetic")).filter(id=moment_id, state__in=OPEN)
        moment = held.only("holder", "asked").first()
        if moment is None:
            return None
        user_id = moment.holder_id or moment.asked_id
        if user_id is None and planned.verb in (workers.TAKE, workers.CLAIM):
            return self.members[Random(f"{planned.at}").randrange(len(self.members))]
        return self.by_id.get(user_id)


def _last_acts(moment_ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """Return when a person last did something with each of these moments."""
    if not moment_ids:
        return {}
    acts = Action.objects.filter(moment_id__in=moment_ids, by__isnull=False)
    return dict(acts.values_list("moment_id").annotate(Max("at")))


def _opened_by(moment_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return for each moment the first source key of what opened it, which never changes."""
    if not moment_ids:
        return {}
    rows = Trigger.objects.filter(moment_id__in=moment_ids, joined_at=F("moment__opened_at"))
    pairs = list(rows.values_list("moment_id", "signal_id"))
    keys = dict(
        Signal.objects.filter(id__in=[signal_id for _, signal_id in pairs]).values_list(
            "id", "source_key"
        )
    )
    openers: dict[UUID, str] = {}
    for moment_id, signal_id in pairs:
        # A birthday follows from a birth date, and came by no signal.
        key = keys.get(signal_id, BIRTHDAY)
        openers[moment_id] = min(key, openers.get(moment_id, key))
    return openers
