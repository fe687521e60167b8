"""“Is somebody working with this child?”: whom to ring, for who may be told; else the same page.

A record that is hidden from whoever asks, and none at all, are answered alike, by the same
questions to the database in the same order. Whoever works with the child hears of it later, from
the worker: to tell them at once would take time that only a record costs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from reachable.access import closing
from reachable.access import selectors as access
from reachable.access.models import Involvement, TeamMembership
from reachable.access.rules import TeamFacts
from reachable.audit import services as audit
from reachable.foundation import crypto
from reachable.foundation.actor import Actor
from reachable.foundation.db import exclusive
from reachable.foundation.errors import BadInput, NotFound
from reachable.foundation.ids import new_id
from reachable.foundation.time import now, today
from reachable.geography.selectors import areas_of
from reachable.notices import services as notices
from reachable.notices.services import Telling
from reachable.people.models import Enquiry, Record
from reachable.people.opening import KIND, say_why
from reachable.people.registries import sent_oneself
from reachable.people.rules import standard_name
from reachable.people.selectors import is_visible, same_people
from reachable.practice.time import start_of_day

ASKS = "people.ask"
MOST_A_DAY = 10
LEAST_REASON = 20
NOTICE = "record.asked"
AT_ONCE = 200


@dataclass(frozen=True)
class Described:
    """A child as whoever asks describes them."""

    given_names: str
    family_name: str
    birth_date: date


@dataclass(frozen=True)
class Answer:
    """What is told: a team with its number, the child's page to who sees it anyway, or nothing."""

    id: UUID
    team: str
    phone: str
    person_id: UUID | None


@transaction.atomic
def ask(*, by: Actor, described: Described, reason: str) -> UUID:
    """Ask whether anybody works with a child, for a reason about this very child.

    Return the enquiry, whose page has the answer.
    """
    by.require(ASKS)
    said = say_why(reason, LEAST_REASON)
    exclusive(f"people.ask:{by.own_id}")
    asked_today = Enquiry.objects.filter(
        user_id=by.own_id, asked_at__gte=start_of_day(today())
    ).count()
    if asked_today >= MOST_A_DAY:
        raise BadInput(
            f"You have asked {MOST_A_DAY} times today, which is as often as one can.",
            kept="Nothing was asked.",
            next="If a child is in danger, ring whoever is on duty. Ask again tomorrow.",
        )
    about, team = _found(by, described)
    enquiry = Enquiry.objects.create(
        user_id=by.own_id,
        asked_at=now(),
        reason=said[:600],
        described=_digest(described),
        about=about,
        team_id=team.id if team else None,
    )
    audit.record(by=by, action="people.asked", subject=("enquiry", enquiry.id))
    return enquiry.id


def _digest(described: Described) -> str:
    standard = standard_name(described.given_names), standard_name(described.family_name)
    said = "\x1f".join((*standard, described.birth_date.isoformat()))
    return crypto.key_ring().mac(f"people.ask:{said}".encode()).hex()[:64]


def _found(by: Actor, described: Described) -> tuple[UUID, TeamFacts | None]:
    """Return who was described, and which team may be named to `by`.

    Nobody is stood for by an identifier that is nobody's, so that whatever is asked of a child is
    asked of nobody too.
    """
    records = Record.objects.filter(
        birth_date=described.birth_date,
        family_name=standard_name(described.family_name),
        given_names=standard_name(described.given_names),
    ).exclude(agency_id=_not_counted(by))
    for of_their_own in sent_oneself.items():
        records = records.exclude(id__in=of_their_own(by=by))
    rows = records.order_by("-detail_at").values_list("person__now__current_id", "postcode")
    found = dict(reversed(rows[:20])) or {new_id(): ""}
    same = same_people(by=by, current_ids=found)
    # One of nobody: the questions that follow are not asked about none.
    people = same or {current: current for current in found}
    shut = {
        people[each] for each in closing.closed_among(by=by, kind=KIND, subject_ids=list(people))
    }
    told = [current for current in set(same.values()) if current not in shut]
    if not told:
        return next(iter(found)), None
    current = told[0]
    mine = [each for each in same if same[each] == current]
    return current, team_of(by=by, person_ids=mine, postcode=found.get(current, ""))


def _not_counted(by: Actor) -> UUID:
    """Return the agency whose records do not count: the own one of who sends, and holds nothing.

    What is sent first makes or joins a record of that agency. Where this counted, no answer after
    it would say that the child was known, and is hidden. Whoever holds moments is told what their
    agency says of a child, but for what they sent themselves.
    """
    sends = by.can("signals.send") or by.can("intake.load")
    return by.own_agency_id if sends and not by.can("moments.hold") else new_id()


