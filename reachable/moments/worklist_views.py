"""The worklist and what belongs to it: narrowed, ahead, on a wall, on paper."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from reachable.foundation.time import now
from reachable.foundation.views import actor, render
from reachable.foundation.words import number
from reachable.moments import (
    lasting,
    load_ahead,
    printing,
    rule_wording,
    selectors,
    wording,
    worklists,
)
from reachable.moments.ahead import Slot
from reachable.moments.narrowing import Narrowing, Part
from reachable.moments.rule_wording import Chart
from reachable.moments.views import told
from reachable.practice.time import LONDON


def _mine(request: HttpRequest) -> bool:
    return request.GET.get("show") == "mine"


def worklist(request: HttpRequest) -> HttpResponse:
    by, narrowed = actor(request), Narrowing.of(request.GET)
    found = worklists.worklist(by=by, mine_only=_mine(request), narrowed=narrowed)
    context = {
        "worklist": found,
        "query": narrowed.in_address(),
        "parts": _parts(request, narrowed) if narrowed else None,
        "bucket_words": wording.BUCKETS,
        "standing": wording.standing,
        "between": wording.between,
        "may_wall": by.can("moments.wall"),
        "may_measures": by.can("moments.measures"),
        "questions": lasting.questions(by=by),
    }
    return render(request, "moments/worklist.html", context)


def narrow(request: HttpRequest) -> HttpResponse:
    """What the worklist can be narrowed by; a part of its page, and a page of its own."""
    narrowed = Narrowing.of(request.GET)
    context = {
        "parts": _parts(request, narrowed),
        "query": narrowed.in_address(),
        "narrowed": narrowed,
        "show": "mine" if _mine(request) else "",
    }
    return render(request, "moments/narrow.html", context)


def _parts(request: HttpRequest, narrowed: Narrowing) -> list[Part]:
    return worklists.narrowing(by=actor(request), mine_only=_mine(request), narrowed=narrowed)


def ahead(request: HttpRequest) -> HttpResponse:
    found = load_ahead.load_ahead(by=actor(request))
    again, lasted = lasting.ahead(by=actor(request))
    context = {
        "load": found,
        "again": again,
        "lasting": lasted,
        "hours": _drawn(found.hours, "%H:%M", "What is due by the hour, the next 24 hours"),
        "days": _drawn(found.days, "%A %-d %B", "What is due by the day, the next 7 days"),
    }
    return render(request, "moments/load_ahead.html", context)


def _drawn(slots: list[Slot], label: str, words: str) -> Chart:
    counts = [(slot.starts.astimezone(LONDON).strftime(label), slot.due) for slot in slots]
    most = max(count for _, count in counts)
    return rule_wording.drawn(counts, f"{words}: at most {number(most)} in one")


def wall(request: HttpRequest) -> HttpResponse:
    found = load_ahead.wall(by=actor(request))
    return render(request, "moments/wall.html", {"wall": found})


def on_paper(request: HttpRequest) -> HttpResponse:
    """The worklist as it is to be printed. That is audited for each child on it."""
    narrowed = Narrowing.of(request.GET)
    found = worklists.worklist(by=actor(request), mine_only=_mine(request), narrowed=narrowed)
    printing.worklist(by=actor(request), printed=found)
    context = {
        "worklist": found,
        "query": narrowed.in_address(),
        "bucket_words": wording.BUCKETS,
        "standing": wording.standing,
    }
    return render(request, "moments/worklist_print.html", context)


def moment_on_paper(request: HttpRequest, moment_id: UUID) -> HttpResponse:
    by = actor(request)
    found = selectors.moment(by=by, moment_id=moment_id)
    printing.moment(by=by, printed=found)
    return render(request, "moments/moment_print.html", {**told(found), "at": now()})
