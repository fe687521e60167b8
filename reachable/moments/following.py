"""What moments do when, in another room, two people become one or a worker leaves."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from reachable.access import selectors as access
from reachable.access import services as access_services
from reachable.access.registries import RightsEnded
from reachable.chronology import selectors as chronology
from reachable.foundation.actor import Actor, system
from reachable.foundation.time import now
from reachable.moments import rules
from reachable.moments.acting import (
    AWAY,
    CLOSED,
    LEFT,
    act,
    ask,
    ask_next,
    move_from_empty_team,
    tell_team,
)
from reachable.moments.closures import closures_of
from reachable.moments.correcting import MOVED
from reachable.moments.joined import earliest_due, families
from reachable.moments.models import OPEN, Moment, Trigger
from reachable.moments.noticing import Batch, Noticeable
from reachable.moments.passing_on import of_people_who_left
from reachable.moments.reconsidering import reconsider
from reachable.moments.teams import TeamsNow
from reachable.notices import services as notices
from reachable.notices.services import Telling
from reachable.people import selectors as people
from reachable.people.registries import IdentityChanged

FOLLOW = system("follow")


def follow_identity(*, by: Actor, change: IdentityChanged) -> None:
    """A child has one open moment: at a merge one joins the other, at its undo it returns.

    What closes one of the two closes the one that they are: that passes on what somebody has.
    """
    returned: set[UUID] = set()
    touched: set[UUID] = set()
    if change.undone:
        returned, touched = _separate(by, change)
    touched |= _join(by, change, change.kept_id)
    if change.undone:
        touched |= _join(by, change, change.joined_id)
        touched |= _allocate(by, change)
    both = people.current_people(by=FOLLOW, person_ids=(change.kept_id, change.joined_id))
    reconsider(by=FOLLOW, current_ids=both)
    for moment in Moment.objects.filter(id__in=touched):
        due = earliest_due([moment.id])[moment.id]
        if due != moment.child_due_at:
            moment.child_due_at = due
            act(by, moment, "reclocked")
    for moment in Moment.objects.select_for_update().filter(id__in=returned, state__in=OPEN):
        _give_back(by, moment)
    for current in sorted(both):
        follow_closing(by=by, current_id=current)


def _separate(by: Actor, change: IdentityChanged) -> tuple[set[UUID], set[UUID]]:
    """Bring back what is joined into another child's now, unless the child has one open meanwhile.

    That is what the merge had joined, and what a later merge joined through it.

    What the older moment had opened may have closed with it, so those who had the newer one are
    given it again: a child must not be left with a moment that nobody can see.

    Return what came back, and all that changed.
    """
    returned: set[UUID] = set()
    touched: set[UUID] = set()
    for moment in _astray(change):
        if moment.joined_into_id:
            touched.add(moment.joined_into_id)
        moment.joined_into, moment.joined_by = None, None
        meanwhile = Moment.objects.select_for_update().filter(
            person=moment.person_id, state__in=OPEN
        )
        for other in meanwhile:
            join_one(by, moment, other, change)
        moment.state, moment.state_before = moment.state_before, ""
        _involve_again(by, moment)
        act(by, moment, "separated")
        returned.add(moment.id)
    return returned, touched | returned


def _astray(change: IdentityChanged) -> list[Moment]:
    """Return what was joined, by whichever merge, into a moment that is another child's now."""
    joined = Moment.objects.select_for_update(of=("self",)).filter(
        state="joined", person__now__current__stands_for__in=[change.kept_id, change.joined_id]
    )
    return [
        moment
        for moment in joined.select_related("person__now", "joined_into__person__now")
        if moment.joined_into
        and moment.person.now.current_id != moment.joined_into.person.now.current_id
    ]


def _allocate(by: Actor, change: IdentityChanged) -> set[UUID]:
    """What happened to one of them while both counted as one goes to the child whose it is.

    Return the open moments that it left.
    """
    both = Moment.objects.select_for_update(of=("self",)).filter(
        state__in=OPEN, person__now__current__stands_for__in=[change.kept_id, change.joined_id]
    )
    held = {moment.id: moment for moment in both.select_related("person__now")}
    members = families(held)
    standing = Trigger.objects.filter(moment_id__in=members, ended_at=None).order_by("id")
    triggers = list(standing)
    owners = chronology.owners(by=FOLLOW, event_ids=[trigger.event_id for trigger in triggers])
    astray = [
        (trigger, owner, held[members[trigger.moment_id]])
        for trigger in triggers
        if (owner := owners.get(trigger.event_id))
        and owner.current_id != held[members[trigger.moment_id]].person.now.current_id
    ]
    if not astray:
        return set()
    Trigger.objects.filter(id__in=[trigger.id for trigger, *_ in astray]).update(ended_at=now())
    left = {moment.id: moment for *_, moment in astray}
    for moment in left.values():
        act(by, moment, "corrected", how=MOVED)
        _tell_whoever_has(by, moment, "moment.corrected", f"moved:{change.merge_id}")
    noticed = [_noticeable(trigger, owner) for trigger, owner, _ in astray]
    Batch(FOLLOW).run(noticed, ())
    return set(left)


def _noticeable(trigger: Trigger, owner: chronology.Owner) -> Noticeable:
    """It keeps what it called for, and the clock that it started, when it came."""
    return Noticeable(
        event_id=trigger.event_id,
        signal_id=trigger.signal_id,
        kind=trigger.event_kind,
        person_id=owner.person_id,
        current_id=owner.current_id,
        opening=rules.Opening(
            trigger.kind,
            trigger.rule,
            trigger.rule_version,
            trigger.due_at,
            trigger.due_note,
            trigger.pathway_version,
        ),
        received_at=owner.received_at,
        postcode=owner.postcode,
    )


