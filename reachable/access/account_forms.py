"""What somebody answers who looks after accounts, and whoever was invited."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.password_validation import validate_password

from reachable.access.handing import HeldFacts
from reachable.access.rules import RolePolicy
from reachable.access.rules.joining import LONGEST, Asked
from reachable.access.staff import SHOWN
from reachable.foundation.fields import DayField, Hinted

Choices = Iterable[tuple[UUID, str]]
TWO = "Takes a second person: it waits until another administrator has approved it"


class SearchForm(forms.Form):
    """Whom to look for."""

    all_optional = True

    words = forms.CharField(label="Name, user name, e-mail or job", required=False, max_length=120)
    show = forms.ChoiceField(label="Show", required=False, choices=list(SHOWN.items()))
    agency = forms.TypedChoiceField(label="Agency", required=False, coerce=UUID, empty_value=None)

    def __init__(self, *args: Any, agencies: Choices = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_agencies(self, agencies, "All")


def role_choices(roles: Iterable[RolePolicy]) -> list[tuple[str, str | Hinted]]:
    return [
        (role.key, Hinted(role.title, TWO) if role.second_person else role.title) for role in roles
    ]


def _roles() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label="Roles",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose a role at least"},
    )


def _teams() -> forms.TypedMultipleChoiceField:
    return forms.TypedMultipleChoiceField(
        label="Teams",
        coerce=UUID,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


def _reason() -> forms.CharField:
    return forms.CharField(
        label="Why (if a role takes two people)",
        required=False,
        max_length=300,
        help_text="Whoever approves it reads this.",
    )


def _offer(form: forms.Form, name: str, choices: Sequence[tuple[Any, Any]]) -> None:
    """Say what a field offers; a field that could offer nothing is not there."""
    field = form.fields[name]
    if not choices:
        del form.fields[name]
    elif isinstance(field, forms.ChoiceField):
        field.choices = list(choices)


def _offer_agencies(form: forms.Form, agencies: Choices, none: str) -> None:
    """Let somebody who looks after several agencies say which; one is no question."""
    several = [(str(agency), name) for agency, name in agencies]
    _offer(form, "agency", [("", none), *several] if len(several) > 1 else [])


class InviteForm(forms.Form):
    """Somebody is to have an account."""

    agency = forms.TypedChoiceField(label="Agency", coerce=UUID)
    name = forms.CharField(label="Name", max_length=LONGEST)
    username = forms.CharField(
        label="User name",
        max_length=59,
        help_text="They sign in with it. Letters, figures, dots, hyphens.",
        widget=forms.TextInput(attrs={"spellcheck": "false", "width": 20}),
    )
    email = forms.EmailField(
        label="Work e-mail",
        help_text="The invitation goes there. It has only a link, which is good for seven days.",
    )
    job_title = forms.CharField(label="Job title", required=False, max_length=LONGEST)
    roles = _roles()
    teams = _teams()
    staff_number = forms.CharField(
        label="Staff number",
        required=False,
        max_length=50,
        help_text="By which your own records know them. It opens the children to whom those "
        "records allocate them.",
        widget=forms.TextInput(attrs={"width": 20}),
    )
    last_day = DayField(
        label="Last day, if they are here for a time",
        required=False,
        help_text="The account ends by itself when that day is over.",
    )
    reason = _reason()

    def __init__(
        self,
        *args: Any,
        agencies: Choices = (),
        roles: Sequence[RolePolicy] = (),
        teams: Choices = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        _offer_agencies(self, agencies, "Choose the agency")
        _offer(self, "roles", role_choices(roles))
        _offer(self, "teams", [(str(team), name) for team, name in teams])
        if not any(role.second_person for role in roles):
            del self.fields["reason"]

    def asked(self) -> Asked:
        given = self.cleaned_data
        return Asked(
            name=given["name"],
            username=given["username"],
            email=given["email"],
            job_title=given["job_title"],
            roles=tuple(given["roles"]),
            teams=tuple(str(team) for team in given.get("teams", ())),
            staff_number=given["staff_number"],
            last_day=given["last_day"],
        )


class ManyForm(forms.Form):
    """A table of people, as a spreadsheet pastes it or as a file of it."""

    agency = forms.TypedChoiceField(label="Agency", coerce=UUID)
    file = forms.FileField(
        label="A file of the table",
        help_text="CSV, or a spreadsheet (XLSX, ODS). What it says comes into the box below.",
        required=False,
    )
    table = forms.CharField(
        label="The table, with its headings",
        max_length=100_000,
        strip=False,
        required=False,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
        help_text="Copy it in the spreadsheet and paste it here, or choose a file above.",
    )

    def __init__(self, *args: Any, agencies: Choices = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_agencies(self, agencies, "Choose the agency")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        missing = not (given.get("file") or (given.get("table") or "").strip())
        if missing and not self.errors:
            self.add_error("table", "Choose a file, or paste the table")
        return given


class HandingForm(forms.Form):
    """To whom goes what somebody has; empty leaves it to what happens by itself."""

    def __init__(self, *args: Any, held: Sequence[HeldFacts] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.handed = [each.name for each in held if each.to]
        for each in held:
            if each.to:
                nobody = ("", "Nobody by name")
                choices = [nobody, *((str(user), name) for user, name in each.to)]
                self.fields[each.name] = forms.TypedChoiceField(
                    label=f"{each.title} ({each.count}): to whom?",
                    help_text=f"If you name nobody, {each.otherwise}.",
                    required=False,
                    coerce=UUID,
                    empty_value=None,
                    choices=choices,
                )

    def to(self) -> Mapping[str, UUID]:
        given = self.cleaned_data
        return {name: given[name] for name in self.handed if given.get(name)}


def _knowing(form: forms.Form, alone: str) -> None:
    if alone:
        form.fields["knowing"] = forms.BooleanField(
            label=f"I know that {alone}",
            required=False,
        )


class MoveForm(HandingForm):
    """Which roles and teams somebody has from now on."""

    roles = _roles()
    teams = _teams()
    reason = _reason()
    field_order = ("roles", "teams", "reason")

    def __init__(
        self,
        *args: Any,
        roles: Sequence[RolePolicy] = (),
        teams: Choices = (),
        alone: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "roles", role_choices(roles))
        _offer(self, "teams", [(str(team), name) for team, name in teams])
        if not any(role.second_person for role in roles):
            del self.fields["reason"]
        _knowing(self, alone)


class DetailsForm(forms.Form):
    """What an account says of somebody."""

    name = forms.CharField(label="Name", max_length=LONGEST)
    job_title = forms.CharField(label="Job title", required=False, max_length=LONGEST)
    email = forms.EmailField(label="Work e-mail")
    phone = forms.CharField(
        label="Telephone",
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"width": 20}),
    )
    staff_number = forms.CharField(
        label="Staff number",
        required=False,
        max_length=50,
        help_text="It opens the children to whom your own records allocate them, and closes those "
        "of the number before.",
        widget=forms.TextInput(attrs={"width": 20}),
    )


class OrganisationForm(forms.Form):
    """By which organisation's sign-in somebody may come, or comes no more."""

    what = forms.ChoiceField(
        label="What is to be done", choices=[("offer", "Let them link it"), ("end", "End it")]
    )
    provider = forms.ChoiceField(label="Organisation")

    def __init__(self, *args: Any, choices: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["provider"]
        field.choices = list(choices)


class LeaveForm(HandingForm):
    """When an account ends."""

    when = forms.ChoiceField(
        label="When does the account end?",
        choices=[
            ("now", Hinted("Now", "They are signed out at their next step")),
            ("day", Hinted("When a day is over", "It ends by itself in the night after")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Say when it ends"},
    )
    last_day = DayField(label="Their last day (if you chose a day)", required=False)
    field_order = ("when", "last_day")

    def __init__(self, *args: Any, alone: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _knowing(self, alone)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        no_day = given.get("when") == "day" and not given.get("last_day")
        if no_day and "last_day" not in self.errors:
            self.add_error("last_day", "Enter their last day")
        return given

    def day(self) -> date | None:
        given = self.cleaned_data
        return given["last_day"] if given["when"] == "day" else None


class DecideForm(forms.Form):
    """Whether what somebody else asked for is done."""

    decision = forms.ChoiceField(
        label="Your decision",
        choices=[
            ("approve", Hinted("Approve", "It is done at once")),
            ("refuse", Hinted("Refuse", "Nothing is done; whoever asked can read why")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one"},
    )
    note = forms.CharField(label="Why (if you refuse)", required=False, max_length=300)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("decision") == "refuse" and not given.get("note", "").strip():
            self.add_error("note", "Say in a few words why you refuse")
        return given


class JoinForm(forms.Form):
    """A password, chosen by whoever was invited."""

    password = forms.CharField(
        label="Choose a password",
        strip=False,
        max_length=4096,
        help_text="12 signs at least. Three words that do not belong together are good; words that "
        "everybody uses are refused.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label="The same password again",
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        password, again = given.get("password"), given.get("again")
        if password and again and password != again:
            self.add_error("again", "The two are not the same")
        return given
