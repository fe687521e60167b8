from __future__ import annotations

from reachable.access import rota_views, sign_in_urls, views
from reachable.foundation.urls import page

urlpatterns = [
    *sign_in_urls.urlpatterns,
    page("who-looked/", views.who_looked, name="who_looked", needs="audit.read"),
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
