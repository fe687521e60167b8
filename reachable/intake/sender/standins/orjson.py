"""Stands in for orjson: what is read and written here is equal to it, byte by byte."""

from __future__ import annotations

import json
import re
from json import JSONDecodeError
from typing import Any, NoReturn

OPT_SORT_KEYS = 1
OPT_APPEND_NEWLINE = 2

_HALF = re.compile("[\ud800-\udfff]")
_WHITE = " \t\n\r"
_DEEPEST = 1024
_LARGEST, _SMALLEST = 2**64 - 1, -(2**63)


class JSONEncodeError(TypeError):
    """A value that JSON cannot hold."""


def loads(content: bytes | str) -> Any:
    """Read JSON, as strictly as the standard is written."""
    try:
        text = content if isinstance(content, str) else content.decode("utf-8")
        if _too_deep(text):
            raise JSONDecodeError("nested too deeply", text[:100], 0)
        # Python passes over other white space at the ends, and over halves of letters.
        value = json.loads(
            text.strip(_WHITE), parse_constant=_refuse, parse_int=_whole, parse_float=_number
        )
    except UnicodeDecodeError as error:
        raise JSONDecodeError("not UTF-8", "", error.start) from error
    if "\\u" in text and _has_half(value):
        raise JSONDecodeError("half of a letter", text[:100], 0)
    return value


def dumps(value: Any, option: int = 0) -> bytes:
    """Write texts, numbers, lists and objects as JSON without a space too many."""
    try:
        text = json.dumps(
            value,
            ensure_ascii=False,
            separators=(",", ":"),
            sort_keys=bool(option & OPT_SORT_KEYS),
        )
        return (text + "\n" * bool(option & OPT_APPEND_NEWLINE)).encode()
    except (UnicodeEncodeError, TypeError) as error:
        raise JSONEncodeError("this cannot be written as JSON") from error


def _refuse(constant: str) -> NoReturn:
    raise JSONDecodeError(f"{constant} is not JSON", constant, 0)


def _whole(digits: str) -> int | float:
    # More digits than 64 bits hold become a number with a point, as most programs read them.
    if len(digits) > 20:
        return _number(digits)
    value = int(digits)
    return value if _SMALLEST <= value <= _LARGEST else float(value)


def _number(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise JSONDecodeError("the number is too large", text[:100], 0)
    return value


def _too_deep(text: str) -> bool:
    """Tell whether brackets could be nested deeper than is read; marks inside texts count too."""
    if text.count("[") + text.count("{") <= _DEEPEST:
        return False
    depth = 0
    for mark in re.sub(r'"(?:[^"\\]|\\.)*"', "", text):
        depth += (mark in "[{") - (mark in "]}")
        if depth > _DEEPEST:
            return True
    return False


def _has_half(value: Any) -> bool:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str) and _HALF.search(one):
            return True
        if isinstance(one, dict):
            waiting += [*one, *one.values()]
        elif isinstance(one, list):
            waiting += one
    return False
