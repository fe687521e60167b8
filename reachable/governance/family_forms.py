"""What governance records of a family's request, and what the second person decides."""

from __future__ import annotations

from typing import Any

from django import forms

from reachable.foundation.fields import DayField, Hinted
from reachable.governance.families import Request
from reachable.governance.rules.family import ASKS, EXEMPTIONS


class FamilyForm(forms.Form):
    person_id = forms.UUIDField(
        label="Reference of the child’s record",
        help_text="The long number in the address of the child’s page: whoever works with the "
        "child has it. Enter no name anywhere here.",
        error_messages={"invalid": "A reference has 32 letters and figures, as in the address"},
    )
    asked_by_whom = forms.ChoiceField(
        label="Who asks?", choices=list(ASKS.items()), widget=forms.RadioSelect
    )
    identity_checked = forms.CharField(
        label="How did you check who they are, and that they may ask?",
        help_text="Which kind of document, seen by whom. No numbers of documents.",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    first = DayField(label="They ask about the time from")
    last = DayField(label="until")
    exemptions = forms.MultipleChoiceField(
        label="Is something held back, and why?",
        help_text="Each is law that this product has not confirmed: ask your own adviser.",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[
            (each.key, Hinted(each.says, f"{each.source} (not confirmed)")) for each in EXEMPTIONS
        ],
    )
    weighed = forms.CharField(
        label="What did you weigh?",
        help_text="For each reason, or why nothing is held back.",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def asked(self) -> Request:
        given = dict(self.cleaned_data)
        return Request(**{**given, "exemptions": tuple(given["exemptions"])})


class DecideForm(forms.Form):
    decision = forms.ChoiceField(
        label="What do you decide?",
        choices=[
            ("release", Hinted("Release it", "It may then be taken as Word or PDF, as it stands")),
            ("back", Hinted("Send it back", "It is never given out; a new one is put together")),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label="Why?", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def answers(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {"released": given["decision"] == "release", "reason": given["reason"]}
