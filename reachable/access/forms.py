"""Signing in, and looking for something in the audit."""

from __future__ import annotations

from typing import Any

from django import forms

from reachable.access.giving_back import FACTOR, PASSWORD
from reachable.foundation.fields import DayField

WRONG_PAIR = "That user name and password do not belong together. Nothing was opened."
WRONG_CODE = (
    "That code is not right, or was used already. Nothing was opened. Wait for the next code in "
    "the app, or take another from your paper."
)
WRONG_GIVEN = (
    "That code is not right for this account, was used already, or is more than an hour old. "
    "Nothing was opened. Ask your administrator for another."
)
NO_SAVING = {"spellcheck": "false", "autocapitalize": "none"}


class SignInForm(forms.Form):
    """A name and a password; a wrong name and a wrong password get the same sentence."""

    username = forms.CharField(label="User name", max_length=60)
    password = forms.CharField(label="Password", widget=forms.PasswordInput, strip=False)


class CodeForm(forms.Form):
    """A code from the app, or one from paper."""

    code = forms.CharField(
        label="Code",
        max_length=20,
        help_text="Six figures from your app, or ten from your paper with recovery codes.",
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "width": "10"}
        ),
    )


class AppCodeForm(forms.Form):
    """The first code of an app, which shows that it was set up."""

    code = forms.CharField(
        label="Code that the app shows now",
        max_length=10,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "width": "10"}
        ),
    )


class PasskeyNameForm(forms.Form):
    """What a new passkey is called, so that its owner knows which one to remove."""

    name = forms.CharField(label="Name of this passkey", max_length=60)


class GivenCodeForm(forms.Form):
    """A code that an administrator gave."""

    code = forms.CharField(
        label="Code from your administrator",
        max_length=40,
        widget=forms.TextInput(attrs={**NO_SAVING, "width": "20"}),
    )


class ForgottenForm(forms.Form):
    """Who has forgotten their password, and the code they were given."""

    username = forms.CharField(
        label="User name",
        max_length=60,
        widget=forms.TextInput(attrs={**NO_SAVING, "autocomplete": "username"}),
    )
    code = GivenCodeForm.base_fields["code"]


class NewPasswordForm(forms.Form):
    """A password, typed twice."""

    password = forms.CharField(
        label="New password",
        help_text="At least 12 characters. Several words are easy to remember.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
        max_length=200,
    )
    again = forms.CharField(
        label="The same once more",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
        max_length=200,
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if "password" in given and "again" in given and given["password"] != given["again"]:
            self.add_error("again", "The two are not the same. Nothing was changed.")
        return given


class GiveBackForm(forms.Form):
    """Whose sign-in is given back, what they have lost, and that they were seen."""

    username = forms.CharField(
        label="User name of the person", max_length=60, widget=forms.TextInput(attrs=NO_SAVING)
    )
    lost = forms.ChoiceField(
        label="What have they lost?",
        choices=[(FACTOR, "Their passkey or app"), (PASSWORD, "Their password")],
        widget=forms.RadioSelect,
    )
    seen = forms.BooleanField(
        label="I have them before me, or know them and see them on a call",
        error_messages={
            "required": "Only for somebody whom you have seen. A message or a mail is not enough"
        },
    )


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
