"""What people answer about a moment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import time
from typing import Any
from uuid import UUID

from django import forms

from reachable.foundation.fields import ClockTimeField, DayField, Hinted
from reachable.foundation.time import today
from reachable.moments.contact import WHY_NOT_AGAIN
from reachable.moments.measuring import DECLINED
from reachable.moments.pauses import PAUSES
from reachable.moments.wording import ATTEMPTS, REACHED
from reachable.practice.items import Outcome
from reachable.practice.time import read_local

END_OF_DAY = time(23, 59)


class ActForm(forms.Form):
    """An act on a moment as it was when the page was opened."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    title = ""

    def answers(self) -> dict[str, Any]:
        """Return what the service takes, by the names of its parameters."""
        return dict(self.cleaned_data)


def note_box(label: str, help_text: str, *, required: bool) -> forms.CharField:
    box = forms.Textarea(attrs={"rows": 4})
    return forms.CharField(
        label=label, help_text=help_text, required=required, widget=box, max_length=4000
    )


def offer_choices(form: forms.Form, name: str, choices: Sequence[tuple[str, Any]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


class AttemptForm(ActForm):
    how = forms.ChoiceField(label="How did you try?", choices=ATTEMPTS, widget=forms.RadioSelect)
    note = note_box(
        "What happened, and what will you try next?",
        "Another time of day, another place, or somebody the child trusts.",
        required=False,
    )


class WhenForm(ActForm):
    """An act that may have happened earlier than just now."""

    day = DayField(label="On which day?", required=False, help_text="Leave empty for today.")
    at = ClockTimeField(
        label="At what time?", required=False, help_text="Leave empty for just now."
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("day") and not given.get("at") and not self.errors:
            self.add_error("at", "Enter the time too, as well as you know it")
        return given

    def answers(self) -> dict[str, Any]:
        """Say when as an instant; without a time it was just now."""
        given = super().answers()
        day, at = given.pop("day"), given.pop("at")
        return {**given, "at": read_local(day or today(), at).instant if at else None}


class ReachForm(WhenForm):
    how = forms.ChoiceField(
        label="How was the child reached?", choices=REACHED, widget=forms.RadioSelect
    )
    note = note_box(
        "What does the child say they need?",
        "Their words, if you can. Do not ask about an offence.",
        required=False,
    )
    field_order = ("version", "how", "day", "at", "note")


class PauseForm(ActForm):
    how = forms.ChoiceField(
        label="Why does the child’s clock stand still?", choices=PAUSES, widget=forms.RadioSelect
    )
    note = note_box(
        "In your words: what is it, and who will say when it is over?",
        "Whoever looks at how long the child waited reads this.",
        required=True,
    )
    day = DayField(
        label="Until which day?",
        help_text="At most 14 days from now. Then the clock runs again by itself.",
    )
    at = ClockTimeField(
        label="Until what time?", required=False, help_text="Leave empty for the end of the day."
    )

    def answers(self) -> dict[str, Any]:
        """Say until when as an instant."""
        given = super().answers()
        day, at = given.pop("day"), given.pop("at")
        return {**given, "until": read_local(day, at or END_OF_DAY).earliest}


class ResumeForm(ActForm):
    note = note_box("Is there anything to note?", "It stands in the history.", required=False)


class PassOnForm(ActForm):
    reason = note_box("Why can you not take it?", "A few words are enough.", required=True)


class HandOverForm(ActForm):
    to_user = forms.TypedChoiceField(
        label="To whom?",
        coerce=UUID,
        widget=forms.RadioSelect,
        help_text="They have to acknowledge it. Until then it counts as waiting.",
    )
    reason = note_box("Why, and what do they need to know?", "", required=True)

    def __init__(self, *args: Any, people: Iterable[tuple[UUID, str, bool]], **kwargs: Any) -> None:
        """Offer these people (user, name, whether they are on duty now)."""
        super().__init__(*args, **kwargs)
        choices = [
            (str(user), Hinted(name, "On duty now") if on_duty else name)
            for user, name, on_duty in people
        ]
        offer_choices(self, "to_user", choices)


class CloseForm(ActForm):
    """How it ends is chosen on the page before; here its own question is answered."""

    outcome = forms.CharField(widget=forms.HiddenInput, max_length=60)
    reason = note_box("", "", required=True)

    def __init__(self, *args: Any, ending: Outcome, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = f"Close: {ending.title[:1].lower()}{ending.title[1:]}"
        self.fields["reason"].label = ending.asks
        self.fields["reason"].help_text = ending.detail
        if ending.key == DECLINED:
            self.fields["not_again"] = forms.ChoiceField(
                label="Why is the child not asked again?",
                help_text="A child who may be asked again is given a day, with the link above.",
                choices=WHY_NOT_AGAIN,
                widget=forms.RadioSelect,
                error_messages={
                    "required": "Choose why the child is not asked again, or name a day on which "
                    "they are, and by whom"
                },
            )
