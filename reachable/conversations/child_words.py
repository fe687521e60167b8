"""What a child is told, in the languages that this partnership entered, and who checked them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from reachable.audit import services as audit
from reachable.conversations.models import Translation, TranslationCheck
from reachable.conversations.rules import languages
from reachable.conversations.rules.languages import Language
from reachable.conversations.rules.translations import (
    Shown,
    State,
    Translated,
    for_child,
    lines_of,
    shown_in,
    state_of,
    wrong_with,
)
from reachable.foundation.actor import Actor
from reachable.foundation.db import exclusive
from reachable.foundation.errors import BadInput, Conflict, NotFound
from reachable.foundation.time import now
from reachable.practice import guidance
from reachable.practice.items import ChildWords

READS, ENTERS = "practice.read", "directory.keep"
LOCK = "child words"
NOTHING_KEPT = "Nothing was kept of it."
Json = dict[str, Any]


@dataclass(frozen=True)
class Entered:
    """A translation with who entered it, and who checked it."""

    id: UUID
    say: str
    easy: tuple[str, ...]
    state: State
    by: str
    at: datetime
    checked_by: str = ""
    checked_at: datetime | None = None


@dataclass(frozen=True)
class Sentence:
    """A sentence with its newest translation, and those before it, the newest first."""

    words: ChildWords
    entered: Entered | None
    earlier: tuple[Entered, ...] = ()

    @property
    def state(self) -> str:
        return self.entered.state if self.entered else "missing"


@dataclass(frozen=True)
class LanguageFacts:
    """How far the words are entered in a language."""

    language: Language
    sentences: tuple[Sentence, ...]

    def count(self, state: str) -> int:
        return sum(each.state == state for each in self.sentences)

    @property
    def is_begun(self) -> bool:
        return self.count("missing") < len(self.sentences)


def overview(*, by: Actor) -> tuple[LanguageFacts, ...]:
    """Return every language with all sentences, those that were begun first."""
    by.require(READS)
    held = _held(guidance.child_words())
    facts = [
        LanguageFacts(language, tuple(held[language.key].values()))
        for language in languages.FURTHER
    ]
    return tuple(sorted(facts, key=lambda each: not each.is_begun))


def in_language(*, by: Actor, language: str) -> LanguageFacts:
    by.require(READS)
    known = _language(language)
    held = _held(guidance.child_words(), language=language)
    return LanguageFacts(known, tuple(held[language].values()))


def sentence(*, by: Actor, language: str, key: str) -> Sentence:
    by.require(READS)
    _language(language)
    words = _words(key)
    return _held([words], language=language)[language][key]


def shown(*, by: Actor, language: str, told: Iterable[str]) -> tuple[Shown, ...]:
    """Return what is shown to a child: of who reads it, only those who were named.

    A child sees a translation only once it was checked, and while the English is as it was then.
    """
    by.require(READS)
    words = for_child(guidance.child_words(), told)
    return _shown(words, language)


def on_card(*, by: Actor, language: str) -> tuple[Shown, ...]:
    """Return what may stand on a card."""
    by.require(READS)
    return _shown(tuple(each for each in guidance.child_words() if each.on_card), language)


def languages_there(*, by: Actor) -> tuple[Language, ...]:
    """Return English, and each language in which a child can be shown something."""
    by.require(READS)
    held = _held(guidance.child_words())
    there = [each for each in languages.FURTHER if _translated(held[each.key])]
    return (languages.BY_KEY[languages.ENGLISH], *there)


def for_phone(*, by: Actor) -> Json:
    """Return all sentences in all languages, for a phone to show them without signal."""
    by.require(READS)
    held = _held(guidance.child_words())
    translated = {each.key: _translated(held[each.key]) for each in languages.FURTHER}
    known = [languages.BY_KEY[key] for key, found in translated.items() if found]
    return {
        "languages": [
            {"key": each.key, "name": each.name, "own": each.own, "dir": each.direction}
            for each in (languages.BY_KEY[languages.ENGLISH], *known)
        ],
        "sentences": [
            {
                "key": each.key,
                "told": each.told,
                "say": each.say,
                "easy": list(each.easy),
                "picture": each.picture,
                "shows": each.shows,
                "in": {
                    key: {"say": found[each.key].say, "easy": list(found[each.key].easy)}
                    for key, found in translated.items()
                    if each.key in found
                },
            }
            for each in guidance.child_words()
        ],
    }


@transaction.atomic
def enter(
    *, by: Actor, language: str, key: str, say: str, easy: str, seen: UUID | None = None
) -> UUID:
    """Enter a sentence in a language. It counts from now on, and is shown once it was checked.

    `seen` is the translation that whoever writes saw; a newer one is not written over unread.
    """
    by.require(ENTERS)
    _language(language)
    words = _words(key)
    exclusive(LOCK)
    newest = _newest(language, key)
    if (newest.id if newest else None) != seen:
        raise Conflict(
            "Somebody else entered this sentence meanwhile.",
            kept=NOTHING_KEPT,
            next="Look at theirs, which stands here now, and enter yours again if it is better.",
        )
    said, lines = " ".join(say.replace("\0", "").split()), lines_of(easy.replace("\0", ""))
    if wrong := wrong_with(said, lines):
        raise BadInput(" ".join(wrong), kept=NOTHING_KEPT)
    digest = words.words_digest
    if newest and (newest.say, tuple(newest.easy), newest.of_digest) == (said, lines, digest):
        raise BadInput("These words are entered already.", kept="They stay as they are.")
    made = Translation.objects.create(
        words=key,
        language=language,
        say=said,
        easy=list(lines),
        of_digest=digest,
        by_id=by.own_id,
        at=now(),
    )
    audit.record(by=by, action="words.entered", subject=("translation", made.id))
    return made.id


@transaction.atomic
def check(*, by: Actor, language: str, key: str, translation_id: UUID, checked_by: str) -> None:
    """Note who made sure that a translation is right: a name or a service that can be asked."""
    by.require(ENTERS)
    _language(language)
    words = _words(key)
    who = " ".join(checked_by.replace("\0", "").split())
    if not who:
        raise BadInput("Say who checked it: a name, or a service.", kept=NOTHING_KEPT)
    exclusive(LOCK)
    newest = _newest(language, key)
    if newest is None:
        raise NotFound
    if newest.id != translation_id or newest.of_digest != words.words_digest:
        raise Conflict(
            "These are not the words that count any more.",
            kept=NOTHING_KEPT,
            next="Look at the newest ones, and have them checked.",
        )
    made = TranslationCheck.objects.create(
        translation=newest, checked_by=who, by_id=by.own_id, at=now()
    )
    audit.record(by=by, action="words.checked", subject=("translation", newest.id), check=made.id)


def _language(key: str) -> Language:
    if key == languages.ENGLISH or key not in languages.BY_KEY:
        raise NotFound
    return languages.BY_KEY[key]


def _words(key: str) -> ChildWords:
    found = next((each for each in guidance.child_words() if each.key == key), None)
    if found is None:
        raise NotFound
    return found


def _newest(language: str, key: str) -> Translation | None:
    return Translation.objects.filter(language=language, words=key).order_by("-at", "-id").first()


def _shown(words: Iterable[ChildWords], language: str) -> tuple[Shown, ...]:
    known = tuple(words)
    found: Mapping[str, Translated] = {}
    if language in languages.BY_KEY and language != languages.ENGLISH:
        found = _translated(_held(known, language=language)[language])
    return shown_in(known, found, language, languages.ENGLISH)


def _translated(sentences: Mapping[str, Sentence]) -> dict[str, Translated]:
    """Return what a child may be shown, by the sentence's key."""
    return {
        key: Translated(each.entered.say, each.entered.easy)
        for key, each in sentences.items()
        if each.entered is not None and each.entered.state == "checked"
    }


