"""What a person answers about two records."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms

from reachable.foundation.fields import Hinted
from reachable.people.record_checks import ANSWERS

NOBODY = "nobody"
UNSURE = "unsure"
QUICK = (
    ("spelling", "Another spelling or a short form of one name"),
    ("mistyped", "A mistyped letter, digit or date"),
    ("moved", "The family has moved"),
    ("relative", "Brothers, sisters or twins, or a parent"),
    ("number", "The number belongs to somebody else"),
    ("little", "The records say too little"),
)


class ReasonForm(forms.Form):
    """A few words that stay beside the decision."""

    reason = forms.CharField(
        label="Why, in a few words",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class DecideForm(ReasonForm):
    """The same child as one of the records beside, a different one, or not sure."""

    same_as = forms.ChoiceField(label="Who is this?", widget=forms.RadioSelect)
    quick = forms.ChoiceField(
        label="Why? Choose one, or write it below",
        choices=QUICK,
        required=False,
        widget=forms.RadioSelect,
    )
    field_order = ["same_as", "quick", "reason"]

    def __init__(
        self,
        *args: Any,
        beside: Iterable[tuple[UUID, str, str]],
        is_check: bool = False,
        **kwargs: Any,
    ) -> None:
        """Offer these records (record, what to call it, what tells it from the others)."""
        super().__init__(*args, **kwargs)
        choices: list[tuple[str, Any]] = [
            (str(record), Hinted(called, hint)) for record, called, hint in beside
        ]
        other = "A different child" if len(choices) == 1 else "None of these: a different child"
        apart = "They stay apart, and are not asked about again."
        choices.append((NOBODY, other if is_check else Hinted(other, apart)))
        unsure = "Not sure" if is_check else Hinted("Not sure", "Another steward is asked.")
        choices.append((UNSURE, unsure))
        field = self.fields["same_as"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        """Put the chosen reason and the words together; one of the two is needed."""
        given = super().clean() or {}
        picked = dict(QUICK).get(given.get("quick", ""), "")
        if picked and self.has_error("reason", "required"):
            del self.errors["reason"]
        words = [picked, given.get("reason", "").strip()]
        given["reason"] = ": ".join(each for each in words if each)[:300]
        return given

    def chosen(self) -> UUID | None:
        """Return the record that was chosen, or None for nobody."""
        given = self.cleaned_data["same_as"]
        return None if given in {NOBODY, UNSURE} else UUID(given)

    def unsure(self) -> bool:
        return bool(self.cleaned_data["same_as"] == UNSURE)


class ThirdWayForm(forms.Form):
    """What follows where two stewards could not settle it."""

    way = forms.ChoiceField(
        label="What now?",
        widget=forms.RadioSelect,
        choices=[
            (
                "ask",
                Hinted(
                    "Ask the agencies",
                    "Each is asked whether its own record is right, and learns nothing else. "
                    "Then stewards look again.",
                ),
            ),
            (
                "apart",
                Hinted(
                    "Leave them apart for now",
                    "They may be asked about again when something new is known.",
                ),
            ),
        ],
    )
    reason = forms.CharField(
        label="Why, in a few words",
        help_text="Needed to leave them apart",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("way") == "apart" and not given.get("reason", "").strip():
            self.add_error("reason", self.fields["reason"].error_messages["required"])
        return given


class RecordCheckForm(forms.Form):
    """What an agency says of a record of its own."""

    answer = forms.ChoiceField(
        label="What is so?", choices=tuple(ANSWERS.items()), widget=forms.RadioSelect
    )
