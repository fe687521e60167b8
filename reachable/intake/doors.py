"""What every door that needs nobody at a page has in common: a whole file beside us, then taken.

A file that arrives is first copied to a place where only we write. What is looked at, and what is
kept, is that copy.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.conf import settings

from reachable.foundation.actor import Actor
from reachable.foundation.errors import Conflict
from reachable.foundation.files.limits import DEFAULT
from reachable.foundation.files.rows import too_large
from reachable.foundation.files.whole import told_if_full
from reachable.intake import jobs, services
from reachable.intake.checking import open_file
from reachable.intake.services import CHUNK, Received
from reachable.intake.set_checking import refuse_unfit
from reachable.intake.specification import Feed
from reachable.intake.table_sets import TableSet


@dataclass(frozen=True)
class Arrived:
    """A file that has arrived whole: where it is for now, how large, and its SHA-256."""

    path: Path
    size: int
    digest: bytes


@contextmanager
def arriving(read: Callable[[int], bytes]) -> Iterator[Arrived]:
    """Write down what `read` gives until it gives nothing; it is gone after the block.

    BadInput where it is more than a file may have, or where the disk is full.
    """
    folder = Path(settings.FILE_UPLOAD_TEMP_DIR)
    with told_if_full():
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder, prefix="arriving-")
    path, total, size = Path(name), hashlib.sha256(), 0
    try:
        with told_if_full(), os.fdopen(handle, "wb") as file:
            while chunk := read(CHUNK):
                size += len(chunk)
                if size > DEFAULT.size:
                    raise too_large(None, DEFAULT)
                total.update(chunk)
                file.write(chunk)
        yield Arrived(path, size, total.digest())
    finally:
        path.unlink(missing_ok=True)


def take(
    *,
    by: Actor,
    agency_id: UUID,
    feed: Feed | TableSet,
    file_name: str,
    arrived: Arrived,
    history: bool = False,
    whole: bool = False,
) -> Received:
    """Keep a file that fits its feed, and let the worker load it; BadInput says why it does not.

    Killed between the two, the same file sent again goes on: it counts once. A set that has to wait
    for an earlier one is kept, and waits for a person.
    """
    if isinstance(feed, TableSet):
        refuse_unfit(feed, arrived.path)
    else:
        open_file(feed, arrived.path)
    with arrived.path.open("rb") as content:
        received = services.receive(
            by=by,
            agency_id=agency_id,
            feed=feed.key,
            file_name=file_name,
            content=content,
            history=history,
            whole=whole,
        )
    with suppress(Conflict):
        jobs.begin(by=by, delivery_id=received.delivery_id)
    return received
