"""The report as one small page of HTML that needs nothing else and asks nothing of a network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import partial
from html import escape

from reachable.foundation.words import day, plural
from reachable.intake.sender.edition import version
from reachable.intake.sender.report import SenderReport
from reachable.intake.sender.set_filtering import FilteredSet
from reachable.intake.sender.telling import checked_with, days, in_short, numbers, standing_out

_STYLE = """
:root { color-scheme: light; }
body { max-width: 60rem; margin: 0 auto; padding: 1rem; color: #1b2427; background: #fff;
  font: 1.0625rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 1rem 0; }
h1 span { display: block; font-size: 1.0625rem; font-weight: 400; color: #4a5a60; }
h2 { font-size: 1.25rem; margin: 2rem 0 0.5rem; }
.lead { font-size: 1.25rem; }
.careful { padding: 0.75rem 1rem; border-left: 6px solid #8a1c1c; background: #fbeaea; }
.muted { color: #4a5a60; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: 0.5rem 0.75rem 0.5rem 0; border-bottom: 1px solid #c9d3d6; text-align: left;
  vertical-align: top; }
.count { text-align: right; white-space: nowrap; }
@media print { body { max-width: none; } }
"""


def page(report: SenderReport, *, with_values: bool = False) -> str:
    """Return the report; `with_values` quotes cells, which may name children."""
    said = (report.feed.title, report.file_name, report.today, in_short(report.check))
    return _whole(said, with_values, _of_table(report, with_values), checked_with(report))


quoting = partial(page, with_values=True)
"""The page that quotes cells."""


def page_of_set(done: FilteredSet, *, with_values: bool = False) -> str:
    """Return the report of a set of tables, a part for each."""
    said = (done.tables.title, done.file_name, done.today, in_short(done.check))
    return _whole(said, with_values, _of_set(done, with_values), f"Reachable {version()}.")


quoting_set = partial(page_of_set, with_values=True)


def _of_set(done: FilteredSet, with_values: bool) -> Iterator[str]:
    rows = [
        (
            report.feed.title,
            f"{report.check.rows:,} rows, {report.kept:,} to send, "
            f"{report.check.refused:,} refused",
        )
        for report in done.reports
    ]
    yield from _table("The tables", ("Table", "What becomes of it"), rows)
    for told, names in (("Did not come", done.missing), ("Not read", done.not_read)):
        if names:
            yield f"<p>{told}: {escape(', '.join(names))}.</p>"
    for report in done.reports:
        yield f"<section>\n<h2>{escape(report.feed.title)}</h2>"
        yield from _of_table(report, with_values)
        yield f'<p class="muted">{escape(checked_with(report))}</p>\n</section>'


def _whole(
    said: tuple[str, str, date, str], with_values: bool, inside: Iterable[str], last: str
) -> str:
    return "\n".join((*_top(said, with_values), *inside, _foot(last))) + "\n"


def _foot(last: str) -> str:
    return f'<p class="muted">{escape(last)}</p>\n</main>\n</body>\n</html>'


def _top(said: tuple[str, str, date, str], with_values: bool) -> Iterator[str]:
    title, file_name, today, short = map(escape, (*said[:2], day(said[2]), said[3]))
    yield '<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield (
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    )
    yield f"<title>Before sending: {title}</title>\n<style>{_STYLE}</style>\n</head>"
    yield "<body>\n<main>"
    yield f"<h1><span>Checked before sending</span>{title}</h1>"
    yield f"<p>{file_name}, checked on {today}.</p>"
    yield f'<p class="lead">{short}</p>'
    if with_values:
        yield (
            '<p class="careful"><strong>This report quotes cells.</strong> It may name children: '
            "keep it as safe as the file itself.</p>"
        )
    else:
        yield "<p>This report holds row numbers and reasons, and nothing that a cell says.</p>"


def _of_table(report: SenderReport, with_values: bool) -> Iterator[str]:
    yield from _summary(report)
    yield from _reasons("Why rows would be refused", report, question=False)
    yield from _reasons("Questions, which hold nothing up", report, question=True)
    if with_values and report.check.problems:
        yield from _quoted(report)
    yield from _columns(report)
    yield f'<p class="muted">{escape(" ".join(report.check.notes))}</p>'


def _summary(report: SenderReport) -> Iterator[str]:
    check = report.check
    rows = [
        ("Rows in the file", f"{check.rows:,}", ""),
        ("To send", f"{report.kept:,}", ""),
        ("Refused, to be corrected", f"{check.refused:,}", ""),
        ("Accepted with a question", f"{check.questioned:,}", ""),
        *((says, f"{rows.count:,}", numbers(rows)) for says, rows in standing_out(report)),
    ]
    yield from _table("The rows", ("What", "Rows", "Which"), rows, report.feed.key)
    yield f"<p>When it happened, in the rows that are accepted: {escape(days(report))}.</p>"


def _reasons(heading: str, report: SenderReport, *, question: bool) -> Iterator[str]:
    groups = [each for each in report.groups.values() if each.question is question]
    rows = [
        (each.sentence, each.heading, f"{each.rows.count:,}", numbers(each.rows))
        for each in sorted(groups, key=lambda each: -each.rows.count)
    ]
    if rows:
        yield from _table(heading, ("Reason", "Column", "Rows", "Which"), rows, report.feed.key)
        yield '<p class="muted">“…” stands for what the cell says.</p>'


def _quoted(report: SenderReport) -> Iterator[str]:
    problems = report.check.problems
    rows = [
        (f"{noted.row:,}", f"{noted.problem.sentence} {noted.problem.next}") for noted in problems
    ]
    yield from _table("Row by row", ("Row", "What to do"), rows, report.feed.key)
    more = sum(report.check.reasons.values()) - len(problems)
    if more > 0:
        yield f'<p class="muted">And {more:,} more.</p>'


def _columns(report: SenderReport) -> Iterator[str]:
    named = {column.name: column for column in report.feed.columns}
    rows = [(heading, named[name].hint) for name, heading in report.check.read]
    yield from _table("Columns that are read", ("Heading", "What for"), rows, report.feed.key)
    not_read = report.left_out or report.check.not_read
    if not_read:
        said = plural(len(not_read), "column that the feed does not ask for", "such columns")
        goes = "sent all the same, as you asked" if report.wanted.all_columns else "left out"
        yield f"<p>{said}, {goes}: {escape(', '.join(not_read))}.</p>"


def _table(
    caption: str, headings: Sequence[str], rows: Iterable[Sequence[str]], of: str = ""
) -> Iterator[str]:
    name = f"{of} {caption}".strip().lower().replace(" ", "-").replace(":", "").replace(",", "")
    head = "".join(
        f'<th scope="col"{_count(heading)}>{escape(heading)}</th>' for heading in headings
    )
    yield f'<h2 id="{name}">{escape(caption)}</h2>'
    yield f'<div class="scroll" role="region" aria-labelledby="{name}" tabindex="0">'
    yield f'<table aria-labelledby="{name}">\n<thead><tr>{head}</tr></thead>\n<tbody>'
    for row in rows:
        first, *others = zip(headings, row, strict=True)
        cells = "".join(f"<td{_count(heading)}>{escape(cell)}</td>" for heading, cell in others)
        yield f'<tr><th scope="row">{escape(first[1])}</th>{cells}</tr>'
    yield "</tbody>\n</table>\n</div>"


def _count(heading: str) -> str:
    return ' class="count"' if heading == "Rows" else ""
