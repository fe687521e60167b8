"""Who may not decide: whoever it is for."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID


def may_decide(by: UUID, *, asked_by: UUID | None, to: UUID | None) -> bool:
    """Whoever asked for it, or would receive it, leaves the decision to somebody else."""
    return by not in (asked_by, to)


def may_agree(
    by: UUID,
    *,
    decided_by: UUID,
    asked_by: UUID | None,
    to: UUID | None,
    sees: Collection[str],
    pieces: Collection[str],
) -> bool:
    """A second person decided nothing of it before, gains nothing, and sees all that they agree
    to."""
    return by not in (decided_by, asked_by, to) and set(pieces) <= set(sees)
