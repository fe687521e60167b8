"""What can be said once of rows that share a fault."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from reachable.foundation.fields import Hinted
from reachable.intake.faults import FaultFacts
from reachable.intake.rules.together import (
    ORDERS,
    Answer,
    Kind,
    answered_text,
    offered,
)
from reachable.intake.rules.words import clean
from reachable.intake.specification import Feed
from reachable.intake.together_wording import say_value

LEAVE_OUT = "leave_out"
NO_REFERENCE = "The rows are then taken, but a later correction cannot be told from a new row."


class TogetherForm(forms.Form):
    """One answer for all rows of a fault; leaving them out takes a reason."""

    answer = forms.ChoiceField(
        label="What is true of all of them?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what is true of all of these rows"},
    )
    reason = forms.CharField(
        label="Why (if they are left out)",
        help_text="For example: test entries, or adults.",
        max_length=300,
        required=False,
    )

    def __init__(
        self, *args: Any, feed: Feed, facts: FaultFacts, joined: Mapping[str, str], **kwargs: Any
    ) -> None:
        """`joined` are cells that may have been cut: heading, and the first put together."""
        super().__init__(*args, **kwargs)
        field = self.fields["answer"]
        assert isinstance(field, forms.ChoiceField)
        self.facts = facts
        choices = [
            choice
            for kind in offered(feed, facts.fault)
            for choice in _choices(feed, facts, kind, joined)
        ]
        field.choices = [*choices, (LEAVE_OUT, "Leave these rows out for good")]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        given["reason"] = clean(given.get("reason") or "")
        if given.get("answer") == LEAVE_OUT and not given["reason"]:
            self.add_error("reason", "Say in a few words why these rows are left out")
        return given

    def said(self) -> Answer:
        kind, _, value = self.cleaned_data["answer"].partition(":")
        return Answer(Kind(kind), self.facts.fault, value)


def _choices(
    feed: Feed, facts: FaultFacts, kind: Kind, joined: Mapping[str, str]
) -> list[tuple[str, str | Hinted]]:
    fault = facts.fault
    column = feed.column(fault.column) if fault.column else None
    if kind is Kind.ORDER:
        return [
            (f"{kind}:{order}", Hinted(f"The column is written {order.replace('-', ', ')}", hint))
            for order in ORDERS
            if order != feed.date_order
            and (hint := _read_so(feed, facts, Answer(kind, fault, order)))
        ]
    if kind is Kind.JOIN:
        return [
            (
                f"{kind}:{heading}",
                Hinted(f"“{heading}” was cut in pieces", f"“{whole[:80]}” is one."),
            )
            for heading, whole in joined.items()
        ]
    assert column is not None
    if kind is Kind.CODE:
        return [(f"{kind}:{code}", f"It means “{said[0]}”") for code, said in column.codes.items()]
    if kind is Kind.FILL:
        return [
            (f"{kind}:{code}", f"It is “{said[0]}” in all of them")
            for code, said in column.codes.items()
        ]
    if kind is Kind.SERIAL:
        hint = _read_so(feed, facts, Answer(kind, fault))
        return [(kind, Hinted("They are days as Excel counts them", hint))] if hint else []
    if kind is Kind.SHORTEN:
        return [(kind, f"Take the first {column.longest} characters of each, and no more")]
    hint = NO_REFERENCE if fault.column == feed.source_key else "The rows are taken without it."
    return [(kind, Hinted("It is not known: leave it empty", hint))]


def _read_so(feed: Feed, facts: FaultFacts, answer: Answer) -> str:
    """Say how the first cell that an answer can read is read by it; nothing where there is none."""
    name = facts.fault.column
    for text in facts.texts:
        said = answered_text(feed.column(name), text, answer)
        if said:
            return f"“{text[:60]}” is then {say_value(feed, name, said[:10])}."
    return ""
