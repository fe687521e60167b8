"""What a person answers about two records."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms

from reachable.foundation.fields import Hinted

NOBODY = "nobody"


class ReasonForm(forms.Form):
    """A few words that stay beside the decision."""

    reason = forms.CharField(
        label="Why, in a few words",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class DecideForm(ReasonForm):
    """The same child as one of the records beside, or a different one."""

    same_as = forms.ChoiceField(label="Who is this?", widget=forms.RadioSelect)
    field_order = ["same_as", "reason"]

    def __init__(self, *args: Any, beside: Iterable[tuple[UUID, str, str]], **kwargs: Any) -> None:
        """Offer these records (record, what to call it, what tells it from the others)."""
        super().__init__(*args, **kwargs)
        choices: list[tuple[str, Any]] = [
            (str(record), Hinted(called, hint)) for record, called, hint in beside
        ]
        other = "A different child" if len(choices) == 1 else "None of these: a different child"
        choices.append((NOBODY, Hinted(other, "They stay apart, and both stay as they are.")))
        field = self.fields["same_as"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def chosen(self) -> UUID | None:
        """Return the record that was chosen, or None for nobody."""
        given = self.cleaned_data["same_as"]
        return None if given == NOBODY else UUID(given)
