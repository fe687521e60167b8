"""Services in Open Referral UK for tests: invented ones, and any that the standard allows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import jsonschema_rs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from reachable.access.selectors import agency_id
from reachable.foundation.actor import system
from reachable.provision import loading
from reachable.provision.rules.standard import SERVICE, Field, Json, Many, Shape

_TEXTS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=12
)
_FORMATS: dict[str, SearchStrategy[Any]] = {
    "text": _TEXTS,
    "id": st.uuids().map(str),
    "number": st.integers(-1000, 1000) | st.floats(-1e6, 1e6),
    "email": st.from_regex(r"[a-z]{1,8}(\.[a-z]{1,5})?@[a-z]{1,8}\.(org|example)", fullmatch=True),
    "uri": st.from_regex(r"https://[a-z]{1,8}\.example(/[a-z0-9]{0,5})?", fullmatch=True),
    "instant": st.datetimes().map(lambda at: f"{at.isoformat(timespec='milliseconds')}Z"),
}


def things(field: Field = SERVICE) -> SearchStrategy[Any]:
    """Return a strategy for whatever a field may hold; of a service, any that is kept whole."""
    if isinstance(field, Many):
        return st.lists(things(field.of), max_size=2)
    if isinstance(field, tuple):
        return st.sampled_from(field)
    if isinstance(field, Shape):
        required = {name: things(field.fields[name]) for name in field.required}
        others = {name: things(each) for name, each in field.fields.items() if name not in required}
        return st.fixed_dictionaries(required, optional=others)
    return _FORMATS[field]


def validator(shared: Path) -> Any:
    """Return the standard's own judge of a whole service, formats included."""
    schema = json.loads((shared / "data/open-referral/service.json").read_text(encoding="utf-8"))
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


def offer(number: int, **fields: Any) -> Json:
    """Return an invented service at an address in Fenmarch."""
    return {
        "id": str(UUID(int=number)),
        "name": f"Invented Service {number}",
        "status": "active",
        "description": "Somebody to talk to.",
        "minimum_age": 11,
        "maximum_age": 17,
        "organization": {
            "id": str(UUID(int=7_000_000)),
            "name": "Fenmarch Lanterns",
            "description": "A charity that does not exist.",
        },
        "schedules": [
            {
                "id": str(UUID(int=1_000_000 + number)),
                "freq": "WEEKLY",
                "byday": "MO,FR",
                "opens_at": "10:00:00",
                "closes_at": "18:00:00",
            }
        ],
        "service_areas": [{"id": str(UUID(int=2_000_000 + number)), "name": "Fenmarch"}],
        "service_at_locations": [at(number)],
        **fields,
    }


def at(number: int, street: str = "1 Invented Row") -> Json:
    """Return a service at a location of its own."""
    return {
        "id": str(UUID(int=3_000_000 + number)),
        "location": {
            "id": str(UUID(int=4_000_000 + number)),
            "location_type": "physical",
            "addresses": [
                {
                    "id": str(UUID(int=5_000_000 + number)),
                    "address_1": street,
                    "city": "Fenmarch",
                    "state_province": "Fenmarch",
                    "postal_code": "FX1 1AA",
                    "country": "GB",
                    "address_type": "physical",
                }
            ],
        },
    }


def in_file(*services: Json) -> bytes:
    return json.dumps({"contents": services}).encode()


def load_directory(*services: Json, agency: str = "council") -> None:
    """Load a file of these services of an agency."""
    loading.load(
        by=system("tests"),
        agency_id=agency_id(agency),
        file_name="services.json",
        content=in_file(*services),
    )


def fill_directory(count: int, agency: str = "council") -> None:
    """Put invented services of the council into the directory; the last says little of itself."""
    last = {"id": str(UUID(int=count)), "name": "A name that goes on " * 12, "status": "inactive"}
    load_directory(*(offer(number) for number in range(1, count)), last, agency=agency)
