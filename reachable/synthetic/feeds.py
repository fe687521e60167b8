"""The year's files, as the invented agencies send them.

Police export the day before soon after eight, every day of the year. Whoever was arrested in the
small hours of that day has then been in custody for a day and more: a clock of 24 hours has run out
before the file comes, and only a signal from the custody desk can be in time. The others send a
file twice a week, once a week or once a month, and none where there is nothing to say. One file of
most feeds is sent a second time under another name, and one comes after the file that follows it.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import xlsxwriter

from reachable.synthetic import atlas, truth
from reachable.synthetic.cadence import cut_offs, sent_at
from reachable.synthetic.formats import DAY, Export, Layout, export_of, exports
from reachable.synthetic.material import stream
from reachable.synthetic.noise import Blur, Noise, usual
from reachable.synthetic.partnership import Partnership
from reachable.synthetic.records import Recorder, Submission, Value, sending_of

MANIFEST_FILE = "manifest.json"
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


def write(partnership: Partnership, folder: Path, noise: Noise | None = None) -> Manifest:
    """Write all files, the truth beside them and the manifest into `folder`.

    Without `noise`, each agency's system has its usual faults.
    """
    folder.mkdir(parents=True, exist_ok=True)
    parcels = [
        parcel for export in exports().values() for parcel in parcels_of(partnership, export, noise)
    ]
    parcels.sort(key=lambda parcel: (parcel.sent_at, parcel.feed))
    files = tuple(_write_file(folder, order, parcel) for order, parcel in enumerate(parcels, 1))
    truth.write(folder, partnership, _sent_rows(parcels))
    atlas.write(folder, partnership)
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


@dataclass(frozen=True, slots=True)
class Parcel:
    """What one file will hold."""

    feed: str
    path: str
    sent_at: datetime
    layout: Layout
    rows: tuple[Submission, ...]


def parcels_of(
    partnership: Partnership, export: Export, noise: Noise | None = None
) -> list[Parcel]:
    """Return what each file of one feed holds; without `noise`, with that system's usual faults."""
    faults = usual(export) if noise is None else noise
    rng = stream(partnership.seed, f"records of {export.feed}")
    everybody = (*partnership.children, *partnership.adults)
    cutoffs = cut_offs(export, partnership.starts, partnership.until)
    blur = Blur(rng, faults, everybody, export.person_number)
    recorder = Recorder(rng, export, faults, blur, cutoffs)
    boxes: list[list[Submission]] = [[] for _ in cutoffs]
    told = (episode for episode in partnership.episodes if episode.feed == export.feed)
    for serial, episode in enumerate(told, 1):
        for submission in recorder.submissions(serial, episode):
            at = sending_of(cutoffs, submission)
            if at < len(boxes):
                boxes[at].append(submission)
    parcels = []
    for at, cutoff in enumerate(cutoffs):
        if boxes[at] or export.every == DAY:
            layout = export.layout_of(at, len(cutoffs))
            path = f"{export.feed}/{export.file} {cutoff:%Y%m%d}{layout.suffix}"
            when = sent_at(export, cutoff)
            parcels.append(Parcel(export.feed, path, when, layout, tuple(boxes[at])))
    return _with_mishaps(parcels) if faults.late else parcels


def _with_mishaps(parcels: list[Parcel]) -> list[Parcel]:
    """Delay one file past its successor, and send another one twice.

    Neither touches a file with rows that belong to a later or wrong version, so that what should
    come of them is never in doubt.
    """
    again = next((p for p in parcels[int(len(parcels) * _RESENT) :] if _plain(p)), None)
    start = int(len(parcels) * _DELAYED)
    for at in range(start, len(parcels) - 1):
        held, follower = parcels[at], parcels[at + 1]
        keys = [{row.source_key for row in each.rows} for each in (held, follower)]
        if held is not again and keys[0].isdisjoint(keys[1]):
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


def _plain(parcel: Parcel) -> bool:
    keys = [submission.source_key for submission in parcel.rows]
    return bool(keys) and len(set(keys)) == len(keys) and not any(s.wrong for s in parcel.rows)


def _write_file(folder: Path, order: int, parcel: Parcel) -> SentFile:
    path = folder / parcel.path
    path.parent.mkdir(parents=True, exist_ok=True)
    writers = {"xlsx": _write_workbook, "jsonl": _write_json_lines}
    writers.get(parcel.layout.container, _write_delimited)(path, parcel)
    return SentFile(
        order=order,
        path=parcel.path,
        agency=export_of(parcel.feed).agency,
        feed=parcel.feed,
        sent_at=parcel.sent_at,
        rows=len(parcel.rows),
        container=parcel.layout.container,
        encoding=parcel.layout.encoding,
        delimiter=parcel.layout.delimiter,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
    )


def _write_delimited(path: Path, parcel: Parcel) -> None:
    """Write delimited text; letters that the encoding lacks become question marks, as they do."""
    layout, export = parcel.layout, export_of(parcel.feed)
    with path.open("w", encoding=layout.encoding, errors="replace", newline="") as out:
        writer = csv.writer(out, delimiter=layout.delimiter, lineterminator="\r\n")
        writer.writerow(export.headings.values())
        writer.writerows(_texts(export, layout, submission) for submission in parcel.rows)


def _write_json_lines(path: Path, parcel: Parcel) -> None:
    """Write one object a line; what is empty is left out, as programs do, but not in the first."""
    layout, export = parcel.layout, export_of(parcel.feed)
    headings = list(export.headings.values())
    with path.open("w", encoding=layout.encoding, newline="\n") as out:
        for at, submission in enumerate(parcel.rows):
            texts = zip(headings, _texts(export, layout, submission), strict=True)
            told = {heading: text for heading, text in texts if text or not at}
            out.write(json.dumps(told, ensure_ascii=False) + "\n")


def _write_workbook(path: Path, parcel: Parcel) -> None:
    """Write a workbook whose dates are dates and whose formulas are only text."""
    book = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": _WORKBOOK_MADE})
    sheet = book.add_worksheet("Export")
    as_date = book.add_format({"num_format": "dd/mm/yyyy"})
    as_time = book.add_format({"num_format": "hh:mm"})
    for column, heading in enumerate(export_of(parcel.feed).headings.values()):
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


def _texts(export: Export, layout: Layout, submission: Submission) -> list[str]:
    """Return the cells of a row as text, in the order of the headings."""
    texts = {name: _text(name, value, layout) for name, value in submission.values.items()}
    if export.together:
        clock = texts.pop(export.time)
        texts[export.date] = f"{texts[export.date]} {clock}".strip()
    return list(texts.values())


def _text(name: str, value: Value, layout: Layout) -> str:
    if isinstance(value, date):
        return value.strftime(layout.date_format)
    if value and name.endswith("_time"):
        return time.fromisoformat(value).strftime(layout.time_format)
    return value


def _sent_rows(parcels: Sequence[Parcel]) -> list[truth.SentRow]:
    """Return the rows of all files in the order in which they come."""
    return [
        truth.SentRow(
            parcel.path, line, parcel.sent_at, submission, _content(submission, parcel.layout)
        )
        for parcel in parcels
        for line, submission in enumerate(parcel.rows, 1)
    ]


def _content(submission: Submission, layout: Layout) -> tuple[str, ...]:
    """What a reader finds in the row: dates are dates, and lost letters stay lost."""
    return tuple(read_back(str(value), layout) for value in submission.values.values())


def read_back(text: str, layout: Layout) -> str:
    """Return a text as it is found in a file of that layout."""
    if not layout.encoding:
        return text
    return text.encode(layout.encoding, "replace").decode(layout.encoding)
