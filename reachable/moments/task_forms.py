"""What people answer about a task."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms

from reachable.foundation.fields import DayField
from reachable.moments.forms import ActForm, note_box, offer_choices
from reachable.moments.tasks import MOST

TEXT_HINT = "One thing, so that it can be said when it is done. No words of the child’s."


class AddTaskForm(ActForm):
    text = forms.CharField(
        label="What is to be done?",
        help_text=TEXT_HINT,
        max_length=MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    for_whom = forms.TypedChoiceField(
        label="Who does it?", coerce=UUID, help_text="They are told now, and on the day."
    )
    due_on = DayField(label="By which day?")

    def __init__(self, *args: Any, people: Iterable[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_choices(self, "for_whom", [(str(user), name) for user, name in people])

    def answers(self) -> dict[str, Any]:
        given = super().answers()
        given.pop("version")
        return given


class DropTaskForm(ActForm):
    reason = note_box("Why is it not needed any more?", "It stands beside the task.", required=True)

    def answers(self) -> dict[str, Any]:
        return {"reason": self.cleaned_data["reason"]}
