"""A partnership's own versions of a pathway: what they are made of, and what is wrong with one.

Pure decisions on plain values. What a partnership leaves as it was published keeps its sources and
its standing; what it changes becomes local, and still says what the published step rests on.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import Any

from reachable.practice.clocks import Span, Start, Unit
from reachable.practice.items import (
    Basis,
    Certainty,
    Clock,
    InForce,
    MomentKind,
    Pathway,
    Source,
    Step,
)

FIRST, NOT_TOLD, AGAIN = "communication", "who_must_not_be_told", "again"
SIBLINGS = "brothers_and_sisters"
CERTAINTIES = (Certainty.AGREED, Certainty.UNVERIFIED, Certainty.SEEN)
"""How sure a partnership may say that it is."""
_LABELS = {
    "title": "Title",
    "detail": "What to do",
    "owner": "Who",
    "due": "By when",
    "good": "What good looks like",
    "avoid": "What not to do",
    "rests": "How sure",
}


@dataclass(frozen=True, kw_only=True)
class StepWords:
    """A step as a partnership keeps it. Without an amount it has no time of its own."""

    key: str
    title: str
    detail: str
    owner: str
    good: str
    avoid: str
    amount: int | None = None
    unit: str = ""
    start: str = ""
    certainty: str = ""
    source: str = ""

    @property
    def span(self) -> Span | None:
        return Span(self.amount, Unit(self.unit), Start(self.start)) if self.amount else None

    def kept(self) -> dict[str, Any]:
        return asdict(self)

    def words(self) -> dict[str, str]:
        """Return what a reader sees of it, under the names of `_LABELS`."""
        rests = Certainty(self.certainty).words if self.certainty else "As published"
        return {
            "title": self.title,
            "detail": self.detail,
            "owner": self.owner,
            "due": f"within {self.span}" if self.span else "no time",
            "good": self.good,
            "avoid": self.avoid or "nothing",
            "rests": f"{rests}: {self.source}" if self.source else rests,
        }


def step_words(step: Step) -> StepWords:
    """Return a step in words alone. What rests on a publication keeps no certainty of its own."""
    own = step.certainty is Certainty.AGREED
    return StepWords(
        key=step.key,
        title=step.title,
        detail=step.detail,
        owner=step.owner,
        good=step.good,
        avoid=step.avoid,
        amount=step.due.amount if step.due else None,
        unit=step.due.unit.value if step.due else "",
        start=step.due.start.value if step.due else "",
        certainty=step.certainty.value if own else "",
    )


def read_words(kept: Mapping[str, Any]) -> StepWords:
    names = {field.name for field in fields(StepWords)}
    return StepWords(**{name: value for name, value in kept.items() if name in names})


def own_pathway(
    published: Sequence[Pathway],
    version: int,
    steps: Sequence[StepWords],
    *,
    written: date,
    by: str,
) -> Pathway:
    """Return an own version as a pathway like any other.

    `published` are all published versions, the newest first.
    """
    month = written.replace(day=1)
    source = Source(
        key="partnership",
        title=f"Our own version, written {written:%-d %B %Y}",
        publisher=by,
        address="",
        seen=True,
        last_checked=month,
    )
    newest = published[0]
    return replace(
        newest,
        version=version,
        steps=tuple(_step(each, published, source) for each in steps),
        sources=(source, *newest.sources),
        basis=Basis.LOCAL,
        in_force=InForce.DOES_NOT_APPLY,
        in_force_from=None,
        certainty=Certainty.AGREED,
        last_checked=month,
        unknown="",
    )


def _step(words: StepWords, published: Sequence[Pathway], source: Source) -> Step:
    """Return the published step where nothing was changed, and else a local one."""
    same = [step for each in published if (step := each.step(words.key)) is not None]
    for step in same:
        if words == step_words(step):
            return step
    newest = same[0] if same else None
    clock = _clock(words, newest)
    return Step(
        key=words.key,
        title=words.title,
        sources=(source, *(newest.sources if newest else ())),
        basis=Basis.LOCAL,
        jurisdiction=(newest or published[0]).jurisdiction,
        in_force=InForce.DOES_NOT_APPLY,
        in_force_from=None,
        last_checked=source.last_checked,
        certainty=Certainty(words.certainty or Certainty.AGREED),
        unknown=_rests_on(words, newest),
        detail=words.detail,
        owner=words.owner,
        clock=clock,
        due=clock.span if clock else words.span,
        good=words.good,
        avoid=words.avoid,
        asked_of=newest.asked_of if newest else (),
    )


def _clock(words: StepWords, published: Step | None) -> Clock | None:
    """A step keeps its named clock for as long as its time is that of the clock."""
    clock = published.clock if published else None
    return clock if clock and clock.span == words.span else None


def _rests_on(words: StepWords, published: Step | None) -> str:
    said = [f"From: {words.source}"] if words.source else []
    if published is not None:
        said.append(f"As published it rests on: {published.standing.rstrip('.')}")
    return ". ".join(said)


def wrong_with(
    kind: MomentKind, steps: Sequence[StepWords], *, owners: Collection[str]
) -> list[str]:
    """Return, in a sentence each, why an own version cannot be used; nothing where it can.

    `owners` are the names by which somebody is known here: roles, teams and agencies, and whoever
    a published step names.
    """
    if not steps:
        return ["It has no step. Put at least one back, or go back to the published one."]
    return [wrong for step in steps for wrong in wrong_with_step(kind, step, owners=owners)] + [
        *_seen_again_too_soon(kind, steps)
    ]


def wrong_with_step(kind: MomentKind, step: StepWords, *, owners: Collection[str]) -> Iterator[str]:
    """Say what is wrong with one step by itself."""
    if not names_somebody(step.owner, owners):
        yield (
            f"“{step.title}” is for “{step.owner}”, and nobody of that name is known here. "
            "Name a role, a team or an agency of this partnership, or somebody whom a published "
            "step names."
        )
    answer = kind.acknowledge_clock.span
    if step.span and step.span.at_most < answer.at_most:
        yield (
            f"“{step.title}” is due before it can be done: within {step.span}, and a named person "
            f"has {answer} to take the moment up. Give it more time, or none."
        )
    if step.certainty == Certainty.SEEN.value and not step.source:
        yield (
            f"“{step.title}” is said to be seen in a published source, and names none. Name it, "
            "or say that it was agreed here."
        )


def _seen_again_too_soon(kind: MomentKind, steps: Sequence[StepWords]) -> Iterator[str]:
    again = next((each for each in steps if each.key == AGAIN), None)
    first = kind.child_clock.span
    if again and again.span and again.span.at_most < first.at_most:
        yield (
            f"“{again.title}” is due before it can be done: within {again.span}, and the child "
            f"may be seen for the first time within {first}. Give it more time."
        )


def names_somebody(owner: str, owners: Collection[str]) -> bool:
    """Say whether an owner is somebody known here, by whole words and whatever their case."""
    said = f" {_plain(owner)} "
    return any(f" {_plain(known)} " in said for known in owners if _plain(known))


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def to_look_at(kind: MomentKind, published: Pathway, steps: Sequence[StepWords]) -> list[str]:
    """Return what somebody should look at before it is in force: it may be meant so."""
    keys = [each.key for each in steps]
    said = []
    if keys and FIRST in keys and keys[0] != FIRST:
        said.append("How the child understands and is understood does not stand first.")
    for key in (FIRST, NOT_TOLD, SIBLINGS, AGAIN):
        left_out = published.step(key)
        if left_out and key not in keys:
            said.append(f"“{left_out.title}” is left out.")
    for step in published.steps:
        if step.basis.is_law and step.key not in keys:
            said.append(
                f"“{step.title}” is left out, and rests on {step.basis.value}. "
                "A pathway does not change what the law asks."
            )
    said += _about_the_clock(kind, published, steps)
    said += [f"“{each.title}” does not say what not to do." for each in steps if not each.avoid]
    return said


def _about_the_clock(
    kind: MomentKind, published: Pathway, steps: Sequence[StepWords]
) -> Iterator[str]:
    """The child's clock is no part of a pathway: it runs as before."""
    span = kind.child_clock.span
    for step in published.steps:
        if step.clock is not kind.child_clock:
            continue
        own = next((each for each in steps if each.key == step.key), None)
        if own is None:
            yield f"“{step.title}” is left out. The child’s clock still runs out after {span}."
        elif own.span is None or own.span.at_most > span.at_most:
            yield f"“{own.title}” has more time than the child’s clock: that runs out after {span}."


