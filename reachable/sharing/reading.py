"""What a decision to share opens, read by the decision itself: whoever decided may be gone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

from reachable.foundation.actor import Actor
from reachable.foundation.crypto import key_ring
from reachable.sharing.models import SharingDecision, SharingPiece
from reachable.sharing.pieces import CORRECTED, MOVED, Piece, as_they_stand
from reachable.sharing.rules.given import Said, reads
from reachable.sharing.rules.pieces import LATER, POSTCODE, PieceKey

PURPOSE = "what was said when it was shared"


def what_is_shared(*, by: Actor, found: SharingDecision) -> list[Piece]:
    """Return the pieces of a decision that the caller has found open to `by`, as they stand now."""
    del by
    chosen = {
        PieceKey(each.kind, each.subject_id): each
        for each in SharingPiece.objects.filter(decision=found).order_by("id")
    }
    pieces = as_they_stand(
        by=_reader(chosen.values()),
        person_id=found.person.now.current_id,
        keys=list(chosen),
        since=found.decided_at,
        records=[UUID(each) for each in found.records],
    )
    read = (_read(found, chosen[each.key], each) for each in pieces)
    return [each for each in read if each is not None]


def as_said(decision_id: UUID, piece: Piece) -> list[str]:
    """Return a keyed digest of each value that a field says: no copy of it is kept."""
    if piece.key.kind not in LATER:
        return []
    return [_digest(decision_id, piece.key, said, key_ring().current) for _, said in piece.said]


def _reader(chosen: Collection[SharingPiece]) -> Actor:
    """Who reads: nobody, as far as was decided. What was said of it since keeps them within it."""
    scopes = {each.compartment: "involved" for each in chosen}
    return Actor(kind="system", id=None, name="what was shared", scopes=scopes)


def _read(found: SharingDecision, chosen: SharingPiece, piece: Piece) -> Piece | None:
    said = _by_digest(found.id, chosen, piece)
    then = tuple(said) if chosen.said is None else tuple(chosen.said)
    read = reads(
        piece.key.kind,
        Said(then, chosen.compartment, chosen.agency),
        Said(tuple(said), piece.compartment, piece.agency, piece.has_conditions),
        met=bool(chosen.met),
    )
    if read is None or piece.key.kind not in LATER:
        return None if read is None else piece
    changed = MOVED if piece.key.kind == POSTCODE else CORRECTED
    return replace(
        piece,
        said=tuple(said[each] for each in read.said.values),
        agency=read.said.agency,
        at=piece.at if read.said.values else None,
        changed=changed if read.changed else "",
    )


def _by_digest(decision_id: UUID, chosen: SharingPiece, piece: Piece) -> dict[str, tuple[str, str]]:
    """Return each value of a field by the digest that was kept of it, or that would be now."""
    if piece.key.kind not in LATER:
        return {}
    held = frozenset(chosen.said or ())
    rings = {key_ring().current, *(each.partition(":")[0] for each in held)}
    found = {}
    for label, value in piece.said:
        made = {_digest(decision_id, piece.key, value, ring) for ring in rings}
        kept = next(iter(made & held), None)
        found[kept or _digest(decision_id, piece.key, value, key_ring().current)] = (label, value)
    return found


def _digest(decision_id: UUID, key: PieceKey, value: str, ring: str) -> str:
    return f"{ring}:{key_ring().secret(PURPOSE, str(decision_id), str(key), value, key_id=ring)}"
