"""Governance documents: filled with what the product does, blank where only a partnership knows.

Each is a Markdown file beside this one. What could go stale in it (roles, kinds of facts, feeds,
promises) is put in from what is in force, so that a document never says what was true once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from reachable.access.policy import policy
from reachable.foundation.documents.papers import HEADING, ITEM, LABEL, TEXT, Block, Paper
from reachable.intake.specification import feeds

HERE = Path(__file__).parent
DOCUMENTS = {
    "dpia": "Data protection impact assessment",
    "equality-impact-assessment": "Equality impact assessment",
    "appropriate-policy-document": "Appropriate policy document",
    "joint-controllers": "Arrangement between joint controllers",
    "information-sharing-agreement": "Information sharing agreement",
    "privacy-notice-young": "About you, and who can read it: a notice for young people",
    "privacy-notice-adults": "How we use information: a notice for adults",
    "complaints": "If you want to complain",
    "sign-off": "Before you sign this off",
}
NOBODY = "▁▁▁▁ (the name of your partnership)"
SCOPES = {
    "none": "nothing",
    "own": "what their own agency sent",
    "involved": "children with whom they work then",
    "all": "every child",
}


@dataclass(frozen=True)
class Promised:
    """A promise, how far it is kept, and the tests that hold it."""

    number: int
    group: str
    says: str
    standing: str
    open_yet: str
    tests: tuple[str, ...]


@lru_cache(maxsize=1)
def promised() -> tuple[Promised, ...]:
    """Return every promise as the tests of this release keep it."""
    held = json.loads((HERE / "promised.json").read_text(encoding="utf-8"))
    return tuple(Promised(**{**each, "tests": tuple(each["tests"])}) for each in held)


def counts() -> str:
    standing = [each.standing for each in promised()]
    kept, part = standing.count("kept"), standing.count("kept in part")
    rest = len(standing) - kept - part
    return f"Of {len(standing)} promises, {kept} are kept, {part} in part, and {rest} open."


def written(key: str, *, partnership: str = NOBODY) -> str:
    """Return a document as Markdown, with what is in force put in."""
    text = (HERE / f"{key}.md").read_text(encoding="utf-8")
    for name, made in _PARTS.items():
        text = text.replace(f"[[{name}]]", made())
    return text.replace("[[partnership]]", partnership)


def duties() -> list[str]:
    """Return what a partnership has to do itself, as the sign-off says it."""
    text = (HERE / "sign-off.md").read_text(encoding="utf-8")
    items: list[str] = re.findall(r"^- (.+(?:\n  .+)*)", text, re.MULTILINE)
    return [" ".join(each.split()) for each in items]


def _roles() -> str:
    in_force = policy()
    lines = [f"| Role | {' | '.join(in_force.compartments)} |"]
    lines.append(f"|---|{'---|' * len(in_force.compartments)}")
    for role in in_force.roles.values():
        scopes = (SCOPES[role.reads[name]] for name in in_force.compartments)
        lines.append(f"| {role.title} | {' | '.join(scopes)} |")
    return "\n".join(lines)


def _feeds() -> str:
    return "\n".join(f"- **{feed.title}**: {feed.purpose}" for feed in feeds().values())


def _forgotten() -> str:
    """Return after how many days a row that led nowhere is removed: as feeds say."""
    days = sorted({feed.keep_unmatched_days for feed in feeds().values()})
    return str(days[0]) if len(days) == 1 else f"{days[0]} to {days[-1]}"


def _open() -> str:
    return "\n".join(
        f"- {each.number}. {each.says}" + (f" **Open:** {each.open_yet}" if each.open_yet else "")
        for each in promised()
        if each.standing != "kept"
    )


def _promises() -> str:
    return "\n".join(
        f"- {each.number}. {each.says} **{each.standing.capitalize()}**, "
        + (f"by {_plural(len(each.tests))}." if each.tests else "by no test yet.")
        for each in promised()
    )


def _plural(tests: int) -> str:
    return "1 test" if tests == 1 else f"{tests} tests"


_PARTS: Mapping[str, Callable[[], str]] = {
    "compartments": lambda: ", ".join(policy().compartments),
    "forgotten": _forgotten,
    "roles": _roles,
    "feeds": _feeds,
    "open": _open,
    "promises": _promises,
    "counts": counts,
}


def as_paper(key: str, *, partnership: str) -> Paper:
    """Return a document as a paper: its own headings, paragraphs and lists."""
    lines = written(key, partnership=partnership).splitlines()
    title = lines[0].removeprefix("# ")
    return Paper(
        title=title,
        blocks=tuple(_blocks(lines[1:])),
        foot=f"{title}. Filled by Reachable; what is marked “To fill in” is yours.",
    )


def _blocks(lines: list[str]) -> Iterator[Block]:
    """Join the lines of a paragraph; a row of a table becomes an item that names its columns."""
    held: list[str] = []
    heads: list[str] = []
    for line in [*lines, ""]:
        starts = line.startswith(("- ", "## ", "|"))
        if held and (starts or not line):
            yield _said(" ".join(held))
            held = []
        if line.startswith("|"):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if not heads:
                heads = cells
            elif not set(line) <= set("|-"):
                yield from _row(heads, cells)
        elif line:
            heads = []
            held.append(line)
        else:
            heads = []


def _row(heads: list[str], cells: list[str]) -> Iterator[Block]:
    yield Block(LABEL, _plain(cells[0]))
    for head, cell in zip(heads[1:], cells[1:], strict=True):
        yield Block(ITEM, f"{head.capitalize()}: {_plain(cell)}")


def _said(text: str) -> Block:
    if text.startswith("## "):
        return Block(HEADING, _plain(text[3:]))
    if text.startswith("- "):
        return Block(ITEM, _plain(text[2:]))
    return Block(TEXT, _plain(text))


def _plain(text: str) -> str:
    """Take the stars away: Word has no Markdown, and what is to be filled in says so in words."""
    return text.replace("*", "")
