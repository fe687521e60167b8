from __future__ import annotations

from collections.abc import Callable, Sequence

from django.http import HttpResponse
from django.urls import URLPattern

from reachable.foundation.urls import PUBLIC, page
from reachable.moments import (
    calendar_views,
    contact_views,
    measure_views,
    pathway_urls,
    rule_views,
    task_views,
    term_views,
    views,
    worklist_views,
)
from reachable.moments.school_terms import KEEPS

HOLD, READ, MEASURES = "moments.hold", "practice.read", "moments.measures"
BOTH, POST = ("GET", "POST"), ("POST",)


def _of_one(
    end: str, view: Callable[..., HttpResponse], name: str, methods: Sequence[str]
) -> URLPattern:
    route = f"moments/<uuid:moment_id>/{end}"
    return page(route, view, name=name, needs=HOLD, methods=methods)


def _of_task(end: str, view: Callable[..., HttpResponse], methods: tuple[str, ...]) -> URLPattern:
    route = f"moments/<uuid:moment_id>/task/<uuid:task_id>/{end}/"
    return page(route, view, name=f"task_{end}", needs=HOLD, methods=methods)


urlpatterns = [
    page("worklist/", worklist_views.worklist, name="worklist", needs=HOLD),
    page("worklist/narrow/", worklist_views.narrow, name="worklist_narrow", needs=HOLD),
    page("worklist/print/", worklist_views.on_paper, name="worklist_print", needs=HOLD),
    page("worklist/ahead/", worklist_views.ahead, name="load_ahead", needs=HOLD),
    page(
        "worklist/wall/",
        worklist_views.wall,
        name="wall",
        needs="moments.wall",
        asks_by_itself=True,
    ),
    page("measures/", measure_views.measures, name="measures", needs=MEASURES),
    page("measures/download/", measure_views.download, name="measures_download", needs=MEASURES),
    page("measures/<slug:measure_key>/", measure_views.measure, name="measure", needs=MEASURES),
    page("calendar/", calendar_views.address, name="calendar_address", needs=HOLD),
    page(
        "calendar/make/",
        calendar_views.make,
        name="calendar_make",
        needs=HOLD,
        methods=POST,
    ),
    page(
        "calendar/revoke/",
        calendar_views.revoke,
        name="calendar_revoke",
        needs=HOLD,
        methods=POST,
    ),
    page(
        "calendar/<uuid:address_id>/<str:secret>.ics",
        calendar_views.feed,
        name="calendar_feed",
        needs=PUBLIC,
    ),
    page("rules/", rule_views.rules, name="rules", needs=READ),
    page("rules/<slug:rule_key>/", rule_views.rule, name="rule", needs=READ),
    page(
        "rules/<slug:rule_key>/dry-run/",
        rule_views.dry_run,
        name="rule_dry_run",
        needs=rule_views.DECIDES,
        methods=POST,
    ),
    page(
        "rules/<slug:rule_key>/switch/",
        rule_views.switch,
        name="rule_switch",
        needs=rule_views.DECIDES,
        methods=POST,
    ),
    *pathway_urls.urlpatterns,
    page("school-terms/", term_views.school_terms, name="school_terms", needs=KEEPS, methods=BOTH),
    page(
        "school-terms/<uuid:dates_id>/take-out/",
        term_views.take_out,
        name="school_dates_out",
        needs=KEEPS,
        methods=POST,
    ),
    _of_task("done", task_views.done, POST),
    _of_task("drop", task_views.drop, BOTH),
    _of_one("pause/", views.pause, "moment_pause", BOTH),
    _of_one("resume/", views.resume, "moment_resume", BOTH),
    _of_one("", views.moment, "moment", ("GET",)),
    _of_one("print/", worklist_views.moment_on_paper, "moment_print", ("GET",)),
    _of_one("take/", views.take, "moment_take", ("POST",)),
    _of_one("steps/", views.step_done, "moment_step", ("POST",)),
    _of_one("tasks/", task_views.add, "moment_task_add", BOTH),
    _of_one("attempt/", views.attempt, "moment_attempt", BOTH),
    _of_one("reached/", views.reach, "moment_reached", BOTH),
    _of_one("pass-on/", views.pass_on, "moment_pass_on", BOTH),
    _of_one("hand-over/", views.hand_over, "moment_hand_over", BOTH),
    _of_one("offered/", contact_views.offered, "moment_offered", BOTH),
    _of_one("accepted/", contact_views.accepted, "moment_accepted", BOTH),
    _of_one("declined/", contact_views.declined, "moment_declined", BOTH),
    _of_one("still-in-touch/", contact_views.still, "moment_still", BOTH),
    _of_one("missed/", contact_views.explained, "moment_missed", BOTH),
    _of_one("close/", views.close, "moment_close", BOTH),
]
