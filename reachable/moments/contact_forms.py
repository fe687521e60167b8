"""What people answer about an offer to a child, whether contact lasted, and a missed clock."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django import forms

from reachable.foundation.fields import DayField, Hinted
from reachable.moments.contact import LASTED, WAYS, WHY_MISSED
from reachable.moments.forms import ActForm, WhenForm, note_box, offer_choices
from reachable.moments.measuring import CHECKS


class OfferForm(WhenForm):
    how = forms.ChoiceField(
        label="How was contact offered?", choices=WAYS, widget=forms.RadioSelect
    )
    note = note_box(
        "What was offered, and by whom?",
        "Who would be with the child, where, and what for.",
        required=False,
    )
    field_order = ("version", "how", "day", "at", "note")


class AcceptForm(WhenForm):
    how = forms.ChoiceField(
        label="How did the child say yes?", choices=WAYS, widget=forms.RadioSelect
    )
    note = note_box(
        "What did the child say yes to, and when do they meet?",
        "Once they have met, record that the child was reached.",
        required=False,
    )
    field_order = ("version", "how", "day", "at", "note")


class DeclineForm(WhenForm):
    how = forms.ChoiceField(
        label="How did the child say no?", choices=WAYS, widget=forms.RadioSelect
    )
    note = note_box(
        "What was offered, and what did the child say?", "Their words, if you can.", required=True
    )
    again_on = DayField(
        label="On which day is the child asked again?",
        help_text="At most 28 days from now. Until then the child is left in peace.",
    )
    by_whom = forms.TypedChoiceField(
        label="By whom?",
        coerce=UUID,
        widget=forms.RadioSelect,
        help_text="They are reminded on that day, and so is whoever has the moment then.",
    )
    field_order = ("version", "how", "day", "at", "note", "again_on", "by_whom")

    def __init__(self, *args: Any, people: Iterable[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_choices(self, "by_whom", [(str(user), name) for user, name in people])


class StillForm(ActForm):
    check = forms.ChoiceField(label="After how long?", widget=forms.RadioSelect)
    how = forms.ChoiceField(
        label="Is somebody still in touch with the child?",
        choices=LASTED,
        widget=forms.RadioSelect,
        help_text="Each answer helps. That it is not known is an answer too.",
    )
    note = note_box(
        "Who is in touch, and how do you know?",
        "If contact was lost: since when, and who might find it again.",
        required=False,
    )
    field_order = ("version", "check", "how", "note")

    def __init__(
        self, *args: Any, reached_on: date | None, checks: Iterable[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        since = f"Since the child was reached on {reached_on:%-d %B %Y}" if reached_on else ""
        offer_choices(self, "check", [(key, Hinted(CHECKS[key], since)) for key in checks])


class ExplainForm(ActForm):
    how = forms.ChoiceField(
        label="Why was the child’s clock missed?", choices=WHY_MISSED, widget=forms.RadioSelect
    )
    note = note_box(
        "In your words: what happened?",
        "It stands beside the missed clock, which stays missed.",
        required=True,
    )
