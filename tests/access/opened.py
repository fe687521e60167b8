"""What opens a record to somebody or closes it, in the place that has somebody of every role."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from reachable.foundation.time import today
from reachable.people import asking, conflicts, emergency, inviting, restricting
from reachable.people.asking import Described
from tests.access.place import INVOLVED, OWN, READERS, Account, Place

WHY = "She stands at my desk and asks for somebody."


def open_and_close(place: Place) -> None:
    """Nobody sees more or less by it: whoever is invited, or named as a reader, sees it anyway."""
    first, second = (row.id for row in place.rows["person_id"][:2])
    assert isinstance(first, UUID)
    assert isinstance(second, UUID)
    practitioner, supervisor = (Account(role, INVOLVED) for role in ("practitioner", "supervisor"))
    readers = [Account(role, INVOLVED) for role in READERS]
    invited_id = inviting.invite(
        by=practitioner.actor(),
        person_id=first,
        whom=place.user(supervisor),
        reason="Knows her",
        last_day=today() + timedelta(days=7),
    )
    place.add("invited_id", invited_id, practitioner)
    restriction_id = restricting.restrict(
        by=supervisor.actor(),
        person_id=second,
        kind="staff_family",
        reason="Her aunt works here",
        readers=[place.user(each) for each in readers],
        review_on=today() + timedelta(days=90),
    )
    place.add("restriction_id", restriction_id, supervisor)
    place.add("kept_id", restriction_id, supervisor)
    whose = place.user(Account("practitioner", OWN))
    lead = supervisor.actor()
    conflicts.declare(by=lead, person_id=first, reason="Her neighbour", whose=whose)
    (conflict,) = conflicts.conflicts(by=lead, person_id=first)
    place.add("conflict_id", conflict.id, supervisor)
    _emergency(place, practitioner)


def _emergency(place: Place, account: Account) -> None:
    described = Described("Supervisora", "Supervisor", date(2012, 3, 3))
    enquiry_id = asking.ask(by=account.actor(), described=described, reason=WHY)
    emergency.open_record(by=account.actor(), enquiry_id=enquiry_id, reason=WHY)
    place.add("enquiry_id", enquiry_id, account)
    (running,) = emergency.running(by=account.actor())
    place.add("emergency_id", running.id, account)
    place.add("own_emergency_id", running.id, account)
