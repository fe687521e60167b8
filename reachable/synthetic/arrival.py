"""Puts an invented partnership into the database: areas, agencies, teams, accounts, rota."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Max

from reachable.access import absences, second_factors
from reachable.access import selectors as access
from reachable.access import services as access_services
from reachable.access.models import Agency, Shift, Team, User
from reachable.foundation.actor import Actor, system
from reachable.foundation.errors import BadInput
from reachable.foundation.time import now
from reachable.geography import services as geography
from reachable.geography.rules import standard_postcode
from reachable.practice.time import LONDON, start_of_day
from reachable.synthetic import atlas
from reachable.synthetic.agencies import Shift as DutyShift
from reachable.synthetic.boundaries import boundaries
from reachable.synthetic.material import material
from reachable.synthetic.partnership import Partnership

ROTA_AHEAD = timedelta(days=56)


def set_up(made: Partnership, *, password: str) -> bool:
    """Create everything but the children, whom the files will bring; False if it stood already.

    All accounts have the one password, since nothing here is worth protecting. The rota reaches
    eight weeks ahead, and further at each later call.
    """
    refuse_real()
    by = system("synthetic")
    fresh = not Agency.objects.filter(key=made.agencies[0].code).exists()
    with transaction.atomic():
        if fresh:
            _create(by, made, make_password(password))
        _extend_rota(by, made)
    return fresh


def fall_sick(made: Partnership) -> None:
    """The worker of the nights is sick from today for six days, as their supervisor enters it."""
    by = actors(made)
    today = now().astimezone(LONDON).date()
    absences.say_away(
        by=by[made.rota.supervisor],
        user_id=by[made.rota.sick].own_id,
        starts_at=start_of_day(today),
        ends_at=start_of_day(today + timedelta(days=6)),
        reason="sickness",
    )


def refuse_real() -> None:
    """Raise BadInput where real people have accounts: everybody knows the password of ours."""
    first = material("agencies")["agencies"][0]["code"]
    if User.objects.exists() and not Agency.objects.filter(key=first).exists():
        raise BadInput(
            "This database has accounts that are not invented.",
            kept="Nothing was changed.",
            next="Name an empty one in DATABASE_URL, or another folder in REACHABLE_VAR.",
        )


def actors(made: Partnership) -> dict[str, Actor]:
    """Return who each invented worker is, by username."""
    usernames = [worker.username for worker in made.workers]
    users = User.objects.filter(username__in=usernames).select_related("agency")
    return {user.username: access.actor_for(user) for user in users}


def _create(by: Actor, made: Partnership, password_hash: str) -> None:
    geography.load_areas(
        by=by,
        areas=[(at.code, at.name) for at in made.places.localities],
        postcodes=[
            (standard_postcode(postcode.code), postcode.locality.code)
            for postcode in made.places.postcodes
            if postcode.locality in made.places.localities
        ],
    )
    lie = atlas.positions(made, boundaries())
    geography.place_postcodes(
        by=by, positions={standard_postcode(code): (at[1], at[0]) for code, at in lie.items()}
    )
    agencies = {
        agency.code: access_services.create_agency(
            by=by, key=agency.code, name=agency.name, kind=agency.kind
        )
        for agency in made.agencies
    }
    # The hub answers for every area and comes first; the localities' teams are not on call.
    teams = {
        team.code: access_services.create_team(
            by=by, key=team.code, name=team.name, agency_id=agencies[team.agency]
        )
        for team in made.teams
    }
    accounts = [
        access_services.create_account(
            by=by,
            username=worker.username,
            name=worker.name,
            agency_id=agencies[worker.agency],
            roles=worker.roles,
            teams=[teams[code] for code in worker.teams],
            job_title=worker.job,
            email=worker.email,
            phone=worker.phone,
            staff_number=worker.staff_number,
            password_hash=password_hash,
        )
        for worker in made.workers
    ]
    second_factors.give_demonstration_app(by=by, user_ids=accounts)


def _extend_rota(by: Actor, made: Partnership) -> None:
    """Plan the shifts that nobody has been planned for yet."""
    users = {username: actor.id for username, actor in actors(made).items()}
    team = Team.objects.get(key=made.rota.team)
    planned = Shift.objects.filter(team=team).aggregate(until=Max("ends_at"))["until"]
    last_day = (now() + ROTA_AHEAD).astimezone(LONDON).date()
    rows: list[tuple[UUID, datetime, datetime, int]] = []
    for shift in made.rota.shifts(made.starts - timedelta(days=1), last_day):
        if planned is None or shift.starts_at >= planned:
            rows += _both(shift, users)
    if rows:
        access_services.plan_shifts(by=by, team_id=team.id, shifts=rows)


def _both(
    shift: DutyShift, users: dict[str, UUID | None]
) -> list[tuple[UUID, datetime, datetime, int]]:
    people = [users[shift.first], users[shift.second]]
    return [
        (user_id, shift.starts_at, shift.ends_at, position)
        for position, user_id in enumerate(people, 1)
        if user_id is not None
    ]
