"""Words and cells as plain text: cleaned, compared without their looks, told from placeholders."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta

Cell = str | int | float | bool | date | datetime | time | timedelta | None

_SPACES = re.compile(r"\s+")
_NOT_SHOWN = re.compile(
    "[\0-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # control characters other than white space
    "\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)
_HALVES = re.compile("[\ud800-\udfff]")
_APART = re.compile(r"[\W_]+")
_MARKED_FORMULA = re.compile(r"'\s*[=+\-@＝＋－＠]")

NOT_KNOWN = frozenset(
    [
        "nk",
        "unknown",
        "unk",
        "notknown",
        "notstated",
        "notrecorded",
        "notprovided",
        "notavailable",
        "noinformation",
        "tbc",
        "tba",
        "unspecified",
        "undisclosed",
        "notapplicable",
    ]
)
"""Words that say, in a name as anywhere, that something is not known; compared by `word_key`."""
_NOT_KNOWN_AS_WRITTEN = frozenset(("n/k", "n/a", "n.k.", "n.a.", "n\\a", "n\\k"))
_NO_RESULT = re.compile(
    r"#(?:REF|DIV/0|VALUE|NUM|NULL|SPILL|CALC|FIELD|BLOCKED|CONNECT|BUSY|UNKNOWN|FORMULA|PYTHON)!"
    r"|#N/A|#NAME\?|#GETTING_DATA|Err:\d{3}|#{2,}",
    re.IGNORECASE,
)
"""What a spreadsheet shows where a formula failed, or a column was too narrow for its value."""
_NOTHING_BUT_A_NAME = frozenset(
    ["na", "none", "null", "nil", "no", "x", "xx", "xxx", "blank", "empty"]
)
"""Not known anywhere but in a name: Na, Null and Nil are real names."""


def as_text(cell: Cell) -> str:
    """Return a cell as text: dates in ISO form, whole numbers without a point."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "minutes")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)


def clean(text: str) -> str:
    """Return text without what cannot be seen, in normal form, spaces single.

    An apostrophe that a spreadsheet put before a would-be formula is taken away again, so that rows
    which we wrote out to be corrected come back as they were.
    """
    if not (text.isascii() and text.isprintable()):
        text = _HALVES.sub("\ufffd", text)
        text = unicodedata.normalize("NFC", _NOT_SHOWN.sub("", text))
        text = _SPACES.sub(" ", text)
    elif "  " in text:
        text = _SPACES.sub(" ", text)
    text = text.strip()
    if text[:1] == "'" and _MARKED_FORMULA.match(text):
        return text[1:].lstrip()
    return text


def word_key(word: str) -> str:
    """Return what two writings of a word share: case, spaces and punctuation are no matter."""
    return _APART.sub("", word.casefold())


def heading_key(heading: str) -> str:
    """Return what two writings of the same heading share; accents are no matter either."""
    plain = unicodedata.normalize("NFKD", heading)
    return word_key("".join(each for each in plain if not unicodedata.combining(each)))


def is_no_result(text: str) -> bool:
    """Tell whether a cell holds a spreadsheet's word for a value that is not there: #REF!, ####."""
    return text[:1] in "#eE" and _NO_RESULT.fullmatch(text) is not None


def is_not_known(text: str) -> bool:
    """Tell whether a cell says that nothing is known: "n/k", "-", "Unknown"."""
    key = word_key(text)
    return not key or key in NOT_KNOWN or key in _NOTHING_BUT_A_NAME


def is_no_name(text: str) -> bool:
    """Tell whether a name is none: "Unknown", "n/a", "?"; but Na and Null are names."""
    key = word_key(text)
    return not key or key in NOT_KNOWN or text.casefold() in _NOT_KNOWN_AS_WRITTEN
