"""Conversations at a desk: written down, read, put together, and shared by a decision."""

from __future__ import annotations

from functools import cache, partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from reachable.access import selectors as access
from reachable.access.selectors import OnDuty
from reachable.conversations import (
    devices,
    lone_working,
    page_parts,
    selectors,
    service_choices,
    services,
    wording,
)
from reachable.conversations.after import HOLDS, open_after
from reachable.conversations.forms import (
    MANY_NAMES,
    ConversationForm,
    ShareForm,
    initial_of,
    rows_asked,
    rows_of,
)
from reachable.conversations.papers import paper_of
from reachable.conversations.selectors import ConversationFacts
from reachable.conversations.services import Writing
from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput, Conflict
from reachable.foundation.ids import new_id
from reachable.foundation.paper_answers import answer
from reachable.foundation.time import now
from reachable.foundation.views import actor, add_errors, render
from reachable.moments import selectors as moments
from reachable.moments.selectors import Row
from reachable.notices import services as notices
from reachable.people import selectors as people
from reachable.practice import guidance


def begin(request: HttpRequest, moment_id: UUID) -> HttpResponse:
    """Write down a conversation that took place, or the try at one."""
    by = actor(request)
    row, members = moments.line_of(by=by, moment_id=moment_id)
    guide = request.GET.get("guide", "")
    known = {each.key for each in guidance.guides()}
    initial = {
        "version_id": new_id(),
        "conversation_id": new_id(),
        "guide": guide if guide in known else guidance.guide_for(row.kind.key).key,
    }
    return _write(request, by, (row, members), initial, {}, None)


