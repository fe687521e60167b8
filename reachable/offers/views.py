"""What fits a child, an offer and what became of it: one question a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput, Conflict
from reachable.foundation.views import actor, add_errors, render
from reachable.moments.forms import ActForm
from reachable.notices import services as notices
from reachable.offers import forms, matching, selectors, services, wording, words
from reachable.offers.forms import HiddenNeedForm, NeedForm, OfferForm
from reachable.offers.registries import made_in
from reachable.offers.rules import standing
from reachable.offers.selectors import OfferFacts
from reachable.provision import selectors as provision

OFFERED = {
    standing.WANTS: "It is recorded. Now send the referral, or go there together.",
    standing.NOT_NOW: "It is recorded that the child said not now. You are told when to ask again.",
    standing.NO: "It is recorded that the child does not want it. Offer something else.",
}


def followed(request: HttpRequest) -> HttpResponse:
    """Offers of which it is still to be heard what becomes of them."""
    rows = selectors.followed(by=actor(request))
    return render(request, "offers/followed.html", {"rows": rows, "wording": wording})


def fits(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Which services fit a child now."""
    form = NeedForm(request.GET or None)
    asked = form.cleaned_data if form.is_bound and form.is_valid() else {}
    need = {"help": asked.get("help", ""), "form": asked.get("form", "")}
    found = matching.what_fits(by=actor(request), person_id=person_id, **need)
    need["conversation_id"] = asked.get("conversation_id") or ""
    if found.child.person_id != person_id:
        return redirect(
            f"{reverse('fits', args=[found.child.person_id])}?{request.GET.urlencode()}"
        )
    context = {
        "form": form,
        "found": found,
        "child": found.child,
        "need": need,
        "words": words,
        "wording": wording,
    }
    return render(request, "offers/fits.html", context)


def make(request: HttpRequest, person_id: UUID, service_id: UUID) -> HttpResponse:
    """Record that a service was offered to a child, and what the child said."""
    by = actor(request)
    child = matching.child_of(by=by, person_id=person_id)
    service = provision.listed_service(by=by, service_id=service_id)
    carried = HiddenNeedForm(request.GET)
    initial = carried.cleaned_data if carried.is_valid() else {}
    form = OfferForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        given = form.answers()
        with add_errors(form, BadInput, Conflict):
            offer_id = services.offer(by=by, person_id=person_id, service_id=service_id, **given)
            messages.success(request, OFFERED[given["answer"]])
            return redirect("offer", offer_id)
    context = {"form": form, "child": child, "service": service}
    status = 422 if form.is_bound else 200
    return render(request, "offers/make.html", context, status=status)


