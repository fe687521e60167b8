"""Numbers and codes that identify: checked by their own digits, not trusted where those fail."""

from __future__ import annotations

import re
from functools import lru_cache

from stdnum.gb import nhs, upn

_NOT_NUMBER = re.compile(r"[ \-]+")
_UPN = re.compile(r"[A-Z][0-9]{11}[0-9A-Z]")
_UPN_LETTERS = frozenset("ABCDEFGHJKLMNPQRTUVWXYZ0123456789")
_POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?)([0-9][ABD-HJLNP-UW-Z]{2})")
_NO_PLACE = re.compile(r"ZZ99?|NF1|X{2,}|NOFIXEDABODE|NFA")
_SHORTENED = re.compile(r"\d(?:\.\d+)?E\+?\d+", re.IGNORECASE)

SEXES = {
    "female": ("f", "female", "girl", "woman", "2"),
    "male": ("m", "male", "boy", "man", "1"),
    "other": ("x", "other", "indeterminate", "nonbinary", "i", "9", "notspecified"),
}
"""Canonical sex to the words and codes that stand for it."""
SEX_OF = {word: sex for sex, words in SEXES.items() for word in words}
SEX_NOT_KNOWN = frozenset(("u", "0", "notknown", "unknown", "not known"))


def read_nhs_number(text: str) -> str | None:
    """Return ten digits that check, "" for a placeholder such as 0000000000, None where wrong."""
    digits = _NOT_NUMBER.sub("", text)
    if len(digits) == 10 and len(set(digits)) == 1:
        return ""
    if len(digits) != 10 or not (digits.isascii() and digits.isdigit()):
        return None
    return None if nhs.checksum(digits) else digits


def read_upn(text: str) -> str | None:
    """Return a UPN whose check letter is right, or None.

    The authority's number is not checked: lists of authorities grow old, and a child keeps the UPN.
    """
    letters = _NOT_NUMBER.sub("", text).upper()
    if not _UPN.fullmatch(letters) or letters[-1] not in _UPN_LETTERS:
        return None
    return letters if upn.calc_check_digit(letters[1:]) == letters[0] else None


@lru_cache(maxsize=50_000)
def read_postcode(text: str) -> str | None:
    """Return a postcode as "FX1 4QD", "" where it stands for no address, None where it is none."""
    letters = "".join(each for each in text.upper() if each.isalnum())
    if _NO_PLACE.match(letters):
        return ""
    match = _POSTCODE.fullmatch(letters)
    return f"{match[1]} {match[2]}" if match else None


def is_shortened(text: str) -> bool:
    """Tell a number that a spreadsheet has cut to "1.23E+11"."""
    return _SHORTENED.fullmatch(text) is not None