def _tell_whoever_has(by: Actor, moment: Moment, kind: str, occasion: str) -> None:
    who = moment.holder_id or moment.asked_id
    if who is None:
        tell_team(by, moment)
        return
    told = Telling(who, kind, ("moment", moment.id), f"{occasion}:{moment.id}")
    notices.tell(by=by, tellings=[told])


def _give_back(by: Actor, moment: Moment) -> None:
    """Give it to whoever had it; pass it on if they have left meanwhile.

    Nobody passed it on when they left, because it was joined and not open then. Whoever was only
    asked, and whose time ran out meanwhile, has all of it again.
    """
    who = moment.holder_id or moment.asked_id
    if who is None:
        move_from_empty_team(FOLLOW, moment, TeamsNow())
        tell_team(by, moment)
    elif of_people_who_left(Moment.objects.filter(id=moment.id)):
        ask_next(FOLLOW, moment, how=LEFT)
    elif not _opens(moment, who):
        ask_next(FOLLOW, moment, how=CLOSED)
    elif moment.answer_by is not None and moment.answer_by <= now():
        ask(by, moment, who, "asked")
    else:
        _tell_whoever_has(by, moment, "moment.returned", f"returned:{moment.version}")


def _involve_again(by: Actor, moment: Moment) -> None:
    access_services.end_involvement(by=by, because_of=moment.id)
    rows: list[access_services.Involved] = [
        (None, moment.team_id, moment.person_id, "team", moment.id)
    ]
    if moment.holder_id:
        rows.append((moment.holder_id, None, moment.person_id, "holder", moment.id))
    if moment.asked_id:
        rows.append((moment.asked_id, None, moment.person_id, "asked", moment.id))
    access_services.involve(by=by, rows=rows, kind="person")


def _join(by: Actor, change: IdentityChanged, person_id: UUID) -> set[UUID]:
    """Join all open moments of the child, as that person now stands, into the one that stands."""
    both = list(
        Moment.objects.select_for_update(of=("self",))
        .filter(person__now__current__stands_for=person_id, state__in=OPEN)
        .order_by("opened_at", "id")
    )
    if len(both) < 2:
        return set()
    both.sort(key=lambda moment: rules.stands_before(moment.state))
    for other in both[1:]:
        join_one(by, both[0], other, change)
    return {both[0].id}


def join_one(by: Actor, standing: Moment, other: Moment, change: IdentityChanged) -> None:
    other.state_before, other.state = other.state, "joined"
    other.joined_into = standing
    # What joins because a merge is undone stays joined: it is the same child either way.
    other.joined_by = None if change.undone else change.merge_id
    act(by, other, "joined_older")
    had = {standing.holder_id, standing.asked_id, other.holder_id, other.asked_id}
    key = f"joined:{other.id}:{change.merge_id}"
    notices.tell(
        by=by,
        tellings=[
            Telling(user_id, "moment.merged", ("moment", standing.id), f"{key}:{user_id}")
            for user_id in had
            if user_id and _opens(standing, user_id)
        ],
    )


def _opens(moment: Moment, user_id: UUID) -> bool:
    closures, current = closures_of(FOLLOW, now(), moment)
    return closures.opens(current, user_id)


def follow_rights(*, by: Actor, ended: RightsEnded) -> None:
    """Pass on what somebody has, or is asked to take, who can no longer do so."""
    del by
    theirs = Moment.objects.select_for_update().filter(
        Q(holder=ended.user_id) | Q(asked=ended.user_id), state__in=OPEN
    )
    if ended.team_id is not None:
        theirs = theirs.filter(team=ended.team_id)
    elif ended.user_id in access.able(user_ids=[ended.user_id], capability="moments.hold"):
        return
    for moment in theirs:
        ask_next(FOLLOW, moment, how=LEFT)
    _move_from_empty_teams()


def follow_absence(*, by: Actor, user_id: UUID) -> None:
    """Ask others for what somebody has, or is asked to take, who is away from now on."""
    del by
    theirs = Moment.objects.select_for_update().filter(
        Q(holder=user_id) | Q(asked=user_id), state__in=OPEN
    )
    for moment in theirs:
        ask_next(FOLLOW, moment, how=AWAY)


def follow_closing(*, by: Actor, current_id: UUID) -> None:
    """Ask others for what somebody has, or is asked to take, of a child who is closed to them."""
    del by
    theirs = Moment.objects.select_for_update(of=("self",)).filter(
        person__now__current_id=current_id, state__in=OPEN
    )
    for moment in theirs.select_related("person__now"):
        closures, current = closures_of(FOLLOW, now(), moment)
        who = moment.holder_id or moment.asked_id
        if who is not None and not closures.opens(current, who):
            ask_next(FOLLOW, moment, how=CLOSED)


def _move_from_empty_teams() -> None:
    """What waited for whoever in the team could take it has lost the last who could."""
    teams = TeamsNow()
    empty = [team.id for team in teams.empty]
    waiting = Moment.objects.select_for_update().filter(team_id__in=empty, state="with_team")
    for moment in waiting:
        if move_from_empty_team(FOLLOW, moment, teams):
            ask_next(FOLLOW, moment, how=LEFT)
