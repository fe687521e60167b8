"""The files of others that our pages load, made fit for a site that is not GOV.UK.

The typeface GDS Transport, the crown and the royal arms may be used on GOV.UK domains only, so
they are taken out of the style sheet and never copied.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from dev.steps import Failed

FONT_FACE = re.compile(r"@font-face\s*\{[^}]*\}")
SOURCE_MAP = re.compile(r"/\*# sourceMappingURL=[^*]*\*/|//# sourceMappingURL=\S*")
CREST = re.compile(r"(?:-webkit-)?(?:background|mask)-image:url\([^)]*crest[^)]*\);?")
NOT_OURS = re.compile(r"GDS Transport|crest\.svg|crown\.svg|/assets/|@font-face|sourceMappingURL")


def style_sheet(text: str) -> str:
    """Take out what is GOV.UK's own and leave every other rule as it is."""
    text = SOURCE_MAP.sub("", CREST.sub("", FONT_FACE.sub("", text)))
    text = re.sub(r'"?GDS Transport"?,\s*', "", text)
    text = re.sub(r'font-family:\s*"?GDS Transport"?', "font-family:arial,sans-serif", text)
    left = NOT_OURS.search(text)
    if left:
        raise Failed(f"A style sheet still holds “{left.group()}”: look at dev/assets.py.")
    return text


def script(text: str) -> str:
    """Take out the address of a source map that we do not serve."""
    return SOURCE_MAP.sub("", text)


FILES: dict[str, tuple[str, Callable[[str], str]]] = {
    "govuk-frontend.css": ("govuk-frontend/dist/govuk/govuk-frontend.min.css", style_sheet),
    "govuk-frontend.js": ("govuk-frontend/dist/govuk/govuk-frontend.min.js", script),
    "htmx.min.js": ("htmx.org/dist/htmx.min.js", script),
    "idb.js": ("idb/build/index.js", script),
    "lit-html.js": ("lit-html/lit-html.js", script),
}


def make(packages: Path, target: Path) -> None:
    """Write each of FILES from the npm `packages` folder into `target`."""
    target.mkdir(parents=True, exist_ok=True)
    for name, (source, fit) in FILES.items():
        text = (packages / source).read_text(encoding="utf-8")
        (target / name).write_text(fit(text), encoding="utf-8")
