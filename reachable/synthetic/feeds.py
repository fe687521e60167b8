"""The year's files, as the invented constabulary sends them.

An export of the day before leaves soon after eight, every day of the year. Whoever was arrested in
the small hours of that day has then been in custody for a day and more: a clock of 24 hours has run
out before the file comes, and only a signal from the custody desk can be in time. One file of each
feed is sent a second time under another name, and one comes after the file that follows it.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import xlsxwriter

from reachable.practice.time import LONDON
from reachable.synthetic import truth
from reachable.synthetic.formats import CUSTODY, HEADINGS, MISSING, Layout, layout_of
from reachable.synthetic.material import stream
from reachable.synthetic.noise import NORMAL, Blur, Noise
from reachable.synthetic.partnership import Partnership
from reachable.synthetic.records import Recorder, Submission, Value, sending_of, trigger_of

MANIFEST_FILE = "manifest.json"
POLICE = "fenmarch-constabulary"
_SENT_AT = {CUSTODY: time(8, 5), MISSING: time(8, 10)}
_RESENT, _DELAYED = 0.4, 0.6
# A workbook says when it was made; a fixed day keeps the same seed at the same bytes.
_WORKBOOK_MADE = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file and the instant (UTC) at which it was sent."""

    order: int
    path: str
    agency: str
    feed: str
    sent_at: datetime
    rows: int
    container: str
    encoding: str
    delimiter: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """All files in the order in which they were sent, and what they were made from."""

    folder: Path
    seed: int
    children: int
    months: int
    until: date
    files: tuple[SentFile, ...]

    @property
    def rows(self) -> int:
        return sum(file.rows for file in self.files)

    def digest(self) -> str:
        """Return one digest of every file's name, instant and content."""
        lines = (f"{file.path} {file.sent_at.isoformat()} {file.sha256}\n" for file in self.files)
        return hashlib.sha256("".join(lines).encode()).hexdigest()


def write(partnership: Partnership, folder: Path, noise: Noise = NORMAL) -> Manifest:
    """Write all files, the truth beside them and the manifest into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    cutoffs = exports(partnership.starts, partnership.until)
    parcels = [
        parcel
        for feed in (CUSTODY, MISSING)
        for parcel in _parcels(partnership, feed, noise, cutoffs)
    ]
    parcels.sort(key=lambda parcel: (parcel.sent_at, parcel.feed))
    files = tuple(_write_file(folder, order, parcel) for order, parcel in enumerate(parcels, 1))
    truth.write_rows(folder, _truth_rows(parcels))
    truth.write_people(folder, partnership)
    manifest = Manifest(
        folder,
        partnership.seed,
        len(partnership.children),
        partnership.months,
        partnership.until,
        files,
    )
    content = {k: v for k, v in asdict(manifest).items() if k != "folder"}
    (folder / MANIFEST_FILE).write_text(json.dumps(content, indent=1, default=str), "utf-8")
    return manifest


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest that `write` left in `folder`."""
    content = json.loads((folder / MANIFEST_FILE).read_text("utf-8"))
    files = tuple(
        SentFile(**{**row, "sent_at": datetime.fromisoformat(row["sent_at"])})
        for row in content["files"]
    )
    until = date.fromisoformat(content["until"])
    return Manifest(**{**content, "folder": folder, "until": until, "files": files})


def last_sending(instant: datetime) -> date:
    """Return the last day whose files have all been sent by an instant."""
    local = instant.astimezone(LONDON)
    return local.date() - timedelta(days=local.time() < max(_SENT_AT.values()))


def exports(starts: date, until: date) -> list[datetime]:
    """Return the local midnights up to which the exports reach: one a day."""
    days = (until - starts).days
    return [datetime.combine(starts + timedelta(days=day), time()) for day in range(1, days + 1)]


@dataclass(frozen=True, slots=True)
class _Parcel:
    """What one file will hold."""

    feed: str
    path: str
    sent_at: datetime
    layout: Layout
    rows: tuple[Submission, ...]


def _parcels(
    partnership: Partnership, feed: str, noise: Noise, cutoffs: list[datetime]
) -> list[_Parcel]:
    rng = stream(partnership.seed, f"records of {feed}")
    everybody = (*partnership.children, *partnership.adults)
    recorder = Recorder(rng, noise, Blur(rng, noise, everybody), cutoffs)
    boxes: list[list[Submission]] = [[] for _ in cutoffs]
    told = (episode for episode in partnership.episodes if episode.feed == feed)
    for serial, episode in enumerate(told, 1):
        for submission in recorder.submissions(serial, episode):
            at = sending_of(cutoffs, submission)
            if at < len(boxes):
                boxes[at].append(submission)
    parcels = [
        _Parcel(
            feed,
            _path(feed, cutoff, layout_of(feed, at, len(cutoffs))),
            _sent_at(feed, cutoff),
            layout_of(feed, at, len(cutoffs)),
            tuple(boxes[at]),
        )
        for at, cutoff in enumerate(cutoffs)
    ]
    return _with_mishaps(parcels) if noise.late else parcels


