"""What somebody answers about an offer, or about what nobody could offer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from reachable.foundation.fields import DayField, Hinted
from reachable.moments.forms import ActForm, WhenForm, note_box, offer_choices
from reachable.moments.measuring import CHECKS
from reachable.offers import words
from reachable.provision import taxonomy


def _terms(of: str, none: str) -> list[tuple[str, str]]:
    return [("", none), *((term.key, term.name) for term in taxonomy.taxonomies()[of].terms)]


class NeedForm(forms.Form):
    """In the address, so that what was asked for can be kept, and in which talk it is asked."""

    help = forms.ChoiceField(
        label="Which help does the child want?",
        required=False,
        choices=_terms("help", "Any kind of help"),
    )
    form = forms.ChoiceField(
        label="Form of exploitation, if it is known",
        required=False,
        choices=_terms("form", "Not known"),
    )
    conversation_id = forms.UUIDField(required=False, widget=forms.HiddenInput)


class HiddenNeedForm(NeedForm):
    """The same, carried along by the page on which it was chosen."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget = forms.HiddenInput()


class AskedAgainForm(WhenForm):
    """What a child says to an offer; whoever says not now is asked again."""

    again_on = DayField(
        label="If not now: on which day do you ask again?",
        required=False,
        help_text="As you agreed with the child. Leave empty for four weeks from now.",
    )


class OfferForm(AskedAgainForm):
    answer = forms.ChoiceField(
        label="What did the child say?", choices=words.ANSWERS, widget=forms.RadioSelect
    )
    note = note_box("In the child’s own words, if you can", "", required=False)
    help = forms.ChoiceField(required=False, choices=_terms("help", ""), widget=forms.HiddenInput)
    form = forms.ChoiceField(required=False, choices=_terms("form", ""), widget=forms.HiddenInput)
    conversation_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    field_order = ("answer", "again_on", "note", "day", "at", "help", "form", "conversation_id")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["version"]


class AnswerForm(AskedAgainForm):
    answer = forms.ChoiceField(label="What does the child say now?", widget=forms.RadioSelect)
    note = note_box("In the child’s own words, if you can", "", required=False)
    field_order = ("version", "answer", "again_on", "note", "day", "at")

    def __init__(self, *args: Any, allowed: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(key, said) for key, said in words.ANSWERS if key in allowed]
        offer_choices(self, "answer", choices)

    def answers(self) -> dict[str, Any]:
        given = super().answers()
        kind = given.pop("answer")
        return {**given, "kind": kind}


class SentForm(WhenForm):
    how = forms.ChoiceField(
        label="How was the referral sent?", choices=words.WAYS, widget=forms.RadioSelect
    )
    note = note_box(
        "What was agreed with the child to be said?",
        "To whom it went, and when they answer, if you know.",
        required=False,
    )
    field_order = ("version", "how", "note", "day", "at")


class HeardForm(WhenForm):
    note = note_box("What did the service say?", "", required=False)
    field_order = ("version", "note", "day", "at")


class RefusedForm(WhenForm):
    how = forms.ChoiceField(
        label="Why did the service refuse?", choices=words.REFUSALS, widget=forms.RadioSelect
    )
    note = note_box(
        "What did the service say?",
        "Its words, if you can. Needed with “Something else”.",
        required=False,
    )
    field_order = ("version", "how", "note", "day", "at")


class AttendedForm(WhenForm):
    note = note_box("How did it go, in the child’s words?", "", required=False)
    field_order = ("version", "note", "day", "at")


class StillForm(ActForm):
    after = forms.ChoiceField(label="After how long?", widget=forms.RadioSelect)
    how = forms.ChoiceField(
        label="Does the child still go there?",
        choices=words.STILL_THERE,
        widget=forms.RadioSelect,
        help_text="Each answer helps. That it is not known is an answer too.",
    )
    note = note_box(
        "How do you know, and what has changed?",
        "Needed if the child has stopped: why, and what they want instead.",
        required=False,
    )
    field_order = ("version", "after", "how", "note")

    def __init__(self, *args: Any, checks: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        since = "Since the child first went there"
        offer_choices(self, "after", [(key, Hinted(CHECKS[key], since)) for key in checks])


class EndedForm(WhenForm):
    how = forms.ChoiceField(
        label="Why did it end?", choices=words.ENDINGS, widget=forms.RadioSelect
    )
    note = note_box(
        "What helps the child instead, if anything?",
        "Needed with “Something else”.",
        required=False,
    )
    field_order = ("version", "how", "note", "day", "at")


class GapNoteForm(ActForm):
    note = note_box("", "", required=True)

    def __init__(self, *args: Any, label: str, hint: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].label = label
        self.fields["note"].help_text = hint
