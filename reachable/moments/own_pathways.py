"""A partnership writes its own version of a pathway, and decides which version is in force."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count
from uuid import UUID

from django.db import transaction
from django.db.models import Max, QuerySet

from reachable.access import selectors as access
from reachable.access.policy import policy
from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.db import exclusive
from reachable.foundation.errors import BadInput, Conflict, NotFound
from reachable.foundation.time import now
from reachable.foundation.words import short_when
from reachable.moments.models import OwnPathway, PathwayDecision
from reachable.moments.pathway_versions import pathway_of, versions_in_force
from reachable.practice import guidance
from reachable.practice.items import OWN_FROM, MomentKind, is_own
from reachable.practice.own import (
    StepWords,
    read_words,
    step_words,
    wrong_with,
    wrong_with_step,
)

WRITES, DECIDES = "pathways.write", "pathways.decide"
NOTHING_CHANGED = "Nothing was changed."
LOCK = "pathways"
Change = Callable[[list[StepWords]], None]


def owners(*, by: Actor) -> frozenset[str]:
    """Return whose names a step may give: roles, teams, agencies, and whom published steps name."""
    known = {role.title for role in policy().roles.values()}
    known |= {team.name for team in access.teams()}
    known |= {name for _, name in access.agency_choices(by=by)}
    for kind in guidance.moment_kinds():
        for pathway in guidance.published_pathways(kind.key):
            known |= {step.owner for step in pathway.steps}
    return frozenset(known)


@transaction.atomic
def begin(*, by: Actor, kind: str) -> UUID:
    """Begin a draft from the version in force; whoever comes second goes on with the same draft."""
    by.require(WRITES)
    _kind(kind)
    exclusive(LOCK)
    draft = _drafts(kind).first()
    if draft is not None:
        return draft.id
    pathway = pathway_of(kind, versions_in_force()[kind])
    last = OwnPathway.objects.filter(kind=kind).aggregate(last=Max("version"))["last"]
    at = now()
    made = OwnPathway.objects.create(
        kind=kind,
        version=last + 1 if last else OWN_FROM,
        published=guidance.pathway(kind).version,
        steps=[step_words(step).kept() for step in pathway.steps]
        if not is_own(pathway.version)
        else OwnPathway.objects.get(kind=kind, version=pathway.version).steps,
        begun_at=at,
        begun_by_id=by.id,
        changed_at=at,
        changed_by_id=by.id,
    )
    _audit(by, "pathway_begun", made)
    return made.id


@transaction.atomic
def write_step(*, by: Actor, kind: str, revision: int, step: StepWords) -> None:
    """Reword a step of the draft; what is worded as published again counts as published."""
    draft = _draft(by, kind, revision)
    _refuse(list(wrong_with_step(_kind(kind), step, owners=owners(by=by))))

    def change(steps: list[StepWords]) -> None:
        at = _place(steps, step.key)
        steps[at] = _as_published(kind, step)

    _change(by, draft, change, "reworded", step.key)


@transaction.atomic
def add_step(*, by: Actor, kind: str, revision: int, step: StepWords) -> str:
    """Add a step, before the last one, which is to see the child again; return its key."""
    draft = _draft(by, kind, revision)
    _refuse(list(wrong_with_step(_kind(kind), step, owners=owners(by=by))))
    key = _new_key(draft)
    _change(by, draft, lambda steps: steps.insert(-1, replace(step, key=key)), "added", key)
    return key


@transaction.atomic
def move_step(*, by: Actor, kind: str, revision: int, key: str, up: bool) -> None:
    """Let a step change places with the one before it, or after it."""
    draft = _draft(by, kind, revision)

    def change(steps: list[StepWords]) -> None:
        at = _place(steps, key)
        other = at - 1 if up else at + 1
        if not 0 <= other < len(steps):
            raise BadInput("It stands at the end already.", kept=NOTHING_CHANGED)
        steps[at], steps[other] = steps[other], steps[at]

    _change(by, draft, change, "moved", key)


@transaction.atomic
def leave_out(*, by: Actor, kind: str, revision: int, key: str) -> None:
    """Leave a step out of the draft. The published one, and what is in force, keep it."""
    draft = _draft(by, kind, revision)
    _change(by, draft, lambda steps: _drop(steps, key), "left out", key)


@transaction.atomic
def put_back(*, by: Actor, kind: str, revision: int, key: str) -> None:
    """Put a step back as it is published, after the one that it follows there."""
    draft = _draft(by, kind, revision)
    published = guidance.pathway(kind).steps
    found = guidance.pathway(kind).step(key)
    if found is None:
        raise NotFound

    def change(steps: list[StepWords]) -> None:
        there = [each.key for each in steps]
        if key in there:
            raise Conflict("This step is in the draft already.", kept=NOTHING_CHANGED)
        before = [each.key for each in published[: published.index(found)]]
        at = max((there.index(each) + 1 for each in before if each in there), default=0)
        steps.insert(at, step_words(found))

    _change(by, draft, change, "put back", key)


@transaction.atomic
def give_up(*, by: Actor, kind: str, revision: int) -> None:
    """End a draft without putting it in force."""
    draft = _draft(by, kind, revision)
    draft.ended_at = now()
    draft.save(update_fields=["ended_at"])
    _audit(by, "pathway_given_up", draft)


@transaction.atomic
def put_in_force(
    *, by: Actor, kind: str, version: int, reason: str, revision: int | None = None
) -> None:
    """Decide which version new moments follow from now on; what is open keeps its own.

    A published version stands for the newest one, also of later releases. A draft is settled by it.
    """
    by.require(DECIDES)
    _kind(kind)
    exclusive(LOCK)
    if not reason.strip():
        raise BadInput("Please say in a few words why.", kept=NOTHING_CHANGED)
    if version == versions_in_force()[kind]:
        raise Conflict("This version is in force already.", kept=NOTHING_CHANGED)
    if is_own(version):
        _settle(by, kind, version, revision)
    elif version != guidance.pathway(kind).version:
        raise BadInput(
            "Of the published versions only the newest can be put in force.",
            kept=NOTHING_CHANGED,
            next="Go back to the newest one, or write your own version of it.",
        )
    PathwayDecision.objects.create(
        kind=kind, version=version, at=now(), by_id=by.id, reason=reason.strip()[:400]
    )
    audit.record(
        by=by,
        action="moments.pathway_in_force",
        subject=("partnership", None),
        pathway=kind,
        version=version,
    )


def _settle(by: Actor, kind: str, version: int, revision: int | None) -> None:
    """What becomes in force is looked at once more: who does a step may have gone meanwhile."""
    kept = OwnPathway.objects.filter(kind=kind, version=version, ended_at=None)
    found = kept.select_related("changed_by").first()
    if found is None:
        raise NotFound
    if found.settled_at is None:
        _same_revision(found, revision)
    _refuse(
        wrong_with(_kind(kind), [read_words(each) for each in found.steps], owners=owners(by=by))
    )
    if found.settled_at is None:
        found.settled_at = now()
        found.save(update_fields=["settled_at"])


def _kind(key: str) -> MomentKind:
    if key not in {kind.key for kind in guidance.moment_kinds()}:
        raise NotFound
    return guidance.moment_kind(key)


def _drafts(kind: str) -> QuerySet[OwnPathway]:
    return OwnPathway.objects.filter(kind=kind, settled_at=None, ended_at=None)


def _draft(by: Actor, kind: str, revision: int) -> OwnPathway:
    """Lock the draft; refuse when somebody else changed it since `revision` was shown."""
    by.require(WRITES)
    exclusive(LOCK)
    draft = _drafts(kind).select_related("changed_by").first()
    if draft is None:
        raise NotFound
    _same_revision(draft, revision)
    return draft


def _same_revision(draft: OwnPathway, revision: int | None) -> None:
    if draft.revision != revision:
        who = draft.changed_by.name if draft.changed_by else "The shell"
        raise Conflict(
            f"{who} changed this draft {short_when(draft.changed_at)}, after you opened it.",
            kept="Their change is kept, and yours is not in it yet.",
            next="Look at what the draft says now, then do yours again.",
        )


def _change(by: Actor, draft: OwnPathway, change: Change, how: str, step: str) -> None:
    steps = [read_words(each) for each in draft.steps]
    change(steps)
    draft.steps = [step.kept() for step in steps]
    draft.revision += 1
    draft.changed_at, draft.changed_by_id = now(), by.id
    draft.save()
    _audit(by, "pathway_changed", draft, how=how, step=step)


def _audit(by: Actor, action: str, draft: OwnPathway, **more: str) -> None:
    audit.record(
        by=by,
        action=f"moments.{action}",
        subject=("own_pathway", draft.id),
        pathway=draft.kind,
        version=draft.version,
        **more,
    )


def _refuse(wrong: Sequence[str]) -> None:
    if wrong:
        raise BadInput(" ".join(wrong), kept=NOTHING_CHANGED)


def _place(steps: Sequence[StepWords], key: str) -> int:
    for at, step in enumerate(steps):
        if step.key == key:
            return at
    raise NotFound


def _drop(steps: list[StepWords], key: str) -> None:
    del steps[_place(steps, key)]


def _as_published(kind: str, step: StepWords) -> StepWords:
    plain = replace(step, certainty="", source="")
    same = (pathway.step(step.key) for pathway in guidance.published_pathways(kind))
    return plain if any(each and step_words(each) == plain for each in same) else step


def _new_key(draft: OwnPathway) -> str:
    """Name a step by a number that no own version of this pathway has used."""
    used = {each["key"] for own in OwnPathway.objects.filter(kind=draft.kind) for each in own.steps}
    return next(name for number in count(1) if (name := f"own_{number}") not in used)
