"""One answer for many refused rows: what is asked, what would become of them, and doing it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from reachable.foundation.errors import Conflict
from reachable.foundation.views import actor, render
from reachable.intake import faults, selectors, together_jobs, together_wording
from reachable.intake.faults import FaultFacts
from reachable.intake.rules.problems import Reason
from reachable.intake.rules.together import Answer, Kind
from reachable.intake.selectors import DeliveryFacts
from reachable.intake.together_forms import TogetherForm


def together(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """Say something once of all rows of a file that share a fault: asked, shown, and then done."""
    by = actor(request)
    delivery = selectors.delivery(by=by, delivery_id=delivery_id)
    found = faults.faults(by=by, delivery_id=delivery_id)
    key = request.POST.get("fault") or request.GET.get("fault", "")
    facts = next((each for each in found.faults if each.fault.key == key), None)
    if facts is None:
        messages.warning(request, "No row waits for this reason any more. Nothing was changed.")
        return redirect("delivery", delivery_id)
    joined: dict[str, str] = {}
    if facts.fault.reason is Reason.TOO_MANY_CELLS:
        joined = faults.cut_cells(by=by, delivery_id=delivery_id, fault=facts.fault)
    data = request.POST if request.method == "POST" else None
    form = TogetherForm(data, feed=delivery.table, facts=facts, joined=joined)
    context = {
        "delivery": delivery,
        "facts": facts,
        "title": together_wording.title(facts),
        "whole": found.whole,
        "form": form,
    }
    if form.is_valid():
        answer, reason = form.said(), form.cleaned_data["reason"]
        if "confirm" in request.POST:
            return _begin(request, delivery_id, answer, reason)
        return _preview(request, delivery, answer, context)
    status = 422 if form.is_bound else 200
    return render(request, "intake/together.html", context, status=status)


def _begin(request: HttpRequest, delivery_id: UUID, answer: Answer, reason: str) -> HttpResponse:
    try:
        together_jobs.begin(
            by=actor(request), delivery_id=delivery_id, answer=answer, reason=reason
        )
    except Conflict as late:
        messages.warning(request, str(late))
    return redirect("delivery", delivery_id)


def _preview(
    request: HttpRequest, delivery: DeliveryFacts, answer: Answer, context: dict[str, object]
) -> HttpResponse:
    prospect = faults.prospect(by=actor(request), delivery_id=delivery.id, answer=answer)
    facts = context["facts"]
    assert isinstance(facts, FaultFacts)
    more = {
        "prospect": prospect,
        "said": together_wording.told(delivery.table, answer, facts.heading),
        "still": together_wording.still(delivery.table, prospect),
        "samples": together_wording.samples(delivery.table, answer, prospect),
        "misread": answer.kind is Kind.ORDER and delivery.accepted,
        "order": str(delivery.table.date_order).replace("-", ", "),
    }
    return render(request, "intake/together_preview.html", context | more)
