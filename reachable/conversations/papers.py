"""A conversation as a paper, for an agency's own system: what this reader may read, and no more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reachable.conversations.selectors import ConversationFacts, VersionFacts
from reachable.conversations.wording import ANSWERS, SaidField, said
from reachable.foundation.documents.papers import (
    HEADING,
    ITEM,
    LABEL,
    NOTE,
    QUOTE,
    TEXT,
    Block,
    Paper,
)
from reachable.foundation.words import when

KEPT_BACK = "The child’s own words are kept back: they are for whoever the child was told about."
OWN_WORDS = "A child’s own words stand here. They stay with those the child was told about."


def paper_of(facts: ConversationFacts, *, name: str, names: Mapping[str, str], by: str) -> Paper:
    """Return the paper of a conversation; `names` says who a colleague is, `by` who takes it."""
    answer = ANSWERS.get(facts.answer, "Not finished")
    return Paper(
        title=f"{facts.guide.title}: {name}",
        under_title=f"{facts.begun_by}, {when(facts.began_at)}. {answer}.",
        blocks=tuple(_blocks(facts, names)),
        foot=f"Taken from Reachable by {by}. What was written there stands there.",
    )


def _blocks(facts: ConversationFacts, names: Mapping[str, str]) -> Iterator[Block]:
    several = len(facts.versions) > 1
    if several:
        yield Block(NOTE, "Two versions stand beside each other; both are here.")
    for version in facts.versions:
        if several:
            yield Block(HEADING, f"Version of {version.writer}, {when(version.written_at)}")
        yield from _version(version, names)


def _version(version: VersionFacts, names: Mapping[str, str]) -> Iterator[Block]:
    if version.words_kept_back:
        yield Block(NOTE, KEPT_BACK)
    elif {"words", "wishes"} & version.content.keys():
        yield Block(NOTE, OWN_WORDS)
    for part in said(version.content, names):
        yield Block(HEADING, part.title)
        for field in part.fields:
            yield from _field(field)


def _field(field: SaidField) -> Iterator[Block]:
    yield Block(LABEL, field.label)
    if field.rows:
        for row in field.rows:
            yield Block(ITEM, "\n".join(f"{label} {text}" for label, text in row))
    else:
        yield Block(QUOTE if field.verbatim else TEXT, field.text)
