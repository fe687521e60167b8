"""What somebody answers about a candidate: one question a page."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms

from reachable.conversations.confirming import MOST_NAME, MOST_NOTE, Naming
from reachable.conversations.rules.parts import CANDIDATES
from reachable.foundation.time import today
from reachable.moments.forms import note_box

KINDS = CANDIDATES.fields[0].fields[0].options
NOT_SAID = "not_said"
LATER = ((1, "Tomorrow"), (7, "In a week"), (28, "In four weeks"))


class NarrowForm(forms.Form):
    """In the address, so that a list can be kept."""

    kind = forms.ChoiceField(
        label="Of which kind?",
        required=False,
        choices=[("", "All kinds"), *KINDS, (NOT_SAID, "Of no kind that is said")],
    )

    def wanted(self) -> str | None:
        """Return the kind that is asked for; None for all."""
        kind = self.cleaned_data.get("kind", "") if self.is_bound and self.is_valid() else ""
        return {"": None, NOT_SAID: ""}.get(kind, kind)


class ConfirmForm(forms.Form):
    """What it is called. `seen` are those that may be the same and were shown beside the form."""

    name = forms.CharField(
        label="What is it called?",
        help_text="So that others know it again. Not the child’s name.",
        max_length=MOST_NAME,
    )
    kind = forms.ChoiceField(label="What is it?", choices=KINDS, widget=forms.RadioSelect)
    postcode = forms.CharField(
        label="Postcode",
        help_text="If it is a place, and you know it.",
        required=False,
        max_length=12,
        widget=forms.TextInput(attrs={"width": 10}),
    )
    area = forms.ChoiceField(label="Area", required=False)
    note = forms.CharField(
        label="What else do others need to know of it?",
        help_text=(
            "Name no child: whoever works with another child who shares it reads this. Never enter "
            "who gave intelligence to the police."
        ),
        required=False,
        max_length=MOST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, areas: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["area"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "Not known, or no place"), *areas]

    def naming(self) -> Naming:
        given = self.cleaned_data
        return Naming(given["kind"], given["name"], given["postcode"], given["area"], given["note"])

    def has_seen(self, ids: Collection[UUID]) -> bool:
        """Say whether all of these were beside the form that was sent."""
        return {str(each) for each in ids} <= set(self.cleaned_data["seen"].split())


class SameForm(forms.Form):
    """Which one of those that were confirmed it is."""

    same_as = forms.UUIDField(widget=forms.HiddenInput)


class ReasonForm(forms.Form):
    reason = note_box("", "", required=True)

    def __init__(self, *args: Any, label: str, hint: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = label
        self.fields["reason"].help_text = hint


class LaterForm(forms.Form):
    days = forms.TypedChoiceField(
        label="When do you come back to it?",
        choices=LATER,
        coerce=int,
        widget=forms.RadioSelect,
    )

    def until(self) -> date:
        days: int = self.cleaned_data["days"]
        return today() + timedelta(days=days)
