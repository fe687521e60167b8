"""The fields of Open Referral UK that are kept, and what is left out of what was sent.

What is optional and wrong is left out, with a sentence; so is a part of a service that lacks what
the standard requires of it. Only a service that lacks its own required fields is refused. Fields
that the standard does not name are kept as they came. Nothing and an empty text are the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Shape:
    """Fields of one kind of thing: a format, the words allowed, a shape, or `Many` of a shape."""

    fields: Mapping[str, Field]
    required: frozenset[str] = frozenset({"id"})


@dataclass(frozen=True)
class Many:
    """A list of things of one shape."""

    of: Shape


Field = str | tuple[str, ...] | Shape | Many


class _LeftOut:
    """Stands for what is not kept."""


LEFT_OUT = _LeftOut()

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_FORMATS = {
    "id": re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"),
    "email": re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})+"),
    "uri": re.compile(
        rf"https?://{_LABEL}(?:\.{_LABEL})*(?::\d{{1,5}})?"
        r"(?:[/?#](?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?"
    ),
    "instant": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)"),
}
_CALLED = {
    "id": "an identifier (UUID)",
    "email": "an e-mail address",
    "uri": "a web address",
    "instant": "a date with a time and its offset",
    "text": "text",
    "number": "a number",
}


def _texts(*names: str) -> dict[str, Field]:
    return dict.fromkeys(names, "text")


TERM = Shape(
    {
        **_texts("name", "description", "taxonomy", "term"),
        **dict.fromkeys(("id", "parent_id", "taxonomy_id"), "id"),
        "term_uri": "uri",
    },
    frozenset({"id", "name", "description"}),
)
ATTRIBUTE = Shape(
    {
        **dict.fromkeys(("id", "link_id", "taxonomy_term_id"), "id"),
        "link_type": "text",
        "taxonomy_term": TERM,
    }
)
_ATTRIBUTES = Many(ATTRIBUTE)
_KINDS_OF_PLACE = ("physical", "postal", "virtual")
ADDRESS = Shape(
    {
        **_texts("attention", "address_1", "city", "region"),
        **_texts("state_province", "postal_code", "country"),
        **dict.fromkeys(("id", "location_id"), "id"),
        "address_type": _KINDS_OF_PLACE,
        "attributes": _ATTRIBUTES,
    },
    frozenset(
        {"id", "address_1", "city", "state_province", "postal_code", "country", "address_type"}
    ),
)
ACCESSIBILITY = Shape(
    {
        **_texts("description", "details", "accessibility"),
        **dict.fromkeys(("id", "location_id"), "id"),
        "url": "uri",
        "attributes": _ATTRIBUTES,
    }
)
LOCATION = Shape(
    {
        **_texts("name", "description", "external_identifier", "external_identifier_type"),
        "id": "id",
        "location_type": _KINDS_OF_PLACE,
        "latitude": "number",
        "longitude": "number",
        "addresses": Many(ADDRESS),
        "accessibility": Many(ACCESSIBILITY),
        "attributes": _ATTRIBUTES,
    },
    frozenset({"id", "location_type"}),
)
SCHEDULE = Shape(
    {
        **_texts("valid_from", "valid_to", "dtstart", "byday", "bymonthday", "description"),
        **_texts("opens_at", "closes_at", "attending_type", "notes"),
        **dict.fromkeys(("id", "service_id", "service_at_location_id"), "id"),
        "freq": ("WEEKLY", "MONTHLY"),
        "interval": "number",
        "schedule_link": "uri",
    }
)
ORGANISATION = Shape(
    {
        **_texts("name", "description", "logo"),
        **dict.fromkeys(("id", "parent_organization_id"), "id"),
        "email": "email",
        "website": "uri",
        "uri": "uri",
        "organization_identifiers": Many(
            Shape(
                {
                    **_texts("identifier_scheme", "identifier_type", "identifier"),
                    **dict.fromkeys(("id", "organization_id"), "id"),
                    "attributes": _ATTRIBUTES,
                },
                frozenset({"id", "identifier_type", "identifier"}),
            )
        ),
        "attributes": _ATTRIBUTES,
    },
    frozenset({"id", "name", "description"}),
)
_OF_SERVICE: dict[str, Field] = {"id": "id", "service_id": "id"}
STATUSES = ("active", "inactive", "defunct", "temporarily closed")
SERVICE = Shape(
    {
        **_texts("name", "description", "fees", "accreditations", "assured_date", "alert"),
        **dict.fromkeys(("id", "organization_id"), "id"),
        **dict.fromkeys(("email", "assurer_email"), "email"),
        **dict.fromkeys(("minimum_age", "maximum_age"), "number"),
        "url": "uri",
        "status": STATUSES,
        "last_modified": "instant",
        "schedules": Many(SCHEDULE),
        "service_areas": Many(
            Shape({**_OF_SERVICE, **_texts("name", "extent", "extent_type", "uri", "service_area")})
        ),
        "service_at_locations": Many(
            Shape({**_OF_SERVICE, "location_id": "id", "location": LOCATION})
        ),
        "languages": Many(Shape({**_OF_SERVICE, "phone_id": "id"})),
        "organization": ORGANISATION,
        "funding": Many(Shape({**_OF_SERVICE, "source": "text"})),
        "cost_options": Many(
            Shape(
                {
                    **_OF_SERVICE,
                    **_texts("valid_from", "valid_to", "option", "amount_description"),
                    "amount": "number",
                }
            )
        ),
        "contacts": Many(
            Shape({**_OF_SERVICE, **_texts("name", "title"), "attributes": _ATTRIBUTES})
        ),
        "attributes": _ATTRIBUTES,
    },
    frozenset({"id", "name", "status"}),
)


def kept_of(sent: object) -> tuple[Json | None, list[str]]:
    """Return what is kept of a service as it was sent, or None, and what is to be said of it."""
    said: list[str] = []
    kept = _kept(sent, SERVICE, "", said)
    return (kept if isinstance(kept, dict) else None), said


def _kept(value: object, field: Field, where: str, said: list[str]) -> Any:
    if isinstance(field, Many):
        return _kept_list(value, field.of, where, said)
    if isinstance(field, Shape):
        return _kept_thing(value, field, where, said)
    if isinstance(field, tuple):
        if value in field:
            return value
        said.append(f"“{where}” is none of {', '.join(field)}. It was left out.")
        return LEFT_OUT
    if _is_a(field, value):
        return value
    said.append(f"“{where}” is not {_CALLED[field]}. It was left out.")
    return LEFT_OUT


def _is_a(called: str, value: object) -> bool:
    if called == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    if not isinstance(value, str) or "\0" in value:
        return False
    if called == "text":
        return True
    if not _FORMATS[called].fullmatch(value):
        return False
    return called != "instant" or _exists(value)


def _exists(instant: str) -> bool:
    try:
        datetime.fromisoformat(instant)
    except ValueError:
        return False
    return True


def _kept_list(value: object, shape: Shape, where: str, said: list[str]) -> Any:
    if not isinstance(value, list):
        said.append(f"“{where}” is not a list. It was left out.")
        return LEFT_OUT
    each = (_kept(one, shape, f"{where} {at}", said) for at, one in enumerate(value, start=1))
    return [kept for kept in each if kept is not LEFT_OUT]


def _kept_thing(value: object, shape: Shape, where: str, said: list[str]) -> Any:
    called = f"“{where}”" if where else "The entry"
    if not isinstance(value, dict):
        said.append(f"{called} is not an object with fields. It was left out.")
        return LEFT_OUT
    kept: Json = {}
    for name, sent in value.items():
        if sent is None or sent == "":
            continue
        field = shape.fields.get(name)
        inside = f"{where}, {name}" if where else name
        one = sent if field is None else _kept(sent, field, inside, said)
        if one is not LEFT_OUT:
            kept[name] = one
    if lacking := sorted(shape.required - kept.keys()):
        said.append(f"{called} has no usable {' and no '.join(lacking)}. It was left out.")
        return LEFT_OUT
    return kept
