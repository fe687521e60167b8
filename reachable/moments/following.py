"""What moments do when, in another room, two people become one or a worker leaves."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from reachable.access import selectors as access
from reachable.access import services as access_services
from reachable.access.registries import RightsEnded
from reachable.foundation.actor import Actor, system
from reachable.moments.acting import LEFT, act, ask_next, move_from_empty_team, tell_team
from reachable.moments.joined import earliest_due
from reachable.moments.models import OPEN, Moment
from reachable.notices import services as notices
from reachable.notices.services import Telling
from reachable.people.registries import IdentityChanged


def follow_identity(*, by: Actor, change: IdentityChanged) -> None:
    """A child has one open moment: at a merge the newer joins the older, at its undo it returns."""
    returned: set[UUID] = set()
    touched: set[UUID] = set()
    if change.undone:
        returned, touched = _separate(by, change)
    touched |= _join(by, change, change.kept_id)
    if change.undone:
        touched |= _join(by, change, change.joined_id)
    for moment in Moment.objects.filter(id__in=touched, state__in=OPEN):
        due = earliest_due([moment.id])[moment.id]
        if due != moment.child_due_at:
            moment.child_due_at = due
            act(by, moment, "reclocked")
    for moment in Moment.objects.select_for_update().filter(id__in=returned, state__in=OPEN):
        _give_back(by, moment)


def _separate(by: Actor, change: IdentityChanged) -> tuple[set[UUID], set[UUID]]:
    """Bring back what the merge had joined, unless the child has an open moment meanwhile.

    What the older moment had opened may have closed with it, so those who had the newer one are
    given it again: a child must not be left with a moment that nobody can see.

    Return what came back, and all that changed.
    """
    returned: set[UUID] = set()
    touched: set[UUID] = set()
    for moment in Moment.objects.select_for_update().filter(joined_by=change.merge_id):
        if moment.joined_into_id:
            touched.add(moment.joined_into_id)
        moment.joined_into, moment.joined_by = None, None
        meanwhile = Moment.objects.select_for_update().filter(
            person=moment.person_id, state__in=OPEN
        )
        for other in meanwhile:
            _join_one(by, moment, other, change)
        moment.state, moment.state_before = moment.state_before, ""
        _involve_again(by, moment)
        act(by, moment, "separated")
        returned.add(moment.id)
    return returned, touched | returned


def _give_back(by: Actor, moment: Moment) -> None:
    """Tell whoever had it that they have it again; pass it on if they have left meanwhile.

    Nobody passed it on when they left, because it was joined and not open then.
    """
    members = {who.user_id for who in access.members(team_id=moment.team_id)}
    who = moment.holder_id or moment.asked_id
    if who in members:
        key = f"returned:{moment.id}:{moment.version}:{who}"
        told = Telling(who, "moment.returned", ("moment", moment.id), key)
        notices.tell(by=by, tellings=[told])
    elif who is None and members:
        tell_team(by, moment)
    else:
        ask_next(system("access"), moment, how=LEFT)


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
    """Join all open moments of the child, as that person now stands, into the oldest."""
    both = list(
        Moment.objects.select_for_update(of=("self",))
        .filter(person__now__current__stands_for=person_id, state__in=OPEN)
        .order_by("opened_at", "id")
    )
    for newer in both[1:]:
        _join_one(by, both[0], newer, change)
    return {both[0].id} if len(both) > 1 else set()


def _join_one(by: Actor, older: Moment, newer: Moment, change: IdentityChanged) -> None:
    newer.state_before, newer.state = newer.state, "joined"
    newer.joined_into = older
    # What joins because a merge is undone stays joined: it is the same child either way.
    newer.joined_by = None if change.undone else change.merge_id
    act(by, newer, "joined_older")
    told = {older.holder_id, newer.holder_id, newer.asked_id} - {None}
    subject, key = ("moment", older.id), f"joined:{newer.id}:{change.merge_id}"
    notices.tell(
        by=by,
        tellings=[
            Telling(user_id, "moment.joined", subject, f"{key}:{user_id}")
            for user_id in told
            if user_id
        ],
    )


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
        ask_next(system("access"), moment, how=LEFT)
    _move_from_empty_teams()


def _move_from_empty_teams() -> None:
    """What waited for whoever in the team could take it has lost the last who could."""
    empty = [team.id for team in access.teams() if not team.has_holders]
    waiting = Moment.objects.select_for_update().filter(team_id__in=empty, state="with_team")
    by = system("access")
    for moment in waiting:
        if move_from_empty_team(by, moment):
            ask_next(by, moment, how=LEFT)
