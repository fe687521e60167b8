"""A set of tables on its way in: one delivery, with a part for each table."""

from __future__ import annotations

import hashlib
import shutil
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.errors import Conflict
from reachable.foundation.files.whole import told_if_full
from reachable.foundation.ids import new_id
from reachable.foundation.time import now
from reachable.intake.models import Delivery
from reachable.intake.set_files import unpack_tables
from reachable.intake.stored import ARRIVING, remove_stored, stored_file, tables_folder
from reachable.intake.table_sets import table_sets


def refuse_out_of_order(delivery: Delivery) -> None:
    """Raise Conflict where an earlier set waits, or a later one was loaded.

    Each says all that changed since the one before it, so that they only make sense in order.
    """
    others = Delivery.objects.filter(
        agency_id=delivery.agency_id, feed=delivery.feed, part_of=None
    ).exclude(id=delivery.id)
    later = begun_later(delivery)
    if later is not None:
        raise Conflict(
            f"“{later.file_name}”, which came later, counts already: this one would take back "
            "what it said.",
            kept="Nothing was changed.",
            next="Remove this one.",
        )
    earlier = others.filter(state="received", received_at__lt=delivery.received_at).first()
    if earlier is not None:
        raise Conflict(
            f"“{earlier.file_name}”, which came earlier, waits to be loaded.",
            kept="Nothing was changed.",
            next="Load it or remove it first.",
        )


def begun_later(delivery: Delivery) -> Delivery | None:
    """Return a set that came later of which something counts, or may at any moment."""
    later = Delivery.objects.filter(
        agency_id=delivery.agency_id,
        feed=delivery.feed,
        part_of=None,
        received_at__gt=delivery.received_at,
    )
    begun = Q(state__in=("loading", "loaded")) | Exists(
        Delivery.objects.filter(part_of=OuterRef("id"), last_row__gt=0)
    )
    return later.filter(begun).first()


def is_wanted(delivery: Delivery) -> bool:
    """Say whether nobody has stopped this load, nor that of the set that it is a part of."""
    if delivery.state != "loading":
        return False
    whole = delivery.part_of_id
    return whole is None or Delivery.objects.filter(id=whole, state="loading").exists()


def must_wait(delivery: Delivery) -> bool:
    """Say whether an earlier set is being loaded; this one is taken up again after it."""
    earlier = Delivery.objects.filter(
        agency_id=delivery.agency_id,
        feed=delivery.feed,
        part_of=None,
        state="loading",
        received_at__lt=delivery.received_at,
    )
    return earlier.exists()


def unpacked(delivery: Delivery) -> list[tuple[Delivery, Path]]:
    """Return the part and the file of each table that came, in the order of loading."""
    folder = tables_folder(delivery.id)
    if not folder.exists():
        _unpack(delivery, folder)
    tables = [feed.key for feed in table_sets()[delivery.feed].tables]
    with transaction.atomic():
        Delivery.objects.select_for_update().get(id=delivery.id)
        held = {part.feed: part for part in Delivery.objects.filter(part_of=delivery)}
        for table in tables:
            if table not in held and (folder / table).exists():
                held[table] = _part(delivery, table, folder / table)
        # A table at which an earlier attempt stopped is tried again.
        again = [part for part in held.values() if part.state == "failed"]
        for part in again:
            part.state, part.error = "loading", ""
        Delivery.objects.bulk_update(again, ["state", "error"])
    return [(held[table], folder / table) for table in tables if table in held]


def _unpack(delivery: Delivery, folder: Path) -> None:
    """Unpack beside, and give the folder its name once all is there."""
    with told_if_full():
        arriving = Path(mkdtemp(suffix=ARRIVING, dir=folder.parent))
    try:
        with told_if_full():
            unpack_tables(table_sets()[delivery.feed], stored_file(delivery.id), arriving)
            arriving.rename(folder)
    except OSError:
        # Another process may have been faster.
        if not folder.exists():
            raise
    finally:
        shutil.rmtree(arriving, ignore_errors=True)


def _part(delivery: Delivery, table: str, path: Path) -> Delivery:
    return Delivery.objects.create(
        id=new_id(),
        part_of=delivery,
        agency_id=delivery.agency_id,
        feed=table,
        file_name=table,
        # The same table in another delivery is loaded again: what has not changed is passed over.
        digest=hashlib.sha256(f"{delivery.id} {table}".encode()).hexdigest(),
        size=path.stat().st_size,
        door=delivery.door,
        sent_by_id=delivery.sent_by_id,
        sent_with_id=delivery.sent_with_id,
        begun_by_id=delivery.begun_by_id,
        begun_with_id=delivery.begun_with_id,
        received_at=delivery.received_at,
        history=delivery.history,
        whole=delivery.whole,
        state="loading",
    )


def count_in(delivery: Delivery, *, worked_at: datetime | None = None, **more: int) -> None:
    """Add to what was counted of a delivery; what is counted of a part is counted of its set."""
    added: dict[str, Any] = {name: F(name) + count for name, count in more.items()}
    if worked_at is not None:
        added["worked_at"] = worked_at
    both = [each for each in (delivery.id, delivery.part_of_id) if each]
    Delivery.objects.filter(id__in=both).update(**added)


def kept_before(delivery: Delivery, part: Delivery) -> str:
    """Say what is kept of a set whose loading stopped at one of its tables; nothing, if nothing."""
    now_part = Delivery.objects.get(id=part.id)
    if now_part.last_row:
        return f"Everything up to its row {now_part.last_row:,} was kept."
    before = Delivery.objects.filter(part_of=delivery, last_row__gt=0)
    return "What was loaded of the tables before it was kept." if before.exists() else ""


def leave_gone(delivery: Delivery) -> None:
    """Let what is missing from a set stay as it was; its files go with the transaction."""
    asked = Delivery.objects.filter(Q(id=delivery.id) | Q(part_of=delivery), gone_asked__gt=0)
    asked.update(gone_asked=0)
    transaction.on_commit(lambda: remove_stored(delivery.id))


@transaction.atomic
def finish(*, by: Actor, delivery_id: UUID) -> bool:
    """Say that every table of a set was loaded; return whether its files are of no more use."""
    delivery = Delivery.objects.select_for_update().get(id=delivery_id)
    if delivery.state != "loading":
        return False
    delivery.state, delivery.finished_at = "loaded", now()
    delivery.rows = delivery.accepted + delivery.duplicates + delivery.quarantined
    delivery.save(update_fields=["state", "finished_at", "rows"])
    audit.record(by=by, action="intake.loaded", subject=("delivery", delivery_id))
    # What was asked of an earlier set is answered by this one.
    for earlier in Delivery.objects.filter(
        agency_id=delivery.agency_id,
        feed=delivery.feed,
        part_of=None,
        gone_asked__gt=0,
        received_at__lt=delivery.received_at,
    ):
        leave_gone(earlier)
        audit.record(by=by, action="intake.gone_left", subject=("delivery", earlier.id))
    # While somebody is asked what is gone, it may have to be read once more.
    return not delivery.gone_asked
