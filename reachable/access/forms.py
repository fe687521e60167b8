"""Signing in, and looking for something in the audit."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.http import HttpRequest

from reachable.foundation.fields import DayField

WRONG_PAIR = "That user name and password do not belong together. Nothing was opened."


class SignInForm(forms.Form):
    """A name and a password; a wrong name and a wrong password get the same sentence."""

    username = forms.CharField(label="User name", max_length=60)
    password = forms.CharField(label="Password", widget=forms.PasswordInput, strip=False)

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.user: Any = None

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("username") and given.get("password"):
            found = authenticate(
                self.request, username=given["username"], password=given["password"]
            )
            if found is None:
                raise forms.ValidationError(WRONG_PAIR)
            self.user = found
        return given


class NarrowForm(forms.Form):
    """What to look for in the audit; everything may stay empty."""

    who = forms.CharField(label="Worker", required=False, max_length=120)
    subject = forms.UUIDField(
        label="Reference of a record",
        required=False,
        help_text="The long number in the address of a page.",
        error_messages={"invalid": "A reference has 32 letters and figures, as in the address"},
    )
    day = DayField(label="Day", required=False)
