"""Writing a conversation down at a desk: the same parts as on the phone, on one page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.forms import BoundField

from reachable.conversations.rules import languages
from reachable.conversations.rules.card import MOST
from reachable.conversations.rules.content import lacks
from reachable.conversations.rules.offered import chosen_service, service_key
from reachable.conversations.rules.parts import (
    BY_KEY,
    CHOICE,
    COLLEAGUE,
    DAY,
    LINE,
    MANY,
    MOST_ROWS,
    PARTS,
    ROWS,
    SERVICE,
    Field,
    Part,
)
from reachable.conversations.wording import AGENCY_KINDS
from reachable.foundation.fields import DayField
from reachable.practice import guidance

BLANK = 1
"""Rows that are shown of a list in which nothing is written."""
MANY_NAMES = frozenset(
    f"{part.key}.{field.key}" for part in PARTS for field in part.fields if field.kind == MANY
)
Content = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class ShownPart:
    """A part with its fields, those of a row together, and the lists that can have one row more.

    `is_open` where something is written in it, or wrong with it.
    """

    part: Part
    groups: tuple[tuple[str, tuple[BoundField, ...]], ...]
    lists: tuple[str, ...]
    is_open: bool


class ServiceField(forms.ChoiceField):
    """One of the services that are shown; what was sent is held against those that are known.

    Only a page needs all that is shown: comparing what fits takes longer than saving.
    """

    def __init__(
        self, *, known: Mapping[str, str], shown: Callable[[], Mapping[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(choices=lambda: [("", "Skip this"), *shown().items()], **kwargs)
        self.known = known

    def valid_value(self, value: Any) -> bool:
        return str(value) in self.known


class ConversationForm(forms.Form):
    """All parts of a conversation. `rows` says how many rows each list shows, by its name.

    Services are given by the key of each with its name: `services` are those that were chosen,
    `services_shown` finds those to choose from.
    """

    all_optional = True
    version_id = forms.UUIDField(widget=forms.HiddenInput)
    conversation_id = forms.UUIDField(widget=forms.HiddenInput)
    based_on = forms.CharField(required=False, widget=forms.HiddenInput)
    guide = forms.ChoiceField(label="Where did you talk?", widget=forms.RadioSelect)

    def __init__(
        self,
        *args: Any,
        colleagues: Sequence[tuple[str, str]],
        services: Mapping[str, str],
        services_shown: Callable[[], Mapping[str, str]],
        rows: Mapping[str, int] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._colleagues = [("", "Nobody yet"), *colleagues]
        self._services, self._services_shown = services, services_shown
        self.rows = dict(rows or {})
        guide = self.fields["guide"]
        assert isinstance(guide, forms.ChoiceField)
        guide.choices = [(each.key, each.title) for each in guidance.guides()]
        for part in PARTS:
            for field in part.fields:
                self._add(f"{part.key}.{field.key}", field)

    def _add(self, name: str, field: Field) -> None:
        if field.kind == ROWS:
            for at in range(self.rows.get(name, BLANK)):
                for inner in field.fields:
                    self.fields[f"{name}.{at}.{inner.key}"] = self._made(inner, in_row=True)
            return
        self.fields[name] = self._made(field)

    def _made(self, field: Field, *, in_row: bool = False) -> forms.Field:
        shown: dict[str, Any] = {
            "label": field.label,
            "help_text": field.hint,
            "required": False,
        }
        if field.kind == DAY:
            return DayField(**shown)
        if field.kind == CHOICE and in_row:
            return forms.ChoiceField(choices=[("", "Skip this"), *field.options], **shown)
        if field.kind == CHOICE:
            choices = [*field.options, ("", "Skip this")]
            return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **shown)
        if field.kind == MANY:
            return forms.MultipleChoiceField(
                choices=field.options, widget=forms.CheckboxSelectMultiple, **shown
            )
        if field.kind == COLLEAGUE:
            return forms.ChoiceField(choices=self._colleagues, **shown)
        if field.kind == SERVICE:
            return ServiceField(known=self._services, shown=self._services_shown, **shown)
        if field.kind == LINE:
            return forms.CharField(max_length=field.most, **shown)
        # What a child said is kept to the letter, with its blank lines.
        box = forms.Textarea(attrs={"rows": 4})
        return forms.CharField(max_length=field.most, widget=box, strip=False, **shown)

    def parts(self) -> Iterator[ShownPart]:
        """Yield each part as the page shows it."""
        for part in PARTS:
            groups: list[tuple[str, tuple[BoundField, ...]]] = []
            lists: list[str] = []
            for field in part.fields:
                name = f"{part.key}.{field.key}"
                if field.kind != ROWS:
                    groups.append(("", (self[name],)))
                    continue
                lists.append(name)
                for at in range(self.rows.get(name, BLANK)):
                    inner = tuple(self[f"{name}.{at}.{each.key}"] for each in field.fields)
                    groups.append((f"{field.label} {at + 1}", inner))
            fields = [field for _, group in groups for field in group]
            is_open = any(field.errors or field.value() for field in fields)
            yield ShownPart(part, tuple(groups), tuple(lists), is_open)

    def content(self) -> dict[str, dict[str, Any]]:
        """Return what was written, as a phone would send it."""
        written: dict[str, dict[str, Any]] = {}
        for part in PARTS:
            for field in part.fields:
                written.setdefault(part.key, {})[field.key] = self._written(
                    f"{part.key}.{field.key}", field
                )
        return written

    def _written(self, name: str, field: Field) -> Any:
        if field.kind == ROWS:
            return [
                {
                    inner.key: self._written(f"{name}.{at}.{inner.key}", inner)
                    for inner in field.fields
                }
                for at in range(self.rows.get(name, BLANK))
            ]
        value = self.cleaned_data.get(name)
        if isinstance(value, date):
            return value.isoformat()
        if field.kind == MANY:
            return value or []
        if field.kind == SERVICE:
            return chosen_service(value, self._services) if value else ""
        # However a browser ends lines: that is not how they were typed.
        return (value or "").replace("\r\n", "\n")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if "finish" in self.data and not self.errors:
            for sentence in lacks(self.content()):
                which = "again_on" if "day" in sentence else "again_by"
                self.add_error(f"invitation.{which}", sentence)
        return given

    def bases(self) -> tuple[UUID, ...]:
        """Return the versions that the writer saw."""
        return tuple(UUID(each) for each in self.cleaned_data["based_on"].split())

    def clean_based_on(self) -> str:
        said: str = self.cleaned_data["based_on"]
        try:
            return " ".join(str(UUID(each)) for each in said.split())
        except ValueError:
            raise forms.ValidationError("Open the page again: it was changed on the way") from None


def rows_asked(data: Mapping[str, Any]) -> dict[str, int]:
    """Return how many rows of each list somebody has on their page, one more where they asked."""
    found: dict[str, int] = {}
    more = data.get("more", "")
    for part in PARTS:
        for field in part.fields:
            if field.kind == ROWS:
                name = f"{part.key}.{field.key}"
                said = str(data.get(f"rows.{name}", BLANK))
                count = int(said) if said.isdecimal() and len(said) < 3 else BLANK
                found[name] = min(max(count + (name == more), BLANK), MOST_ROWS)
    return found


def rows_of(content: Content) -> dict[str, int]:
    """Return how many rows a page shows of what is written: these, and one to write in."""
    found: dict[str, int] = {}
    for key, given in content.items():
        for field in BY_KEY[key].fields:
            if field.kind == ROWS:
                written = len(given.get(field.key, ()))
                found[f"{key}.{field.key}"] = min(written + BLANK, MOST_ROWS)
    return found


def initial_of(content: Content) -> dict[str, Any]:
    """Return what a form begins with, for a version that is gone on with."""
    found: dict[str, Any] = {}
    for key, given in content.items():
        for field in BY_KEY[key].fields:
            _begin(found, f"{key}.{field.key}", field, given.get(field.key))
    return found


def _begin(found: dict[str, Any], name: str, field: Field, value: Any) -> None:
    if not value:
        return
    if field.kind == ROWS:
        for at, row in enumerate(value):
            for inner in field.fields:
                _begin(found, f"{name}.{at}.{inner.key}", inner, row.get(inner.key))
    elif field.kind == SERVICE:
        found[name] = service_key(value)
    else:
        found[name] = date.fromisoformat(value) if field.kind == DAY else value


class ShareForm(forms.Form):
    """With whom a child's words are shared, why, and what the child was told of it."""

    agency_kind = forms.ChoiceField(
        label="Who reads them from now on?",
        choices=list(AGENCY_KINDS.items()),
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label="Why do they need the child’s own words?",
        help_text="A summary is often enough.",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    child_told = forms.CharField(
        label="What was the child told of this?",
        help_text="What you said and what they said to it; or why they could not be told yet.",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    understood = forms.BooleanField(
        label="I understand that what is shared may have to be disclosed in court",
        error_messages={"required": "Tick that you understand it, or go back"},
    )

    def answers(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        given.pop("understood")
        return given


class CardForm(forms.Form):
    """What stands on a card for the child."""

    safe = forms.ChoiceField(
        label="Does the child say that it is safe to hold a card?",
        choices=[("yes", "Yes, the child says so"), ("no", "No, or I did not ask")],
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label="What stands on it?",
        help_text=(
            "One short sentence a line, in the language that the child reads best: when and where "
            "you meet, and a number. Name no agency, no worry and nobody."
        ),
        max_length=MOST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    sentences = forms.MultipleChoiceField(
        label="What else stands on it, with a picture?",
        help_text="In the child’s language where it is entered and checked, otherwise in English.",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    language = forms.ChoiceField(
        label="In which language is it?",
        help_text="So that a computer reads it aloud rightly.",
        choices=languages.CHOICES,
    )
    card_id = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, sentences: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["sentences"]
        assert isinstance(chosen, forms.MultipleChoiceField)
        chosen.choices = list(sentences)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors and not given.get("text") and not given.get("sentences"):
            self.add_error("text", "Write what stands on it, or choose a sentence below")
        return given
