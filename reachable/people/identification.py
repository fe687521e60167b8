"""One batch of claims, identified together: three questions to the database, then bulk writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import connection

from reachable.foundation.db import bulk_insert_all, bulk_update, in_values, is_postgres
from reachable.foundation.ids import new_id
from reachable.people import apart, finding, rules
from reachable.people.finding import Found, Index, earlier_columns, identity_from, keys_of
from reachable.people.judging import Judged, judge
from reachable.people.linkage.in_force import in_force
from reachable.people.models import (
    CurrentPerson,
    LinkDecision,
    Person,
    Record,
    RecordDetail,
    RecordKey,
    Review,
    ReviewCandidate,
)
from reachable.people.rules import Decision, Identity

Values = tuple[Any, ...]
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Claim:
    """What an agency says about somebody.

    `reference` is the agency's own number of the person, or empty; then `signal` tells the claim
    from all others of that agency, and a new version of the signal keeps its record. `content` is
    kept as received. Where `needed` is false, somebody whom nobody knows is not recorded.

    A claim that `refers` says nothing of anybody but the number: of whoever is recorded under it.
    One that is `partial` gives no name, and never takes the place of what a record says.
    """

    agency_id: UUID
    reference: str
    identity: Identity
    shown_name: str
    content: dict[str, Any]
    content_hash: str
    received_at: datetime
    needed: bool = True
    signal: str = ""
    refers: bool = False
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Identified:
    """The agency's record, its person, who stands for that person now, and why.

    `identity` is what the record says now; `news` are keys under which it was not found before.
    """

    record_id: UUID
    person_id: UUID
    current_id: UUID
    outcome: str
    rule: str
    identity: Identity
    news: tuple[int, ...] = ()


@dataclass(slots=True)
class _Known:
    record_id: UUID
    person_id: UUID
    current_id: UUID
    detail_hash: str
    detail_at: datetime
    shown_name: str
    identity: Identity

    def said(self) -> Values:
        return said_columns(self.detail_hash, self.detail_at, self.shown_name, self.identity)


@dataclass
class Writes:
    """What a batch will insert, table by table."""

    people: list[Values] = field(default_factory=list)
    records: dict[UUID, Values] = field(default_factory=dict)
    details: list[Values] = field(default_factory=list)
    keys: list[Values] = field(default_factory=list)
    decisions: list[Values] = field(default_factory=list)
    reviews: list[Values] = field(default_factory=list)
    beside: list[Values] = field(default_factory=list)
    changed: dict[UUID, Values] = field(default_factory=dict)
    rekeyed: dict[UUID, list[int]] = field(default_factory=dict)
    outdated: set[int] = field(default_factory=set)


SAID = [
    *("detail_hash", "detail_at", "shown_name", "family_name", "given_names"),
    *("birth_date", "postcode", "nhs_number", "upn", "sex"),
    *("earlier_families", "earlier_postcodes"),
]
"""Columns of a record that follow from what was received of it: last, and the earlier from all."""


def said_columns(
    content_hash: str, received_at: datetime, shown_name: str, identity: Identity
) -> Values:
    """Return the values of `SAID`."""
    return (
        content_hash,
        received_at,
        shown_name,
        identity.family,
        identity.given,
        identity.birth_date,
        identity.postcode,
        identity.nhs_number,
        identity.upn,
        identity.sex,
        *earlier_columns(identity),
    )


class Batch:
    """Decides claims one after the other, so that a row can find the row before it."""

    def __init__(self, claims: Sequence[Claim], at: datetime) -> None:
        self.at = at
        self.claims = claims
        self.writes = Writes()
        self.model = in_force()
        self.records = _known_records(claims)
        self.keys = [keys_of(claim.identity) for claim in claims]
        self.index = Index({key for keys in self.keys for key in keys})

    def run(self) -> list[Identified | None]:
        found = [
            self._identify(claim, keys) for claim, keys in zip(self.claims, self.keys, strict=True)
        ]
        self._write()
        return found

    def _identify(self, claim: Claim, keys: list[int]) -> Identified | None:
        own, instead = references_of(claim)
        holder = self.records.get((claim.agency_id, own))
        if claim.refers:
            return _as_before(holder) if holder else None
        if holder is None or _same(claim, holder.identity):
            known, reference = holder, own
        else:
            known, reference = self.records.get((claim.agency_id, instead)), instead
        if known is not None and claim.partial:
            return _as_before(known)
        if known is not None:
            return _as_before(known, self._follow(known, claim, keys))
        judged = judge(self.model, claim.identity, self.index.sharing(keys))
        decision = judged.decision
        if reference is instead and holder is not None and decision.outcome != "link":
            beside = (_raw(holder.record_id), *decision.beside)
            decision = Decision("review", "details_changed", None, tuple(dict.fromkeys(beside)))
            judged = Judged(decision)
        if decision.outcome == "new" and not claim.needed:
            return None
        return self._add(claim, keys, judged, reference)

    def _add(self, claim: Claim, keys: list[int], judged: Judged, reference: str) -> Identified:
        record_id, decision = new_id(), judged.decision
        if decision.person_id is not None:
            person_id = current_id = _uuid(decision.person_id)
        else:
            person_id = current_id = new_id()
            self.writes.people.append((person_id, self.at))
        identity = claim.identity
        self.writes.records[record_id] = (
            record_id,
            claim.agency_id,
            reference,
            person_id,
            *_columns(claim),
        )
        self.writes.details.append((new_id(), record_id, claim.content, claim.received_at))
        self.writes.keys += [(key, record_id) for key in keys]
        self.writes.decisions.append(
            (
                *(new_id(), record_id, person_id, decision.outcome, decision.rule),
                *(judged.model, judged.evidence, None, self.at),
            )
        )
        if decision.beside:
            self._ask(record_id, judged)
        self.index.add(Found(_raw(record_id), _raw(current_id), identity), keys)
        self.records[claim.agency_id, reference] = _Known(
            *(record_id, person_id, current_id, claim.content_hash, claim.received_at),
            *(claim.shown_name, identity),
        )
        news = [*keys]
        if claim.reference:
            news.append(rules.reference_key(str(claim.agency_id), claim.reference))
        return Identified(
            *(record_id, person_id, current_id, decision.outcome, decision.rule),
            *(identity, tuple(news)),
        )

    def _follow(self, known: _Known, claim: Claim, keys: list[int]) -> tuple[int, ...]:
        """Keep what a known record says now, unless something newer was already received.

        Returns the keys under which it was not found before.
        """
        if claim.content_hash == known.detail_hash:
            return ()
        self.writes.details.append((new_id(), known.record_id, claim.content, claim.received_at))
        before = known.identity
        if claim.received_at < known.detail_at and before.is_named:
            known.identity = finding.followed_by(claim.identity, before)
            told = earlier_columns(known.identity) != earlier_columns(before)
            return self._rewrite(known, before) if told else ()
        if claim.identity.is_named and not before.is_named:
            self._ask_about_named(known, claim, keys)
        known.detail_hash, known.detail_at = claim.content_hash, claim.received_at
        known.shown_name = claim.shown_name
        known.identity = finding.following(claim.identity, before)
        return self._rewrite(known, before)

    def _rewrite(self, known: _Known, before: Identity) -> tuple[int, ...]:
        """Write what a record says now, with its keys; return those that it did not have."""
        mine, said = known.record_id, known.said()
        keys, had = keys_of(known.identity), keys_of(before)
        if mine in self.writes.records:
            self.writes.records[mine] = (*self.writes.records[mine][:4], *said)
            self.writes.keys = [row for row in self.writes.keys if row[1] != mine]
            self.writes.keys += [(key, mine) for key in keys]
        else:
            self.writes.changed[mine] = (mine, *said)
            if keys != had:
                self.writes.outdated.update(had)
                self.writes.rekeyed[mine] = keys
        raw = _raw(mine)
        self.index.remove(raw, had)
        self.index.add(Found(raw, _raw(known.current_id), known.identity), keys)
        return tuple(set(keys).difference(had))

    def _ask_about_named(self, known: _Known, claim: Claim, keys: list[int]) -> None:
        """Whoever was recorded without a name and is named now may be somebody known: ask."""
        own = _raw(known.current_id)
        never = self._kept_apart.get(known.current_id, frozenset())
        others = [
            each
            for each in self.index.sharing(keys)
            if each.person_id != own and _uuid(each.person_id) not in never
        ]
        judged = judge(self.model, claim.identity, others)
        decision = judged.decision
        beside = decision.beside or tuple(
            each.record_id for each in others if each.person_id == decision.person_id
        )
        if beside:
            asked = replace(decision, beside=beside[: rules.BESIDE])
            self._ask(known.record_id, replace(judged, decision=asked))

    @cached_property
    def _kept_apart(self) -> dict[UUID, frozenset[UUID]]:
        """Person → who is another for ever: asked once for the batch, and only where it matters.

        A record that is new is kept apart from nobody yet.
        """
        return apart.barred({known.current_id for known in self.records.values()})

    def _ask(self, record_id: UUID, judged: Judged) -> None:
        review_id, decision = new_id(), judged.decision
        self.writes.reviews.append(
            (review_id, record_id, decision.rule, judged.model, self.at, "", "")
        )
        self.writes.beside += [(review_id, _uuid(other)) for other in decision.beside]

    def _write(self) -> None:
        writes = self.writes
        if writes.changed:
            bulk_update(Record, "id", SAID, list(writes.changed.values()))
        if writes.rekeyed:
            _delete_keys(writes.outdated, list(writes.rekeyed))
            for record_id, keys in writes.rekeyed.items():
                writes.keys += [(key, record_id) for key in keys]
        bulk_insert_all(
            (Person, ["id", "made_at"], writes.people),
            (CurrentPerson, ["person", "current"], [(p[0], p[0]) for p in writes.people]),
            (Record, ["id", "agency", "source_ref", "person", *SAID], writes.records.values()),
            (RecordDetail, ["id", "record", "content", "received_at"], writes.details),
            (RecordKey, ["key", "record"], dict.fromkeys(writes.keys)),
            (
                LinkDecision,
                [
                    *("id", "record", "person", "outcome", "rule"),
                    *("model", "evidence", "decided_by", "decided_at"),
                ],
                writes.decisions,
            ),
            (
                Review,
                ["id", "record", "rule", "model", "opened_at", "outcome", "reason"],
                writes.reviews,
            ),
            (ReviewCandidate, ["review", "record"], writes.beside),
        )


def _as_before(known: _Known, news: tuple[int, ...] = ()) -> Identified:
    return Identified(
        *(known.record_id, known.person_id, known.current_id, "link", "same_record"),
        *(known.identity, news),
    )


def _columns(claim: Claim) -> Values:
    return said_columns(claim.content_hash, claim.received_at, claim.shown_name, claim.identity)


def _same(claim: Claim, holder: Identity) -> bool:
    """Under one agency's number, only details that disagree make another person."""
    if claim.partial:
        return None in (claim.identity.birth_date, holder.birth_date) or rules.same_birth(
            claim.identity, holder
        )
    return claim.identity == holder or rules.agree(claim.identity, holder)


