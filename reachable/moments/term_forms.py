"""What somebody enters who keeps the school terms."""

from __future__ import annotations

from django import forms

from reachable.foundation.fields import DayField, Hinted
from reachable.moments.school_terms import CLOSED, TERM


class DatesForm(forms.Form):
    kind = forms.ChoiceField(
        label="What are these dates?",
        choices=[
            (TERM, Hinted("A term", "From its first day to its last")),
            (CLOSED, Hinted("No school in a term", "Half-term, or an in-service day")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what these dates are"},
    )
    name = forms.CharField(
        label="What is it called?",
        help_text="Such as autumn term 2026, or in-service day.",
        max_length=80,
        error_messages={"required": "Enter what it is called"},
    )
    first = DayField(label="First day", help_text="For example, 2 9 2026")
    last = DayField(label="Last day", help_text="The same as the first, if it is one day.")
