"""What an event's details are called on a page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from reachable.chronology.registries import detail_words
from reachable.foundation import words
from reachable.practice import guidance

_LABELS = {
    "said": "What was said",
    "reach": "How to reach them",
    "sent_by": "Sent by",
    "offence_group": "Given reason for the arrest",
    "officer_contact": "Officer to ring",
    "arrest_place": "Where it happened",
    "missing_from": "Missing from",
    "found_place": "Found at",
    "placement": "Lives in",
    "station": "Station",
    "attendance": "Came",
    "source_grade": "How police grade the source",
    "information_grade": "How police grade the information",
    "handling_code": "Who may have it, as police say",
    "handling_conditions": "Conditions of whoever graded it",
    "intelligence_reference": "Reference of the force",
    "level_of_concern": "Level of concern, in the panel’s words",
    "level_date": "That level since",
    "level_by": "Level given by",
}
_VALUES = {
    "arrest": "by arrest",
    "voluntary_attendance": "for a voluntary interview",
    "home": "the family’s home",
    "children_home": "a children’s home",
    "foster": "a foster home",
    "other": "another place",
}
_DAY = re.compile(r"[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9])")
_CODED = {"attendance", "placement"}
# What a feed always says; only the exception tells anything.
_USUAL = {("record_status", "live")}


def in_words(details: Mapping[str, Any], place: str = "") -> list[tuple[str, str]]:
    """Return label and words, without what the title or every record says already.

    A label that nobody has named yet is made from its key.
    """
    return [
        (_label(key), _VALUES.get(value, value) if key in _CODED else _value(key, str(value)))
        for key, value in sorted(details.items(), key=lambda pair: _place(pair[0]))
        if value and value != place and (key, value) not in _USUAL
    ]


def _value(key: str, value: str) -> str:
    if _DAY.fullmatch(value):
        return words.day(date.fromisoformat(value))
    if graded := guidance.graded(key, value):
        return graded
    said = (say(key, value) for say in detail_words.items())
    return next(filter(None, said), value)


def _place(key: str) -> tuple[int, str]:
    """What was said comes first, whatever order a database keeps keys in."""
    named = list(_LABELS)
    return (named.index(key) if key in named else len(named), key)


def _label(key: str) -> str:
    words = key.replace("_", " ")
    return _LABELS.get(key, words[:1].upper() + words[1:])
