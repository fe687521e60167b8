"""How often a feed should come, and whom to ask at an agency."""

from __future__ import annotations

from django import forms

from reachable.intake.status import SLOWEST


class ExpectedForm(forms.Form):
    """How often a feed should come; left empty, its own files say it."""

    every_days = forms.IntegerField(
        label="It should come every … days",
        help_text="For example 1, 7 or 31. Leave it empty to learn it from the files that come.",
        min_value=1,
        max_value=SLOWEST,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "width": 3}),
        error_messages={
            "invalid": "Write a whole number of days",
            "min_value": "Write at least 1 day",
            "max_value": f"Write at most {SLOWEST} days",
        },
    )


class ContactForm(forms.Form):
    """Whom to ask at an agency: a person or a desk."""

    contact = forms.CharField(
        label="Name, or desk", help_text="For example: Data team.", max_length=200, required=False
    )
    email = forms.EmailField(
        label="E-mail",
        max_length=254,
        required=False,
        error_messages={"invalid": "Write an e-mail address like name@example.org"},
    )
    phone = forms.CharField(label="Telephone", max_length=30, required=False)
