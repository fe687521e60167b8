"""Goes through a file once, and writes what would be kept and what would be refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path

from reachable.foundation.errors import BadInput
from reachable.foundation.files.export import TABLES, WriteRow
from reachable.foundation.files.whole import whole_files
from reachable.intake.checking import CheckedRow, OpenedFile, open_file, report_on
from reachable.intake.rules.check import Refused
from reachable.intake.rules.returned import WHY
from reachable.intake.sender.report import SenderReport, Wanted
from reachable.intake.specification import Feed

NOT_WRITTEN = "Nothing was written."


def filter_file(
    feed: Feed,
    path: Path,
    today: date,
    wanted: Wanted,
    page: Callable[[SenderReport], str],
) -> SenderReport:
    """Check a file, and write what is wanted: all of it whole, or nothing.

    `page` turns the report into HTML.
    """
    opened = open_file(feed, path)
    check_names(path, wanted, keep=tuple(TABLES), refused=tuple(TABLES))
    report = SenderReport(
        feed=feed,
        file_name=path.name,
        today=today,
        check=report_on(opened),
        wanted=wanted,
        without_heading=opened.mapping.headings.count(""),
    )
    with told_if_closed(), whole_files(list(wanted.files.values())) as parts:
        places = dict(zip(wanted.files, parts, strict=True))
        with ExitStack() as tables:
            keep, refuse = _writers(opened, wanted, places, tables)
            for row in opened.rows(today):
                if report.count(row):
                    keep(row)
                elif isinstance(row.result, Refused):
                    refuse(row)
        report.ended()
        report.written = wanted.files
        if "report" in places:
            places["report"].write_text(page(report), encoding="utf-8", newline="\n")
    return report


def _writers(
    opened: OpenedFile, wanted: Wanted, places: dict[str, Path], tables: ExitStack
) -> tuple[Callable[[CheckedRow], None], Callable[[CheckedRow], None]]:
    """Return what writes a row that is kept, and what writes one that is refused."""
    headings = opened.mapping.headings
    read = sorted(place for _, place in opened.mapping.places)
    kept = list(range(len(headings))) if wanted.all_columns else read
    # A file of refused rows that was corrected and comes back brings its old reasons.
    sent = [place for place, heading in enumerate(headings) if heading != WHY]

    def table(what: str, columns: Sequence[str]) -> WriteRow:
        if what not in places:
            return lambda row: None
        kind = _ending(wanted.files[what])
        named = columns if kind != "jsonl" else _told_apart(columns)
        return tables.enter_context(TABLES[kind](places[what], named))

    write_kept = table("keep", [headings[place] for place in kept])
    write_refused = table("refused", [*(headings[place] for place in sent), WHY])

    def keep(row: CheckedRow) -> None:
        # A mark against formulas before a space would become part of what the cell says.
        write_kept([cell.strip() for cell in cells_at(row, kept)])

    def refuse(row: CheckedRow) -> None:
        write_refused([*cells_at(row, sent), why(row, len(headings))])

    return keep, refuse


def cells_at(row: CheckedRow, places: Sequence[int]) -> list[str]:
    """Return the cells at these places; programs leave out the empty ones at the end of a row."""
    cells = row.cells
    return [cells[place] if place < len(cells) else "" for place in places]


def why(row: CheckedRow, width: int) -> str:
    """Say every reason, and what stands further right than the headings reach."""
    said = [f"{told.sentence} {told.next}" for told in row.told]
    beyond = [f"“{cell}”" for cell in row.cells[width:] if cell.strip()]
    if beyond:
        said.append(f"Beyond the headings: {', '.join(beyond)}.")
    return " ".join(said)


def _told_apart(headings: Sequence[str]) -> list[str]:
    """Give each column a name of its own, as the fields of an object need."""
    names: list[str] = []
    for place, heading in enumerate(headings, start=1):
        name = heading or f"Column {place}"
        names.append(name if name not in names else f"{name} ({place})")
    return names


def _ending(path: Path) -> str:
    return path.suffix.lower().removeprefix(".")


def check_names(path: Path, wanted: Wanted, **endings: Sequence[str]) -> None:
    """Refuse to write over what is read, twice to one file, or in a way that nobody said."""
    taken = [path.resolve()]
    for what, file in wanted.files.items():
        if file.resolve() in taken:
            raise BadInput(
                f"“{file.name}” is named twice.",
                kept=NOT_WRITTEN,
                next="Write to a file of another name.",
            )
        taken.append(file.resolve())
        if not file.parent.is_dir() or file.is_dir():
            raise BadInput(
                f"“{file}” cannot be written: there is no such folder, or it is one.",
                kept=NOT_WRITTEN,
                next="Look at its name and folder.",
            )
        if what in endings and _ending(file) not in endings[what]:
            *others, last = (f".{each}" for each in endings[what])
            said = f"{', '.join(others)} or {last}" if others else last
            raise BadInput(
                f"“{file.name}” does not say what kind of file to write.",
                kept=NOT_WRITTEN,
                next=f"End its name with {said}.",
            )


@contextmanager
def told_if_closed() -> Iterator[None]:
    """Say where a folder or a file cannot be written to."""
    try:
        yield
    except PermissionError as error:
        name = Path(error.filename2 or error.filename or "").name
        raise BadInput(
            f"“{name}” cannot be written.",
            kept=NOT_WRITTEN,
            next="If it is open in another program, close it there; else choose another folder.",
        ) from error
