"""What people choose and type when they send a file or correct a row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from reachable.intake.rules.headings import BEYOND
from reachable.intake.rules.words import clean
from reachable.intake.table_sets import Container, TableSet


class _Line(forms.CharField):
    """One line of text, cleaned of what cannot be seen."""

    def to_python(self, value: Any) -> str:
        return clean(super().to_python(value) or "")


OWN_HEADINGS = "Excel (.xlsx), CSV or JSON lines, up to 300 MB, with whatever headings it has."


class UploadForm(forms.Form):
    """A file, as it was exported."""

    file = forms.FileField(
        label="Choose the file",
        help_text="CSV, Excel (.xlsx), OpenDocument (.ods), JSON lines, XML, or a zip file with "
        "one of these; up to 300 MB, with headings as in the sample.",
        allow_empty_file=True,
        error_messages={"required": "Choose a file first"},
    )
    history = forms.BooleanField(
        label="These are past events, only to build up the record: nobody is told",
        required=False,
    )

    def __init__(self, *args: Any, own_headings: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if own_headings:
            self.fields["file"].help_text = OWN_HEADINGS


class SetForm(forms.Form):
    """A set of tables: is it everything, or only what changed?"""

    file = forms.FileField(
        label="Choose the file",
        allow_empty_file=True,
        error_messages={"required": "Choose a file first"},
    )
    holds = forms.ChoiceField(
        label="What does it hold?",
        help_text="Rows that came before and are not in a file that holds everything were removed "
        "where they come from. They are withdrawn here.",
        choices=[
            ("everything", "Everything that you hold"),
            ("changes", "Only children for whom something changed"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Say what the file holds"},
    )
    history = forms.BooleanField(
        label="These are past events, only to build up the record: nobody is told",
        required=False,
    )

    def __init__(self, *args: Any, of: TableSet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_zip = of.container is Container.ZIP
        self.fields["file"].help_text = (
            "A zip file with its tables, up to 300 MB."
            if is_zip
            else "The XML file, up to 300 MB; or a zip file with it."
        )
        if not of.reaches_back_years:
            del self.fields["holds"]


class CorrectForm(forms.Form):
    """The cells of a refused row, by the sender's headings; those with a problem come first.

    What was said of a row when it came gives way to what is said of it now.
    """

    def __init__(
        self,
        *args: Any,
        cells: Sequence[tuple[str, str]],
        told: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        """`told` are (heading or nothing, what is said of that cell)."""
        super().__init__(*args, **kwargs)
        self.headings: dict[str, str] = {}
        self.of_row = [] if self.is_bound else [said for heading, said in told if not heading]
        for place, (heading, text) in enumerate(cells):
            name = f"cell-{place}"
            self.headings[name] = heading
            self.fields[name] = _Line(
                label=_label(heading, place),
                initial=text,
                required=False,
                max_length=20_000,
                help_text=" ".join(sentence for each, sentence in told if each and each == heading),
            )

    @property
    def wrong(self) -> list[BoundField]:
        """The cells that something is or was said of."""
        if self.in_pieces:
            return list(self)
        return [field for field in self if field.help_text or field.errors]

    @property
    def others(self) -> list[BoundField]:
        if self.in_pieces:
            return []
        return [field for field in self if not field.help_text and not field.errors]

    @property
    def in_pieces(self) -> bool:
        """Whether there are more cells than headings, so that each stands in the wrong place."""
        return any(heading.startswith(BEYOND) and text for heading, text in self.now())

    def now(self) -> list[tuple[str, str]]:
        """Return the cells in their order as they stand in the form."""
        return [
            (heading, clean(str(self[name].value() or "")))
            for name, heading in self.headings.items()
        ]

    def cells(self) -> dict[str, str]:
        """Return what was sent back, by heading; a cell that was not sent back stays as it was."""
        return {
            heading: self.cleaned_data[name]
            for name, heading in self.headings.items()
            if name in self.data
        }

    def refuse(self, heading: str, sentence: str) -> None:
        """Put a problem to its cell, or above the form where it belongs to none."""
        named = next((name for name, each in self.headings.items() if each == heading), None)
        self.add_error(named, sentence)


def _label(heading: str, place: int) -> str:
    if not heading:
        return f"Column {place + 1}, without a heading"
    return heading[:1].upper() + heading[1:]


class JoinForm(forms.Form):
    """Which cell of a row was cut in two by a separator inside it."""

    cell = forms.TypedChoiceField(
        label="Which cell was cut in two?",
        coerce=int,
        error_messages={"required": "Choose the cell that was cut in two"},
    )

    def __init__(self, *args: Any, cells: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cells = cells
        choices = [("", "Choose")]
        for place in range(len(cells) - 1):
            said = self._together(place)
            choices.append((str(place), f"{_label(cells[place][0], place)}: {said[:80]}"))
        field = self.fields["cell"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = choices

    def _together(self, place: int) -> str:
        return ", ".join(text for _, text in self.cells[place : place + 2] if text)

    def joined(self) -> list[tuple[str, str]]:
        """Return the cells with two of them put together, and the later ones moved up."""
        place: int = self.cleaned_data["cell"]
        texts = [text for _, text in self.cells]
        texts = [*texts[:place], self._together(place), *texts[place + 2 :], ""]
        return [(heading, text) for (heading, _), text in zip(self.cells, texts, strict=True)]


class SetAsideForm(forms.Form):
    """Why a refused row is left out for good."""

    reason = _Line(
        label="Why is it left out?",
        help_text="For example: a test entry, or an adult.",
        max_length=300,
    )
