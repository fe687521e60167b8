"""What follows from a conversation: tasks that it proposes, what others need to know, and words of
the child's that go no further."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from reachable.conversations.rules.content import Content, answer
from reachable.conversations.rules.parts import (
    ACCEPTED,
    ASKED_AGAIN,
    BY_KEY,
    DECLINED,
    INSTEAD,
    INVITATION,
    NEXT,
    NOT_NOW,
    OFFERED,
    OTHERS,
    ROWS,
    TALKED,
)

RUN, LEAST = 6, 3
"""How many of the child's words in a row are a repetition: six, or all of something shorter that
has three or more."""
ALWAYS = ("goes_on", "helped", "again")
FITTING: Mapping[str, tuple[str, ...]] = {
    TALKED: ("talked", *ALWAYS),
    ACCEPTED: ("meet", *ALWAYS),
    NOT_NOW: ("not_now", *ALWAYS),
    DECLINED: ("not_now", *ALWAYS),
    OFFERED: ("offered", *ALWAYS),
}
"""Answer → the prepared sentences that are true of it."""


@dataclass(frozen=True)
class Proposal:
    """A task that a conversation proposes. `key` stays the same while what it rests on does."""

    key: str
    about: str
    text: str
    for_whom: str
    by: date | None


@dataclass(frozen=True)
class Needed:
    """Something that others need to know. What is worded anew is something else to pass on."""

    key: str
    who: str
    what: str


def proposals(contents: Iterable[Content]) -> tuple[Proposal, ...]:
    """Return the tasks that follow from the versions that stand, each once."""
    found: dict[str, Proposal] = {}
    for content in contents:
        for proposal in _proposals(content):
            found.setdefault(proposal.key, proposal)
    return tuple(found.values())


def _proposals(content: Content) -> Iterator[Proposal]:
    for row in content.get(INSTEAD.key, {}).get("things", ()):
        given, instead, whom = (row.get(key, "") for key in ("given", "instead", "by_whom"))
        if instead or given:
            text = f"{instead} instead of “{given}”" if instead and given else instead
            text = text or f"Find what could stand in for this: {given}"
            text = f"{text}, from {whom}" if whom else text
            yield Proposal(_key("instead", row), INSTEAD.title, text, "", _day(row.get("by_when")))
    again = content.get(NEXT.key, {})
    if again.get("day") or again.get("when") or again.get("who"):
        when = f": {again['when']}" if again.get("when") else ""
        yield Proposal(
            _key("next", again),
            NEXT.title,
            f"Meet the child again{when}",
            again.get("who", ""),
            _day(again.get("day")),
        )
    said = content.get(INVITATION.key, {})
    if answer(content) in ASKED_AGAIN:
        asked = {key: said[key] for key in ("again_on", "again_by", "again_how") if key in said}
        how = f" Differently: {said['again_how']}" if said.get("again_how") else ""
        yield Proposal(
            _key("again", asked),
            "The child said no for now",
            f"Ask the child again whether they want to talk.{how}",
            said.get("again_by", ""),
            _day(said.get("again_on")),
        )


def needed(contents: Iterable[Content]) -> tuple[Needed, ...]:
    """Return what others need to know, of the versions that stand, each once."""
    found: dict[str, Needed] = {}
    for content in contents:
        for row in content.get(OTHERS.key, {}).get("things", ()):
            key = _key("others", row)
            found.setdefault(key, Needed(key, row.get("who", ""), row.get("what", "")))
    return tuple(found.values())


def fitting(contents: Iterable[Content]) -> tuple[str, ...]:
    """Return the prepared sentences that are true of every version that stands and says what the
    child answered; none where no version does."""
    answers = [said for content in contents if (said := answer(content))]
    first = FITTING[answers[0]] if answers else ()
    return tuple(key for key in first if all(key in FITTING[each] for each in answers))


def repeated(text: str, contents: Iterable[Content]) -> tuple[str, ...]:
    """Return the runs of words in a text that repeat what only those read whom the child was told
    about: as they stand in the text, the longest of each."""
    words = list(_WORD.finditer(text))
    heard = [_plain(word.group()) for word in words]
    marked = [False] * len(words)
    for said in _kept_words(contents):
        run = min(RUN, len(said))
        if run < LEAST:
            continue
        runs = {tuple(said[at : at + run]) for at in range(len(said) - run + 1)}
        for at in range(len(heard) - run + 1):
            if tuple(heard[at : at + run]) in runs:
                marked[at : at + run] = [True] * run
    return tuple(dict.fromkeys(_marked(text, words, marked)))


_WORD = re.compile(r"\w+(?:['’]\w+)*")


def _plain(word: str) -> str:
    """Nobody types an apostrophe twice in the same way."""
    return word.casefold().replace("'", "").replace("’", "")


def _marked(text: str, words: list[re.Match[str]], marked: list[bool]) -> Iterator[str]:
    begun: int | None = None
    for at, word in enumerate(words):
        if marked[at] and begun is None:
            begun = word.start()
        if begun is not None and (at + 1 == len(words) or not marked[at + 1]):
            yield " ".join(text[begun : word.end()].split())
            begun = None


def _kept_words(contents: Iterable[Content]) -> Iterator[list[str]]:
    for content in contents:
        for key, given in content.items():
            if BY_KEY[key].audience:
                for field in BY_KEY[key].fields:
                    if field.kind != ROWS and (said := given.get(field.key)):
                        yield [_plain(word.group()) for word in _WORD.finditer(str(said))]


def _key(part: str, row: Mapping[str, Any]) -> str:
    held = json.dumps(dict(row), sort_keys=True, ensure_ascii=False)
    return f"{part}-{hashlib.sha256(held.encode()).hexdigest()[:16]}"


def _day(said: Any) -> date | None:
    return date.fromisoformat(said) if said else None
