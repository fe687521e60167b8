"""What the demonstration shows of access: a restriction, a conflict, an emergency to review."""

from __future__ import annotations

from datetime import timedelta

from reachable.foundation.actor import Actor, system
from reachable.foundation.time import now, today, travel
from reachable.moments.models import OPEN
from reachable.moments.selectors import visible_moments
from reachable.people import asking, conflicts, emergency, restricting
from reachable.people.asking import Described
from reachable.people.models import Record
from reachable.people.selectors import child, visible_people
from reachable.synthetic.arrival import actors
from reachable.synthetic.partnership import Partnership

ASKED = "He has come to the desk alone at night, and will not say where he sleeps."
AT_ONCE = "A car waits outside for him, and nobody of the team answers the telephone."


def open_and_close(made: Partnership) -> None:
    """Restrict one child, declare one conflict, and open one record in an emergency last night."""
    by = actors(made)
    lead = by[made.rota.supervisor]
    open_now = visible_moments(by=lead).filter(state__in=OPEN).order_by("opened_at", "id")
    children = list(dict.fromkeys(open_now.values_list("person__now__current_id", flat=True)))
    holding = [each for each in by.values() if each.can("moments.hold") and each.id != lead.id]
    if len(children) < 2 or not holding:
        return
    worker = holding[0]
    restricting.restrict(
        by=lead,
        person_id=children[0],
        kind="staff_family",
        reason="A relative works in one of the partner agencies.",
        readers=[lead.own_id, worker.own_id],
        review_on=today() + timedelta(days=60),
    )
    conflicts.declare(
        by=lead,
        person_id=children[1],
        reason="They sing in the same choir as the mother.",
        whose=holding[-1].own_id,
    )
    with travel(now() - timedelta(hours=9)):
        _emergency(lead)


def _emergency(lead: Actor) -> None:
    """The supervisor sees the child whose moment was closed last, and looks at the page once."""
    closed = visible_moments(by=system("synthetic")).filter(state="closed")
    open_to_lead = visible_people(by=lead)
    records = Record.objects.filter(
        person__now__current_id__in=closed.values("person__now__current_id"),
        birth_date__isnull=False,
    ).exclude(person__now__current_id__in=open_to_lead)
    record = records.order_by("-detail_at", "id").first()
    if record is None or record.birth_date is None:
        return
    described = Described(record.given_names, record.family_name, record.birth_date)
    enquiry_id = asking.ask(by=lead, described=described, reason=ASKED)
    if asking.answer(by=lead, enquiry_id=enquiry_id).team:
        found = emergency.open_record(by=lead, enquiry_id=enquiry_id, reason=AT_ONCE)
        child(by=lead, person_id=found)
