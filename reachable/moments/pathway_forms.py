"""What somebody answers who writes a pathway, or puts one in force."""

from __future__ import annotations

from typing import Any

from django import forms

from reachable.foundation.fields import Hinted
from reachable.practice.clocks import Start, Unit
from reachable.practice.items import Certainty
from reachable.practice.own import StepWords

_SURE = {
    Certainty.AGREED: ("We agreed it here", "It is taken from no publication"),
    Certainty.SEEN: ("Seen in a published source", "Name the source below"),
    Certainty.UNVERIFIED: ("Not checked against a source", "Somebody knows it from practice"),
}


def _text(label: str, help_text: str = "", *, rows: int = 3, required: bool = True) -> Any:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class StepForm(forms.Form):
    """A step in words, as the draft was when the page was opened."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    title = forms.CharField(
        label="What is done",
        help_text="One line that says it, such as “Be with the child”.",
        max_length=120,
        error_messages={"required": "Say in one line what is done"},
    )
    detail = _text("How, and why it matters")
    owner = forms.CharField(
        label="Who does it",
        help_text="A role, a team or an agency of this partnership, or somebody whom a published "
        "step names. More words may stand around it.",
        max_length=120,
        error_messages={"required": "Say who does it"},
    )
    amount = forms.IntegerField(
        label="Within how many?",
        help_text="Leave empty if it has no time of its own.",
        required=False,
        min_value=1,
        max_value=999,
        widget=forms.NumberInput(attrs={"width": 4}),
    )
    unit = forms.ChoiceField(
        label="Of what?",
        required=False,
        choices=[
            (Unit.MINUTES.value, "Minutes"),
            (Unit.HOURS.value, "Hours"),
            (Unit.WORKING_DAYS.value, "Working days"),
            (Unit.SCHOOL_DAYS.value, "School days"),
        ],
    )
    start = forms.ChoiceField(
        label="Counted from when?",
        required=False,
        choices=[
            (Start.RECEIVED.value, "When we were told"),
            (Start.OCCURRED.value, "When it happened"),
        ],
    )
    good = _text("What good looks like")
    avoid = _text("What not to do", "What would harm the child or close a door.", rows=2)
    certainty = forms.ChoiceField(
        label="How sure are we of it?",
        choices=[(each.value, Hinted(*said)) for each, said in _SURE.items()],
        widget=forms.RadioSelect,
    )
    source = forms.CharField(
        label="Where does it come from?",
        help_text="Who published it, its title and year. Leave empty if it was agreed here.",
        max_length=200,
        required=False,
    )

    def words(self, key: str = "") -> StepWords:
        """Return what was answered as a step."""
        given = dict(self.cleaned_data)
        given.pop("revision")
        if not given["amount"]:
            given |= {"amount": None, "unit": "", "start": ""}
        else:
            given["unit"] = given["unit"] or Unit.HOURS.value
            given["start"] = given["start"] or Start.RECEIVED.value
        return StepWords(key=key, **given)


class DecisionForm(forms.Form):
    """Why a version is put in force; `revision` is that of a draft when it was looked at."""

    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(
        label="Why",
        help_text="It is kept with your name and today’s date, and whoever reads the pathway "
        "sees it.",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say in a few words why"},
    )
