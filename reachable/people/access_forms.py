"""What people answer about who may open a child's record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms

from reachable.foundation.fields import DayField
from reachable.people.restricting import KINDS

Choices = Sequence[tuple[UUID, str]]


def reason_box(label: str, help_text: str, most: int = 300) -> forms.CharField:
    box = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=label, help_text=help_text, widget=box, max_length=most)


def _colleague(label: str, *, required: bool = True, help_text: str = "") -> Any:
    return forms.TypedChoiceField(
        label=label, coerce=UUID, required=required, empty_value=None, help_text=help_text
    )


class _WithPeople(forms.Form):
    """Offers colleagues in each field that asks for one."""

    def __init__(
        self, *args: Any, people: Choices, nobody: str = "Nobody else", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        named = [(str(user), name) for user, name in people]
        for field in self.fields.values():
            if isinstance(field, forms.TypedChoiceField):
                field.choices = [("", "Choose somebody" if field.required else nobody), *named]


class InviteForm(_WithPeople):
    whom = _colleague("Whom do you invite?", help_text="They are told at once.")
    reason = reason_box(
        "Why do they need to see this child?", "They read it, and so does whoever works with it."
    )
    last_day = DayField(label="Until the end of which day?", help_text="At most four weeks ahead.")


class RestrictForm(_WithPeople):
    kind = forms.ChoiceField(
        label="Why is it restricted?", choices=list(KINDS.items()), widget=forms.RadioSelect
    )
    reason = reason_box(
        "Say it in a sentence", "Readers and information governance read it. No names."
    )
    first = _colleague("First reader", help_text="One of them has to be able to take a moment.")
    second = _colleague("Second reader")
    third = _colleague("Third reader", required=False)
    review_on = DayField(label="On which day is it looked at again?")

    def readers(self) -> list[UUID]:
        given = (self.cleaned_data[name] for name in ("first", "second", "third"))
        return [user for user in given if user]


class ReaderForm(_WithPeople):
    whom = _colleague("Who may read it too?", help_text="Only as long as they work with the child.")


class LiftForm(forms.Form):
    reason = reason_box("Why need it be restricted no more?", "It stays beside the decision.")


class ConflictForm(forms.Form):
    reason = reason_box(
        "What is the conflict?",
        "A few words, such as “my neighbour’s son”. Supervisors who work with the child read it.",
    )


class ConflictOfForm(ConflictForm, _WithPeople):
    """For a supervisor, who may also say it of a colleague."""

    whose = _colleague("Whose is it?", required=False)
    field_order = ["whose", "reason"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, nobody="Mine", **kwargs)
