"""A year of what every agency sends, file by file, each on its day.

The files are those of the synthetic partnership, of a whole area's size: eleven feeds in their own
formats and rhythms, with their usual faults, so most are small. Of the children in them six in
seven are in the register, as children's social care knows them, and others beside them.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from django.apps import apps
from django.conf import settings

from benchmarks import place
from benchmarks.load import FILLED
from benchmarks.partnership import register_people
from benchmarks.social_care import insert_again
from reachable.access import selectors as access
from reachable.foundation import memory
from reachable.foundation.actor import system
from reachable.foundation.ids import new_id
from reachable.foundation.time import travel
from reachable.intake import loading, services
from reachable.intake.checking import open_file
from reachable.intake.models import Delivery
from reachable.intake.specification import feed as feed_of
from reachable.practice.time import start_of_day
from reachable.synthetic import arrival, bulk, feeds, partnership
from reachable.synthetic.bulk import Known
from reachable.synthetic.families import Person
from reachable.synthetic.feeds import Manifest, SentFile
from reachable.synthetic.partnership import Partnership

NAME = "Mixed feeds: a year of eleven feeds, 200,000 rows, against a register of 100,000 people"
BASELINE = (
    "reading the same files with our own readers and nothing else (to_parsing), and inserting the "
    "rows that the load wrote into empty tables, 1,000 at a time (to_inserting)"
)
NOTE = (
    "What bounds it: most files are small, so that a batch has some 130 rows and bears the cost of "
    "some 75 statements. Of the processor time at the beginning of the year, reading and checking "
    "take a sixth, writing rows a sixth, telling who it is a fifth, and asking again the rules "
    "that look back an eighth. The last grows to more than a third at its end: of a child of whom "
    "something stands, all is read since before it began. One process does all of it, one batch "
    "after the other, as only one may identify people at a time: the second core serves "
    "PostgreSQL, and on SQLite little."
)
CHILDREN = 57_000
"""Whom agencies know in a year; they come to some 3.5 rows each."""
REGISTER = 100_000
UNKNOWN = 7
"""Every seventh child of the files is not in the register."""
UNTIL = date(2026, 11, 24)
BY = system("benchmark")


@dataclass
class Loaded:
    """How long the loads took, and each of their transactions, in seconds."""

    receiving: float = 0.0
    loading: float = 0.0
    processor: float = 0.0
    transactions: list[float] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)

    def total(self, name: str) -> int:
        return sum(getattr(delivery, name) for delivery in self.deliveries)


def run() -> dict[str, Any]:
    made = partnership.make(1, CHILDREN, until=UNTIL)
    manifest = feeds.write(made, Path(settings.UPLOAD_DIR).parent / "sent")
    return measured(made, manifest)


def measured(made: Partnership, manifest: Manifest) -> dict[str, Any]:
    with travel(start_of_day(UNTIL)):
        arrival.set_up(made, password=new_id().hex)
    with travel(start_of_day(made.starts)):
        register_people(BY, access.agency_id("fenmarch-council"), list(_register(made)))
    memory.settle()
    with place.copy_of_database() as copy:
        before = {label: apps.get_model(label).objects.count() for label in FILLED}
        load = _load(manifest)
        inserting = insert_again(copy, before)
    parsing = _parse(manifest)
    rows = load.total("rows")
    return {
        "rows": rows,
        "files": len(load.deliveries),
        "rows_per_second": round(rows / load.loading),
        "least_rows_per_second": 3000,
        "to_parsing": round(load.loading / parsing, 1),
        "to_inserting": round(load.loading / inserting, 2),
        "median_transaction_ms": round(1000 * statistics.median(load.transactions), 1),
        "longest_transaction_ms": round(1000 * max(load.transactions), 1),
        "target_longest_transaction_ms": 250,
        "load_seconds": round(load.loading, 1),
        "load_processor_seconds": round(load.processor, 1),
        "receiving_seconds": round(load.receiving, 1),
        "accepted": load.total("accepted"),
        "quarantined": load.total("quarantined"),
        "duplicates": load.total("duplicates"),
        "recorded_events": load.total("events"),
        "moments": load.total("moments"),
    }


def _register(made: Partnership) -> Iterator[Known]:
    known = [who for at, who in enumerate(made.children) if at % UNKNOWN]
    for who in islice(known, REGISTER):
        yield _known(who, made.starts)
    # Nobody else has a number of theirs by chance.
    for other in bulk.register(1, max(REGISTER - len(known), 0), made.until):
        yield other._replace(nhs_number="", upn="")


def _known(who: Person, on: date) -> Known:
    home = who.home_on(on)
    return Known(
        *(
            who.council_id,
            who.name.family,
            who.name.given_names,
            who.birth_date.isoformat(),
            who.sex,
        ),
        *(home.line, home.postcode, who.nhs_number, who.upn),
    )


def _load(manifest: Manifest) -> Loaded:
    """Load for real, each file at the instant at which it was sent."""
    found = Loaded()
    agencies = {file.agency: access.agency_id(file.agency) for file in manifest.files}
    commit = loading._commit

    def timed(*arguments: Any, **named: Any) -> Any:
        started = time.perf_counter()
        outcome = commit(*arguments, **named)
        found.transactions.append(time.perf_counter() - started)
        return outcome

    loading._commit = timed
    for file in manifest.files:
        with travel(file.sent_at):
            _load_one(found, agencies[file.agency], manifest.folder / file.path, file)
    loading._commit = commit
    return found


def _load_one(found: Loaded, agency_id: UUID, path: Path, file: SentFile) -> None:
    started = time.perf_counter()
    with path.open("rb") as content:
        received = services.receive(
            by=BY, agency_id=agency_id, feed=file.feed, file_name=path.name, content=content
        )
    if received.again:
        return
    services.begin_loading(by=BY, delivery_id=received.delivery_id)
    began, processor = time.perf_counter(), time.process_time()
    done = loading.load(by=BY, delivery_id=received.delivery_id)
    found.loading += time.perf_counter() - began
    found.processor += time.process_time() - processor
    found.receiving += began - started
    if done.state != "loaded" or done.rows != file.rows:
        raise RuntimeError(f"{file.path}: {done.rows} of {file.rows} rows: {done.error}")
    found.deliveries.append(done)


def _parse(manifest: Manifest) -> float:
    started = time.perf_counter()
    for file in manifest.files:
        for _ in open_file(feed_of(file.feed), manifest.folder / file.path).table.rows():
            pass
    return time.perf_counter() - started