def _held(
    words: Iterable[ChildWords], language: str | None = None
) -> dict[str, dict[str, Sentence]]:
    """Return what was entered, by language and sentence, in two questions."""
    known = {each.key: each for each in words}
    rows = Translation.objects.filter(words__in=known)
    if language is not None:
        rows = rows.filter(language=language)
    entered: dict[tuple[str, str], list[Entered]] = defaultdict(list)
    ordered = rows.select_related("by").prefetch_related("checks").order_by("-at", "-id")
    for row in ordered:
        entered[row.language, row.words].append(_entered(row, known[row.words]))
    keys = [each.key for each in languages.FURTHER] if language is None else [language]
    return {
        each: {
            key: Sentence(found, versions[0] if versions else None, tuple(versions[1:]))
            for key, found in known.items()
            for versions in [entered[each, key]]
        }
        for each in keys
    }


def _entered(row: Translation, words: ChildWords) -> Entered:
    last = max(row.checks.all(), key=lambda each: each.at, default=None)
    state = state_of(
        of_digest=row.of_digest,
        words_digest=words.words_digest,
        is_checked=last is not None,
    )
    return Entered(
        id=row.id,
        say=row.say,
        easy=tuple(row.easy),
        state=state,
        by=row.by.name,
        at=row.at,
        checked_by=last.checked_by if last else "",
        checked_at=last.at if last else None,
    )
