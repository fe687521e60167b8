"""Assessments of who read a wrong record: the list, and one of them."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from reachable.foundation.errors import BadInput
from reachable.foundation.views import actor, render
from reachable.governance import breaches as assessments
from reachable.governance.breach_forms import BreachForm
from reachable.governance.rules.breach import RISKS, SOURCE
from reachable.people import changed


def breaches(request: HttpRequest) -> HttpResponse:
    found = assessments.breaches(by=actor(request))
    context = {"found": found, "causes": assessments.CAUSES, "source": SOURCE}
    return render(request, "governance/breaches.html", context)


def breach(request: HttpRequest, breach_id: UUID) -> HttpResponse:
    """One assessment, and what is decided of it."""
    by = actor(request)
    form, refused = BreachForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        try:
            assessments.decide(by=by, breach_id=breach_id, decided=form.decided())
        except BadInput as error:
            refused = error
        else:
            messages.success(request, "It is recorded.")
            return redirect("breach", breach_id)
    found = assessments.breach(by=by, breach_id=breach_id)
    kind = changed.MERGE if found.cause == "merge" else changed.SPLIT
    context = {
        "found": found,
        "changed": changed.what_changed(by=by, kind=kind, join_id=found.cause_id),
        "form": form,
        "refused": refused,
        "causes": assessments.CAUSES,
        "risks": RISKS,
        "source": SOURCE,
    }
    status = 422 if refused or form.errors else 200
    return render(request, "governance/breach.html", context, status=status)
