"""What the verbs that open or close a record share: the child that `by` works with, and words."""

from __future__ import annotations

from uuid import UUID

from reachable.access import closing, involved
from reachable.access import selectors as access
from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput, NotFound
from reachable.people.selectors import same_people, visible_current

KIND = "person"
BY_ITSELF = ("invited", "emergency")
"""On which somebody works with a child for a while, and opens it to nobody else."""
NOTHING_CHANGED = "Nothing was changed."


def current_child(*, by: Actor, person_id: UUID) -> UUID:
    """Return who stands now for a child that `by` sees; hidden and absent are the same."""
    by.require("people.read")
    current = visible_current(by=by, person_id=person_id)
    if current is None:
        raise NotFound
    return current


def works_with(*, by: Actor, current_id: UUID) -> bool:
    """Say whether `by` works with the child by more than an invitation or an emergency."""
    held = involved.involved_subjects(by=by, kind=KIND).exclude(basis__in=BY_ITSELF)
    same = same_people(by=by, current_ids=[current_id])
    return held.filter(subject_id__in=list(same)).exists()


def refuse_visitor(*, by: Actor, current_id: UUID, what: str) -> None:
    """Raise BadInput where `by` works with the child by an invitation or an emergency only: what
    they see for a while gives them nothing that lasts, and nothing that changes who sees it."""
    if not works_with(by=by, current_id=current_id):
        raise BadInput(
            f"You see this child for a while only, so you cannot {what}.",
            kept=NOTHING_CHANGED,
            next="Ask somebody who works with the child.",
        )


def readers_of(*, by: Actor) -> list[tuple[UUID, str]]:
    """Return everybody whose role opens children, with their agency, by name; `by` is left out."""
    able = access.able(capability="people.read") - {by.own_id}
    known = access.workers(able)
    named = [(user, f"{name}, {agency}") for user, (name, agency) in known.items()]
    return sorted(named, key=lambda each: each[1])


def refuse_closed(*, by: Actor, current_id: UUID, user_ids: list[UUID]) -> None:
    """Raise BadInput where what stands on the child keeps one of these from it."""
    same = same_people(by=by, current_ids=[current_id])
    shut = closing.closed(by=by, kind=KIND, same=same)
    if not all(shut.opens(current_id, user) for user in user_ids):
        raise BadInput(
            "Not all of them can open this child’s record.",
            kept=NOTHING_CHANGED,
            next="Choose somebody else, or ask your supervisor.",
        )


def say_why(reason: str, least: int = 1) -> str:
    """Return a reason as it is kept; refuse one that says nothing."""
    said = " ".join(reason.split())
    if len(said) < least or (least > 1 and len(said.split()) < 4):
        raise BadInput(
            "Please say why, in a sentence." if least > 1 else "Please say in a few words why.",
            kept=NOTHING_CHANGED,
        )
    return said
