"""A signal in 60 seconds: who, what happened, where, how to reach you."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.forms.boundfield import BoundField

from reachable.foundation.fields import DayField, Hinted
from reachable.foundation.time import today
from reachable.geography.rules import standard_postcode
from reachable.intake.services import PhoneSignal
from reachable.practice.items import EventKind

OLDEST = 25
_NAME = {"autocapitalize": "words", "spellcheck": "false"}


class SignalForm(forms.Form):
    """One page, with as little to type as possible; the token makes a second sending count once."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(label="What happened?", widget=forms.RadioSelect)
    given_names = forms.CharField(
        label="First name",
        max_length=80,
        help_text="Whatever name you have; one is enough.",
        required=False,
        widget=forms.TextInput(attrs=_NAME),
    )
    family_name = forms.CharField(
        label="Last name", max_length=80, required=False, widget=forms.TextInput(attrs=_NAME)
    )
    birth_date = DayField(
        label="Date of birth",
        required=False,
        help_text="If you do not know it, leave it empty and say below how old they seem.",
    )
    where = forms.CharField(
        label="Where is the child now?",
        max_length=200,
        help_text="A cell, a ward, a classroom, or where they were last seen.",
    )
    said = forms.CharField(
        label="What did you see or hear?",
        required=False,
        max_length=2000,
        help_text="A line or two. Do not ask the child about an offence.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    reach = forms.CharField(
        label="How can we reach you in the next hours?",
        max_length=120,
        help_text="A number that is answered, and until when you are there.",
    )
    postcode = forms.CharField(
        label="Home postcode",
        max_length=10,
        required=False,
        help_text="It helps to tell two children apart.",
        widget=forms.TextInput(
            attrs={"width": 10, "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    communication_needs = forms.CharField(
        label="How is it best to talk with the child?",
        max_length=200,
        required=False,
        help_text="A language, an interpreter, hearing, speech, somebody they want beside them.",
    )
    one_of = ("given_names", "family_name")
    more = ("postcode", "communication_needs")

    def __init__(
        self, *args: Any, kinds: Sequence[EventKind], reach: Callable[[], str], **kwargs: Any
    ) -> None:
        kwargs["initial"] = {"token": uuid4(), "reach": reach, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(kind.key, Hinted(kind.title, kind.hint)) for kind in kinds]

    @property
    def needed(self) -> list[BoundField]:
        """Who, what happened, where, how to reach you."""
        return [field for field in self if field.name not in self.more]

    @property
    def known_perhaps(self) -> list[BoundField]:
        """What helps, if the sender happens to know it: folded away, to keep the page short."""
        return [field for field in self if field.name in self.more]

    def clean_postcode(self) -> str:
        typed = self.cleaned_data["postcode"].strip()
        found = standard_postcode(typed)
        if typed and not found:
            raise forms.ValidationError("Write the whole postcode, such as FX1 1AA, or leave it.")
        return found

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("given_names") and not given.get("family_name"):
            self.add_error("given_names", "Enter a name, even if it is only a first name")
        born = given.get("birth_date")
        if born and born > today():
            self.add_error("birth_date", "The date of birth lies in the future")
        elif born and today().year - born.year > OLDEST:
            self.add_error(
                "birth_date", "That makes them over 25. Check the year, or leave the date empty"
            )
        return given

    def signal(self) -> PhoneSignal:
        """Return what was said, once the form is valid."""
        given = self.cleaned_data
        token: UUID = given["token"]
        return PhoneSignal(
            token=token,
            kind=given["kind"],
            family_name=given["family_name"].strip(),
            given_names=given["given_names"].strip(),
            birth_date=given["birth_date"],
            where=given["where"].strip(),
            said=given["said"].strip(),
            reach=given["reach"].strip(),
            postcode=given["postcode"],
            communication_needs=given["communication_needs"].strip(),
        )
