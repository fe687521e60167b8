"""Invented people who were invited and have not come yet, as the council's administrator sees them.

Their links were made and thrown away: no e-mail leaves a demonstration.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from reachable.access import invitations, moving
from reachable.access.models import Team
from reachable.access.rules.joining import Asked
from reachable.foundation.actor import system
from reachable.foundation.time import now, today, travel
from reachable.synthetic.arrival import actors
from reachable.synthetic.partnership import Partnership

BY = system("synthetic")
ADMINISTRATOR, LEAVES = "council.accounts", "west.worker"


def invite_some(made: Partnership) -> None:
    """Invite one who can still come and one whose link is too old; let one have a last day."""
    by = actors(made)[ADMINISTRATOR]
    team = str(Team.objects.values_list("id", flat=True).get(key=made.rota.team))
    for days_ago, asked in (
        (1, Asked("Nerys Abendroth", "nerys.abendroth", "", "Social worker", teams=(team,))),
        (12, Asked("Jerome Pellworm", "jerome.pellworm", "", "Student, until the summer")),
    ):
        email = f"{asked.username}@fenmarch-council.example"
        last_day = today() + timedelta(days=120) if days_ago > 7 else None
        whole = replace(asked, email=email, roles=("practitioner",), last_day=last_day)
        with travel(now() - timedelta(days=days_ago)):
            made_id = invitations.invite(by=by, agency_id=by.own_agency_id, asked=whole)
            invitations.make_link(by=BY, invitation_id=made_id)
    leaves = actors(made)[LEAVES].own_id
    moving.leave(by=by, user_id=leaves, last_day=today() + timedelta(days=21))