def _with_mishaps(parcels: list[_Parcel]) -> list[_Parcel]:
    """Delay one file past its successor, and send another one twice.

    Neither touches a file with rows that belong to a later or wrong version, so that what should
    come of them is never in doubt.
    """
    again = next((p for p in parcels[int(len(parcels) * _RESENT) :] if _plain(p)), None)
    start = int(len(parcels) * _DELAYED)
    for at in range(start, len(parcels) - 1):
        held, follower = parcels[at], parcels[at + 1]
        if not {s.source_key for s in held.rows} & {s.source_key for s in follower.rows}:
            parcels[at] = replace(held, sent_at=follower.sent_at + timedelta(hours=5))
            break
    if again:
        name = again.path.removesuffix(again.layout.suffix)
        parcels.append(
            replace(
                again,
                path=f"{name} (1){again.layout.suffix}",
                sent_at=again.sent_at + timedelta(hours=6),
            )
        )
    return parcels


def _plain(parcel: _Parcel) -> bool:
    keys = [submission.source_key for submission in parcel.rows]
    return bool(keys) and len(set(keys)) == len(keys) and not any(s.wrong for s in parcel.rows)


def _path(feed: str, cutoff: datetime, layout: Layout) -> str:
    name = {CUSTODY: "Custody_Under18_Extract", MISSING: "Missing Found"}[feed]
    return f"{feed}/{name} {cutoff:%Y%m%d}{layout.suffix}"


def _sent_at(feed: str, cutoff: datetime) -> datetime:
    return datetime.combine(cutoff.date(), _SENT_AT[feed], LONDON).astimezone(UTC)


def _write_file(folder: Path, order: int, parcel: _Parcel) -> SentFile:
    path = folder / parcel.path
    path.parent.mkdir(parents=True, exist_ok=True)
    if parcel.layout.container == "xlsx":
        _write_workbook(path, parcel)
    else:
        _write_csv(path, parcel)
    return SentFile(
        order=order,
        path=parcel.path,
        agency=POLICE,
        feed=parcel.feed,
        sent_at=parcel.sent_at,
        rows=len(parcel.rows),
        container=parcel.layout.container,
        encoding=parcel.layout.encoding,
        delimiter=parcel.layout.delimiter,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
    )


def _write_csv(path: Path, parcel: _Parcel) -> None:
    """Write delimited text; letters that the encoding lacks become question marks, as they do."""
    layout = parcel.layout
    with path.open("w", encoding=layout.encoding, errors="replace", newline="") as out:
        writer = csv.writer(out, delimiter=layout.delimiter, lineterminator="\r\n")
        writer.writerow(HEADINGS[parcel.feed].values())
        for submission in parcel.rows:
            writer.writerow([_text(value, layout) for value in submission.values.values()])


def _write_workbook(path: Path, parcel: _Parcel) -> None:
    """Write a workbook whose dates are dates and whose formulas are only text."""
    book = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": _WORKBOOK_MADE})
    sheet = book.add_worksheet("Export")
    as_date = book.add_format({"num_format": "dd/mm/yyyy"})
    as_time = book.add_format({"num_format": "hh:mm"})
    for column, heading in enumerate(HEADINGS[parcel.feed].values()):
        sheet.write_string(0, column, heading)
    for line, submission in enumerate(parcel.rows, 1):
        for column, (name, value) in enumerate(submission.values.items()):
            if isinstance(value, date):
                sheet.write_datetime(line, column, value, as_date)
            elif value and name.endswith("_time"):
                sheet.write_datetime(line, column, time.fromisoformat(value), as_time)
            elif value:
                sheet.write_string(line, column, value)
    book.close()


def _text(value: Value, layout: Layout) -> str:
    return value.strftime(layout.date_format) if isinstance(value, date) else value


def _truth_rows(parcels: list[_Parcel]) -> Iterator[truth.TruthRow]:
    """Read the files as a right check would, in the order in which they come."""
    held: dict[tuple[str, str], tuple[str, ...]] = {}
    for parcel in parcels:
        for line, submission in enumerate(parcel.rows, 1):
            content = _content(submission, parcel.layout)
            key = (submission.feed, submission.source_key)
            if submission.wrong:
                expect = truth.QUARANTINED
            elif held.get(key) == content:
                expect = truth.DUPLICATE
            else:
                expect = truth.ACCEPTED
                held[key] = content
            trigger, instant, child = trigger_of(submission)
            yield truth.TruthRow(
                file=parcel.path,
                line=line,
                feed=submission.feed,
                source_key=submission.source_key,
                person=submission.episode.person.id,
                episode=submission.episode.id,
                version=submission.version,
                expect=expect,
                story=submission.episode.story,
                group=submission.episode.group,
                trigger=trigger,
                trigger_at=instant,
                child=child,
                late=submission.late,
                withdrawn=submission.withdrawn,
                noise=submission.faults,
            )


def _content(submission: Submission, layout: Layout) -> tuple[str, ...]:
    """What a reader finds in the row: dates are dates, and lost letters stay lost."""
    values = (str(value) for value in submission.values.values())
    if not layout.encoding:
        return tuple(values)
    return tuple(v.encode(layout.encoding, "replace").decode(layout.encoding) for v in values)
