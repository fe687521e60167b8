"""What governance narrows by, asks, finds and sets; what a worker answers."""

from __future__ import annotations

from typing import Any

from django import forms

from reachable.foundation.fields import ClockTimeField, DayField, Hinted
from reachable.governance.asking import OUTCOMES
from reachable.governance.facts import FACTS
from reachable.governance.rules import WatchRules


class WatchForm(forms.Form):
    """What to watch; everything may stay empty. With several facts, all of them are true."""

    first = DayField(label="First day", required=False)
    last = DayField(label="Last day", required=False)
    who = forms.CharField(label="Worker", required=False, max_length=120)
    subject = forms.UUIDField(
        label="Reference of a record",
        required=False,
        help_text="The long number in the address of a page.",
        error_messages={"invalid": "A reference has 32 letters and figures, as in the address"},
    )
    fact = forms.MultipleChoiceField(
        label="Only looks of which all this is true",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    before = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, rules: WatchRules, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["fact"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(fact.key, Hinted(fact.label(rules), fact.means)) for fact in FACTS]


class LineForm(forms.Form):
    """Which line it is: one worker, one record, one day."""

    worker = forms.UUIDField(widget=forms.HiddenInput)
    day = forms.DateField(widget=forms.HiddenInput)
    kind = forms.SlugField(widget=forms.HiddenInput, max_length=30)
    subject = forms.UUIDField(widget=forms.HiddenInput, required=False)


def _words(label: str, help_text: str, most: int, *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class AskForm(LineForm):
    question = _words(
        "What do you ask?",
        "One short question. Name no child: the worker sees which record it is about.",
        500,
    )


class AnswerForm(forms.Form):
    text = _words(
        "Your answer",
        "Say why you opened the record. Name no child: governance sees references only.",
        1000,
    )


class FindingForm(forms.Form):
    outcome = forms.ChoiceField(
        label="What did you find?", choices=OUTCOMES, widget=forms.RadioSelect
    )
    reference = forms.CharField(
        label="Reference, where it is followed elsewhere",
        help_text="The number that your personnel or incident system gave it.",
        required=False,
        max_length=80,
    )
    text = _words("In a few words", "The worker reads this.", 1000, required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("outcome") == "elsewhere" and not given.get("reference"):
            self.add_error("reference", "Enter the reference under which it is followed")
        return given


class RulesForm(forms.Form):
    """When the partnership is at work, and from where something is said as a fact."""

    opens = ClockTimeField(label="The working day begins at")
    closes = ClockTimeField(label="The working day ends at")
    weekends = forms.BooleanField(label="Weekends are working days too", required=False)
    many_records = forms.IntegerField(
        label="How many different children in a day are many?", min_value=2, max_value=1000
    )
    days_after = forms.IntegerField(
        label="How many days after closing is a look said to be late?", min_value=1, max_value=365
    )
    staff_names = forms.BooleanField(
        label="An answer to a family names the staff who read",
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        opens, closes = given.get("opens"), given.get("closes")
        if opens and closes and closes <= opens:
            self.add_error("closes", "The day must end later than it begins")
        return given

    def rules(self) -> WatchRules:
        return WatchRules(**self.cleaned_data)