def references_of(claim: Claim) -> tuple[str, str]:
    """Where the claim's record is kept, and where if another person has that number already."""
    if not (claim.reference or claim.signal):
        raise ValueError("a claim needs the agency's number or the signal that it comes from")
    reference = claim.reference or f"#{claim.signal}"
    return reference, f"{reference[:_LONGEST]}#{rules.fingerprint(reference, claim.identity)}"


def _delete_keys(keys: set[int], record_ids: list[UUID]) -> None:
    """Delete what these records were found by before; only the keys themselves are indexed."""
    by_key, parameters = in_values("key", list(keys))
    of_records, more = in_values("record_id", record_ids)
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM people_recordkey WHERE {by_key} AND {of_records}", parameters + more
        )


def _known_records(claims: Sequence[Claim]) -> dict[tuple[UUID, str], _Known]:
    wanted = {reference for claim in claims for reference in references_of(claim)}
    of_agency, agencies = in_values("r.agency_id", list({claim.agency_id for claim in claims}))
    by_reference, references = in_values("r.source_ref", list(wanted))
    rows = finding.select(
        f"SELECT r.agency_id, r.source_ref, r.id, r.person_id, c.current_id, r.detail_hash, "
        f"r.detail_at, r.shown_name, {finding.READ_IDENTITY} FROM people_record r "
        f"JOIN people_currentperson c ON c.person_id = r.person_id "
        f"WHERE {of_agency} AND {by_reference}",
        agencies + references,
    )
    return {
        (_uuid(row[0]), row[1]): _Known(
            _uuid(row[2]),
            _uuid(row[3]),
            _uuid(row[4]),
            row[5],
            _instant(row[6]),
            row[7],
            identity_from(row[8:]),
        )
        for row in rows
    }


def _raw(value: UUID) -> Any:
    """The form in which the database itself answers: most candidates are never looked at again,
    so that making a UUID of each would be wasted."""
    return value if is_postgres() else value.hex


def _uuid(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)


def _instant(value: Any) -> datetime:
    """SQLite gives a column's datetime without its zone, and an expression's as text."""
    read = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return read if read.tzinfo else read.replace(tzinfo=UTC)
