"""Asks whoever keeps a panel's list about the children who are not on it any more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.forms.boundfield import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from reachable.foundation.errors import BadInput, Conflict
from reachable.foundation.fields import DayField, Hinted
from reachable.foundation.views import actor, render
from reachable.foundation.words import day, plural
from reachable.intake import left_off, selectors
from reachable.intake.left_off import LeftOff, Then

CHOICES = [
    (Then.STILL.value, Hinted("Still on the list", "Left off by accident, or on another file.")),
    (Then.CLOSED.value, Hinted("Closed by the panel", "The record closes to you.")),
    (Then.MISTAKE.value, Hinted("Never belonged on it", "What the list said is taken back.")),
]


def _called(asked: LeftOff) -> str:
    """Two children may have one name: the day of birth tells them apart."""
    born = asked.child.birth_date
    return f"{asked.child.name} ({f'born {day(born)}' if born else 'birth date not known'})"


class LeftOffForm(forms.Form):
    """A choice for each child, which may be left open."""

    def __init__(self, *args: Any, asked: Sequence[LeftOff], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked
        for each in asked:
            self.fields[f"child-{each.signal_id}"] = forms.ChoiceField(
                label=_called(each),
                choices=CHOICES,
                widget=forms.RadioSelect,
                required=False,
            )
        self.fields["closed_on"] = DayField(
            label="When did the panel close them? (where you chose “Closed by the panel”)",
            help_text="The day of the meeting.",
            required=False,
        )

    @property
    def children(self) -> list[tuple[LeftOff, BoundField]]:
        return [(each, self[f"child-{each.signal_id}"]) for each in self.asked]

    def answers(self) -> dict[UUID, Then]:
        """Return what was said; who was left open is not in it."""
        given = (
            (each.signal_id, self.cleaned_data[f"child-{each.signal_id}"]) for each in self.asked
        )
        return {signal_id: Then(said) for signal_id, said in given if said}

    def closed_on(self) -> date | None:
        found: date | None = self.cleaned_data["closed_on"]
        return found


def page(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """Who is not on this list any more, and what the keeper says of each."""
    by = actor(request)
    asked = left_off.left_off(by=by, delivery_id=delivery_id)
    posted = request.POST if request.method == "POST" else None
    form = LeftOffForm(posted, asked=asked)
    status = 200
    if posted is not None:
        status = 422
        if form.is_valid():
            answers = form.answers()
            try:
                left_off.answer(
                    by=by, delivery_id=delivery_id, answers=answers, closed_on=form.closed_on()
                )
            except Conflict as late:
                messages.warning(request, str(late))
                return redirect("left_off", delivery_id)
            except BadInput as refused:
                form.add_error("closed_on", f"{refused.sentence} {refused.kept} {refused.next}")
            else:
                answered = plural(len(answers), "child", "children")
                messages.success(request, f"Thank you: you answered for {answered}.")
                return redirect("listed_children", delivery_id)
    context = {
        "delivery": selectors.delivery(by=by, delivery_id=delivery_id),
        "form": form,
    }
    return render(request, "intake/left_off.html", context, status=status)
