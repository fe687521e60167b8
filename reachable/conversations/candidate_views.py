"""Candidates: gone through one by one by a person, and confirmed, set aside or left for later."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from reachable.conversations import candidates, confirming, wording
from reachable.conversations.candidate_forms import (
    ConfirmForm,
    LaterForm,
    NarrowForm,
    ReasonForm,
    SameForm,
)
from reachable.conversations.candidates import CandidateFacts
from reachable.conversations.rules.candidates import CONFIRMED, LATER, SET_ASIDE, postcode_in
from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput, Conflict
from reachable.foundation.views import actor, render
from reachable.geography.rules import standard_postcode
from reachable.geography.selectors import area_names

SHOWN = 100
ALIKE = (
    "Something like it was confirmed before: look at what it may be, below. If it is none of "
    "these, confirm it once more."
)


def waiting(request: HttpRequest) -> HttpResponse:
    """What waits to be confirmed for this person’s teams, the oldest first."""
    form = NarrowForm(request.GET or None)
    found = candidates.waiting(by=actor(request), kind=form.wanted())
    context = {
        "form": form,
        "rows": found[:SHOWN],
        "more": len(found) - len(found[:SHOWN]),
        "narrowed": form.wanted() is not None,
        **_words(),
    }
    return render(request, "conversations/candidates.html", context)


def confirmed(request: HttpRequest) -> HttpResponse:
    """What was confirmed, by name, with the conversations from which it comes."""
    form = NarrowForm(request.GET or None)
    found = candidates.confirmed_contexts(by=actor(request), kind=form.wanted() or "")
    context = {"form": form, "rows": found, "narrowed": form.wanted() is not None, **_words()}
    return render(request, "conversations/confirmed.html", context)


def of_conversation(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """The candidates of one conversation, with what was decided of each."""
    by = actor(request)
    found = candidates.of_conversation(by=by, conversation_id=conversation_id)
    context = {
        "conversation_id": conversation_id,
        "waiting": [each for each in found if each.waits],
        "decided": [each for each in found if not each.waits],
        "contexts": _contexts(by, found),
        **_words(),
    }
    return render(request, "conversations/candidates_of.html", context)


def candidate(request: HttpRequest, conversation_id: UUID, candidate_id: UUID) -> HttpResponse:
    """One candidate: as it was said, what it may be the same as, and what was decided of it."""
    by = actor(request)
    found = candidates.candidate(by=by, conversation_id=conversation_id, candidate_id=candidate_id)
    context_id = found.decided.context_id if found.decided else None
    context = {
        "each": found,
        "context": candidates.confirmed_context(by=by, context_id=context_id)
        if context_id
        else None,
        "alike": candidates.may_be(by=by, kind=found.kind, what=found.said) if found.waits else [],
        "all": candidates.confirmed_contexts(by=by, kind=found.kind) if found.waits else [],
        "next": _next(by, found),
        **_words(),
    }
    return render(request, "conversations/candidate.html", context)


def _words() -> dict[str, Any]:
    return {
        "kinds": wording.CANDIDATE_KINDS,
        "why": wording.MAY_BE_BY,
        "states": {"confirmed": CONFIRMED, "set_aside": SET_ASIDE, "later": LATER},
    }


def _contexts(by: Actor, found: list[CandidateFacts]) -> dict[UUID, Any]:
    if not any(each.state == CONFIRMED for each in found):
        return {}
    return {each.id: each for each in candidates.confirmed_contexts(by=by)}


def _next(by: Actor, found: CandidateFacts) -> CandidateFacts | None:
    """Return the one after this in the list of all that wait; after the last comes the first."""
    rows = candidates.waiting(by=by)
    ids = [each.id for each in rows]
    at = ids.index(found.id) + 1 if found.id in ids else 0
    others = [each for each in (*rows[at:], *rows[:at]) if each.id != found.id]
    return others[0] if others else None


def _done(request: HttpRequest, by: Actor, found: CandidateFacts, said: str) -> HttpResponse:
    """Go on to what is still to be decided: of the same conversation first, then the oldest."""
    messages.success(request, said)
    rows = [
        each for each in candidates.waiting(by=by) if each.id != found.id and each.state != LATER
    ]
    same = [each for each in rows if each.conversation_id == found.conversation_id]
    for following in (same or rows)[:1]:
        return redirect("candidate", following.conversation_id, following.id)
    return redirect("candidates")


def confirm(request: HttpRequest, conversation_id: UUID, candidate_id: UUID) -> HttpResponse:
    """What it is called; what was confirmed before and may be the same stands beside the form."""
    by = actor(request)
    found = candidates.candidate(by=by, conversation_id=conversation_id, candidate_id=candidate_id)
    initial = {"name": found.said, "kind": found.kind, "postcode": postcode_in(found.said)}
    sent = request.POST if request.method == "POST" else None
    form = ConfirmForm(sent, initial=initial, areas=sorted(area_names().items(), key=_by_name))
    alike = candidates.may_be(by=by, kind=found.kind, what=found.said)
    if form.is_bound and form.is_valid():
        naming = form.naming()
        alike = candidates.may_be(
            by=by, kind=naming.kind, what=naming.name, postcode=standard_postcode(naming.postcode)
        )
        if not form.has_seen([each.id for each, _ in alike]):
            form.add_error(None, ALIKE)
        else:
            try:
                confirming.confirm(
                    by=by,
                    conversation_id=conversation_id,
                    candidate_id=candidate_id,
                    naming=naming,
                )
            except BadInput as error:
                form.add_error(None, str(error))
            except Conflict as error:
                return _changed(request, found, error)
            else:
                return _done(request, by, found, f"“{naming.name}” is confirmed.")
    context = {
        "form": form,
        "each": found,
        "alike": alike,
        "seen": " ".join(str(each.id) for each, _ in alike),
        **_words(),
    }
    status = 422 if form.is_bound else 200
    return render(request, "conversations/candidate_confirm.html", context, status=status)


def _by_name(area: tuple[str, str]) -> str:
    return area[1].casefold()


def _changed(request: HttpRequest, found: CandidateFacts, error: Conflict) -> HttpResponse:
    messages.warning(request, str(error))
    return redirect("candidates_of", found.conversation_id)


def same(request: HttpRequest, conversation_id: UUID, candidate_id: UUID) -> HttpResponse:
    """Say with one press that it is something that was confirmed before."""
    by = actor(request)
    found = candidates.candidate(by=by, conversation_id=conversation_id, candidate_id=candidate_id)
    form = SameForm(request.POST)
    if not form.is_valid():
        messages.warning(request, "Choose which one it is. Nothing was changed.")
        return redirect("candidate", conversation_id, candidate_id)
    try:
        confirming.confirm_same(
            by=by, conversation_id=conversation_id, candidate_id=candidate_id, **form.cleaned_data
        )
    except Conflict as error:
        return _changed(request, found, error)
    return _done(request, by, found, "It is confirmed, as the same.")


@dataclass(frozen=True)
class Question:
    """A form about a candidate, and what is done with its answer."""

    title: str
    button: str
    form: Callable[[Any], forms.Form]
    act: Callable[[Actor, CandidateFacts, forms.Form], None]
    done: str


def asked(question: Question) -> Callable[[HttpRequest, UUID, UUID], HttpResponse]:
    """Return the view that asks it."""

    def view(request: HttpRequest, conversation_id: UUID, candidate_id: UUID) -> HttpResponse:
        by = actor(request)
        found = candidates.candidate(
            by=by, conversation_id=conversation_id, candidate_id=candidate_id
        )
        form = question.form(request.POST if request.method == "POST" else None)
        if form.is_bound and form.is_valid():
            try:
                question.act(by, found, form)
            except BadInput as error:
                form.add_error(None, str(error))
            except Conflict as error:
                return _changed(request, found, error)
            else:
                return _done(request, by, found, question.done)
        context = {"form": form, "each": found, "question": question, **_words()}
        status = 422 if form.is_bound else 200
        return render(request, "conversations/candidate_act.html", context, status=status)

    return view


def _ids(found: CandidateFacts) -> dict[str, UUID]:
    return {"conversation_id": found.conversation_id, "candidate_id": found.id}


def _set_aside(by: Actor, found: CandidateFacts, form: forms.Form) -> None:
    confirming.set_aside(by=by, **_ids(found), reason=form.cleaned_data["reason"])


def _put_off(by: Actor, found: CandidateFacts, form: forms.Form) -> None:
    assert isinstance(form, LaterForm)
    confirming.put_off(by=by, **_ids(found), until=form.until())


def _take_back(by: Actor, found: CandidateFacts, form: forms.Form) -> None:
    confirming.take_back(by=by, **_ids(found), reason=form.cleaned_data["reason"])


set_aside = asked(
    Question(
        "Set it aside",
        "Set it aside",
        lambda sent: ReasonForm(
            sent,
            label="Why is it not confirmed?",
            hint="Such as: nobody else knows of it; it is the child’s own home; it was misheard.",
        ),
        _set_aside,
        "It is set aside. That can be taken back.",
    )
)
later = asked(
    Question(
        "Come back to it later",
        "Come back to it then",
        LaterForm,
        _put_off,
        "It stands last until then.",
    )
)
take_back = asked(
    Question(
        "It was decided by mistake",
        "Take it back",
        lambda sent: ReasonForm(
            sent,
            label="What was wrong?",
            hint="It waits again then. What was decided stays in the record.",
        ),
        _take_back,
        "It is taken back, and waits again.",
    )
)
