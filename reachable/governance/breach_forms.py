"""What information governance answers of an assessment."""

from __future__ import annotations

from django import forms

from reachable.foundation.fields import Hinted
from reachable.governance.breaches import Decided
from reachable.governance.rules.breach import RISKS

YES_NO = [("yes", "Yes"), ("no", "No")]


def _choice(label: str, choices: list[tuple[str, str]], help_text: str = "") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, help_text=help_text, choices=choices, widget=forms.RadioSelect
    )


def _words(label: str, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class BreachForm(forms.Form):
    """What is appended; nothing of it can be edited afterwards."""

    severity = _choice("Is there a risk to the child?", list(RISKS.items()))
    severity_why = _words(
        "Why?", "Who read it, what they could do with it, and where the child is."
    )
    regulator_told = _choice("Was the Information Commissioner’s Office told?", YES_NO)
    regulator_why = _words("Why, or why not?", "If it was: when, and under which number.")
    family_told = _choice(
        "Was the child or the family told?",
        YES_NO,
        "Where telling them would put the child at risk, say so.",
    )
    family_why = _words("Why was the family told, or why not?")
    done = _words("What was done about it?")
    closes = forms.ChoiceField(
        label="Is anything left to do?",
        choices=[
            ("open", Hinted("Yes", "The assessment stays open")),
            ("close", Hinted("No", "The assessment is closed; more can still be added")),
        ],
        widget=forms.RadioSelect,
    )

    def decided(self) -> Decided:
        given = dict(self.cleaned_data)
        for each in ("regulator_told", "family_told"):
            given[each] = given[each] == "yes"
        return Decided(**{**given, "closes": given["closes"] == "close"})
