"""What guidance is made of: plain values that never change once they are loaded.

Every item says where it comes from, on what basis, and how sure we are of it. Whoever shows an
item shows its standing with it, so that uncertain law is never shown as certain.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar

from reachable.practice.clocks import Span
from reachable.practice.time import say_day


class Basis(StrEnum):
    """What gives an item its force."""

    STATUTE = "statute"
    STATUTORY_GUIDANCE = "statutory guidance"
    GUIDANCE = "guidance"
    LOCAL = "local"
    PRACTICE = "practice"

    @property
    def is_law(self) -> bool:
        """Statute and statutory guidance are in force or not; the rest is not."""
        return self in (Basis.STATUTE, Basis.STATUTORY_GUIDANCE)

    @property
    def words(self) -> str:
        return _BASIS[self]


class Certainty(StrEnum):
    """How sure we are that an item says what its source says."""

    SEEN = "seen"
    CHOSEN = "chosen"
    AGREED = "agreed here"
    UNVERIFIED = "unverified"
    DO_NOT_GUESS = "do not guess"

    @property
    def words(self) -> str:
        return _CERTAINTY[self]


class InForce(StrEnum):
    """Whether a piece of law is in force."""

    IN_FORCE = "in force"
    NOT_CHECKED = "not checked"
    NOT_KNOWN = "not known"
    DOES_NOT_APPLY = "does not apply"


class Compartment(StrEnum):
    """The kinds of information that are open to some and closed to others."""

    IDENTITY = "identity"
    WELFARE = "welfare"
    EDUCATION = "education"
    HEALTH = "health"
    JUSTICE = "justice"
    INTELLIGENCE = "intelligence"
    LEGAL = "legal"


_BASIS = {
    Basis.STATUTE: "Statute",
    Basis.STATUTORY_GUIDANCE: "Statutory guidance",
    Basis.GUIDANCE: "Published guidance",
    Basis.LOCAL: "Local choice, which a partnership may change",
    Basis.PRACTICE: "Practice knowledge",
}
_CERTAINTY = {
    Certainty.SEEN: "Seen in a published source",
    Certainty.CHOSEN: "Chosen by this project, not taken from a publication",
    Certainty.AGREED: "Agreed by this partnership, not taken from a publication",
    Certainty.UNVERIFIED: "Not checked against its source",
    Certainty.DO_NOT_GUESS: "Not known: take advice before relying on it",
}
_IN_FORCE = {
    InForce.IN_FORCE: "In force; the date it began is not recorded here",
    InForce.NOT_CHECKED: "We have not checked whether it is in force",
    InForce.NOT_KNOWN: "It is not known whether it is in force",
    InForce.DOES_NOT_APPLY: "",
}


@dataclass(frozen=True, kw_only=True)
class Source:
    """A publication, or the people from whom something is known.

    `seen` says that its text was read, wholly or in part; `address` is empty where none is kept.
    """

    key: str
    title: str
    publisher: str
    address: str
    seen: bool
    last_checked: date

    @property
    def checked_words(self) -> str:
        return f"{self.last_checked:%B %Y}"


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing that law, guidance or practice says. `last_checked` is the first of a month."""

    group: ClassVar[str] = ""

    key: str
    title: str
    sources: tuple[Source, ...]
    basis: Basis
    jurisdiction: str
    in_force: InForce
    in_force_from: date | None
    last_checked: date
    certainty: Certainty
    unknown: str

    @property
    def in_force_words(self) -> str:
        if self.in_force is InForce.IN_FORCE and self.in_force_from:
            return f"In force from {say_day(self.in_force_from)}"
        return _IN_FORCE[self.in_force]

    @property
    def checked_words(self) -> str:
        return f"{self.last_checked:%B %Y}"

    @property
    def standing(self) -> str:
        """Return basis, certainty and force in one line, for wherever the item is shown."""
        parts = (
            f"{self.basis.words}, {self.jurisdiction}",
            self.certainty.words,
            self.in_force_words,
            self.unknown,
        )
        return ". ".join(part.rstrip(".") for part in parts if part) + "."

    @property
    def fingerprint(self) -> str:
        """Twelve characters that change when the content does."""
        content = json.dumps(asdict(self), sort_keys=True, default=str)
        return hashlib.sha256(content.encode()).hexdigest()[:12]


@dataclass(frozen=True, kw_only=True)
class Limb:
    """One way in which a definition is met, or the core that it always needs."""

    key: str
    title: str
    detail: str
    core: bool


@dataclass(frozen=True, kw_only=True)
class Definition(Item):
    """What a word means. Met when every core limb is met, and at least one of the others."""

    group: ClassVar[str] = "Definitions"

    version: int
    detail: str
    limbs: tuple[Limb, ...]


@dataclass(frozen=True, kw_only=True)
class EventKind(Item):
    """Something that happens to a child; rules say which moment it opens.

    `keeps` says that a child whom nobody knew is recorded for it, though it opens nothing.
    `signal` says that somebody may send it from a phone; `hint` helps to choose it there.
    """

    group: ClassVar[str] = "What happens"

    compartment: Compartment
    signal: bool
    keeps: bool
    hint: str


@dataclass(frozen=True, kw_only=True)
class Clock(Item):
    """How long something may take. `counted_from` says in words what starts it."""

    group: ClassVar[str] = "Clocks"

    span: Span
    counted_from: str


