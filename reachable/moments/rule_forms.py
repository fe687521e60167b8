"""What somebody says who switches a rule on or off."""

from __future__ import annotations

from django import forms


class SwitchForm(forms.Form):
    reason = forms.CharField(
        label="Why",
        help_text="It is kept with your name, and everybody who looks at the rule sees it.",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say in a few words why"},
    )
