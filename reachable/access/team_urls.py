"""Addresses of agencies and teams, for whoever manages all accounts."""

from __future__ import annotations

from reachable.access import team_views
from reachable.foundation.urls import page

MANAGES = "accounts.manage"
BOTH = ("GET", "POST")
OF_TEAM = "staff/teams/<uuid:kept_team_id>/"
urlpatterns = [
    page("staff/agencies/", team_views.agencies, name="agencies", needs=MANAGES),
    page(
        "staff/agencies/new/",
        team_views.agency_new,
        name="agency_new",
        needs=MANAGES,
        methods=BOTH,
    ),
    page(
        "staff/agencies/<uuid:kept_agency_id>/",
        team_views.agency,
        name="agency",
        needs=MANAGES,
        methods=BOTH,
    ),
    page("staff/teams/", team_views.teams, name="teams", needs=MANAGES),
    page("staff/teams/new/", team_views.team_new, name="team_new", needs=MANAGES, methods=BOTH),
    page(OF_TEAM, team_views.team, name="team", needs=MANAGES),
    *(
        page(f"{OF_TEAM}{what}/", view, name=f"team_{what}", needs=MANAGES, methods=BOTH)
        for what, view in (
            ("change", team_views.team_change),
            ("people", team_views.team_people),
            ("end", team_views.team_end),
        )
    ),
]
