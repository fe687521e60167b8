from __future__ import annotations

from reachable.access import (
    account_views,
    joining_views,
    organisation_views,
    rota_views,
    sign_in_urls,
    team_urls,
    views,
)
from reachable.foundation.urls import PUBLIC, page

LOOKS_AFTER = "accounts.own"

urlpatterns = [
    *sign_in_urls.urlpatterns,
    page("who-looked/", views.who_looked, name="who_looked", needs="audit.read"),
    page(
        "join/<uuid:join_id>/<str:join_secret>/",
        joining_views.join,
        name="join",
        needs=PUBLIC,
        methods=("GET", "POST"),
    ),
    page("staff/", account_views.people, name="staff", needs=LOOKS_AFTER),
    page(
        "staff/invite/",
        account_views.invite,
        name="invite",
        needs=LOOKS_AFTER,
        methods=("GET", "POST"),
    ),
    page(
        "staff/invite/many/",
        joining_views.invite_many,
        name="invite_many",
        needs=LOOKS_AFTER,
        methods=("GET", "POST"),
    ),
    page(
        "staff/invitations/<uuid:invitation_id>/send-again/",
        account_views.send_again,
        name="invitation_send_again",
        needs=LOOKS_AFTER,
        methods=("POST",),
    ),
    page(
        "staff/invitations/<uuid:invitation_id>/link/",
        account_views.hand_over_link,
        name="invitation_link",
        needs=LOOKS_AFTER,
        methods=("GET", "POST"),
    ),
    page(
        "staff/invitations/<uuid:invitation_id>/take-back/",
        account_views.take_back,
        name="invitation_take_back",
        needs=LOOKS_AFTER,
        methods=("POST",),
    ),
    *team_urls.urlpatterns,
    page("staff/two-people/", joining_views.requests, name="requests", needs="accounts.manage"),
    page(
        "staff/two-people/<uuid:request_id>/",
        joining_views.decide,
        name="request_decide",
        needs="accounts.manage",
        methods=("GET", "POST"),
    ),
    page(
        "staff/two-people/<uuid:request_id>/take-back/",
        joining_views.take_back_request,
        name="request_take_back",
        needs="accounts.manage",
        methods=("POST",),
    ),
    page("staff/<uuid:account_id>/", account_views.person, name="account", needs=LOOKS_AFTER),
    *(
        page(
            f"staff/<uuid:account_id>/{what}/",
            view,
            name=f"account_{what}",
            needs=LOOKS_AFTER,
            methods=("GET", "POST"),
        )
        for what, view in (
            ("move", account_views.move),
            ("details", account_views.details),
            ("leave", account_views.leave),
            ("organisation", organisation_views.of_account),
        )
    ),
    page(
        "staff/<uuid:account_id>/stay/",
        account_views.stay,
        name="account_stay",
        needs=LOOKS_AFTER,
        methods=("POST",),
    ),
    page("rota/", rota_views.rotas, name="rotas", needs="rota.read"),
    page(
        "rota/away/",
        rota_views.away,
        name="away",
        needs="rota.read",
        methods=("GET", "POST"),
    ),
    page(
        "rota/away/<uuid:absence_id>/back/",
        rota_views.back,
        name="back",
        needs="rota.read",
        methods=("POST",),
    ),
    page(
        "rota/shifts/<uuid:shift_id>/",
        rota_views.shift,
        name="shift",
        needs="rota.plan",
        methods=("GET", "POST"),
    ),
    page(
        "rota/shifts/<uuid:shift_id>/end/",
        rota_views.end,
        name="shift_end",
        needs="rota.plan",
        methods=("POST",),
    ),
    page(
        "rota/shifts/<uuid:shift_id>/hand-over/",
        rota_views.hand_over,
        name="shift_hand_over",
        needs="rota.read",
        methods=("GET", "POST"),
    ),
    page("rota/<uuid:team_id>/", rota_views.rota, name="rota", needs="rota.read"),
    page(
        "rota/<uuid:team_id>/shift/",
        rota_views.plan,
        name="shift_new",
        needs="rota.plan",
        methods=("GET", "POST"),
    ),
    page(
        "rota/<uuid:team_id>/pattern/",
        rota_views.pattern,
        name="pattern_new",
        needs="rota.plan",
        methods=("GET", "POST"),
    ),
    page(
        "rota/<uuid:team_id>/away/",
        rota_views.member_away,
        name="member_away",
        needs="rota.plan",
        methods=("GET", "POST"),
    ),
]
