"""A page for each feed that a data officer can follow alone, made from its specification."""

from __future__ import annotations

from collections.abc import Iterator

from reachable.intake.specification import Feed, Need
from reachable.intake.table_sets import TableSet
from reachable.practice import guidance

FOLDER = "docs/how-to/send"


def render(sent: Feed | TableSet) -> str:
    """Return the whole page."""
    parts = _of_set(sent) if isinstance(sent, TableSet) else _of_feed(sent)
    return "\n".join(parts).rstrip() + "\n"


def _beginning(sent: Feed | TableSet) -> Iterator[str]:
    yield f"# Send: {sent.title}"
    yield ""
    yield "Made from the specification of the feed; change that, then run `reachable docs`."
    yield ""
    yield sent.purpose
    yield ""
    yield "## What to send"
    yield ""
    yield f"{sent.send}"
    yield ""
    yield f"**Where it usually is.** {sent.find}"
    yield ""


def _of_feed(feed: Feed) -> Iterator[str]:
    yield from _beginning(feed)
    yield from _columns(feed)
    yield from _check(feed)
    yield from _send(feed.key, f"{feed.key}.csv")
    yield from _becomes(feed)
    yield from _corrections(feed)


def _columns(feed: Feed) -> Iterator[str]:
    yield "## The columns"
    yield ""
    yield (
        "The first row says what each column holds. Case, spaces and punctuation are no matter, "
        "and many other headings are understood: see [Feeds](../../reference/feeds.md). Dates are "
        f"{str(feed.date_order).replace('-', ', ')}, or like 2026-03-07. Columns that are not "
        "named here are not read: leave them out."
    )
    yield ""
    for need, title in (
        (Need.VALUE, "Every row needs"),
        (Need.COLUMN, "The file needs the column, but not every row a value"),
        (Need.NO, "If you have it"),
    ):
        named = [column for column in feed.columns if column.need is need]
        if named:
            yield f"{title}:"
            yield ""
            for column in named:
                words = ", ".join(each[0] for each in column.codes.values())
                one_of = f" One of: {words}." if words else ""
                yield f"- **{column.heading}**: {column.hint}{one_of}"
            yield ""


def _check(feed: Feed) -> Iterator[str]:
    yield "## Check it first"
    yield ""
    yield ("On your own computer, with nothing but Python ([how](../check-before-you-send.md)):")
    yield ""
    yield "```"
    yield f"python3 reachable-check.pyz check {feed.key} export.csv --keep send.csv"
    yield "```"
    yield ""
    yield (
        "It says which rows would be accepted, which would wait to be corrected and why, and "
        "writes a file with only the rows and columns that are needed. Nothing leaves your "
        "computer."
    )
    yield ""


def _send(key: str, name: str, *, everything: bool = False) -> Iterator[str]:
    yield "## Send it"
    yield ""
    yield (
        "- **On the page**: *Intake*, choose it, and look at what would become of the file before "
        "you load it. [Load a file](../load-a-file.md)."
    )
    yield (
        f"- **By a program**: `POST /api/feeds/{key}/files`, signed with your agency’s key. "
        "[Send files by HTTP](../send-by-http.md)."
    )
    also = f", or `{key}-everything` for a file that holds everything" if everything else ""
    yield (
        f"- **Into a folder, or by SFTP**: the folder `{key}` of your agency{also}. "
        "[Watch a folder](../watch-a-folder.md)."
    )
    yield (
        f"- **Where Reachable runs**: `reachable feed load {key} {name} --agency YOURS`; with "
        "`--history` for past events, of which nobody is told."
    )
    yield ""


def _becomes(feed: Feed) -> Iterator[str]:
    yield "## What becomes of a row"
    yield ""
    for made in feed.makes:
        kind = guidance.event_kind(made.event)
        opens = guidance.usual_rules().alone(kind.key)
        if opens:
            titles = dict.fromkeys(guidance.moment_kind(each.opens).title for each in opens)
            does = f"opens a reachable moment, *{', '.join(titles)}*"
        elif kind.keeps:
            does = "is recorded, also of a child whom nobody knew"
        else:
            does = "is recorded with a child who is known; of others it opens nothing"
        yield f"- *{kind.title}* {does}."
    yield ""
    yield (
        "A row that opens no moment and is about nobody known is removed after "
        f"{feed.keep_unmatched_days} days. You are never told whether a child is known: you see "
        "how many rows were accepted, wait to be corrected, or came before."
    )
    yield ""


def _corrections(feed: Feed) -> Iterator[str]:
    key = feed.column(feed.source_key)
    yield "## Correct it later"
    yield ""
    yield (
        f"Send the row again with the same **{key.heading}**: what it says now takes the place of "
        "what it said. The same row sent twice counts once, so that files may overlap."
    )
    if any(column.name == "record_status" for column in feed.columns):
        heading = feed.column("record_status").heading
        yield f"Entered in error? Send it again with *Withdrawn* under **{heading}**."
    yield ""


def _of_set(tables: TableSet) -> Iterator[str]:
    yield from _beginning(tables)
    yield "## What is read"
    yield ""
    for feed in tables.tables:
        needed = " (needed)" if feed.key in tables.needed else ""
        yield f"- `{feed.key}`{needed}: {feed.purpose}"
    yield ""
    yield "Everything else in the file is left alone, and named."
    yield ""
    if tables.reaches_back_years:
        yield "## Everything, or only changes"
        yield ""
        yield (
            "*Everything* holds all rows of all children: what came before and is not in it any "
            "more was removed where it comes from, and is withdrawn here. If so many rows are "
            "missing that the export may have been cut short, nothing is withdrawn until somebody "
            f"confirms it. Rows older than {tables.reaches_back_years - 1} years are never "
            "withdrawn: exports do not reach back for ever."
        )
        yield ""
        yield (
            "*Only changes* holds every row, in every table, of each child for whom something "
            "changed. It takes nothing away. Send everything again from time to time, best every "
            "night: rows that have not changed are passed over within seconds."
        )
        yield ""
    yield "## Check it first"
    yield ""
    yield "```"
    yield f"python3 reachable-check.pyz check {tables.key} export"
    yield "```"
    yield ""
    yield from _send(tables.key, "export", everything=bool(tables.reaches_back_years))
    yield "## What becomes of it"
    yield ""
    yield (
        "A child is recorded where the partnership knows the child already, or where something "
        "happened for which it should: a return from missing, or an assessment that found "
        "exploitation. What is said of all others is held and shown to nobody; if the child "
        "becomes known meanwhile, it is there at once. It is removed when it has not come for "
        f"{tables.tables[0].keep_unmatched_days} days."
    )
    yield ""
