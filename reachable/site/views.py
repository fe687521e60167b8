"""Where people begin, help, and what the product follows."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from reachable.access.beginning import still_missing
from reachable.access.rota import uncovered
from reachable.foundation import progress as long_work
from reachable.foundation.registries import navigation
from reachable.foundation.urls import SIGNED_IN
from reachable.foundation.views import actor, render
from reachable.moments.emptied import emptied_teams
from reachable.moments.school_terms import KEEPS, calendar
from reachable.notices.selectors import lost_mail
from reachable.practice import guidance
from reachable.site.wording import group_key


def home(request: HttpRequest) -> HttpResponse:
    """Lead to the first page of this person's work; who manages accounts sees here what is lost."""
    by = actor(request)
    manages = by.can("accounts.manage")
    links = sorted(navigation.items(), key=lambda link: link.order)
    for link in [] if manages else links:
        if link.place == "header" and (link.needs == SIGNED_IN or by.can(link.needs)):
            return redirect(link.url_name)
    return render(
        request,
        "site/home.html",
        {
            "emptied": emptied_teams(by=by) if manages else None,
            "calendar": calendar(by=by) if by.can(KEEPS) else None,
            "uncovered": uncovered(by=by) if manages else (),
            "missing": still_missing(by=by) if manages else (),
            "lost_mail": len(lost_mail(by=by)) if manages else 0,
        },
    )


def progress(request: HttpRequest) -> HttpResponse:
    """How far long work is: a part for a page that asks again, a page for everybody else."""
    part = request.headers.get("HX-Request") == "true"
    work = long_work.unfinished()
    return render(request, f"site/progress{'_part' if part else ''}.html", {"work": work})


def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "site/help.html")


def practice(request: HttpRequest) -> HttpResponse:
    """What is not known first, then one group at a time."""
    groups = [(group_key(group.title), group) for group in guidance.item_pages()]
    asked = request.GET.get("group", "")
    shown = next((group for key, group in groups if key == asked), None)
    return render(
        request,
        "site/practice.html",
        {
            "groups": groups,
            "shown": shown,
            "not_known": guidance.not_known(),
            "sources": guidance.sources(),
        },
    )