def go_on(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """Write a further version; where two stand beside each other, one on top of both."""
    by = actor(request)
    facts = selectors.conversation(by=by, conversation_id=conversation_id)
    own = [each for each in facts.versions if each.writer_id == by.id] or list(facts.versions)
    begun = own[-1].content
    initial = {
        "version_id": new_id(),
        "conversation_id": facts.id,
        "guide": facts.guide.key,
        "based_on": " ".join(str(each.id) for each in facts.versions),
        **initial_of(begun),
    }
    moment = moments.line_of(by=by, moment_id=facts.moment_id)
    return _write(request, by, moment, initial, rows_of(begun), facts)


def _write(
    request: HttpRequest,
    by: Actor,
    moment: tuple[Row, list[OnDuty]],
    initial: dict[str, Any],
    rows: dict[str, int],
    facts: ConversationFacts | None,
) -> HttpResponse:
    row, members = moment
    posted = request.method == "POST"
    before = [each.content for each in facts.versions] if facts else []
    colleagues = [(str(who.user_id), who.name) for who in members]
    asked = rows_asked(request.POST) if posted else rows
    chosen = service_choices.chosen_in(by=by, contents=before, typed=request.POST)
    form_of = partial(
        ConversationForm,
        rows=asked,
        colleagues=colleagues,
        services=chosen,
        services_shown=cache(lambda: service_choices.for_form(by=by, row=row, chosen=chosen)),
    )
    if posted and "more" not in request.POST:
        form = form_of(request.POST, initial=initial)
        if form.is_valid():
            with add_errors(form):
                kept = services.keep(by=by, writing=_writing(request, row.id, form))
                return _kept(request, form.cleaned_data["conversation_id"], kept)
    else:
        form = form_of(initial=_typed(request) if posted else initial)
    guide = form["guide"].value()
    others = [each for each in facts.versions if each.writer_id != by.id] if facts else []
    context = {
        "form": form,
        "row": row,
        "guide": next((each for each in guidance.guides() if each.key == guide), None),
        "facts": facts,
        "others": [(each, wording.said(each.content, _names(facts))) for each in others],
        "rows": asked,
    }
    status = 422 if form.is_bound else 200
    return render(request, "conversations/write.html", context, status=status)


def _typed(request: HttpRequest) -> dict[str, Any]:
    """Return what is on the page as it was typed, for showing it again with one row more."""
    typed: dict[str, Any] = {}
    for name, values in request.POST.lists():
        base, _, part = name.rpartition("-")
        if part in ("day", "month", "year"):
            before = typed.setdefault(base, ["", "", ""])
            before[("day", "month", "year").index(part)] = values[-1]
        else:
            typed[name] = values if name in MANY_NAMES else values[-1]
    return typed


def _writing(request: HttpRequest, moment_id: UUID, form: ConversationForm) -> Writing:
    given, at = form.cleaned_data, now()
    return Writing(
        version_id=given["version_id"],
        conversation_id=given["conversation_id"],
        moment_id=moment_id,
        guide=given["guide"],
        content=form.content(),
        finished="finish" in request.POST,
        began_at=at,
        written_at=at,
        based_on=form.bases(),
    )


def _kept(request: HttpRequest, conversation_id: UUID, kept: services.Kept) -> HttpResponse:
    messages.success(request, "It is kept, word for word.")
    for sentence in kept.said:
        messages.warning(request, sentence)
    finished = "finish" in request.POST
    return redirect("conversation_after" if finished else "conversation", conversation_id)


def conversation(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    by = actor(request)
    facts = selectors.conversation(by=by, conversation_id=conversation_id)
    names = _names(facts)
    context = {
        "facts": facts,
        "name": _name(by, facts),
        "versions": [(each, wording.said(each.content, names)) for each in facts.versions],
        "answers": wording.ANSWERS,
        "kinds": wording.AGENCY_KINDS,
        "open_after": open_after(by=by, found=[facts]).get(facts.id),
        "may_act": by.can(HOLDS),
        **page_parts.of(by=by, facts=facts),
    }
    return render(request, "conversations/conversation.html", context)


def _name(by: Actor, facts: ConversationFacts) -> str:
    known = people.names(by=by, current_ids=[facts.person_id]).get(facts.person_id)
    return known.name if known else "Name kept back"


def _names(facts: ConversationFacts | None) -> dict[str, str]:
    """Return the names of the colleagues that the versions name."""
    named: set[UUID] = set()
    for version in facts.versions if facts else ():
        for part, key in (("invitation", "again_by"), ("next", "who")):
            if said := version.content.get(part, {}).get(key):
                named.add(UUID(said))
    return {str(user_id): name for user_id, name in access.names(named).items()}


def as_word(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    return _paper(request, conversation_id, "docx")


def as_pdf(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    return _paper(request, conversation_id, "pdf")


def _paper(request: HttpRequest, conversation_id: UUID, ending: str) -> HttpResponse:
    """What this person may read of it, for their agency's own system; its name names nobody."""
    by = actor(request)
    facts = selectors.conversation(by=by, conversation_id=conversation_id, page="document")
    paper = paper_of(facts, name=_name(by, facts), names=_names(facts), by=by.name)
    return answer(paper, ending=ending, name=f"conversation-{facts.began_at:%Y-%m-%d}")


def share(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """Decide that others read the child's own words."""
    by = actor(request)
    facts = selectors.conversation(by=by, conversation_id=conversation_id)
    form = ShareForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with add_errors(form, BadInput, Conflict):
            services.share_words(by=by, conversation_id=conversation_id, **form.answers())
            messages.success(request, "They can read the child’s words from now on.")
            return redirect("conversation", conversation_id)
    context = {"form": form, "facts": facts}
    status = 422 if form.is_bound else 200
    return render(request, "conversations/share.html", context, status=status)


def phones(request: HttpRequest) -> HttpResponse:
    by = actor(request)
    return render(
        request, "conversations/phones.html", {"devices": devices.devices(by=by), "now": now()}
    )


def wipe(request: HttpRequest, device_id: UUID) -> HttpResponse:
    """Have a phone emptied when it is next heard of."""
    devices.ask_to_wipe(by=actor(request), device_id=device_id)
    messages.success(
        request,
        "That phone opens nothing new from now on, and empties itself when it is next heard of.",
    )
    return redirect("phones")


def out_alone(request: HttpRequest) -> HttpResponse:
    """Who is out alone of whom this person is told, and who is not back."""
    by = actor(request)
    out = lone_working.out_now(by=by)
    for each in out:
        notices.mark_read(by=by, subject=("lone_worker", each.note_id))
    return render(request, "conversations/out_alone.html", {"out": out, "now": now()})