def offer(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    """An offer and what became of it; after a refusal, what fits next."""
    by = actor(request)
    found = selectors.offer(by=by, offer_id=offer_id)
    notices.mark_read(by=by, subject=("offer", offer_id))
    refused = found.row.state == standing.REFUSED
    context = {
        "offer": found,
        "row": found.row,
        "next_steps": _links(found),
        "check": provision.last_check(by=by, service_id=found.row.service_id),
        "made_in": _made_in(by, found.row.conversation_id),
        "others": matching.what_fits_next(by=by, offer_id=offer_id) if refused else None,
        "words": words,
        "wording": wording,
    }
    return render(request, "offers/offer.html", context)


def _made_in(by: Actor, conversation_id: UUID | None) -> tuple[str, str] | None:
    """Return the address and the name of the talk in which it was offered."""
    if conversation_id is None:
        return None
    ways = (each.leads_to(by=by, conversation_id=conversation_id) for each in made_in.items())
    return next((way for way in ways if way is not None), None)


def _links(found: OfferFacts) -> list[tuple[str, str]]:
    """Return (address, words) for what may be recorded now, the likeliest first."""
    links: dict[str, str] = {}
    for kind in found.allowed:
        name, said = (
            ("offer_answered", "The child says something else now")
            if kind in standing.ANSWERS
            else (f"offer_{kind}", _link(kind, found.row.state))
        )
        links.setdefault(name, said)
    return list(links.items())


def _link(kind: str, state: str) -> str:
    again = kind == standing.SENT and state == standing.REFUSED
    return "The service was asked once more" if again else LINKS[kind]


LINKS = {
    standing.SENT: "The referral is sent",
    standing.WAITING: "The child is on the waiting list",
    standing.ACCEPTED: "The service has accepted",
    standing.REFUSED: "The service has refused",
    standing.ATTENDED: "The child went there",
    standing.STILL: "Say whether the child still goes there",
    standing.ENDED: "It has ended",
}


@dataclass(frozen=True)
class Question:
    """A form about an offer, and the sentence that says afterwards what was recorded."""

    kinds: frozenset[str]
    title: str
    button: str
    form: Callable[[HttpRequest, OfferFacts], ActForm]
    done: str


def asked(question: Question) -> Callable[[HttpRequest, UUID], HttpResponse]:
    """Return the view that asks it."""

    def view(request: HttpRequest, offer_id: UUID) -> HttpResponse:
        by = actor(request)
        found = selectors.offer(by=by, offer_id=offer_id)
        if not question.kinds & set(found.allowed):
            messages.warning(request, f"That cannot be recorded now: {_stands(found)}.")
            return redirect("offer", offer_id)
        form = question.form(request, found)
        if form.is_bound and form.is_valid():
            given = {"kind": next(iter(question.kinds)), **form.answers()}
            try:
                services.record(by=by, offer_id=offer_id, **given)
            except Conflict as error:
                messages.warning(request, str(error))
                return redirect("offer", offer_id)
            except BadInput as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, question.done)
                # What was open because of the offer may have closed with what was recorded.
                seen = selectors.sees_offer(by=by, offer_id=offer_id)
                return redirect("offer", offer_id) if seen else redirect("home")
        context = {"question": question, "form": form, "offer": found, "row": found.row}
        status = 422 if form.is_bound else 200
        return render(request, "offers/act.html", context, status=status)

    return view


def _stands(found: OfferFacts) -> str:
    return words.STANDS[found.row.state]


def _plain(form: type[ActForm]) -> Callable[[HttpRequest, OfferFacts], ActForm]:
    def make(request: HttpRequest, found: OfferFacts) -> ActForm:
        return form(_sent(request), initial={"version": found.version})

    return make


def _sent(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _answer_form(request: HttpRequest, found: OfferFacts) -> ActForm:
    initial = {"version": found.version}
    return forms.AnswerForm(_sent(request), initial=initial, allowed=found.allowed)


def _still_form(request: HttpRequest, found: OfferFacts) -> ActForm:
    initial = {"version": found.version, "after": next(reversed(found.checks), "")}
    return forms.StillForm(_sent(request), initial=initial, checks=found.checks)


answered = asked(
    Question(
        standing.ANSWERS,
        "What does the child say now?",
        "Record it",
        _answer_form,
        "It is recorded what the child says now.",
    )
)
sent = asked(
    Question(
        frozenset({standing.SENT}),
        "The referral is sent",
        "Record it",
        _plain(forms.SentForm),
        "The referral is recorded as sent. Say here what the service answers.",
    )
)
waiting = asked(
    Question(
        frozenset({standing.WAITING}),
        "The child is on the waiting list",
        "Record it",
        _plain(forms.HeardForm),
        "It is recorded that the child waits. Tell the child how long.",
    )
)
accepted = asked(
    Question(
        frozenset({standing.ACCEPTED}),
        "The service has accepted",
        "Record it",
        _plain(forms.HeardForm),
        "It is recorded that the service has accepted. Say here when the child first went.",
    )
)
refused = asked(
    Question(
        frozenset({standing.REFUSED}),
        "The service has refused",
        "Record the refusal",
        _plain(forms.RefusedForm),
        "The refusal is recorded. Below is what fits next.",
    )
)
attended = asked(
    Question(
        frozenset({standing.ATTENDED}),
        "The child went there",
        "Record it",
        _plain(forms.AttendedForm),
        "It is recorded that the child went. After 28 days and 3 months it is asked once more.",
    )
)
still = asked(
    Question(
        frozenset({standing.STILL}),
        "Does the child still go there?",
        "Record it",
        _still_form,
        "Thank you. It is recorded whether the child still goes there.",
    )
)
ended = asked(
    Question(
        frozenset({standing.ENDED}),
        "It has ended",
        "Record it",
        _plain(forms.EndedForm),
        "It is recorded that it has ended, and why.",
    )
)
