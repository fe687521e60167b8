"""Entering what a child is told in a further language, and choosing what is shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from reachable.conversations.rules.languages import Language
from reachable.conversations.rules.parts import TOLD
from reachable.conversations.rules.translations import MOST_LINE, MOST_LINES, MOST_SAY

WHO = next(field.options for field in TOLD.fields if field.key == "who")


class TranslationForm(forms.Form):
    """A sentence in a language: to say, and in short lines. `seen` is what stood there before."""

    seen = forms.UUIDField(required=False, widget=forms.HiddenInput)
    say = forms.CharField(
        label="The sentence to say",
        help_text="As one would say it to a child of eleven.",
        max_length=MOST_SAY,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    easy = forms.CharField(
        label="In easy read",
        help_text="Short words, one idea a line.",
        max_length=(MOST_LINE + 2) * MOST_LINES,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, *args: Any, language: Language, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("say", "easy"):
            self.fields[name].widget.attrs |= {"lang": language.key, "dir": language.direction}


class CheckForm(forms.Form):
    """Who made sure that a translation is right."""

    translation = forms.UUIDField(widget=forms.HiddenInput)
    checked_by = forms.CharField(
        label="Who checked it?",
        help_text="A name or a service that can be asked again, and not whoever translated it.",
        max_length=120,
    )


class ShowForm(forms.Form):
    """Whom the child is told about, and in which language."""

    who = forms.MultipleChoiceField(
        label="Who will read it?",
        required=False,
        choices=WHO,
        widget=forms.CheckboxSelectMultiple,
    )
    language = forms.ChoiceField(label="In which language?", required=False)

    def __init__(self, *args: Any, languages: Iterable[Language], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = self.fields["language"]
        assert isinstance(language, forms.ChoiceField)
        language.choices = [
            (each.key, each.name if each.own == each.name else f"{each.name}: {each.own}")
            for each in languages
        ]
