"""The invented stewards, who know the truth where the records say enough to look it up.

Where the policy asks for two, both say it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from reachable.foundation.actor import Actor
from reachable.foundation.errors import Conflict
from reachable.people import services as people
from reachable.people.review import ReviewFacts, is_decided, open_reviews, review
from reachable.synthetic.formats import exports
from reachable.synthetic.identifiers import agency_numbers
from reachable.synthetic.partnership import Partnership

LEFT_OPEN = timedelta(days=9)
_MOVED_HOME = frozenset({"postcode", "address"})


class Steward:
    """Decides the reviews that have waited for a while; what cannot be known stays open."""

    def __init__(self, by: Actor, second: Actor, made: Partnership) -> None:
        self._by, self._second = by, second
        styles = {export.person_number for export in exports().values()}
        self._person_of = {
            number: person.id
            for person in (*made.children, *made.adults)
            for style in styles
            for number in agency_numbers(style, person)
        }
        self._unknowable: set[UUID] = set()

    def decide(self, *, opened_before: datetime) -> int:
        """Decide what was opened before an instant; return how many."""
        decided = 0
        for row in open_reviews(by=self._by, at_most=500):
            if row.opened_at >= opened_before or row.id in self._unknowable:
                continue
            facts = review(by=self._by, review_id=row.id)
            same_as, reason = self._judge(facts)
            if not reason:
                self._unknowable.add(row.id)
                continue
            decided += self._say(row.id, same_as, reason)
        return decided

    def _say(self, review_id: UUID, same_as: UUID | None, reason: str) -> int:
        """Let one say it and, where the policy asks for two, the other; return how many decided.

        What cannot be kept beside an earlier decision stays open.
        """
        try:
            for by in (self._by, self._second):
                if not is_decided(by=by, review_id=review_id):
                    people.decide_review(by=by, review_id=review_id, same_as=same_as, reason=reason)
        except Conflict:
            self._unknowable.add(review_id)
            return 0
        return 1

    def _judge(self, facts: ReviewFacts) -> tuple[UUID | None, str]:
        """Return the record of the same person, if any, and the reason; no reason: not known."""
        mine = self._person_of.get(facts.record.reference)
        beside = [(side, self._person_of.get(side.reference)) for side in facts.beside]
        if mine:
            for side, person in beside:
                if person == mine and not _words(side.name) & _words(facts.record.name):
                    return None, "The number was mistyped: the name is somebody else's."
                if person == mine:
                    return (
                        side.record_id,
                        "Both numbers are the same person's, the agencies say.",
                    )
            if all(person for _, person in beside):
                return None, "The numbers are different people's, the agencies say."
        alike = [side for side, _ in beside if facts.differs[side.record_id] <= _MOVED_HOME]
        if not mine and len(alike) == 1 and facts.record.birth_date == alike[0].birth_date:
            return alike[0].record_id, "The same name and birth date; the family has moved."
        return None, ""


def _words(name: str) -> set[str]:
    return set(name.casefold().split())
