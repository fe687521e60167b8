"""What the administrator answers to issue and to revoke the key of an agency's program."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms

from reachable.foundation.fields import DayField, Hinted
from reachable.foundation.time import today
from reachable.intake.table_sets import everything_sent

EVERY = "every"
A_YEAR = timedelta(days=365)


class IssueForm(forms.Form):
    """Whose program it is, what it may send, and until when."""

    agency = forms.TypedChoiceField(
        label="Which agency sends?",
        coerce=UUID,
        error_messages={"required": "Choose the agency"},
    )
    name = forms.CharField(
        label="What is the program called?",
        help_text="So that you know later which one it is, for example: nightly custody export.",
        max_length=80,
    )
    feeds = forms.MultipleChoiceField(
        label="What may it send?",
        widget=forms.CheckboxSelectMultiple,
        help_text="Only what it needs: a key that is lost opens no more than this.",
        error_messages={"required": "Choose at least one feed"},
    )
    last_day = DayField(label="On which day does it stop?", help_text="Within two years.")

    def __init__(self, *args: Any, agencies: Sequence[tuple[UUID, str]], **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"last_day": today() + A_YEAR})
        super().__init__(*args, **kwargs)
        offered: list[tuple[str, Any]] = [
            (EVERY, Hinted("Every feed", "Also those that are added later."))
        ]
        offered += [(feed.key, feed.title) for feed in everything_sent().values()]
        for name, choices in (
            ("agency", [("", "Choose"), *((str(key), title) for key, title in agencies)]),
            ("feeds", offered),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices

    def answers(self) -> dict[str, Any]:
        """Return what the service takes; every feed is said by naming none."""
        given = self.cleaned_data
        chosen = given["feeds"]
        return {
            "agency_id": given["agency"],
            "name": given["name"],
            "feeds": [] if EVERY in chosen else chosen,
            "last_day": given["last_day"],
        }


class RevokeForm(forms.Form):
    """Why a key ends before its day."""

    reason = forms.CharField(
        label="Why is it revoked?",
        help_text="For example: its secret was seen by somebody else, or the program is gone.",
        max_length=300,
    )