@dataclass(frozen=True)
class Difference:
    """How a step of one version differs from the same step of another.

    `what` is added, left out, moved, changed, or moved and changed; `changes` are (label, before,
    after); `rests_on` says what gives a step that is left out or changed its force, if it is law.
    `after` is the title of the step that one which was added or moved now follows.
    """

    key: str
    title: str
    what: str
    changes: tuple[tuple[str, str, str], ...] = ()
    rests_on: str = ""
    after: str = ""


def differences(before: Pathway, after: Sequence[StepWords]) -> list[Difference]:
    """Return how an own version differs from another, in its own order, then what is left out."""
    old = {step.key: step_words(step) for step in before.steps}
    law = {step.key: step.basis.value for step in before.steps if step.basis.is_law}
    common = [each.key for each in after if each.key in old]
    stayed = _stayed([key for key in old if key in common], common)
    found = []
    for follows, each in zip(["", *(step.title for step in after)], after, strict=False):
        if each.key not in old:
            found.append(Difference(each.key, each.title, "added", _all(each), "", follows))
            continue
        changes = _changes(old[each.key], each)
        said = [*(["moved"] if each.key not in stayed else []), *(["changed"] if changes else [])]
        if said:
            rests_on = law.get(each.key, "") if changes else ""
            now_after = "" if each.key in stayed else follows
            what = " and ".join(said)
            found.append(Difference(each.key, each.title, what, changes, rests_on, now_after))
    kept = {each.key for each in after}
    found += [
        Difference(key, words.title, "left out", (), law.get(key, ""))
        for key, words in old.items()
        if key not in kept
    ]
    return found


def _changes(before: StepWords, after: StepWords) -> tuple[tuple[str, str, str], ...]:
    old, new = before.words(), after.words()
    return tuple(
        (label, old[name], new[name]) for name, label in _LABELS.items() if old[name] != new[name]
    )


def _all(step: StepWords) -> tuple[tuple[str, str, str], ...]:
    """Return what an added step says; its title stands above."""
    words = step.words()
    return tuple((label, "", words[name]) for name, label in _LABELS.items() if name != "title")


def _stayed(before: Sequence[str], after: Sequence[str]) -> set[str]:
    """Return the most steps that stand in the same order in both: all others were moved."""
    place = {key: at for at, key in enumerate(before)}
    best: list[list[str]] = []
    for at, key in enumerate(after):
        earlier = [best[i] for i in range(at) if place[after[i]] < place[key]]
        best.append([*_longest(earlier), key])
    return set(_longest(best))


def _longest(chains: Sequence[list[str]]) -> list[str]:
    return max(chains, key=lambda chain: len(chain), default=[])
