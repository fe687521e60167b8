"""Every form about accounts, and how somebody who may answers it."""

from __future__ import annotations

from tests.access.form import Form

STAFF, ADMINISTRATOR = "/staff/{account_id}/", "agency_administrator"
TEAM, MANAGER = "/staff/teams/{kept_team_id}/", "system_administrator"
TABLE = "name,user name,work e-mail,role\nDee Dell,dee,dee@fenmarch.invalid,Practitioner\n"
STAFF_FORMS = {
    "invite": Form(
        "/staff/invite/",
        "/staff/invite/",
        ADMINISTRATOR,
        {
            "name": "Dee Dell",
            "username": "dee",
            "email": "dee@fenmarch.invalid",
            "roles": "practitioner",
        },
    ),
    "invite many": Form(
        "/staff/invite/many/",
        "/staff/invite/many/",
        ADMINISTRATOR,
        {"table": TABLE, "seen": "{table_seen}"},
    ),
    "send an invitation again": Form(
        "/staff/invitations/{invitation_id}/send-again/", "/staff/", ADMINISTRATOR, {}
    ),
    "show a link to hand over": Form(
        "/staff/invitations/{invitation_id}/link/",
        "/staff/invitations/{invitation_id}/link/",
        ADMINISTRATOR,
        {},
        answered=200,
    ),
    "add an agency": Form(
        "/staff/agencies/new/",
        "/staff/agencies/new/",
        MANAGER,
        {"name": "Fen Health", "kind": "health", "email": "desk@fen.invalid"},
    ),
    "change an agency": Form(
        "/staff/agencies/{kept_agency_id}/",
        "/staff/agencies/{kept_agency_id}/",
        MANAGER,
        {"name": "Fenmarch Town", "kind": "council"},
    ),
    "add a team": Form(
        "/staff/teams/new/",
        "/staff/teams/new/",
        MANAGER,
        {"agency": "{kept_agency_id}", "name": "North", "minutes": "20"},
    ),
    "change a team": Form(
        TEAM + "change/",
        TEAM + "change/",
        MANAGER,
        {"name": "Hub North", "minutes": "20", "phone": "01632 960001"},
    ),
    "put somebody into a team": Form(
        TEAM + "people/", TEAM + "people/", MANAGER, {"user": "{colleague}"}
    ),
    "end a team": Form(
        TEAM + "end/", TEAM + "end/", MANAGER, {"to_team": "{other_team}"}, ("another team",)
    ),
    "take an invitation back": Form(
        "/staff/invitations/{invitation_id}/take-back/", "/staff/", ADMINISTRATOR, {}
    ),
    "decide what takes two": Form(
        "/staff/two-people/{request_id}/",
        "/staff/two-people/{request_id}/",
        "system_administrator",
        {"decision": "refuse", "note": "Not without a handover"},
        ("asked by another",),
    ),
    "take back what takes two": Form(
        "/staff/two-people/{request_id}/take-back/",
        "/staff/two-people/",
        "system_administrator",
        {},
    ),
    "change roles and teams": Form(
        STAFF + "move/",
        STAFF + "move/",
        ADMINISTRATOR,
        {"roles": "intake_worker", "teams": "{team_id}"},
    ),
    "change details": Form(
        STAFF + "details/",
        STAFF + "details/",
        ADMINISTRATOR,
        {"name": "Dee Dell", "email": "dee@fenmarch.invalid"},
    ),
    "end an account": Form(
        STAFF + "leave/",
        STAFF + "leave/",
        ADMINISTRATOR,
        {
            "when": "day",
            "last_day-day": "1",
            "last_day-month": "12",
            "last_day-year": "2026",
        },
    ),
    "a sign-in of the organisation": Form(
        STAFF + "organisation/",
        STAFF + "organisation/",
        ADMINISTRATOR,
        {"what": "end", "provider": "fenmarch"},
    ),
    "they stay": Form(STAFF + "stay/", STAFF, ADMINISTRATOR, {}, ("leaves",)),
}
