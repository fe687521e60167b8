"""What whoever manages accounts answers about agencies and teams."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms

from reachable.access.registries import Held
from reachable.access.rules.partners import (
    KINDS,
    LONGEST,
    MOST_MINUTES,
    AskedAgency,
    AskedTeam,
)

Choices = Sequence[tuple[UUID, str]]
NO_ADDRESS = "Write an e-mail address like name@example.org"


def _email(label: str) -> forms.EmailField:
    return forms.EmailField(
        label=label, max_length=254, required=False, error_messages={"invalid": NO_ADDRESS}
    )


def _phone(help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label="Telephone",
        max_length=30,
        required=False,
        help_text=help_text,
        widget=forms.TextInput(attrs={"width": 20}),
    )


class AgencyForm(forms.Form):
    """An agency of the partnership."""

    name = forms.CharField(label="Name", max_length=LONGEST)
    kind = forms.ChoiceField(
        label="Of what kind is it?",
        choices=list(KINDS.items()),
        widget=forms.RadioSelect,
        help_text="Whom a child was told about goes by it, and where its records belong.",
        error_messages={"required": "Choose of what kind it is"},
    )
    contact = forms.CharField(
        label="Whom to ask there",
        help_text="A person or a desk. For example: Data team.",
        max_length=200,
        required=False,
    )
    email = _email("Their e-mail")
    phone = _phone()

    def __init__(self, *args: Any, other_kind: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        if other_kind and other_kind not in KINDS and isinstance(kind, forms.ChoiceField):
            said = other_kind.replace("_", " ").capitalize()
            kind.choices = [*KINDS.items(), (other_kind, said)]

    def asked(self) -> AskedAgency:
        given = self.cleaned_data
        return AskedAgency(
            " ".join(given["name"].split()),
            given["kind"],
            given["contact"],
            given["email"],
            given["phone"],
        )


class TeamForm(forms.Form):
    """A team of an agency."""

    agency = forms.TypedChoiceField(
        label="Agency", coerce=UUID, error_messages={"required": "Choose the agency"}
    )
    name = forms.CharField(label="Name", max_length=LONGEST)
    areas = forms.MultipleChoiceField(
        label="For which areas does it answer?",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="What happens to a child who lives there goes to this team. Without any it "
        "answers for everybody.",
    )
    minutes = forms.IntegerField(
        label="Minutes to acknowledge",
        min_value=1,
        max_value=MOST_MINUTES,
        initial=30,
        help_text="Whoever is asked to take a moment answers within so many minutes, or the next "
        "on the rota is asked.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "width": 4}),
        error_messages={
            "invalid": "Write a whole number of minutes",
            "min_value": "Write at least 1 minute",
            "max_value": f"Write at most {MOST_MINUTES} minutes",
        },
    )
    phone = _phone("Whoever asks about a child of theirs is given this number.")
    email = _email("E-mail of the team")

    def __init__(
        self, *args: Any, agencies: Choices = (), areas: Mapping[str, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "agency", [("", "Choose the agency"), *_texts(agencies)] if agencies else [])
        _offer(self, "areas", list(areas.items()))

    def asked(self) -> AskedTeam:
        given = self.cleaned_data
        return AskedTeam(
            " ".join(given["name"].split()),
            given["minutes"],
            tuple(given.get("areas", ())),
            given["phone"],
            given["email"],
        )


class AddForm(forms.Form):
    """Somebody is put into a team."""

    user = forms.TypedChoiceField(
        label="Who?", coerce=UUID, error_messages={"required": "Choose somebody"}
    )

    def __init__(self, *args: Any, people: Choices = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "user", [("", "Choose somebody"), *_texts(people)])


class EndTeamForm(forms.Form):
    """Which team goes on with what this one has."""

    to_team = forms.TypedChoiceField(
        label="Which team goes on with what it has?", coerce=UUID, required=False, empty_value=None
    )

    def __init__(
        self, *args: Any, teams: Choices = (), held: Sequence[Held] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        none = "Choose the team" if held else "None: it has nothing"
        _offer(self, "to_team", [("", none), *_texts(teams)] if teams else [])


def _texts(choices: Choices) -> list[tuple[str, str]]:
    return [(str(key), name) for key, name in choices]


def _offer(form: forms.Form, name: str, choices: Sequence[tuple[str, str]]) -> None:
    """Say what a field offers; a field that could offer nothing is not there."""
    field = form.fields[name]
    if not choices:
        del form.fields[name]
    elif isinstance(field, forms.ChoiceField):
        field.choices = list(choices)
