"""What was offered to a child and what the child said to it, whether it lasted, and why not."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from reachable.access import selectors as access
from reachable.access import services as access_services
from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput, Conflict, NotFound
from reachable.foundation.time import now, today
from reachable.moments import measuring, rules
from reachable.moments.acting import NOTHING_CHANGED, act, began, held, say_why
from reachable.moments.closures import refuse_closed
from reachable.moments.joined import families
from reachable.moments.measuring import ACCEPTED, CHECKS, DECLINED, EXPLAINED, IN_TOUCH, OFFERED
from reachable.moments.models import Moment
from reachable.moments.selectors import is_visible
from reachable.practice.time import start_of_day

LATEST = 28
"""In how many days at the latest a child who said no is asked again."""
WAYS = (
    ("in_person", "In person"),
    ("spoken", "By phone or video"),
    ("message", "By a message"),
    ("through_somebody", "Through somebody whom the child trusts"),
)
LASTED = (
    (measuring.KEPT, "Yes: somebody is still in touch with the child"),
    ("lost", "No: contact was lost"),
    ("not_known", "It is not known"),
)
WHY_NOT_AGAIN = (
    ("asked_not_to", "The child asked not to be asked again by us"),
    ("others_ask", "Somebody whom the child trusts stays in touch, and asks when it fits"),
    ("not_safe", "Asking again would not be safe for the child"),
    ("elsewhere", "Another area or service answers for the child now"),
    ("other", "Something else, as I say above"),
)
"""Why a child who said no is not asked again, where no day was named."""
WHY_MISSED = (
    ("written_late", "The child was reached in time, and it was written down late"),
    ("not_found", "The child could not be found"),
    ("child_said_no", "The child did not want contact then"),
    ("nobody_free", "Nobody was free to go"),
    ("waited_for_others", "Another agency had to act first"),
    ("not_safe", "It was not safe for the child or for us"),
    ("other", "Something else, as I say below"),
)


@transaction.atomic
def offer(
    *,
    by: Actor,
    moment_id: UUID,
    how: str,
    note: str,
    at: datetime | None = None,
    version: int | None = None,
) -> None:
    """Record that contact was offered to the child. An offer is not yet contact."""
    _answer(by, moment_id, version, OFFERED, how=how, note=note, at=at)


@transaction.atomic
def accept(
    *,
    by: Actor,
    moment_id: UUID,
    how: str,
    note: str,
    at: datetime | None = None,
    version: int | None = None,
) -> None:
    """Record that the child said yes to an offer. Only once they meet are they reached."""
    _answer(by, moment_id, version, ACCEPTED, how=how, note=note, at=at)


@transaction.atomic
def decline(
    *,
    by: Actor,
    moment_id: UUID,
    how: str,
    note: str,
    again_on: date,
    by_whom: UUID,
    at: datetime | None = None,
    version: int | None = None,
) -> None:
    """Record that the child said no for now, and who asks again on which day.

    It is respected, and never a dead end: the moment stays open, and comes back on that day.
    """
    say_why(note)
    first = today()
    if again_on <= first:
        raise BadInput(
            "That day is not ahead.",
            kept=NOTHING_CHANGED,
            next="Choose a day from tomorrow on, by which the child may see it differently.",
        )
    if (again_on - first).days > LATEST:
        raise BadInput(
            f"A child who said no is asked again within {LATEST} days.",
            kept=NOTHING_CHANGED,
            next="Choose an earlier day. If the child says no again, name another.",
        )
    again_at = start_of_day(again_on)
    _answer(
        by,
        moment_id,
        version,
        DECLINED,
        how=how,
        note=note,
        at=at,
        again_at=again_at,
        by_whom=by_whom,
    )


def _answer(
    by: Actor,
    moment_id: UUID,
    version: int | None,
    kind: str,
    *,
    how: str,
    note: str,
    at: datetime | None,
    again_at: datetime | None = None,
    by_whom: UUID | None = None,
) -> None:
    moment, recorded = held(by, moment_id, version), now()
    if how not in dict(WAYS):
        raise BadInput("Please choose in which way it was offered.", kept=NOTHING_CHANGED)
    if by_whom and by_whom not in {who.user_id for who in access.members(team_id=moment.team_id)}:
        raise BadInput("Please choose somebody of this team.", kept=NOTHING_CHANGED)
    if by_whom:
        refuse_closed(by, moment, by_whom, kept=NOTHING_CHANGED)
    at = at or recorded
    if at > recorded:
        raise BadInput("That time has not come yet.", kept=NOTHING_CHANGED)
    if at < recorded and at < began(by, moment):
        raise BadInput("That is before anything had happened.", kept=NOTHING_CHANGED)
    moment.ask_again_at = again_at
    act(
        by,
        moment,
        kind,
        about=by_whom,
        how=how,
        note=note,
        at=recorded,
        said_at=at,
        again_at=again_at,
    )


@transaction.atomic
def still_in_touch(
    *,
    by: Actor,
    moment_id: UUID,
    check: str,
    how: str,
    note: str,
    version: int | None = None,
) -> None:
    """Say at 28 days, or at 3 months, whether contact has lasted, and with whom.

    Also of a moment that is closed. What was opened for the question closes with its answer.
    """
    moment = _seen(by, moment_id, version)
    if check not in CHECKS:
        raise NotFound
    if how not in dict(LASTED):
        raise BadInput("Please choose whether contact has lasted.", kept=NOTHING_CHANGED)
    if how == measuring.KEPT and not note.strip():
        raise BadInput("Please say who is in touch with the child.", kept=NOTHING_CHANGED)
    at = now()
    if moment.reached_at is None:
        raise Conflict("Nobody has recorded that the child was reached.", kept=NOTHING_CHANGED)
    if at < measuring.check_due(moment.reached_at, check):
        raise Conflict(
            f"{CHECKS[check]} are not over yet.",
            kept=NOTHING_CHANGED,
            next="You will be asked then.",
        )
    act(by, moment, IN_TOUCH, how=how, note=note, step=check, at=at)
    if moment.closed_at is not None:
        for member in families([moment.id]):
            access_services.end_involvement(by=by, because_of=member)


@transaction.atomic
def explain(*, by: Actor, moment_id: UUID, how: str, note: str, version: int | None = None) -> None:
    """Say why the child's clock was missed. It stands beside it and undoes nothing."""
    moment = _seen(by, moment_id, version)
    if moment.holder_id != by.own_id and not by.can("moments.assign"):
        raise Conflict(
            "Only whoever has it, or had it, or a supervisor can say why.", kept=NOTHING_CHANGED
        )
    if how not in dict(WHY_MISSED):
        raise BadInput("Please choose why it was missed.", kept=NOTHING_CHANGED)
    say_why(note)
    at = now()
    if not rules.missed(
        due_at=moment.child_due_at,
        recorded_at=moment.reach_recorded_at,
        now=moment.closed_at or at,
    ):
        raise Conflict("The child’s clock was not missed.", kept=NOTHING_CHANGED)
    act(by, moment, EXPLAINED, how=how, note=note, at=at)


def _seen(by: Actor, moment_id: UUID, version: int | None) -> Moment:
    """Lock a moment that `by` may see, open or closed."""
    by.require("moments.hold")
    by.require_to_write("welfare")
    moment = Moment.objects.select_for_update().filter(id=moment_id).first()
    if moment is None or not is_visible(by=by, moment=moment):
        raise NotFound
    if moment.state == "joined":
        raise Conflict("This moment was joined to an older one.", kept=NOTHING_CHANGED)
    if version is not None and version != moment.version:
        raise Conflict(
            "Somebody changed this moment while you had it open.",
            kept=NOTHING_CHANGED,
            next="Look at what is new, then do it again if it is still right.",
        )
    return moment
