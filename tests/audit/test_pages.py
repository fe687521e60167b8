"""Every page whose looks are kept has words that people understand, and none is left over."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from reachable.audit.pages import PAGES, in_words

ROOMS = Path(__file__).parents[2] / "reachable"


def pages_kept() -> set[str]:
    """Return every page that a look is kept with, as the rooms' source says it."""
    return {
        page
        for path in ROOMS.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for page in _said(node)
    }


def _said(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call):
        yield from _texts(word.value for word in node.keywords if word.arg == "page")
    elif isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        yield from _texts(
            value for key, value in pairs if isinstance(key, ast.Constant) and key.value == "page"
        )
    elif isinstance(node, ast.FunctionDef):
        given = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
        yield from _texts(value for argument, value in given if argument.arg == "page" and value)


def _texts(nodes: Iterator[ast.AST | None]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_each_page_of_a_look_has_words_and_no_words_are_left_over() -> None:
    assert pages_kept() == set(PAGES)


def test_no_two_pages_have_the_same_words() -> None:
    assert len(set(PAGES.values())) == len(PAGES)


def test_a_page_of_a_later_release_is_shown_as_it_was_kept() -> None:
    assert (in_words("board_of_all"), in_words(None)) == ("board of all", "")


def test_words_stand_in_lists_and_have_no_commas() -> None:
    assert [words for words in PAGES.values() if "," in words] == []
