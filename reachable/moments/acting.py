"""What every act on a moment is made of: asking somebody, and appending what was done."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from reachable.access import selectors as access
from reachable.access import services as access_services
from reachable.access.rules import TeamFacts
from reachable.audit import services as audit
from reachable.chronology import selectors as chronology
from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput, Conflict, NotFound
from reachable.foundation.time import now
from reachable.moments import rules
from reachable.moments.closures import closures_of
from reachable.moments.joined import families
from reachable.moments.knowing import FIRST, Acquainted
from reachable.moments.models import OPEN, Action, Moment, Trigger
from reachable.moments.rules import Done, Known
from reachable.moments.selectors import is_visible
from reachable.moments.teams import TeamsNow
from reachable.notices import services as notices
from reachable.notices.services import Telling

NOTHING_CHANGED = "Nothing was changed."
LEFT = "left"
"""Why it passes on: whoever had it, or was asked, has left."""
AWAY = "away"
"""Why it passes on: whoever had it, or was asked, is away."""
CLOSED = "closed"
"""Why it passes on: the record is closed to whoever had it, or was asked."""
WAITED = "waited"
"""Why it passes on: it waited with a team, and somebody can be asked or told now."""


def open_moment(by: Actor, moment_id: UUID, version: int | None) -> Moment:
    """Lock an open moment that `by` may see; refuse when somebody else changed it meanwhile."""
    by.require("moments.hold")
    by.require_to_write("welfare")
    moment = Moment.objects.select_for_update().filter(id=moment_id).first()
    if moment is None or not is_visible(by=by, moment=moment):
        raise NotFound
    if moment.state == "joined":
        raise Conflict("This moment was joined to an older one.", kept=NOTHING_CHANGED)
    if moment.state not in OPEN:
        raise Conflict("This moment is closed.", kept=NOTHING_CHANGED)
    if version is not None and version != moment.version:
        raise Conflict(
            "Somebody changed this moment while you had it open.",
            kept=NOTHING_CHANGED,
            next="Look at what is new, then do it again if it is still right.",
        )
    return moment


def held(by: Actor, moment_id: UUID, version: int | None) -> Moment:
    """Lock a moment that `by` has; refuse where they have not, or somebody changed it meanwhile."""
    moment = open_moment(by, moment_id, version)
    if moment.holder_id != by.own_id:
        raise Conflict("You do not have this moment.", kept=NOTHING_CHANGED, next="Take it first.")
    return moment


def ask_next(by: Actor, moment: Moment, *, note: str = "", how: str = "") -> None:
    """Ask whoever is on duty now and neither had it nor was asked; else tell the whole team.

    Where the team has nobody left who may hold it, that is another team.
    """
    user_id = _next_on_duty(by, moment)
    if user_id is None and move_from_empty_team(by, moment, TeamsNow()):
        user_id = _next_on_duty(by, moment)
    access_services.end_involvement(
        by=by, because_of=moment.id, except_user=user_id, keep_team=True
    )
    moment.holder_id, moment.held_at = None, None
    if user_id is not None:
        ask(by, moment, user_id, "passed_on", note=note, how=how)
        return
    moment.state, moment.asked_id, moment.answer_by = "with_team", None, None
    act(by, moment, "to_team", note=note, how=how)
    tell_team(by, moment)


def _next_on_duty(by: Actor, moment: Moment) -> UUID | None:
    """Return the first on duty; where nobody was asked yet, the one whom the child knows first."""
    on_duty = [who.user_id for who in access.on_duty(team_id=moment.team_id, at=now())]
    had = _had_it(moment)
    closures, current = closures_of(by, now(), moment)
    may = closures.asked(current, on_duty)
    if had or not may:
        return rules.next_asked(may, [*had, *([by.id] if by.id else [])])
    first = Acquainted(by, now(), {current}).first_asked(current, moment.team_id, on_duty)
    if isinstance(first, Known):
        act(by, moment, FIRST, about=first.user, how=first.how, said_at=first.since)
        return first.user
    return first


def move_from_empty_team(by: Actor, moment: Moment, teams: TeamsNow) -> bool:
    """Give it to another team if nobody in its own may hold a moment; say whether it moved.

    Where no team has anybody, the system administrators are told: they can put somebody there.
    """
    if moment.team_id in teams.holding:
        return False
    own = teams.by_id[moment.team_id]
    other = teams.answering(own.areas)
    if other is None:
        _tell_administrators(by, own)
        return False
    access_services.end_involvement(by=by, because_of=moment.id)
    row = (None, other.id, moment.person_id, "team", moment.id)
    access_services.involve(by=by, rows=[row], kind="person")
    moment.team_id = other.id
    act(by, moment, "moved_to_team", how=other.key)
    return True


def _tell_administrators(by: Actor, team: TeamFacts) -> None:
    """Once a day, however many moments wait."""
    kind, occasion = "team.without_holders", f"{team.id}:{now():%Y%m%d}"
    administrators = sorted(access.able(capability="accounts.manage"))
    notices.tell(
        by=by,
        tellings=[
            Telling(user_id, kind, ("team", team.id), f"{kind}:{occasion}:{user_id}")
            for user_id in administrators
        ],
    )


def _had_it(moment: Moment) -> list[UUID]:
    done = Action.objects.filter(moment=moment, kind__in=rules.ASKING | rules.TAKING)
    return rules.asked_in_round(
        Done(*act) for act in done.order_by("id").values_list("kind", "at", "by_id", "about_id")
    )


def ask(
    by: Actor, moment: Moment, user_id: UUID, kind: str, *, note: str = "", how: str = ""
) -> None:
    """Ask one person, who has to acknowledge it in time."""
    at = now()
    moment.state, moment.asked_id = "waiting", user_id
    moment.holder_id, moment.held_at = None, None
    moment.answer_by = rules.answer_by(moment.kind, at)
    row = (user_id, None, moment.person_id, "asked", moment.id)
    access_services.involve(by=by, rows=[row], kind="person")
    act(by, moment, kind, about=user_id, note=note, how=how, at=at)
    telling = "moment.handed_over" if kind == "handed_over" else "moment.assigned"
    key = f"asked:{moment.id}:{moment.version}:{user_id}"
    notices.tell(by=by, tellings=[Telling(user_id, telling, ("moment", moment.id), key)])


def tell_team(by: Actor, moment: Moment) -> None:
    """Tell everybody in the team that a moment waits for whoever can take it.

    Whoever is away is left in peace, unless all of them are.
    """
    there = access.members_to_tell(team_id=moment.team_id, at=now())
    closures, current = closures_of(by, now(), moment)
    told = closures.told(current, there)
    rows: list[access_services.Involved] = [
        (user, None, moment.person_id, "asked", moment.id)
        for user in closures.readers_told(current, told)
    ]
    if rows:
        access_services.involve(by=by, rows=rows, kind="person")
    keys = f"team:{moment.id}:{moment.version}"
    notices.tell(
        by=by,
        tellings=[
            Telling(user, kind, ("moment", moment.id), f"{keys}:{user}")
            for user, kind in told.items()
        ],
    )


def act(
    by: Actor,
    moment: Moment,
    kind: str,
    *,
    about: UUID | None = None,
    step: str = "",
    how: str = "",
    note: str = "",
    at: datetime | None = None,
    said_at: datetime | None = None,
    again_at: datetime | None = None,
) -> None:
    """Append what was done, bring the projection up to date, and leave the audit entry."""
    moment.next_due_at = rules.next_due(
        state=moment.state,
        answer_by=moment.answer_by,
        child_due_at=moment.child_due_at,
        reached_at=moment.reached_at,
    )
    moment.version += 1
    moment.save()
    Action.objects.create(
        moment=moment,
        kind=kind,
        at=at or now(),
        by_id=by.id,
        about_id=about,
        step=step,
        how=how[:40],
        note=note.strip(),
        said_at=said_at,
        again_at=again_at,
    )
    audit.record(
        by=by, action=f"moments.{kind}", subject=("moment", moment.id), about=about, how=how
    )


def began(by: Actor, moment: Moment) -> datetime:
    """Return when the first thing happened that opened or joined it, as far as `by` may know."""
    triggers = Trigger.objects.filter(moment_id__in=list(families([moment.id])), ended_at=None)
    event_ids = triggers.values_list("event_id", flat=True)
    events = chronology.events(by=by, event_ids=event_ids).values()
    return min([moment.received_at, *(event.occurred.earliest for event in events)])


def say_why(reason: str) -> None:
    """Refuse an act that needs a reason and has none."""
    if not reason.strip():
        raise BadInput("Please say in a few words why.", kept=NOTHING_CHANGED)
