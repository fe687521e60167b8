"""The reference of all feeds as Markdown, made from their specifications."""

from __future__ import annotations

from collections.abc import Iterator

from reachable.intake.rules.problems import EXPLAINED
from reachable.intake.specification import Column, ColumnType, Feed, Made, Need, feeds
from reachable.intake.table_sets import TableSet, table_sets

_NEED = {
    Need.VALUE: "a value in each row",
    Need.COLUMN: "the column, cells may be empty",
    Need.NO: "no",
}
_TYPE = {
    ColumnType.TEXT: "text",
    ColumnType.NAME: "name",
    ColumnType.REFERENCE: "reference",
    ColumnType.CODE: "one of a list",
    ColumnType.SEX: "F, M, X or in words",
    ColumnType.DATE: "date",
    ColumnType.TIME: "time of day",
    ColumnType.POSTCODE: "postcode",
    ColumnType.NHS_NUMBER: "NHS number",
    ColumnType.UPN: "UPN",
    ColumnType.CODES: "several of a list",
    ColumnType.ADDRESS: "address, also as a JSON object",
    ColumnType.FLAGS: "text, or a JSON object of flags",
}
_HEAD = """# Feeds

What agencies send, column by column. This page is made from the specifications in
`reachable/intake/feeds/`; change those, then run `reachable docs`.

A feed is a table as CSV (commas, semicolons, tabs or upright bars; UTF-8, UTF-16 or Windows-1252),
as an Excel workbook (.xlsx) or an OpenDocument sheet (.ods), with headings in the first row; or
JSON lines, one object a line, whose names are the headings; or XML, whose most frequent element is
a row; or one of these in a zip file. Tables that come together are below the feeds. Case, spaces
and punctuation in headings are no matter. Columns that a feed does not ask for are not read. A row
is accepted, or refused with its reasons; a question leaves it accepted. A file can be checked where
it comes from, offline and without a database: see
[Check a file before you send it](../how-to/check-before-you-send.md).

    reachable feed check police_custody export.csv

The number in the source key's column says which signal a row is: the same number with other
content is a new version of the same signal. Without a number, a row is known by its content.
"""


def render() -> str:
    """Return the whole page."""
    parts = [
        _HEAD,
        *(_feed(feed) for feed in feeds().values()),
        *(_set(tables) for tables in table_sets().values()),
        _reasons(),
    ]
    return "\n".join(part.rstrip() + "\n" for part in parts)


def _set(tables: TableSet) -> str:
    return "\n".join(
        [
            f"## {tables.title} (`{tables.key}`)",
            "",
            tables.purpose,
            "",
            f"- **Sent by**: {tables.agency_kind}.",
            f"- **Send**: {tables.send}",
            f"- **Kept**: rows of children who are not known go when they have not come for "
            f"{tables.tables[0].keep_unmatched_days} days.",
            "",
            *(line for feed in tables.tables for line in _table(feed)),
        ]
    )


def _table(feed: Feed) -> Iterator[str]:
    yield f"### `{feed.key}`: {feed.title}"
    yield ""
    yield feed.purpose
    yield ""
    for join in feed.joins:
        without = "; without it a row waits." if join.needed else "."
        yield (
            f"- Beside each row, from `{join.table}`: {_codes(join.take)}, by `{join.column}` = "
            f"`{join.on}`{without}"
        )
    if feed.makes:
        yield from _makes(feed)
    yield ""
    yield "| Column | Heading | Holds | Needed | Compartment | Meaning |"
    yield "|---|---|---|---|---|---|"
    for column in feed.columns:
        cells = (
            f"`{column.name}`",
            column.heading,
            _TYPE[column.type],
            _NEED[column.need],
            str(column.compartment),
            column.hint,
        )
        yield "| " + " | ".join(_escape(cell) for cell in cells) + " |"
    yield ""


def _feed(feed: Feed) -> str:
    return "\n".join(
        [
            f"## {feed.title} (`{feed.key}`)",
            "",
            feed.purpose,
            "",
            f"- **Sent by**: {feed.agency_kind}.",
            f"- **Send**: {feed.send}",
            f"- **Source key**: `{feed.source_key}`.",
            f"- **Dates**: {str(feed.date_order).replace('-', ', ')}; ISO dates in any case.",
            f"- **Identity**: {_codes(feed.identity)}; at least one of {_codes(feed.one_of)}.",
            *_makes(feed),
            f"- **Kept**: a row that opens no moment and concerns no known child is removed after "
            f"{feed.keep_unmatched_days} days.",
            "",
            "| Column | Heading | Also read as | Holds | Needed | Compartment | Meaning |",
            "|---|---|---|---|---|---|---|",
            *(_column(column) for column in feed.columns),
            "",
            *_code_tables(feed),
            "Sample rows, all invented:",
            "",
            *_samples(feed),
        ]
    )


def _codes(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _makes(feed: Feed) -> Iterator[str]:
    yield "- **Makes**: " + "; ".join(_made(feed, made) for made in feed.makes) + "."


def _made(feed: Feed, made: Made) -> str:
    at = feed.happening(made.at)
    said = f"the event `{made.event}` at `{at.date}`" + (f" and `{at.time}`" if at.time else "")
    if made.if_column:
        values = " or ".join(f"`{value}`" for value in sorted(made.if_any))
        said += f" if `{made.if_column}` is {values}"
    if made.tells:
        said += f", which tells {_codes(tuple(sorted(made.tells)))}"
    return said + (f", place `{made.place}`" if made.place else "")


def _column(column: Column) -> str:
    cells = (
        f"`{column.name}`",
        column.heading,
        ", ".join(column.aliases),
        _TYPE[column.type],
        _NEED[column.need],
        str(column.compartment),
        column.hint,
    )
    return "| " + " | ".join(_escape(cell) for cell in cells) + " |"


def _code_tables(feed: Feed) -> Iterator[str]:
    for column in feed.columns:
        if column.codes:
            yield f"Words for `{column.name}`:"
            yield ""
            for code, words in column.codes.items():
                yield f"- `{code}`: {', '.join(words)}"
            yield ""


def _samples(feed: Feed) -> Iterator[str]:
    for sample in feed.samples:
        yield f"- {sample.what[0].upper()}{sample.what[1:]}:"
        said = (
            f"{column.heading} {cell}"
            for column, cell in zip(feed.columns, sample.cells, strict=True)
            if cell
        )
        yield f"  {'; '.join(said)}."
    yield ""


def _reasons() -> str:
    lines = [
        "## Why a row is refused, and what is asked",
        "",
        "| Reason | What happens | Sentence | What to do |",
        "|---|---|---|---|",
    ]
    for reason, explained in EXPLAINED.items():
        happens = "accepted, with a question" if explained.question else "refused"
        cells = (f"`{reason}`", happens, explained.sentence, explained.next)
        lines.append("| " + " | ".join(_escape(_blanks(cell)) for cell in cells) + " |")
    return "\n".join(lines)


def _blanks(sentence: str) -> str:
    """Show what is filled in: `{value}` becomes … ."""
    for opening in ("“{", "{"):
        while opening in sentence:
            before, _, rest = sentence.partition(opening)
            _, _, after = rest.partition("}”" if opening == "“{" else "}")
            sentence = before + ("“…”" if opening == "“{" else "…") + after
    return sentence


def _escape(cell: str) -> str:
    return cell.replace("|", "\\|")
