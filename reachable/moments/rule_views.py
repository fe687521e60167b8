"""The rules that open moments: which are in force, what one would do, and switching it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from reachable.foundation.views import actor, add_errors, render
from reachable.moments import dry_runs, rule_jobs, rule_wording
from reachable.moments.rule_forms import SwitchForm
from reachable.practice import guidance

DECIDES = "moments.rules"


def rules(request: HttpRequest) -> HttpResponse:
    by = actor(request)
    found = dry_runs.rules(by=by)
    context = {
        "on": [each for each in found if each.is_on],
        "off": [each for each in found if not each.is_on],
        "wording": rule_wording,
    }
    return render(request, "moments/rules.html", context)


def rule(request: HttpRequest, rule_key: str) -> HttpResponse:
    """What a rule says, what a dry run found, and the switch."""
    return _page(request, rule_key, SwitchForm())


def _page(request: HttpRequest, key: str, form: SwitchForm) -> HttpResponse:
    by = actor(request)
    found = dry_runs.rule(by=by, key=key)
    latest = found.latest
    running = bool(latest and not latest.finished_at and not latest.error)
    if request.headers.get("HX-Request") == "true":
        if running:
            return render(request, "moments/dry_run_goes_on.html", {"rule": found.rule})
        return HttpResponse(headers={"HX-Refresh": "true"})
    context = {
        "facts": found,
        "rule": found.rule,
        "kind": guidance.moment_kind(found.rule.opens),
        "running": running,
        "found": latest.found if latest and latest.finished_at else None,
        "form": form,
        "decides": by.can(DECIDES),
        "wording": rule_wording,
    }
    return render(request, "moments/rule.html", context, status=422 if form.is_bound else 200)


def dry_run(request: HttpRequest, rule_key: str) -> HttpResponse:
    """Begin a dry run; its page says how far it is."""
    dry_runs.rule(by=actor(request), key=rule_key)
    rule_jobs.begin(by=actor(request), rule=rule_key)
    return redirect("rule", rule_key)


def switch(request: HttpRequest, rule_key: str) -> HttpResponse:
    """Put a rule in force or out of it, with a reason."""
    by = actor(request)
    found = dry_runs.rule(by=by, key=rule_key)
    form = SwitchForm(request.POST)
    on = request.POST.get("then") == "on"
    if form.is_valid():
        with add_errors(form):
            dry_runs.switch(by=by, rule=rule_key, on=on, reason=form.cleaned_data["reason"])
            stands = "in force" if on else "off"
            messages.success(request, f"“{found.rule.title}” is {stands} from now on.")
            return redirect("rule", rule_key)
    return _page(request, rule_key, form)