def team_of(*, by: Actor, person_ids: list[UUID], postcode: str) -> TeamFacts | None:
    """Return the team to ring about somebody: that works with them, or whose colleague does, or
    that answers for where they live. The caller has found that `by` may be told."""
    teams = {team.id: team for team in access.teams()}
    held = Involvement.objects.in_force(at=now()).filter(
        subject_kind=KIND, subject_id__in=person_ids
    )
    rows = list(held.order_by("-started_at").values_list("team_id", "user_id"))
    for team_id, _ in rows:
        if team_id in teams:
            return teams[team_id]
    users = [user for _, user in rows if user]
    members = TeamMembership.objects.filter(user_id__in=users, ended_at=None)
    for team_id in members.order_by("team__key").values_list("team_id", flat=True):
        return teams[team_id]
    del by
    area = areas_of([postcode]).get(postcode)
    local = [team for team in teams.values() if area in team.areas]
    everybody = [team for team in teams.values() if not team.areas]
    return next(iter([*local, *everybody, *teams.values()]), None)


def answer(*, by: Actor, enquiry_id: UUID) -> Answer:
    """Return what one's own enquiry was answered; anybody else's is not found."""
    by.require(ASKS)
    held = Enquiry.objects.filter(id=enquiry_id, user_id=by.own_id).select_related("team").first()
    if held is None:
        raise NotFound
    if held.team is None:
        return Answer(held.id, "", "", None)
    sees = is_visible(by=by, person_id=held.about)
    return Answer(held.id, held.team.name, held.team.phone, held.about if sees else None)


def duty_lines() -> list[tuple[str, str]]:
    """Return every team with its number, for whoever is told of no record: always the same."""
    return [(team.name, team.phone) for team in access.teams()]


def left_today(*, by: Actor) -> int:
    """Return how many enquiries are left to this person today."""
    by.require(ASKS)
    held = Enquiry.objects.filter(user_id=by.own_id, asked_at__gte=start_of_day(today()))
    return max(0, MOST_A_DAY - held.count())


@transaction.atomic
def tell_owners(*, by: Actor) -> int:
    """Tell those who work with a child that somebody asked about them; return how many enquiries.

    Of a restricted record its readers hear it.
    """
    waiting = list(
        Enquiry.objects.select_for_update().filter(told_at=None).order_by("asked_at")[:AT_ONCE]
    )
    if not waiting:
        return 0
    same = same_people(by=by, current_ids={each.about for each in waiting})
    shut = closing.closed(by=by, kind=KIND, same=same)
    tellings = []
    for each in waiting:
        mine = [one for one in same if same[one] == each.about]
        for user in owners(person_ids=mine, current_id=each.about, shut=shut, at=now()):
            if user != each.user_id:
                key = f"{NOTICE}:{each.id}:{user}"
                tellings.append(Telling(user, NOTICE, ("child", each.about), key))
    notices.tell(by=by, tellings=tellings)
    Enquiry.objects.filter(id__in=[each.id for each in waiting]).update(told_at=now())
    audit.record(
        by=by, action="people.owners_told", subject=("partnership", None), count=len(waiting)
    )
    return len(waiting)


def owners(
    *, person_ids: list[UUID], current_id: UUID, shut: closing.Closed, at: datetime
) -> list[UUID]:
    """Return who works with a child now, themselves or with their team, and may open the record."""
    held = Involvement.objects.in_force(at=at).filter(subject_kind=KIND, subject_id__in=person_ids)
    users: dict[UUID, None] = {}
    for team_id, user_id in held.values_list("team_id", "user_id"):
        if user_id:
            users[user_id] = None
        if team_id:
            users |= dict.fromkeys(access.members_to_tell(team_id=team_id, at=at))
    able = access.able(capability="people.read", user_ids=users)
    return [user for user in users if user in able and shut.opens(current_id, user)]


WINDOW = timedelta(days=30)


@dataclass(frozen=True)
class EnquiryFacts:
    """An enquiry as information governance reads it: who, why, and how often about the same."""

    name: str
    asked_at: datetime
    reason: str
    told: bool
    times: int


def enquiries(*, by: Actor, at_most: int = 100) -> list[EnquiryFacts]:
    """Return the enquiries of the last thirty days, those that were repeated most first.

    They do not say about whom.
    """
    by.require("people.oversee")
    held = Enquiry.objects.filter(asked_at__gte=now() - WINDOW).select_related("user__agency")
    rows = list(held.order_by("-asked_at"))
    times: dict[tuple[UUID, str], int] = {}
    for each in rows:
        times[each.user_id, each.described] = times.get((each.user_id, each.described), 0) + 1
    found = [
        EnquiryFacts(
            f"{each.user.name}, {each.user.agency.name}",
            each.asked_at,
            each.reason,
            each.team_id is not None,
            times[each.user_id, each.described],
        )
        for each in rows
    ]
    return sorted(found, key=lambda each: -each.times)[:at_most]
