"""The measures of a period: all of them, one by team and kind, and all as a table to download."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse

from reachable.foundation.fields import DayField, DayInput
from reachable.foundation.files.export import csv_lines
from reachable.foundation.time import today
from reachable.foundation.views import actor, render
from reachable.moments import measures as selectors
from reachable.moments import wording
from reachable.moments.forms import offer_choices
from reachable.moments.measures import Asked, Measures
from reachable.moments.measuring import BY_KEY, MEASURES, Spread, Tallied
from reachable.practice import guidance

YEAR = timedelta(days=365)
IN_ADDRESS = frozenset(
    {"team", "kind", *(f"{day}-{part}" for day in ("first", "last") for part in DayInput.parts)}
)
HEADINGS = (
    *("part", "of", "first_day", "last_day", "measure", "yes", "settled", "still_open"),
    *("left_out", "count", "median_hours", "ninetieth_hours"),
)


class PeriodForm(forms.Form):
    """Which moments are counted; what is left empty stays as it is without."""

    first = DayField(label="Opened from", required=False)
    last = DayField(label="Opened until", required=False)
    team = forms.ChoiceField(label="Team", required=False)
    kind = forms.ChoiceField(label="Kind of moment", required=False)

    def __init__(self, *args: Any, teams: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(kind.key, kind.title) for kind in guidance.moment_kinds()]
        offer_choices(self, "team", [("", "All of my teams"), *teams])
        offer_choices(self, "kind", [("", "All kinds"), *kinds])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, last = given.get("first"), given.get("last")
        if first and last and last < first:
            self.add_error("last", "The last day is before the first")
        return given

    def asked(self) -> Asked:
        given = self.cleaned_data if self.is_bound else {}
        last: date = given.get("last") or today()
        first = given.get("first") or last - YEAR + timedelta(days=1)
        return Asked(first, last, given.get("team", ""), given.get("kind", ""))


def _form(request: HttpRequest) -> PeriodForm:
    last = today()
    return PeriodForm(
        request.GET or None,
        teams=selectors.own_teams(by=actor(request)),
        initial={"first": last - YEAR + timedelta(days=1), "last": last},
    )


def _found(request: HttpRequest, form: PeriodForm) -> Measures | None:
    if form.is_bound and not form.is_valid():
        return None
    return selectors.measures(by=actor(request), asked=form.asked())


def _page(
    request: HttpRequest, template: str, form: PeriodForm, more: Mapping[str, Any]
) -> HttpResponse:
    found = _found(request, form)
    context = {
        "form": form,
        "found": found,
        "query": {name: each for name, each in request.GET.items() if name in IN_ADDRESS},
        "measures": MEASURES,
        "why_missed": wording.WHY_MISSED,
        "in_team": bool(actor(request).team_ids),
        **more,
    }
    return render(request, template, context, status=200 if found else 422)


def measures(request: HttpRequest) -> HttpResponse:
    return _page(request, "moments/measures.html", _form(request), {})


def measure(request: HttpRequest, measure_key: str) -> HttpResponse:
    """One measure by team and by kind of moment, with what it counts and what it leaves out."""
    if measure_key not in BY_KEY:
        raise Http404
    return _page(request, "moments/measure.html", _form(request), {"measure": BY_KEY[measure_key]})


def download(request: HttpRequest) -> HttpResponse:
    """All of it as a table, in CSV."""
    form = _form(request)
    found = _found(request, form)
    if found is None:
        return _page(request, "moments/measures.html", form, {})
    # Excel takes it for Unicode by the mark at its beginning.
    lines = ["\ufeff", *csv_lines(HEADINGS, _rows(found))]
    answer = HttpResponse(lines, content_type="text/csv; charset=utf-8")
    name = f"measures-{found.asked.first}-{found.asked.last}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _rows(found: Measures) -> Iterator[tuple[object, ...]]:
    asked = found.asked
    parts = [("all", "", found.everything)]
    parts += [("team", group.words, group.tallied) for group in found.by_team]
    parts += [("kind", group.words, group.tallied) for group in found.by_kind]
    for part, of, counted in parts:
        for row in _rows_of(counted):
            yield (part, of, asked.first, asked.last, *row)


def _rows_of(counted: Tallied) -> Iterator[tuple[object, ...]]:
    for key, tally in counted.tallies.items():
        yield (key, tally.yes, tally.of, tally.open, tally.out, "", "", "")
    yield _spread("hours_until_acknowledged", counted.to_acknowledge)
    yield _spread("hours_until_reached", counted.to_reach)


def _spread(name: str, spread: Spread) -> tuple[object, ...]:
    hours = ("" if each is None else f"{each:.1f}" for each in (spread.median, spread.p90))
    return (name, "", "", "", "", spread.count, *hours)
