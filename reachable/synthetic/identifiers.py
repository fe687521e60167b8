"""Identifiers with right check digits that can belong to nobody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import gcd
from random import Random
from typing import TYPE_CHECKING

from stdnum.gb import upn

if TYPE_CHECKING:
    from reachable.synthetic.families import Person

# NHS numbers that begin with 999 are kept for tests and are never given to a patient.
NHS_PREFIX = "999"
# A real UPN begins with its local authority's number and its school's. 928 belonged to a county
# council that was abolished in 2021, and no school has a number below 1000.
UPN_AUTHORITY = "928"
_SERIALS = 1_000_000
_SCATTER = 48_271
"""Odd and not a multiple of five, so that different serials stay different."""
_NHS_WEIGHTS = range(10, 1, -1)


def nhs_numbers(rng: Random) -> Iterator[str]:
    """Yield different NHS numbers in a scattered order; some 909,000 exist."""
    for serial in _scattered(rng, _SERIALS):
        payload = f"{NHS_PREFIX}{serial:06d}"
        check = (
            11
            - sum(weight * int(digit) for weight, digit in zip(_NHS_WEIGHTS, payload, strict=True))
            % 11
        )
        if check != 10:
            yield f"{payload}{check % 11}"


def upns() -> Iterator[int]:
    """Yield serials for `upn_of`."""
    yield from range(999_000)


def upn_of(serial: int, year: int) -> str:
    """Return the UPN of a pupil first registered in `year`."""
    number = f"{UPN_AUTHORITY}{1 + serial // 1000:04d}{year % 100:02d}{serial % 1000:03d}"
    return upn.calc_check_digit(number) + number


def wrong_check(number: str, rng: Random) -> str:
    """Return the number with one digit mistyped, so that its check digit is wrong."""
    at = rng.randrange(3, len(number) - 1)
    digit = (int(number[at]) + 1 + rng.randrange(8)) % 10
    return number[:at] + str(digit) + number[at + 1 :]


def police_numbers(rng: Random) -> Iterator[str]:
    """Yield person numbers of the invented constabulary's system."""
    for serial in _scattered(rng, _SERIALS):
        yield f"FXP{serial:07d}"


def council_numbers(rng: Random) -> Iterator[str]:
    """Yield person numbers of the invented council's social care system."""
    for serial in _scattered(rng, _SERIALS):
        yield f"FC{serial:07d}"


def agency_numbers(style: str, person: Person) -> Sequence[str]:
    """Return the numbers that an agency has for a person; police now and then have two.

    `style` is "police", "council", or how the agency writes its numbers, with {serial}.
    """
    if style == "police":
        return person.police_ids
    if style == "council":
        return (person.council_id,)
    return (style.format(serial=_SCATTER * _serial_of(person) % _SERIALS),)


def _serial_of(person: Person) -> int:
    """A number of the person's own; children count from the start, adults from the middle."""
    at = int(person.id[1:])
    return at if person.is_child else at + _SERIALS // 2


def _scattered(rng: Random, size: int) -> Iterator[int]:
    """Yield every number below `size` once, in an order that chance decides."""
    step = rng.randrange(size // 3, size) | 1
    while gcd(step, size) != 1:
        step += 2
    at = rng.randrange(size)
    for _ in range(size):
        yield at
        at = (at + step) % size
