"""One moment, and what somebody says they did about it: one question a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput, Conflict
from reachable.foundation.views import actor, render
from reachable.moments import forms, pausing, rules, selectors, services, wording
from reachable.moments.measuring import CHECKS, EXPLAINED, IN_TOUCH
from reachable.moments.registries import moment_panels
from reachable.moments.selectors import MomentFacts
from reachable.notices import services as notices
from reachable.practice import guidance


def moment(request: HttpRequest, moment_id: UUID) -> HttpResponse:
    by = actor(request)
    found = selectors.moment(by=by, moment_id=moment_id)
    if found.row.id != moment_id:
        return redirect("moment", found.row.id)
    notices.mark_read(by=by, subject=("moment", moment_id))
    panels = [
        {"panel": panel, **panel.context(by, found.row.person_id)}
        for panel in sorted(moment_panels.items(), key=lambda panel: panel.order)
    ]
    return render(request, "moments/moment.html", {**told(found), "panels": panels})


def told(found: MomentFacts) -> dict[str, Any]:
    """Return what a moment's page says; on paper it has no panels."""
    outcomes = {known.key: known.title for known in guidance.outcomes()}
    newest_first = reversed(found.actions)
    return {
        "moment": found,
        "row": found.row,
        "history": [(one, wording.said(one, found, outcomes)) for one in newest_first],
        "taken": next((one for one in found.actions if one.kind in rules.TAKING), None),
        "lasted": {
            one.step: wording.LASTED.get(one.how, one.how)
            for one in found.actions
            if one.kind == IN_TOUCH
        },
        "checks": CHECKS,
        "explained": any(one.kind == EXPLAINED for one in found.actions),
        "is_holder": found.row.state == "held" and found.row.mine,
        "standing": wording.standing(found.row),
        "panels": [],
        "answer_due": rules.answer_by(found.row.kind.key, found.received_at),
    }


@dataclass(frozen=True)
class Question:
    """A form about a moment, what it does, and the sentence that says so afterwards.

    `stays` leads back to the moment; otherwise to the worklist, as it may no longer be theirs.
    """

    title: str
    button: str
    form: Callable[[HttpRequest, MomentFacts], forms.ActForm]
    act: Callable[[Actor, UUID, dict[str, Any]], None]
    done: str
    stays: bool = True


def asked(question: Question) -> Callable[[HttpRequest, UUID], HttpResponse]:
    """Return the view that asks it."""

    def view(request: HttpRequest, moment_id: UUID) -> HttpResponse:
        by = actor(request)
        found = selectors.moment(by=by, moment_id=moment_id)
        form = question.form(request, found)
        if request.method == "POST" and form.is_valid():
            try:
                question.act(by, moment_id, form.answers())
            except Conflict as error:
                return _was_changed(request, moment_id, error)
            except BadInput as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, question.done)
                return redirect("moment", moment_id) if question.stays else redirect("worklist")
        status = 422 if form.is_bound else 200
        context = {"question": question, "form": form, "moment": found, "row": found.row}
        return render(request, "moments/act.html", context, status=status)

    return view


def _was_changed(request: HttpRequest, moment_id: UUID, error: Conflict) -> HttpResponse:
    messages.warning(request, str(error))
    return redirect("moment", moment_id)


def take(request: HttpRequest, moment_id: UUID) -> HttpResponse:
    """Acknowledge or claim with one press."""
    version = request.POST.get("version", "")
    try:
        services.take(
            by=actor(request),
            moment_id=moment_id,
            version=int(version) if version.isdecimal() else None,
        )
    except Conflict as error:
        return _was_changed(request, moment_id, error)
    messages.success(request, "You have this moment. Whoever told us can see that, and ring you.")
    return redirect("moment", moment_id)


