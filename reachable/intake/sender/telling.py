"""The report as sentences, for a terminal and as rows of the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from reachable.foundation.words import day, plural
from reachable.intake.checking import CheckReport
from reachable.intake.sender.edition import feed_digest, version
from reachable.intake.sender.report import Rows, SenderReport
from reachable.intake.set_checking import SetReport


def numbers(rows: Rows) -> str:
    """Return "3, 7, 12 and 40 more"."""
    said = ", ".join(f"{number:,}" for number in rows.first)
    more = rows.count - len(rows.first)
    return f"{said} and {more:,} more" if more else said


def days(report: SenderReport) -> str:
    """Say from when to when the accepted rows are."""
    if not report.first_day:
        return "no row says when"
    first, last = (day(date.fromisoformat(each)) for each in (report.first_day, report.last_day))
    return first if first == last else f"{first} to {last}"


def standing_out(report: SenderReport) -> Iterator[tuple[str, Rows]]:
    """Yield what a person should look at among the accepted rows, with those rows."""
    over = report.feed.question_over_age
    adults = "Left out of what to send." if report.wanted.no_adults else "Is that right?"
    goes = (
        "To send all the same, as you asked."
        if report.wanted.all_rows
        else "Left out of what to send."
    )
    for says, rows in (
        (f"About nothing that this feed is for. {goes}", report.nothing),
        (
            f"Over {over} by the birth date. {adults}",
            report.adults,
        ),
        (
            "Cannot go without one that is refused: its child, or one above it of the same child "
            "and day, by which it is numbered. Correct that one.",
            report.hanging,
        ),
        ("Says what a row above says, word for word. It counts once.", report.repeated),
        (
            "Has the number of a row above, and other content: it corrects it.",
            report.corrections,
        ),
    ):
        if rows.count:
            yield says, rows


def in_short(check: CheckReport | SetReport) -> str:
    """Say in one sentence what would become of the rows."""
    return (
        f"{plural(check.rows, 'row', 'rows')}: {check.accepted:,} would be accepted, "
        f"{check.refused:,} would wait to be corrected."
    )


def lines_of_check(check: CheckReport, not_read: Sequence[str] | None = None) -> Iterator[str]:
    """Yield what is said of a file as a whole, and of its first rows that have a problem."""
    yield from check.notes
    not_read = check.not_read if not_read is None else not_read
    if not_read:
        yield f"Not read: {', '.join(not_read)}."
    for noted in check.problems:
        kind = "question: " if noted.problem.question else ""
        yield f"Row {noted.row}: {kind}{noted.problem.sentence} {noted.problem.next}"
    beyond = sum(check.reasons.values()) - len(check.problems)
    if beyond > 0:
        yield f"… and {beyond:,} more."


def lines(report: SenderReport) -> Iterator[str]:
    """Yield the report for a terminal, the most important last."""
    yield from lines_of_check(report.check)
    for says, rows in standing_out(report):
        yield f"{plural(rows.count, 'row', 'rows')} ({numbers(rows)}): {says}"
    if report.first_day:
        yield f"Days: {days(report)}."
    yield from _written(report)
    yield in_short(report.check)


def lines_of_table(report: SenderReport) -> Iterator[str]:
    """Yield the report of one table of a set."""
    yield f"{report.feed.key}:"
    yield from lines_of_check(report.check, report.left_out)
    for says, rows in standing_out(report):
        yield f"{plural(rows.count, 'row', 'rows')} ({numbers(rows)}): {says}"
    yield f"{in_short(report.check)} {report.kept:,} to send."


def _written(report: SenderReport) -> Iterator[str]:
    files = report.written
    if "keep" in files:
        yield f"{plural(report.kept, 'row', 'rows')} to send: {files['keep']}"
        if report.left_out:
            yield f"Columns left out of it, as the feed does not ask: {', '.join(report.left_out)}."
    if "refused" in files:
        refused = plural(report.check.refused, "row", "rows")
        yield f"{refused} to correct, each with why: {files['refused']}"
    if "report" in files:
        yield f"The report: {files['report']}"


def checked_with(report: SenderReport) -> str:
    """Say which release and which specification a file was checked with."""
    return (
        f"Reachable {version()}, feed {report.feed.key}, specification "
        f"{feed_digest(report.feed.key)}."
    )
