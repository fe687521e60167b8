"""The school terms by which clocks count."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from reachable.foundation.views import actor, add_errors, render
from reachable.moments import school_terms as terms
from reachable.moments.term_forms import DatesForm


def school_terms(request: HttpRequest) -> HttpResponse:
    """What is entered, and a form to enter more."""
    by = actor(request)
    form = DatesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with add_errors(form):
            terms.enter(by=by, **form.cleaned_data)
            messages.success(
                request,
                f"“{form.cleaned_data['name']}” is entered. Clocks that start from now on count "
                "by it; those that run keep the end that they have.",
            )
            return redirect("school_terms")
    context = {"calendar": terms.calendar(by=by), "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "moments/school_terms.html", context, status=status)


def take_out(request: HttpRequest, dates_id: UUID) -> HttpResponse:
    name = terms.take_out(by=actor(request), dates_id=dates_id)
    messages.success(
        request, f"“{name}” was taken out. Clocks that run keep the end that they have."
    )
    return redirect("school_terms")
