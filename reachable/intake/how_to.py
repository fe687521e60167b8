"""A page for each feed that a data officer can follow alone, made from its specification."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reachable.foundation.files.export import csv_lines
from reachable.intake.happenings import happenings_that_record
from reachable.intake.specification import Feed, Need
from reachable.intake.table_sets import Container, TableSet, headings_read
from reachable.practice import guidance
from reachable.practice.items import EventKind

FOLDER = "docs/how-to/send"
_EXAMPLES = 2
"""Rows of the sample that a page shows."""


def render(sent: Feed | TableSet) -> str:
    """Return the whole page."""
    parts = [*(_of_set(sent) if isinstance(sent, TableSet) else _of_feed(sent)), *_made_from(sent)]
    return "\n".join(parts).rstrip() + "\n"


def _of_feed(feed: Feed) -> Iterator[str]:
    yield from _beginning(feed)
    yield from _columns(feed)
    yield from _example(feed)
    yield from _check(feed)
    yield from _send(feed)
    yield from _refused(feed)
    yield from _becomes(feed)
    yield from _corrections(feed)


def _of_set(tables: TableSet) -> Iterator[str]:
    yield from _beginning(tables)
    yield from _tables(tables)
    if tables.reaches_back_years:
        yield from _everything_or_changes(tables)
    yield from _check_set(tables)
    yield from _send(tables)
    yield from _refused(tables)
    yield from _becomes_of_set(tables)
    yield from _corrections_of_set(tables)


def _beginning(sent: Feed | TableSet) -> Iterator[str]:
    yield f"# Send: {sent.title}"
    yield ""
    yield sent.purpose
    yield ""
    yield "## What to send"
    yield ""
    yield sent.send
    yield ""
    yield f"**Where it usually is.** {sent.find}"
    yield ""
    untidy = ""
    if isinstance(sent, Feed) and sent.own_headings:
        untidy = " The page has *an invented workbook as panels keep them* too."
    yield (
        f"**To see one first**, take the sample from the page of the feed (*Intake*, "
        f"*{sent.title}*), or write it with `python3 reachable-check.pyz sample {sent.key}` "
        "([where to get that](../check-before-you-send.md)). Everybody in it is invented."
        f"{untidy}"
    )
    yield ""


def _made_from(sent: Feed | TableSet) -> Iterator[str]:
    folder = "sets" if isinstance(sent, TableSet) else "feeds"
    yield "---"
    yield ""
    yield (
        f"Written by `reachable docs` from `reachable/intake/{folder}/{sent.key}.toml`: change "
        "that, not this page."
    )


def _columns(feed: Feed) -> Iterator[str]:
    order = str(feed.date_order).replace("-", ", ")
    yield "## The columns"
    yield ""
    kinds = "CSV (between commas, semicolons or tabs), Excel (.xlsx) or OpenDocument (.ods)"
    saved = "Save an old Excel file (.xls) as .xlsx first."
    if feed.own_headings:
        yield f"One table as {kinds}. {saved}"
    else:
        yield (
            f"One table, with its headings in the first row, as {kinds}. {saved} Leave out title "
            "lines above and totals below."
        )
    yield ""
    if feed.own_headings:
        yield (
            "Keep your own headings: the page asks once which of them is which of these. What you "
            "leave at *Not needed* is never read."
        )
    else:
        yield (
            "Case, spaces and punctuation in headings are no matter, and [many other headings are "
            f"understood]({_reference(feed)}). Where yours are not, press *Say which column is "
            "which* on the page: you say it once. Columns that are not named here are not read: "
            "leave them out."
        )
    yield ""
    yield (
        f"Dates are {order}, or like 2026-03-07. If your system writes them in another order, "
        "export them like 2026-03-07: 03/04 can be read both ways, and would be taken as 3 April."
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
    names = [f"**{feed.column(name).heading}**" for name in feed.one_of]
    if len(names) > 1:
        yield f"Each row needs {' or '.join(names)}: one of them is enough."
        yield ""


def _example(feed: Feed) -> Iterator[str]:
    """Show invented rows with no more than the file needs."""
    wanted = [at for at, column in enumerate(feed.columns) if column.need is not Need.NO]
    rows = [[each.cells[at] for at in wanted] for each in feed.samples[:_EXAMPLES]]
    yield "Two rows with no more than that, invented, as CSV:"
    yield ""
    yield "```"
    written = "".join(csv_lines([feed.columns[at].heading for at in wanted], rows))
    yield from written.lstrip("\ufeff").replace('"', "").splitlines()
    yield "```"
    yield ""


def _check(feed: Feed) -> Iterator[str]:
    yield "## Check it first"
    yield ""
    if feed.own_headings:
        yield (
            "The page shows how your list is read, and loads nothing until you say so: look there. "
            "The [check on your own computer](../check-before-you-send.md) needs the headings of "
            "the list above:"
        )
    else:
        yield (
            "On your own computer, with nothing but Python "
            "([where to get it, and how](../check-before-you-send.md)):"
        )
    yield ""
    yield "```"
    yield f"python3 reachable-check.pyz check {feed.key} export.csv --keep send.csv"
    yield "```"
    yield ""
    yield (
        "`export.csv` is your file. The check says which rows would be accepted, which would wait "
        "to be corrected and why, and writes `send.csv` with only the rows and columns that are "
        "needed. Nothing leaves your computer."
    )
    yield ""


def _send(sent: Feed | TableSet) -> Iterator[str]:
    whole = isinstance(sent, TableSet) and bool(sent.reaches_back_years)
    named = _example_name(sent)
    yield "## Send it"
    yield ""
    role = "Panel coordinator" if isinstance(sent, Feed) and sent.involves else "Intake worker"
    yield f"On the page, with an account of your agency that may send files (role *{role}*):"
    yield ""
    yield (
        f"1. Open **Intake** and choose **{sent.title}**. If it is not in the list, open *Send "
        "something else*."
    )
    says = " Say whether it holds **everything** or **only changes**." if whole else ""
    yield f"2. Choose the file.{says} For events long past, tick *These are past events*."
    yield (
        "3. Press **Look at it before loading**. Nothing is loaded yet. Read what stands out, and "
        + ("look at how many rows each table has." if isinstance(sent, TableSet) else "the dates.")
    )
    yield "4. Press **Load it**; or **Remove it**, if it is the wrong file."
    yield ""
    if isinstance(sent, Feed) and sent.own_headings:
        yield (
            "The first time, step 3 asks about your columns: see [Bring your "
            "tracker](../bring-your-tracker.md)."
        )
        yield ""
    yield "Without a page, so that it goes by itself:"
    yield ""
    query = "?everything=true" if whole else ""
    yield (
        f"- **By a program**: `POST /api/feeds/{sent.key}/files{query}`, signed with your agency’s "
        "key. [Send files by HTTP](../send-by-http.md)."
    )
    also = f"; `{sent.key}-everything` for a file that holds everything" if whole else ""
    yield (
        f"- **Into a folder, or by SFTP**: the folder `{sent.key}` of your agency{also}. [Watch a "
        "folder](../watch-a-folder.md)."
    )
    option = " --everything" if whole else ""
    yield (
        f"- **Where Reachable runs**: `reachable feed load {sent.key} {named} --agency "
        f"YOURS{option}`; with `--history` for past events, of which nobody is told."
    )
    yield ""
    if whole:
        yield (
            "Leave `everything` out for a file that holds only changes. The last way takes a "
            "folder with the tables too."
        )
        yield ""


def _example_name(sent: Feed | TableSet) -> str:
    if not isinstance(sent, TableSet):
        return f"{sent.key}.csv"
    return "census.xml" if sent.container is Container.CIN_CENSUS_XML else f"{sent.key}.zip"


def _refused(sent: Feed | TableSet) -> Iterator[str]:
    yield "## If something is wrong"
    yield ""
    yield (
        "- *The whole file is refused*, as when a column is missing or it is another feed’s: "
        "nothing was kept. The sentence says what to change; send it again."
    )
    if isinstance(sent, TableSet):
        yield (
            "- *Some rows wait to be corrected*: the others count already. Correct them where they "
            "come from; they wait no longer when they come right in a later file. A few can be "
            "corrected on the page: open the table, then **Correct it**."
        )
    else:
        yield (
            "- *Some rows wait to be corrected*: the others count already. Open **Correct it** on "
            "the page of the file, settle many with the same fault together, or download them, "
            "correct them and send them again. [How](../load-a-file.md)."
        )
    yield ("- *Is it late, or did it stop?* **Intake**, **When your files came, and what is due**.")
    yield ""


def _opens(kind: EventKind) -> str:
    """Name the moments that an event opens by itself, by the rules that are usual."""
    rules = guidance.usual_rules().alone(kind.key)
    return ", ".join(dict.fromkeys(guidance.moment_kind(each.opens).title for each in rules))


def _becomes(feed: Feed) -> Iterator[str]:
    kept = False
    yield "## What becomes of a row"
    yield ""
    for made in feed.makes:
        kind = guidance.event_kind(made.event)
        opens = _opens(kind)
        if opens:
            does = f"opens a reachable moment, *{opens}*"
        elif kind.keeps:
            does, kept = "is recorded, also of a child whom nobody knew", True
        else:
            does = "is recorded with a child who is known; of others it opens nothing"
        yield f"- *{kind.title}* {does}."
    yield ""
    if feed.involves:
        yield (
            "You see the children of your list, and each child’s own page, until your list says "
            "that the child is closed. [Your children](../bring-your-tracker.md#your-children)."
        )
    else:
        rows = "A row that says nothing of the kind" if kept else "A row that opens no moment"
        yield (
            f"{rows} and is about nobody known is removed after {feed.keep_unmatched_days} days. "
            "You are never told whether a child is known: you see how many rows were accepted, "
            "wait to be corrected, or came before."
        )
    yield ""


def _corrections(feed: Feed) -> Iterator[str]:
    key = feed.column(feed.source_key)
    yield "## Correct it later"
    yield ""
    without = (
        "Without such a number, what you named under *What tells one row from another?* does."
        if feed.own_headings
        else "A row without a number cannot be corrected by sending it again: it would count as "
        "another."
    )
    yield (
        f"Send the row again with the same **{key.heading}**: what it says now takes the place of "
        "what it said. The same row sent twice counts once, so that files may overlap. "
        f"{without}"
    )
    if any(column.name == "record_status" for column in feed.columns):
        heading = feed.column("record_status").heading
        yield ""
        yield f"Entered in error? Send it again with *Withdrawn* under **{heading}**."
    yield ""


def _tables(tables: TableSet) -> Iterator[str]:
    census = tables.container is Container.CIN_CENSUS_XML
    yield "## What is read"
    yield ""
    if census:
        yield "Send the file whole, as it is. Of it these parts are read:"
    else:
        yield (
            "A file for each table, named as the table is; a date behind the name is no matter. "
            "What is in **bold** has to be there if its table is. Everything that is not named "
            "here may be left out."
        )
    yield ""
    for feed in tables.tables:
        needed = " (has to come)" if feed.key in tables.needed else ""
        yield f"- `{feed.key}`{needed}: {feed.purpose}"
        if census:
            continue
        has_to_come = {join.table for join in feed.joins if join.needed}
        for table, headings in headings_read(feed).items():
            said = ", ".join(f"**{each.name}**" if each.needed else each.name for each in headings)
            also = " (has to come with it)" if table in has_to_come else ""
            yield f"  - {'' if table == feed.key else f'and from `{table}`{also}: '}{said}"
    yield ""
    yield "Everything else in the file is left alone, and named."
    yield ""


def _everything_or_changes(tables: TableSet) -> Iterator[str]:
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


def _check_set(tables: TableSet) -> Iterator[str]:
    yield "## Check it first"
    yield ""
    yield (
        "On your own computer, with nothing but Python "
        "([where to get it, and how](../check-before-you-send.md)):"
    )
    yield ""
    yield "```"
    name = _example_name(tables)
    census = tables.container is Container.CIN_CENSUS_XML
    kept = f"to-send.{tables.ending}"
    yield f"python3 reachable-check.pyz check {tables.key} {name} --keep {kept}"
    yield "```"
    yield ""
    folder = "" if census else ", or the folder with the tables"
    yield (
        f"`{name}` is your file{folder}. The check says, table by table, how many rows would be "
        "accepted, and which would wait to be corrected and why. What it writes to "
        f"`{kept}` loads as the whole would, without what would be refused. Nothing leaves your "
        "computer."
    )
    yield ""


def _becomes_of_set(tables: TableSet) -> Iterator[str]:
    yield "## What becomes of it"
    yield ""
    yield (
        "A child is recorded where the partnership knows the child already, or where one of these "
        "happened:"
    )
    yield ""
    for kind in happenings_that_record(tables):
        opens = _opens(kind)
        yield f"- *{kind.title}*{f': it opens a reachable moment, *{opens}*' if opens else ''}."
    yield ""
    yield (
        "What is said of all others is held and shown to nobody; if the child becomes known "
        "meanwhile, it is there at once. It is removed when it has not come for "
        f"{tables.tables[0].keep_unmatched_days} days. You are never told whether a child is known."
    )
    yield ""


def _corrections_of_set(tables: TableSet) -> Iterator[str]:
    yield "## Correct it later"
    yield ""
    gone = (
        " What was removed there is withdrawn by the next file that holds everything."
        if tables.reaches_back_years
        else ""
    )
    yield (
        "Correct it where it comes from, and send the next file: a row with the same number takes "
        f"the place of what it said.{gone} The same file sent twice counts once."
    )
    yield ""


def _reference(feed: Feed) -> str:
    """Return the address of the feed in the reference, as Git hosts make it from its heading."""
    heading = re.sub(r"[^\w\- ]", "", f"{feed.title} ({feed.key})".casefold())
    return f"../../reference/feeds.md#{heading.replace(' ', '-')}"
