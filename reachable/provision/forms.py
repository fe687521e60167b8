"""What somebody enters who keeps the directory, or looks for a service."""

from __future__ import annotations

from typing import Any

from django import forms

from reachable.foundation.fields import Hinted
from reachable.geography.rules import standard_postcode
from reachable.geography.selectors import area_names
from reachable.provision import taxonomy
from reachable.provision.hours import NoHours, hours_in
from reachable.provision.rules.weekly import Week
from reachable.provision.searching import Asked, Whereabouts, whereabouts
from reachable.provision.services import Draft, Told, Where

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
MOST_AREAS, LONGEST_AREA = 100, 200


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
    where = forms.CharField(
        label="Postcode or area",
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"width": 10, "autocomplete": "off"}),
    )

    def clean_where(self) -> Whereabouts:
        typed = self.cleaned_data["where"]
        if not typed:
            return Whereabouts()
        found = whereabouts(typed)
        if found is None:
            postcode = standard_postcode(typed)
            said = (
                f"No area here has the postcode {postcode}"
                if postcode
                else (f"There is no postcode or area “{typed}” here")
            )
            raise forms.ValidationError(f"{said}. Enter {_some_areas()}")
        return found

    def asked(self) -> Asked:
        given = dict(self.cleaned_data)
        return Asked(near=given.pop("where"), **given)


def _some_areas() -> str:
    """Return what may be entered, by example: the first areas of the partnership."""
    names = sorted(area_names().values())[:3]
    return f"a whole postcode, or an area such as {', '.join(names)}" if names else "another"


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
    hours = forms.CharField(
        label="When is it open every week?",
        help_text="A line for each, such as Mon to Fri 10:00 to 18:00. Other hours, such as once a "
        "month, stay as they were sent.",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )
    areas = forms.CharField(
        label="Which areas does it serve?",
        help_text="A line for each. Leave it empty where it serves everybody, or nobody knows.",
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    seen = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.taxonomies = list(taxonomy.taxonomies())
        for key, held in taxonomy.taxonomies().items():
            self.fields[key] = forms.MultipleChoiceField(
                label=held.title,
                required=False,
                choices=_terms(key),
                widget=forms.CheckboxSelectMultiple,
            )

    def clean_hours(self) -> tuple[Week, ...]:
        try:
            return hours_in(self.cleaned_data["hours"])
        except NoHours as wrong:
            raise forms.ValidationError(str(wrong)) from None

    def clean_areas(self) -> tuple[str, ...]:
        lines = (line.strip() for line in self.cleaned_data["areas"].splitlines())
        names = tuple(dict.fromkeys(line for line in lines if line))
        if len(names) > MOST_AREAS:
            raise forms.ValidationError(f"These are {len(names)} areas; {MOST_AREAS} are the most.")
        if long := next((name for name in names if len(name) > LONGEST_AREA), None):
            raise forms.ValidationError(f"“{long[:40]}…” is too long for the name of an area.")
        return names

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
            hours=given["hours"],
            areas=given["areas"],
        )


class PlaceForm(forms.Form):
    """One place of a service."""

    address = forms.CharField(label="Number and street", max_length=200)
    town = forms.CharField(label="Town or city", max_length=100)
    postcode = forms.CharField(
        label="Postcode", max_length=12, widget=forms.TextInput(attrs={"width": 10})
    )
    name = forms.CharField(
        label="What is the place called?",
        help_text="If it has a name, such as a youth club.",
        required=False,
        max_length=200,
    )
    kept_back = forms.BooleanField(
        label="This is a safe address: keep it back",
        required=False,
    )
    seen = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def clean_postcode(self) -> str:
        found = standard_postcode(self.cleaned_data["postcode"])
        if not found:
            raise forms.ValidationError("Enter a whole postcode, such as FX1 1AA")
        return found

    def where(self) -> Where:
        given = self.cleaned_data
        return Where(
            address=given["address"],
            town=given["town"],
            postcode=given["postcode"],
            name=given["name"],
            kept_back=given["kept_back"],
        )


class SeenForm(forms.Form):
    """Which version was looked at."""

    seen = forms.UUIDField()


class FileForm(forms.Form):
    file = forms.FileField(
        label="Choose the file",
        help_text="JSON in Open Referral UK, up to 50 MB. It names every service of your agency.",
        allow_empty_file=True,
        error_messages={"required": "Choose a file first"},
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