def step_done(request: HttpRequest, moment_id: UUID) -> HttpResponse:
    """Steps may be ticked in any order and by hand, so the version does not matter here."""
    try:
        step, kind = request.POST.get("step", ""), request.POST.get("kind", "")
        services.do_step(by=actor(request), moment_id=moment_id, step=step, kind=kind)
    except Conflict as error:
        return _was_changed(request, moment_id, error)
    messages.success(request, "The step is noted as done.")
    return redirect("moment", moment_id)


def plain(form: type[forms.ActForm]) -> Callable[[HttpRequest, MomentFacts], forms.ActForm]:
    """Return what makes a form that asks for nothing but itself."""

    def make(request: HttpRequest, moment: MomentFacts) -> forms.ActForm:
        return form(request.POST or None, initial={"version": moment.version})

    return make


def _hand_over_form(request: HttpRequest, moment: MomentFacts) -> forms.ActForm:
    on_duty = {who.user_id for who in moment.on_duty}
    people = sorted(moment.members, key=lambda who: (who.user_id not in on_duty, who.name))
    return forms.HandOverForm(
        request.POST or None,
        initial={"version": moment.version},
        people=[
            (who.user_id, who.name, who.user_id in on_duty)
            for who in people
            if who.user_id != moment.row.holder_id
        ],
    )


attempt = asked(
    Question(
        "I tried to reach the child",
        "Record the attempt",
        plain(forms.AttemptForm),
        lambda by, moment_id, given: services.attempt(by=by, moment_id=moment_id, **given),
        "Your attempt is recorded. Trying is not reaching: the child’s clock runs on.",
    )
)
reach = asked(
    Question(
        "The child was reached",
        "Record it",
        plain(forms.ReachForm),
        lambda by, moment_id, given: services.reach(by=by, moment_id=moment_id, **given),
        "The child was reached. The moment stays open until that has lasted.",
    )
)
pause = asked(
    Question(
        "Pause the child’s clock",
        "Pause it",
        plain(forms.PauseForm),
        lambda by, moment_id, given: pausing.pause(by=by, moment_id=moment_id, **given),
        "The child’s clock is paused. It runs again by itself, and what was missed stays missed.",
    )
)
resume = asked(
    Question(
        "Let the child’s clock run again",
        "Let it run",
        plain(forms.ResumeForm),
        lambda by, moment_id, given: pausing.resume(by=by, moment_id=moment_id, **given),
        "The child’s clock runs again.",
    )
)
pass_on = asked(
    Question(
        "I cannot take it",
        "Pass it on",
        plain(forms.PassOnForm),
        lambda by, moment_id, given: services.pass_on(by=by, moment_id=moment_id, **given),
        "It was passed on, and whoever is next was told.",
        stays=False,
    )
)
hand_over = asked(
    Question(
        "Hand it over",
        "Hand it over",
        _hand_over_form,
        lambda by, moment_id, given: services.hand_over(by=by, moment_id=moment_id, **given),
        "They were asked, and have to acknowledge it.",
        stays=False,
    )
)


def close(request: HttpRequest, moment_id: UUID) -> HttpResponse:
    """Ask first how it ends, then what that way to end asks."""
    chosen = request.POST.get("outcome") or request.GET.get("outcome", "")
    endings = {known.key: known for known in guidance.outcomes()}
    if chosen not in endings:
        found = selectors.moment(by=actor(request), moment_id=moment_id)
        context = {"moment": found, "row": found.row, "endings": endings.values()}
        return render(request, "moments/endings.html", context)

    def form(request: HttpRequest, moment: MomentFacts) -> forms.ActForm:
        initial = {"version": moment.version, "outcome": chosen}
        return forms.CloseForm(request.POST or None, initial=initial, ending=endings[chosen])

    return asked(
        Question(
            "Close this moment",
            "Close it",
            form,
            lambda by, moment_id, given: services.close(by=by, moment_id=moment_id, **given),
            "The moment is closed. What it opened to you and your team has closed with it.",
            stays=False,
        )
    )(request, moment_id)
