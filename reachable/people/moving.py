"""Rows that lead to a person go with records to another one, each as its room says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from reachable.foundation.actor import Actor
from reachable.people.models import SplitMove
from reachable.people.registries import PointsToPerson, RecordsMoved, points_to_person

Places = dict[str, dict[UUID, UUID]]
"""Pointer → row → the person whom it is about."""


def gone_with(*, by: Actor, split_id: UUID, moved: RecordsMoved) -> Places:
    """Give what came from these records to their person now; return whose each was before.

    In the order of the registry, as what hangs on a moment goes where the moment goes.
    """
    gone: set[UUID] = set(moved.record_ids)
    before: Places = {}
    listed = [each for each in points_to_person.listed() if each.item.goes is not None]
    for each in sorted(listed, key=lambda one: (one.item.order, one.key)):
        assert each.item.goes is not None
        going = each.item.goes(moved=moved, gone=gone)
        rows = _rows(each.item).filter(pk__in=list(going))
        column = _column(each.item)
        held = dict(
            rows.filter(**{f"{column}__in": list(moved.from_ids)}).values_list("pk", column)
        )
        if held:
            before[each.key] = held
            gone |= held.keys()
            carry(
                by=by,
                split_id=split_id,
                pointer=each.key,
                places=dict.fromkeys(held, moved.to_id),
            )
    return before


def carry(*, by: Actor, split_id: UUID, pointer: str, places: Mapping[UUID, UUID]) -> None:
    """Give rows to people, as their room does it."""
    item = points_to_person.get(pointer)
    if item.carry is not None:
        item.carry(by=by, split_id=split_id, places=places)
        return
    of: dict[UUID, list[UUID]] = {}
    for row_id, person_id in places.items():
        of.setdefault(person_id, []).append(row_id)
    for person_id, rows in of.items():
        _rows(item).filter(pk__in=rows).update(**{_column(item): person_id})


def back_to(moves: Iterable[SplitMove]) -> Places:
    """Return whose each row is now that its split is undone: by the last one that stands, or as
    before the first."""
    found: Places = {}
    undone = {(move.pointer, move.row_id) for move in moves}
    rows = SplitMove.objects.filter(row_id__in={row for _, row in undone}, copied=False)
    for move in rows.select_related("split").order_by("id"):
        if (move.pointer, move.row_id) not in undone or move.before_id is None:
            continue
        of = found.setdefault(move.pointer, {})
        of.setdefault(move.row_id, move.before_id)
        if move.split.undone_at is None:
            of[move.row_id] = move.split.to_person_id
    return found


def _rows(item: PointsToPerson) -> QuerySet[Any]:
    held: QuerySet[Any] = item.model._default_manager.filter(**item.narrowed)
    return held


def _column(item: PointsToPerson) -> str:
    held: Any = item.model._meta.get_field(item.field)
    return str(held.attname)
