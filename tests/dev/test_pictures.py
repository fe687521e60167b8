"""The pictures of the README: there, small, and named where they are shown."""

from __future__ import annotations

import re

import pytest

from dev import pictures
from dev.paths import ROOT

NAMED = re.findall(r"\]\((docs/images/[^)]+)\)", (ROOT / "README.md").read_text(encoding="utf-8"))


def test_the_readme_shows_one() -> None:
    assert "docs/images/worklist.png" in NAMED


@pytest.mark.parametrize("name", sorted({*NAMED, "docs/images/signal.png"}))
def test_each_picture_is_small_enough(name: str) -> None:
    content = (ROOT / name).read_bytes()
    assert content.startswith(b"\x89PNG")
    assert len(content) <= pictures.AT_MOST
