"""What somebody enters who keeps the directory, or looks for a service."""

from __future__ import annotations

from typing import Any

from django import forms

from reachable.foundation.fields import Hinted
from reachable.provision import taxonomy
from reachable.provision.services import Draft, Told

STATUSES = [
    ("active", "Open to children now"),
    ("temporarily closed", "Closed for a time"),
    ("inactive", "Not running"),
    ("defunct", "Ended for good"),
]
CAPACITIES = [
    ("free", "There are places"),
    ("waiting_list", Hinted("There is a waiting list", "Say below how long it is")),
    ("full", "It takes nobody now"),
]
OLDEST, LONGEST_WAIT = 130, 1000


def _terms(of: str) -> list[tuple[str, str]]:
    return [(term.key, term.name) for term in taxonomy.taxonomies()[of].terms]


class SearchForm(forms.Form):
    """In the address, so that a search can be kept and sent to somebody."""

    words = forms.CharField(label="Words", required=False, max_length=200)
    age = forms.IntegerField(
        label="Age of the child",
        required=False,
        min_value=0,
        max_value=OLDEST,
        widget=forms.TextInput(attrs={"width": 3, "inputmode": "numeric"}),
        error_messages={"invalid": "Enter the age as a number, such as 14"},
    )
    help = forms.ChoiceField(
        label="Kind of help", required=False, choices=[("", "Any"), *_terms("help")]
    )


class ServiceForm(forms.Form):
    """A service in the fields that people write here; others stay as a feed sent them."""

    name = forms.CharField(label="What is the service called?", max_length=200)
    description = forms.CharField(
        label="What does it do?",
        help_text="In words for somebody who has never heard of it. Write no address of a refuge.",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    status = forms.ChoiceField(
        label="How does it stand?", choices=STATUSES, widget=forms.RadioSelect
    )
    minimum_age = forms.IntegerField(
        label="Youngest age",
        required=False,
        min_value=0,
        max_value=OLDEST,
        widget=forms.TextInput(attrs={"width": 3, "inputmode": "numeric"}),
    )
    maximum_age = forms.IntegerField(
        label="Oldest age",
        required=False,
        min_value=0,
        max_value=OLDEST,
        widget=forms.TextInput(attrs={"width": 3, "inputmode": "numeric"}),
    )
    email = forms.CharField(label="E-mail", required=False, max_length=200)
    url = forms.CharField(
        label="Web address", help_text="From https:// on.", required=False, max_length=500
    )
    seen = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, held in taxonomy.taxonomies().items():
            self.fields[key] = forms.MultipleChoiceField(
                label=held.title,
                required=False,
                choices=_terms(key),
                widget=forms.CheckboxSelectMultiple,
            )

    def draft(self) -> Draft:
        given = self.cleaned_data
        return Draft(
            name=given["name"],
            status=given["status"],
            description=given["description"],
            email=given["email"],
            url=given["url"],
            minimum_age=given["minimum_age"],
            maximum_age=given["maximum_age"],
            terms=frozenset((of, key) for of in taxonomy.taxonomies() for key in given[of]),
        )


class CheckForm(forms.Form):
    capacity = forms.ChoiceField(
        label="Are there places?",
        required=False,
        choices=[*CAPACITIES, ("", "Not asked")],
        widget=forms.RadioSelect,
    )
    waiting_days = forms.IntegerField(
        label="Days until a first meeting",
        required=False,
        min_value=0,
        max_value=LONGEST_WAIT,
        widget=forms.TextInput(attrs={"width": 4, "inputmode": "numeric"}),
    )
    referral = forms.CharField(
        label="How to refer",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    evidence = forms.CharField(
        label="What is known of whether it helps",
        help_text="Such as an evaluation, with its year.",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def told(self) -> Told:
        return Told(**self.cleaned_data)