@dataclass(frozen=True, kw_only=True)
class MomentKind(Item):
    """A time when a child can be reached.

    `child_clock` runs from what happened, `acknowledge_clock` from when we were told.
    """

    group: ClassVar[str] = "Reachable moments"

    detail: str
    child_clock: Clock
    acknowledge_clock: Clock


@dataclass(frozen=True, kw_only=True)
class Rule(Item):
    """Which events open a kind of moment, alone or with what happened before.

    `times` different days within `within_days`, this one included; or another event of the kinds
    `after`, at most `after_days` days before. Only for those `under` that age on the day, or of
    unknown age. `usual` says that it is in force where a partnership
    has decided nothing.
    """

    group: ClassVar[str] = "Rules that open a moment"

    detail: str
    version: int
    opens: str
    on: frozenset[str]
    times: int
    within_days: int
    after: frozenset[str]
    after_days: int
    under: int
    usual: bool

    @property
    def alone(self) -> bool:
        """Whether the event is enough, whatever happened before."""
        return self.times == 1 and not self.after

    @property
    def looks_back_days(self) -> int:
        """How far before an event something may count."""
        return max(self.within_days, self.after_days)


@dataclass(frozen=True, kw_only=True)
class Step(Item):
    """One step of a pathway: who does it, by when, what good looks like and what to avoid.

    `due` is empty for a step that has no clock; `clock` is set where a named clock gives it.
    `asked_of` names kinds of agency of which it is asked if they sent the signal; “sender” is any.
    """

    group: ClassVar[str] = "Pathway steps"

    detail: str
    owner: str
    clock: Clock | None
    due: Span | None
    good: str
    avoid: str
    asked_of: tuple[str, ...] = ()


OWN_FROM = 1001
"""The number of a partnership's first own version; published ones are counted from 1."""


def is_own(version: int) -> bool:
    return version >= OWN_FROM


def version_words(version: int) -> str:
    """Return "version 2", or "our own version 1" for one that the partnership wrote."""
    return f"our own version {version - OWN_FROM + 1}" if is_own(version) else f"version {version}"


@dataclass(frozen=True, kw_only=True)
class Pathway(Item):
    """What to do in a moment. A moment keeps the version that it was opened with."""

    group: ClassVar[str] = "Pathways"

    moment: str
    version: int
    steps: tuple[Step, ...]

    @property
    def version_words(self) -> str:
        return version_words(self.version)

    def step(self, key: str) -> Step | None:
        """Return a step, or nothing when this version has none of that key."""
        return next((step for step in self.steps if step.key == key), None)


@dataclass(frozen=True, kw_only=True)
class Outcome(Item):
    """How a moment is closed. Only some count as the child having been reached."""

    group: ClassVar[str] = "How a moment is closed"

    detail: str
    counts_as_reached: bool
    asks: str


@dataclass(frozen=True, kw_only=True)
class Guide(Item):
    """How to begin a conversation with a child: what to say, what is good, what to avoid.

    `moments` are the kinds of moment for which it is offered first.
    """

    group: ClassVar[str] = "Conversations"

    detail: str
    moments: tuple[str, ...]
    say: tuple[str, ...]
    good: tuple[str, ...]
    avoid: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ChildWords(Item):
    """A sentence for a child, to say and in easy read, one idea a line, with a picture.

    `told` is whom it says will read what is written down, an answer of that part of a conversation,
    or nothing. Only what tells nothing to whoever finds it is `on_card`.
    """

    group: ClassVar[str] = "Words for children"

    say: str
    easy: tuple[str, ...]
    picture: str
    shows: str
    told: str
    on_card: bool

    @property
    def words_digest(self) -> str:
        """Return what changes when the words do: a translation says of which words it is."""
        return hashlib.sha256(json.dumps([self.say, *self.easy]).encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Law(Item):
    """What a statute or guidance says, with whether it is in force."""

    group: ClassVar[str] = "Law and guidance"

    detail: str


class Part(StrEnum):
    """Which question about sharing something answers."""

    BASIS = "basis"
    CONDITION = "condition"
    POWER = "power"


@dataclass(frozen=True, kw_only=True)
class SharingBasis(Item):
    """On what a decision to share may rest. With `by_switch`, a partnership decides whether it is
    offered at all, because it is not known to be in force."""

    group: ClassVar[str] = "On what sharing rests"

    part: Part
    detail: str
    by_switch: bool


@dataclass(frozen=True, kw_only=True)
class GoldenRule(Item):
    """A rule of the published advice on sharing information about children."""

    group: ClassVar[str] = "Golden rules for sharing"

    detail: str


@dataclass(frozen=True, kw_only=True)
class Grading(Item):
    """A code by which police grade information; `part` is the column in which it comes."""

    group: ClassVar[str] = "How police grade information"

    part: str
    code: str

    @property
    def words(self) -> str:
        """Return the code with its title, and that it is unverified where it is."""
        unsure = "" if self.certainty is Certainty.SEEN else " (not checked against its source)"
        return f"{self.code}: {self.title[:1].lower()}{self.title[1:]}{unsure}"


@dataclass(frozen=True, kw_only=True)
class Evidence(Item):
    """What research and regulators found, and what was built because of it."""

    group: ClassVar[str] = "Evidence"

    detail: str
    so: str


@dataclass(frozen=True, kw_only=True)
class Wording(Item):
    """Words about children to avoid, and what to say instead (the title)."""

    group: ClassVar[str] = "Language"

    avoid: tuple[str, ...]
