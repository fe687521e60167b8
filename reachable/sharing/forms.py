"""What somebody answers when they share something, or decide not to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms

from reachable.foundation.fields import DayField, Hinted
from reachable.foundation.time import today
from reachable.moments.forms import note_box, offer_choices
from reachable.practice.items import SharingBasis
from reachable.sharing.pieces import Piece
from reachable.sharing.rules.pieces import PieceKey, read_key
from reachable.sharing.safe import MOST, OF
from reachable.sharing.services import Reasons, Recipient
from reachable.sharing.words import EASE, FORMATS, TOLD, WAYS

WORKER, OUTSIDE = "worker", "outside"
TO = ("to_user", "to_name", "to_organisation", "to_address")
USUAL = timedelta(days=28)
Workers = Iterable[tuple[UUID, str, str]]


class ChooseForm(forms.Form):
    """Which pieces go to what kind of recipient: identifiers only, so that it may be an address."""

    way = forms.ChoiceField(
        label="With whom?",
        choices=[
            (WORKER, Hinted("Somebody who has an account here", "They read it here, as it stands")),
            (
                OUTSIDE,
                Hinted("Somebody outside", "They get a document; a second person agrees first"),
            ),
        ],
        widget=forms.RadioSelect,
    )
    piece = forms.MultipleChoiceField(
        label="Which pieces?",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one piece"},
    )
    request = forms.UUIDField(required=False, widget=forms.HiddenInput)
    instead_of = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, pieces: Iterable[Piece], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(each.key), Hinted(each.title, each.text)) for each in pieces]
        offer_choices(self, "piece", choices)

    def keys(self) -> list[PieceKey]:
        return [key for key in map(read_key, self.cleaned_data["piece"]) if key is not None]


class RecipientForm(forms.Form):
    """With whom: a colleague, or a named person outside."""

    to_user = forms.TypedChoiceField(
        label="With whom?", coerce=UUID, empty_value=None, required=False, widget=forms.Select
    )
    to_name = forms.CharField(
        label="Name and role", max_length=120, required=False, help_text="A person, not an office."
    )
    to_organisation = forms.CharField(label="Organisation", max_length=120, required=False)
    to_address = forms.CharField(label="Address, or secure e-mail", max_length=200, required=False)

    def __init__(self, *args: Any, workers: Workers, fixed: bool = False, **kwargs: Any) -> None:
        """`fixed` says that the recipient is known already, from what was asked for."""
        super().__init__(*args, **kwargs)
        choices = [(str(user), f"{name}, {agency}") for user, name, agency in workers]
        offer_choices(self, "to_user", [("", "Choose somebody"), *choices])
        if fixed:
            self.leave_out(TO)

    def leave_out(self, names: Iterable[str]) -> None:
        for name in names:
            del self.fields[name]

    def need(self, *names: str) -> None:
        for name in names:
            self.fields[name].required = True

    def recipient(self) -> Recipient:
        given = self.cleaned_data
        return Recipient(
            user_id=given.get("to_user"),
            name=given.get("to_name", ""),
            organisation=given.get("to_organisation", ""),
            address=given.get("to_address", ""),
        )


class AskedForm(RecipientForm):
    """Who asked for what."""

    what = note_box("What do they ask for?", "As exactly as they said it.", required=True)
    purpose = note_box("What do they want it for?", "", required=True)
    asked_on = DayField(label="When did they ask?", required=False, help_text="Empty for today.")
    due_on = DayField(label="By when do they need an answer?", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to_user"].label = "Who asks, if they have an account"
        self.fields["to_name"].label = "Or their name and role"


class ReasonsForm(RecipientForm):
    """What is weighed of every decision."""

    purpose = note_box("What is it for?", "", required=True)
    told = forms.ChoiceField(
        label="Who was told that this is shared, or asked for?",
        choices=TOLD,
        widget=forms.RadioSelect,
    )
    told_note = note_box(
        "What were they told, or why not?",
        "If telling them would endanger somebody, say so. " + EASE,
        required=True,
    )
    engaged = note_box(
        "What do the child and the family say to it?",
        "How you asked them, and what they want. “Not asked, because …” is an answer.",
        required=True,
    )
    harm_if_shared = note_box(
        "What harm could come to the child if it is shared?",
        "“None that we see” too.",
        required=True,
    )
    harm_if_not = note_box("And if it is not shared?", "", required=True)

    def reasons(self, bases: Sequence[str] = ()) -> Reasons:
        given = self.cleaned_data
        return Reasons(
            purpose=given["purpose"],
            told=given["told"],
            told_note=given["told_note"],
            engaged=given["engaged"],
            harm_if_shared=given["harm_if_shared"],
            harm_if_not=given["harm_if_not"],
            bases=bases,
        )


class ShareForm(ReasonsForm):
    """Everything about a decision to share; each piece has a field of its own for why."""

    bases = forms.MultipleChoiceField(
        label="What does it rest on?",
        help_text="At least one basis. Health, offences and other special information need a "
        "condition as well. A power says where the law lets bodies share.",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one lawful basis"},
    )
    proportion = note_box(
        "Why this much, and not less?", "Would a part of it, or no names, do?", required=True
    )
    until = DayField(
        label="Until when?", help_text="The last day. What is needed longer is decided again."
    )
    conditions = note_box(
        "On which conditions?",
        "Whom they may tell, and what they must not do with it. The recipient reads this.",
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        way: str,
        chosen: Collection[Piece],
        offered: Iterable[SharingBasis],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        names = {each.key: why_field(place) for place, each in enumerate(chosen)}
        self.whys = [(each, names[each.key]) for each in chosen]
        for each, name in self.whys:
            self.fields[name] = forms.CharField(
                label=f"Why do they need this: {each.title}?", max_length=1000
            )
            if each.has_conditions:
                self.fields[met_field(name)] = note_box(
                    f"How are the conditions met: {each.title}?",
                    each.conditions
                    or "None are written down: ask the force, and say what it said.",
                    required=True,
                )
        offer_choices(self, "bases", [(each.key, _hinted(each)) for each in offered])
        self.fields["purpose"].help_text = "The recipient reads this."
        self.fields["until"].initial = today() + USUAL
        if "to_user" not in self.fields:
            return
        if way == WORKER:
            self.leave_out(TO[1:])
            self.need("to_user")
        else:
            self.leave_out(TO[:1])
            self.need(*TO[1:])
        if way == OUTSIDE:
            self.need("conditions")

    def pieces(self) -> dict[PieceKey, str]:
        return {each.key: self.cleaned_data[name] for each, name in self.whys}

    def met(self) -> dict[PieceKey, str]:
        """Return how the conditions are met, of pieces that have some."""
        held = ((each.key, met_field(name)) for each, name in self.whys)
        return {key: self.cleaned_data[name] for key, name in held if name in self.fields}


def why_field(place: int) -> str:
    return f"why-{place}"


def met_field(why: str) -> str:
    return why.replace("why", "met")


def _hinted(basis: SharingBasis) -> Hinted:
    unknown = f" {basis.unknown}" if basis.unknown else f" {basis.certainty.words}."
    return Hinted(f"{basis.title} ({basis.part.value})", f"{basis.detail}{unknown}")


class RefuseForm(ReasonsForm):
    reason = note_box("Why is it not shared?", "They may be told this.", required=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["purpose"].label = "What was it wanted for?"
        self.order_fields([*TO, "purpose", "reason"])


class EndForm(forms.Form):
    reason = note_box("Why does it end?", "It is kept with the decision.", required=True)


class AgreeForm(forms.Form):
    answer = forms.ChoiceField(
        label="Do you agree?",
        choices=[("yes", "Yes, it may be shared as it stands above"), ("no", "No")],
        widget=forms.RadioSelect,
    )
    note = note_box("Why?", "Needed if you do not agree.", required=False)


class DocumentForm(forms.Form):
    how = forms.ChoiceField(choices=list(FORMATS.items()), widget=forms.HiddenInput)


class HandedForm(forms.Form):
    how = forms.ChoiceField(label="How was it handed over?", choices=WAYS, widget=forms.RadioSelect)
    note = note_box("To whom, and when?", "", required=False)


class ReadersForm(forms.Form):
    """Which colleagues read a safe address, beside whoever says so."""

    readers = forms.TypedMultipleChoiceField(
        label="Who else reads it?",
        coerce=UUID,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="As few as can be. Each has to work with the child, and each look is noted.",
    )

    def __init__(self, *args: Any, readers: Iterable[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_choices(self, "readers", [(str(user), name) for user, name in readers])


class SafeAddressForm(ReadersForm):
    of = forms.ChoiceField(label="Who is safe there?", choices=OF, widget=forms.RadioSelect)
    address = forms.CharField(
        label="The address",
        max_length=MOST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="It is encrypted. It stands in no list, search, document or decision to share.",
    )
    field_order = ("of", "address", "readers")


class SwitchForm(forms.Form):
    on = forms.ChoiceField(
        label="May decisions here rest on this duty?",
        choices=[("yes", "Yes, it is offered"), ("no", "No, it is not offered")],
        widget=forms.RadioSelect,
    )
    reason = note_box("On whose advice, and of when?", "It is kept with your name.", required=True)
