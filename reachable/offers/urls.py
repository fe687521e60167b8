from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse
from django.urls import URLPattern

from reachable.foundation.urls import page
from reachable.offers import gap_views, views
from reachable.offers.seeing import MAKES, SEES_GAPS

BOTH, POST = ("GET", "POST"), ("POST",)


def _of_offer(end: str, view: Callable[..., HttpResponse]) -> URLPattern:
    route = f"offers/<uuid:offer_id>/{end}/"
    return page(route, view, name=f"offer_{end}", needs=MAKES, methods=BOTH)


def _of_gap(end: str, view: Callable[..., HttpResponse]) -> URLPattern:
    route = f"gaps/<uuid:gap_id>/{end}/"
    return page(route, view, name=f"gap_{end}", needs=MAKES, methods=BOTH)


urlpatterns = [
    page("children/<uuid:person_id>/fits/", views.fits, name="fits", needs=MAKES),
    page(
        "children/<uuid:person_id>/fits/<uuid:service_id>/",
        views.make,
        name="offer_make",
        needs=MAKES,
        methods=BOTH,
    ),
    page(
        "children/<uuid:person_id>/gap/",
        gap_views.record,
        name="gap_record",
        needs=MAKES,
        methods=POST,
    ),
    page("offers/", views.followed, name="offers", needs=MAKES),
    page("offers/<uuid:offer_id>/", views.offer, name="offer", needs=MAKES),
    page(
        "offers/<uuid:offer_id>/gap/",
        gap_views.record_after,
        name="offer_gap",
        needs=MAKES,
        methods=POST,
    ),
    _of_offer("answered", views.answered),
    _of_offer("sent", views.sent),
    _of_offer("waiting", views.waiting),
    _of_offer("accepted", views.accepted),
    _of_offer("refused", views.refused),
    _of_offer("attended", views.attended),
    _of_offer("still", views.still),
    _of_offer("ended", views.ended),
    page("gaps/", gap_views.gaps, name="gaps", needs=SEES_GAPS),
    page("gaps/<uuid:gap_id>/", gap_views.gap, name="gap", needs=MAKES),
    page("gaps/<uuid:gap_id>/who-looked/", gap_views.looked, name="gap_looked", needs=MAKES),
    _of_gap("more", gap_views.more),
    _of_gap("answer", gap_views.answer),
    _of_gap("reopen", gap_views.reopen),
]
