"""What a steward asks for and answers when records are taken apart."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms

from reachable.foundation.fields import Hinted
from reachable.people.forms import ReasonForm
from reachable.people.taking_apart import OtherChild, RecordOfChild

NEW = "new"


class NumberForm(forms.Form):
    """Which record to begin with."""

    number = forms.CharField(
        label="Number of a record",
        help_text="An agency’s own number, an NHS number or a UPN, as it was sent.",
        max_length=80,
        required=False,
    )


class ApartForm(ReasonForm):
    """Which records go, and whose they are."""

    records = forms.MultipleChoiceField(
        label="Which records are another child’s?",
        help_text="Leave those that stay. At least one has to stay.",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose the records that are another child’s"},
    )
    into = forms.ChoiceField(
        label="Whose are they?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whose they are"},
    )
    field_order = ["records", "into", "reason"]

    def __init__(
        self,
        *args: Any,
        records: Iterable[RecordOfChild],
        others: Iterable[OtherChild],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        field, into = self.fields["records"], self.fields["into"]
        assert isinstance(field, forms.MultipleChoiceField)
        assert isinstance(into, forms.ChoiceField)
        field.choices = [(str(each.id), Hinted(each.name, each.hint)) for each in records]
        into.choices = [
            (
                NEW,
                Hinted("Nobody’s who is known: make a new child", "They become one of their own"),
            ),
            *((str(each.record_id), Hinted(each.name, each.hint)) for each in others),
        ]

    def chosen(self) -> tuple[list[UUID], UUID | None]:
        """Return the records, and a record of whoever they are given to, if that is somebody."""
        into = self.cleaned_data["into"]
        records = [UUID(each) for each in self.cleaned_data["records"]]
        return records, None if into == NEW else UUID(into)
