"""Which translation of what a child is told is shown to a child, and what one may hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from reachable.practice.items import ChildWords

State = Literal["checked", "not_checked", "out_of_date"]
MOST_SAY, MOST_LINE, MOST_LINES = 600, 160, 8


@dataclass(frozen=True)
class Translated:
    """What was entered of one sentence in one language."""

    say: str
    easy: tuple[str, ...]


@dataclass(frozen=True)
class Shown:
    """A sentence as a child sees it. `language` is the one that it is in: English where it is not
    there in the one that was asked for."""

    key: str
    picture: str
    shows: str
    say: str
    easy: tuple[str, ...]
    language: str


def state_of(*, of_digest: str, words_digest: str, is_checked: bool) -> State:
    """Say how a translation stands: words that changed since count more than who checked it."""
    if of_digest != words_digest:
        return "out_of_date"
    return "checked" if is_checked else "not_checked"


def lines_of(text: str) -> tuple[str, ...]:
    """Return the lines of a text in which something stands, each without blanks around it."""
    return tuple(line for each in text.splitlines() if (line := " ".join(each.split())))


def wrong_with(say: str, easy: Sequence[str]) -> tuple[str, ...]:
    """Return sentences for what is wrong with a translation."""
    found = []
    if not say.strip() or not easy:
        found.append("A translation has a sentence to say, and lines to read.")
    if len(say) > MOST_SAY:
        found.append(f"The sentence has {len(say)} letters; {MOST_SAY} is the most.")
    if len(easy) > MOST_LINES:
        found.append(f"It has {len(easy)} lines; {MOST_LINES} is the most.")
    found += [
        f"Line {number} has {len(line)} letters; {MOST_LINE} is the most."
        for number, line in enumerate(easy, 1)
        if len(line) > MOST_LINE
    ]
    return tuple(found)


def for_child(words: Iterable[ChildWords], told: Iterable[str]) -> tuple[ChildWords, ...]:
    """Return what is said to every child, and who reads it only of those who were named."""
    named = frozenset(told)
    return tuple(each for each in words if not each.told or each.told in named)


def shown_in(
    words: Iterable[ChildWords], translated: Mapping[str, Translated], language: str, english: str
) -> tuple[Shown, ...]:
    """Return each sentence in a language; in English where it is not there."""
    return tuple(
        Shown(
            key=each.key,
            picture=each.picture,
            shows=each.shows,
            say=found.say if found else each.say,
            easy=found.easy if found else each.easy,
            language=language if found else english,
        )
        for each in words
        for found in [translated.get(each.key)]
    )
