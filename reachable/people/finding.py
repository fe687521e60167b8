"""Under which keys a record is found again, and what is read of those who are found by them.

All that finds records by keys asks here, so that all of it uses the same ones.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

from django.db import connection

from reachable.foundation.db import is_postgres, looked_up
from reachable.people.linkage import keys
from reachable.people.linkage.in_force import InForce
from reachable.people.linkage.standard import Said, Standard, said_of, standardise
from reachable.people.rules import Candidate, Identity

Values = tuple[Any, ...]
IDENTITY = (
    *("family_name", "given_names", "birth_date", "postcode", "nhs_number", "upn"),
    *("sex", "earlier_families", "earlier_postcodes"),
)
"""Columns of a record that say whom it speaks of."""
FAMILIES, POSTCODES = 300, 100
"""Letters for what a record said earlier, as wide as the columns."""
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Found:
    """A known record that shares a key, and the person for whom it stands now.

    Identifiers are as the database answers. The standard form is made once, where it is asked for.
    """

    record_id: Any
    person_id: Any
    identity: Identity
    _who: Standard | None = None
    _candidate: Candidate | None = None

    def who(self, model: InForce) -> Standard:
        if self._who is None:
            self._who = model.standard(said_of(self.identity))
        return self._who

    def candidate(self, model: InForce) -> Candidate:
        """The same for the rules, without what no person has."""
        if self._candidate is None:
            usable = without_placeholders(self.identity, self.who(model))
            self._candidate = Candidate(self.record_id, self.person_id, usable)
        return self._candidate


def without_placeholders(identity: Identity, who: Standard) -> Identity:
    """Leave out what a system fills in, such as 1 January 1900: it makes nobody alike."""
    gone: dict[str, Any] = {}
    if who.born is None and identity.birth_date is not None:
        gone["birth_date"] = None
    if who.given is None and identity.given:
        gone["given"] = ""
    if who.family is None and identity.family:
        gone["family"] = ""
    for name in ("postcode", "nhs_number", "upn"):
        if getattr(who, name) is None and getattr(identity, name):
            gone[name] = ""
    return replace(identity, **gone) if gone else identity


def keys_of(identity: Identity) -> list[int]:
    """Return signed hashes of 64 bits under which this identity is found again."""
    return list(_keys_of(said_of(identity)))


@lru_cache(maxsize=8192)
def _keys_of(said: Said) -> tuple[int, ...]:
    # How common a name is makes no key.
    return tuple(keys.keys_of(standardise(said, {})))


def identity_from(row: Values) -> Identity:
    """Read the columns of `IDENTITY` as the database gives them."""
    family, given, born, postcode, nhs_number, upn, sex, families, postcodes = row
    born = _day(born) if isinstance(born, str) else born
    return Identity(
        *(family, given, born, postcode, nhs_number, upn, sex),
        tuple(families.split()) if families else (),
        tuple(postcodes.split()) if postcodes else (),
    )


def earlier_columns(identity: Identity) -> tuple[str, str]:
    return " ".join(identity.earlier_families), " ".join(identity.earlier_postcodes)


def following(now: Identity, before: Identity) -> Identity:
    """Return what a record says now, with what it said before beside it, newest first."""
    return _with_earlier(
        now,
        (*before.family.split(), *before.earlier_families),
        ("".join(before.postcode.split()), *before.earlier_postcodes),
    )


def followed_by(late: Identity, now: Identity) -> Identity:
    """Return what a record says, with what it said once and was received only now beside it."""
    return _with_earlier(
        now,
        (*now.earlier_families, *late.family.split()),
        (*now.earlier_postcodes, "".join(late.postcode.split())),
    )


def _with_earlier(now: Identity, families: Iterable[str], postcodes: Iterable[str]) -> Identity:
    return replace(
        now,
        earlier_families=_bounded(families, now.family.split(), FAMILIES),
        earlier_postcodes=_bounded(postcodes, ["".join(now.postcode.split())], POSTCODES),
    )


def _bounded(words: Iterable[str], without: Sequence[str], width: int) -> tuple[str, ...]:
    """Each once, as many of the first as fit with a space between."""
    kept: list[str] = []
    for word in dict.fromkeys(words):
        if not word or word in without:
            continue
        width -= len(word) + bool(kept)
        if width < 0:
            break
        kept.append(word)
    return tuple(kept)


_day = lru_cache(maxsize=32768)(date.fromisoformat)
# SQLite gives an expression's date as text: most are of candidates, the same again and again.
READ_IDENTITY = ", ".join(
    f"COALESCE(r.{name}, NULL)" if name == "birth_date" else f"r.{name}" for name in IDENTITY
)

_PAIRS_ON_SQLITE = (
    "SELECT k.key, k.record_id FROM json_each(%s) AS wanted "
    "CROSS JOIN people_recordkey k ON k.key = wanted.value AND k.record_id <= COALESCE("
    "(SELECT m.record_id FROM people_recordkey m WHERE m.key = wanted.value "
    "ORDER BY m.record_id LIMIT 1 OFFSET %s), '~')"
)
# In the order of the index, so that PostgreSQL reads it, whatever it has counted.
_PAIRS_ON_POSTGRES = (
    "SELECT wanted.value, k.record_id FROM unnest(%s::bigint[]) AS wanted (value) "
    "CROSS JOIN LATERAL (SELECT m.record_id FROM people_recordkey m "
    "WHERE m.key = wanted.value ORDER BY m.record_id LIMIT %s + 1) AS k"
)


class Index:
    """Who is found by which key: as the database has it, and as a batch goes on to change it."""

    def __init__(self, wanted: set[int]) -> None:
        self.by_key: dict[int, dict[Any, Found]] = {}
        self.crowded: set[int] = set()
        self._read(wanted)

    def sharing(self, own: Iterable[int]) -> list[Found]:
        """Return who shares one of these keys, oldest first: a database gives any order."""
        seen: dict[Any, Found] = {}
        for key in own:
            found = self.by_key.get(key)
            if found and key not in self.crowded:
                seen |= found
        return [seen[record_id] for record_id in sorted(seen)]

    def add(self, found: Found, own: Iterable[int]) -> None:
        for key in own:
            held = self.by_key.setdefault(key, {})
            held[found.record_id] = found
            if len(held) > keys.BLOCK:
                self._crowd({key})

    def remove(self, record_id: Any, own: Iterable[int]) -> None:
        for key in own:
            self.by_key.get(key, {}).pop(record_id, None)

    def _read(self, wanted: set[int]) -> None:
        pairs = pairs_of(wanted)
        sizes: dict[int, int] = {}
        for key, _ in pairs:
            sizes[key] = sizes.get(key, 0) + 1
        self._crowd({key for key, size in sizes.items() if size > keys.BLOCK})
        found = _records({record_id for key, record_id in pairs if key not in self.crowded})
        for key, record_id in pairs:
            # A key is left behind where its record is gone.
            if key not in self.crowded and record_id in found:
                self.by_key.setdefault(key, {})[record_id] = found[record_id]

    def _crowd(self, found: set[int]) -> None:
        """Whoever shares such a key is looked for by their others."""
        fresh = found - self.crowded
        self.crowded |= fresh
        for _ in fresh:
            _log.warning("A key that more than %s records share finds nobody.", keys.BLOCK)


def pairs_of(wanted: set[int]) -> list[tuple[int, Any]]:
    """Return (key, record) pairs, of each key at most one more than may share it."""
    if not wanted:
        return []
    if is_postgres():
        array = f"{{{','.join(map(str, wanted))}}}"
        return select(_PAIRS_ON_POSTGRES, [array, keys.BLOCK])
    return select(_PAIRS_ON_SQLITE, [json.dumps(list(wanted)), keys.BLOCK])


def _records(record_ids: set[Any]) -> dict[Any, Found]:
    if not record_ids:
        return {}
    clause, parameters = looked_up(
        list(record_ids),
        ("people_record r", "r.id = wanted.value"),
        ("people_currentperson c", "c.person_id = r.person_id"),
    )
    rows = select(f"SELECT r.id, c.current_id, {READ_IDENTITY} FROM {clause}", parameters)
    return {row[0]: Found(row[0], row[1], identity_from(row[2:])) for row in rows}


def select(sql: str, parameters: list[Any]) -> list[Values]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: list[Values] = cursor.fetchall()
    return rows
