"""What people choose when they say which column of their file is which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from reachable.foundation.fields import Hinted
from reachable.foundation.files.rows import Cell
from reachable.intake.rules.guessing import choices, likely_code, unknown_words
from reachable.intake.rules.mapping import BY_CHILD, BY_NUMBER, NAMES, WHOLE_NAME, ColumnMapping
from reachable.intake.rules.names import FAMILY_FIRST, GIVEN_FIRST
from reachable.intake.rules.words import as_text, clean, word_key
from reachable.intake.specification import Column, Feed

LEAVE_OUT = "-"
NEVER_READ = "Not needed: never read"
SHOWN = 3
"""First values of a column that are shown."""


@dataclass(frozen=True)
class AskedColumn:
    """One heading of the sender's, some of what stands below it, and the choice."""

    heading: str
    values: tuple[str, ...]
    field: BoundField


class ColumnsForm(forms.Form):
    """A choice for each heading, and how what stands below is written."""

    name_order = forms.ChoiceField(
        label="A whole name without a comma",
        choices=[
            (GIVEN_FIRST, "Given names first: Jane Smith"),
            (FAMILY_FIRST, "Family name first: Smith Jane"),
        ],
        widget=forms.RadioSelect,
    )
    date_order = forms.ChoiceField(
        label="A date of three numbers",
        choices=[
            ("day-month-year", "Day first: 31/12/2026"),
            ("month-day-year", "Month first: 12/31/2026"),
        ],
        widget=forms.RadioSelect,
    )
    told_by = forms.ChoiceField(
        label="What tells one row from another?",
        choices=[
            (
                BY_NUMBER,
                Hinted(
                    "Your own number, in the column chosen above",
                    "Only if it stays with the child for good. Numbers that count the rows do not.",
                ),
            ),
            (
                BY_CHILD,
                Hinted(
                    "The child, and since when",
                    "The child’s number or name and birth date, with the date that each row needs.",
                ),
            ),
        ],
        widget=forms.RadioSelect,
    )
    left_out_rows = forms.CharField(
        label="Leave out rows that begin with",
        help_text="Totals at the foot, for example: Total. Put a comma between several.",
        required=False,
        max_length=200,
    )

    def __init__(
        self,
        *args: Any,
        feed: Feed,
        mapping: ColumnMapping,
        values: Mapping[str, Sequence[Cell]],
        sheets: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        """`mapping` is what is offered; `sheets` are those that have its headings."""
        super().__init__(*args, **kwargs)
        self.feed, self.mapping, self.values = feed, mapping, values
        self.initial.update(
            name_order=mapping.name_order,
            date_order=mapping.date_order,
            told_by=mapping.told_by,
            left_out_rows=", ".join(mapping.left_out_rows),
        )
        self.headings = {
            f"column-{place}": heading for place, heading in enumerate(mapping.headings) if heading
        }
        offered = dict(mapping.columns)
        for name, heading in self.headings.items():
            self.fields[name] = forms.ChoiceField(
                label=f"What “{heading}” holds",
                choices=self._columns(),
                required=False,
                initial=offered.get(heading, ""),
            )
        self.sheets = sheets
        if len(sheets) > 1:
            self._ask_for_sheets(sheets)
        self.words: dict[str, tuple[str, str]] = {}
        for column, heading in self._chosen():
            self._ask_for_words(column, heading)

    def _columns(self) -> list[tuple[str, str]]:
        known = [(column.name, _called(column)) for column in self.feed.columns]
        return [("", NEVER_READ), (WHOLE_NAME, "Whole name, in one column"), *known]

    def _ask_for_sheets(self, sheets: Sequence[str]) -> None:
        self.fields["sheets"] = forms.MultipleChoiceField(
            label="Which worksheets are read?",
            help_text="These have the same headings.",
            choices=[(name, name) for name in sheets],
            widget=forms.CheckboxSelectMultiple,
            initial=[name for name in sheets if name not in self.mapping.left_out_sheets],
            error_messages={"required": "Choose at least one worksheet"},
        )

    def _chosen(self) -> list[tuple[Column, str]]:
        """Return our column and the sender's heading, as they are chosen in the form now."""
        by_name = {column.name: column for column in self.feed.columns}
        chosen = ((self[name].value(), heading) for name, heading in self.headings.items())
        return [(by_name[name], heading) for name, heading in chosen if name in by_name]

    def _ask_for_words(self, column: Column, heading: str) -> None:
        said = {
            word_key(word): (word, code)
            for name, word, code in self.mapping.words
            if name == column.name
        }
        found = {
            word_key(word): (word, likely_code(column, word))
            for word in unknown_words(column, self.values.get(heading, ()))
        }
        for key, (word, code) in {**found, **said}.items():
            name = f"word-{column.name}-{_short(word)}"
            self.words[name] = column.name, word
            self.fields[name] = forms.ChoiceField(
                label=f"“{word}” in “{heading}”",
                choices=[("", "Choose"), *choices(column).items(), (LEAVE_OUT, "Leave it out")],
                initial=code or (LEAVE_OUT if key in said else ""),
                error_messages={"required": f"Say what “{word}” in “{heading}” stands for"},
            )

    @property
    def asked(self) -> list[AskedColumn]:
        return [
            AskedColumn(heading, _first(self.values.get(heading, ())), self[name])
            for name, heading in self.headings.items()
        ]

    @property
    def asked_words(self) -> list[BoundField]:
        return [self[name] for name in self.words]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        seen: dict[str, str] = {}
        for name, heading in self.headings.items():
            column = given.get(name, "")
            if column in seen:
                said = dict(self._columns())[column]
                self.add_error(name, f"“{seen[column]}” is “{said}” already: choose one of the two")
            elif column:
                seen[column] = heading
        if WHOLE_NAME in seen and set(NAMES) & seen.keys():
            self.add_error(None, "Choose the whole name, or the two names in two columns: not both")
        self._check_needed(seen.keys() | (set(NAMES) if WHOLE_NAME in seen else set()))
        if given.get("told_by") == BY_NUMBER and self.feed.source_key not in seen:
            called = self.feed.column(self.feed.source_key).heading
            self.add_error(
                "told_by", f"Choose above which column is “{called}”, or the child and since when"
            )
        return given

    def _check_needed(self, chosen: set[str]) -> None:
        for column in self.feed.columns:
            if column.need == "value" and column.name not in chosen:
                self.add_error(
                    None, f"No column is “{column.heading}”, which every row needs. {column.hint}"
                )
        if not chosen.intersection(self.feed.one_of):
            self.add_error(None, "No column holds a name")

    def said(self) -> ColumnMapping:
        """Return the mapping that was chosen."""
        given = self.cleaned_data
        columns = [(heading, given[name]) for name, heading in self.headings.items() if given[name]]
        words = [
            (column, word, "" if given[name] == LEAVE_OUT else given[name])
            for name, (column, word) in self.words.items()
        ]
        left_out = [clean(word) for word in given["left_out_rows"].split(",")]
        return ColumnMapping(
            headings=self.mapping.headings,
            columns=tuple(columns),
            heading_rows=self.mapping.heading_rows,
            name_order=given["name_order"],
            date_order=given["date_order"],
            words=tuple(words),
            left_out_sheets=self._left_out(given),
            left_out_rows=tuple(word for word in left_out if word),
            told_by=given["told_by"],
        )

    def _left_out(self, given: Mapping[str, Any]) -> tuple[str, ...]:
        """Sheets of other files that were left out before stay so."""
        before = [name for name in self.mapping.left_out_sheets if name not in self.sheets]
        if "sheets" not in self.fields:
            return tuple(before)
        return (*before, *(name for name in self.sheets if name not in given["sheets"]))


def _called(column: Column) -> str:
    needed = " (needed in every row)" if column.need == "value" else ""
    return f"{column.heading}{needed}"


def _short(word: str) -> str:
    return blake2b(word_key(word).encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def _first(values: Sequence[Cell]) -> tuple[str, ...]:
    """Return the first different values, short."""
    texts = dict.fromkeys(clean(as_text(value)) for value in values[:50])
    return tuple(text if len(text) <= 60 else f"{text[:60]}…" for text in texts if text)[:SHOWN]
