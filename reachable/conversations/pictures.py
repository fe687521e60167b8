"""The drawings beside words for children, each by itself, for papers.

Pages show them from the file itself.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "static" / "conversations" / "app" / "pictures.svg"
_SYMBOL = re.compile(r'<symbol id="(\w+)"([^>]*)>(.*?)</symbol>', re.DOTALL)


@cache
def drawings() -> dict[str, str]:
    """Return each drawing as a picture of its own, in black, by its name."""
    return {
        name: f'<svg xmlns="http://www.w3.org/2000/svg"{how}>{lines}</svg>'.replace(
            "currentColor", "#000"
        )
        for name, how, lines in _SYMBOL.findall(_FILE.read_text(encoding="utf-8"))
    }


def drawing(name: str) -> str:
    return drawings()[name]
