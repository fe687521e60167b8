"""What is answered after a conversation: which tasks, what senders are told, who needs to know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.forms import BoundField

from reachable.conversations.after import REACHABLE, Proposed, Whom
from reachable.conversations.after_acts import Wanted
from reachable.foundation.fields import ClockTimeField, DayField
from reachable.foundation.time import now, today
from reachable.moments.prepared import SENTENCES
from reachable.moments.summaries import MOST_OWN
from reachable.moments.task_forms import TEXT_HINT
from reachable.moments.tasks import MOST
from reachable.practice.time import read_local

MOST_OWN_TASKS = 10
CAME_AFTER = "their signal came after this talk: it would tell that the child was known"
WAYS = (
    (REACHABLE, "Here: they are told, and read it in Reachable"),
    ("telephone", "I rang them"),
    ("in_person", "I told them in person"),
)


@dataclass(frozen=True)
class ShownTask:
    """A task on the page: what it follows from, if it was proposed, and its fields."""

    about: str
    tick: BoundField | None
    fields: tuple[BoundField, ...]


class TasksForm(forms.Form):
    """Tasks that are proposed, to be ticked and amended, and some of the worker's own."""

    all_optional = True

    def __init__(
        self,
        *args: Any,
        proposed: Sequence[Proposed],
        people: Sequence[tuple[UUID, str]],
        own: int,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._proposed = [each.proposal for each in proposed if each.task is None]
        self._people = [(str(user), name) for user, name in people]
        self.own = own
        known = {user for user, _ in self._people}
        first = self._people[0][0]
        for each in self._proposed:
            self.fields[f"{each.key}.do"] = forms.BooleanField(label=each.text, required=False)
            due = each.by if each.by and each.by >= today() else None
            whom = each.for_whom if each.for_whom in known else first
            self._add(each.key, each.text[:MOST], whom, due)
        for at in range(own):
            self._add(f"own{at}", "", first, None)

    def _add(self, name: str, text: str, whom: str, due: date | None) -> None:
        self.fields[f"{name}.text"] = forms.CharField(
            label="What is to be done?",
            help_text=TEXT_HINT,
            max_length=MOST,
            initial=text,
            required=False,
            widget=forms.Textarea(attrs={"rows": 2}),
        )
        self.fields[f"{name}.whom"] = forms.ChoiceField(
            label="Who does it?", choices=self._people, initial=whom, required=False
        )
        self.fields[f"{name}.day"] = DayField(label="By which day?", initial=due, required=False)

    def proposed(self) -> Iterator[ShownTask]:
        for each in self._proposed:
            yield ShownTask(each.about, self[f"{each.key}.do"], self._of(each.key))

    def owns(self) -> Iterator[ShownTask]:
        for at in range(self.own):
            yield ShownTask("", None, self._of(f"own{at}"))

    def _of(self, name: str) -> tuple[BoundField, ...]:
        return tuple(self[f"{name}.{each}"] for each in ("text", "whom", "day"))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for name in self._wanted(given):
            if not given.get(f"{name}.text"):
                self.add_error(f"{name}.text", "Say what is to be done, or leave it out")
            day = given.get(f"{name}.day")
            if day is None and f"{name}.day" not in self.errors:
                self.add_error(f"{name}.day", "Enter the day by which it is to be done")
            elif day is not None and day < today():
                self.add_error(f"{name}.day", "That day has passed: choose one from today on")
        if not self.errors and not list(self._wanted(given)):
            raise forms.ValidationError("Tick at least one task, or write one of your own")
        return given

    def _wanted(self, given: dict[str, Any]) -> Iterator[str]:
        for each in self._proposed:
            if given.get(f"{each.key}.do"):
                yield each.key
        for at in range(self.own):
            if given.get(f"own{at}.text") or given.get(f"own{at}.day"):
                yield f"own{at}"

    def wanted(self) -> list[Wanted]:
        given, keys = self.cleaned_data, {each.key for each in self._proposed}
        return [
            Wanted(
                given[f"{name}.text"],
                UUID(given[f"{name}.whom"] or self._people[0][0]),
                given[f"{name}.day"],
                name if name in keys else "",
            )
            for name in self._wanted(given)
        ]


def own_asked(data: dict[str, Any]) -> int:
    """Return how many tasks of their own somebody has on the page, one more where they asked."""
    said = str(data.get("own", "1"))
    count = int(said) if said.isdecimal() and len(said) < 3 else 1
    return min(max(count + ("more" in data), 1), MOST_OWN_TASKS)


class SummaryForm(forms.Form):
    """What whoever sent a signal is told: some of it, whichever."""

    all_optional = True
    said = forms.MultipleChoiceField(
        label="What they are told",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    own = forms.CharField(
        label="One sentence of yours: what they can do",
        help_text=(
            "Whoever sent a signal reads the same. Name nobody, nothing that somebody else sent, "
            f"and no words of the child’s. {MOST_OWN} characters at most."
        ),
        max_length=MOST_OWN,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    own_to_police = forms.BooleanField(
        label="Police read this sentence too",
        help_text=(
            "Police do not read your sentence unless you tick this. Leave it unticked if the "
            "sentence says anything that the child said or answered."
        ),
        required=False,
    )

    def __init__(self, *args: Any, sentences: Sequence[str], police: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said = self.fields["said"]
        assert isinstance(said, forms.ChoiceField)
        said.choices = [(key, SENTENCES[key].text) for key in sentences]
        if not sentences:
            del self.fields["said"]
        if not police:
            del self.fields["own_to_police"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors and not given.get("said") and not given.get("own"):
            raise forms.ValidationError("Choose what they are told, or write a sentence")
        return given

    def answers(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "said": given.get("said", []),
            "own": given["own"],
            "own_to_police": given.get("own_to_police", False),
        }


class PassOnForm(forms.Form):
    """How one thing that others need to know was, or is, passed on."""

    how = forms.ChoiceField(label="How?", choices=WAYS, widget=forms.RadioSelect)
    to = forms.ChoiceField(
        label="To whom, here?",
        help_text="Who works with the child now, or sent a signal. Nothing else is opened to them.",
        required=False,
    )
    to_whom = forms.CharField(
        label="If another way: who was told?",
        help_text="Name and agency.",
        max_length=200,
        required=False,
    )
    day = DayField(label="On which day?", required=False, help_text="Leave empty for today.")
    at = ClockTimeField(
        label="At what time?", required=False, help_text="Leave empty for just now."
    )

    def __init__(self, *args: Any, whom: Sequence[Whom], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        to = self.fields["to"]
        assert isinstance(to, forms.ChoiceField)
        to.choices = [
            ("", "Choose somebody"),
            *((str(each.user_id), _named(each)) for each in whom),
        ]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("how") == REACHABLE and not given.get("to"):
            self.add_error("to", "Choose who is told here, or say that you told them another way")
        elif given.get("how") in ("telephone", "in_person") and not given.get("to_whom"):
            self.add_error("to_whom", "Say who was told")
        if given.get("day") and not given.get("at") and not self.errors:
            self.add_error("at", "Enter the time too, as well as you know it")
        at = self.told_at()
        if at is not None and at > now():
            self.add_error("at", "That time has not come yet")
        return given

    def told_at(self) -> datetime | None:
        given = self.cleaned_data
        at = given.get("at")
        return read_local(given.get("day") or today(), at).instant if at else None


def _named(each: Whom) -> str:
    seen = (
        CAME_AFTER
        if each.came_after
        else "sent a signal"
        if each.signal_id
        else "works with the child"
    )
    return f"{each.name}, {each.agency} ({seen})"
