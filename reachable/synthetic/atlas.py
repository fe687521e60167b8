"""The place, written beside the files: boundaries, postcodes, schools, homes and services."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from reachable.provision.taxonomy import described
from reachable.synthetic.boundaries import Point, Ring, boundaries, point_in
from reachable.synthetic.material import material, stream
from reachable.synthetic.partnership import Partnership
from reachable.synthetic.places import Locality, Places

FOLDER = "truth"
AREAS_FILE, POSTCODES_FILE = f"{FOLDER}/areas.geojson", f"{FOLDER}/postcodes.csv"
SCHOOLS_FILE, HOMES_FILE = f"{FOLDER}/schools.json", f"{FOLDER}/homes.json"
SERVICES_FILE = f"{FOLDER}/services.json"
_IDS = UUID("0b8f6f0c-53a5-5d0e-8f0b-5f3f2d7c9a10")


def write(folder: Path, partnership: Partnership) -> None:
    """Write all that the place is."""
    (folder / FOLDER).mkdir(exist_ok=True)
    rings = boundaries()
    _write_json(folder / AREAS_FILE, _areas(partnership, rings))
    _write_postcodes(folder / POSTCODES_FILE, partnership, rings)
    _write_json(folder / SCHOOLS_FILE, [asdict(school) for school in partnership.schools])
    _write_json(folder / HOMES_FILE, [asdict(home) for home in partnership.places.homes])
    _write_json(folder / SERVICES_FILE, services(partnership.places))


def services(places: Places) -> list[dict[str, Any]]:
    """Return the invented services, as Open Referral UK has them, each in its first district."""
    source = material("services")
    organisations = {row["key"]: row["name"] for row in source["organisations"]}
    return [
        _service(row, organisations) | {"service_at_locations": _at(row, places)}
        for row in source["services"]
    ]


def _at(row: dict[str, Any], places: Places) -> list[dict[str, Any]]:
    """Where it is given; whoever gives a safe place does not say where."""
    key, district = row["key"], row["districts"][0]
    here = [each for each in places.postcodes if each.locality.code == district]
    if "help/safe_place" in row["terms"] or not here:
        return []
    postcode = here[len(key) % len(here)]
    address = {
        "id": _id(f"{key} address"),
        "address_1": f"1 {postcode.street}",
        "city": postcode.locality.name,
        "state_province": places.area.name,
        "postal_code": postcode.code,
        "country": "GB",
        "address_type": "physical",
    }
    location = {
        "id": _id(f"{key} location"),
        "location_type": "physical",
        "addresses": [address],
    }
    return [{"id": _id(f"{key} place"), "location": location}]


def _service(row: dict[str, Any], organisations: dict[str, str]) -> dict[str, Any]:
    key, organisation = row["key"], row["organisation"]
    attributes = [
        {"id": _id(f"{key} {term}"), "taxonomy_term": described(*term.split("/"))}
        for term in row["terms"]
    ]
    return {
        "id": _id(key),
        "name": row["name"],
        "status": "active",
        "description": row["description"],
        "minimum_age": row["ages"][0],
        "maximum_age": row["ages"][1],
        "organization": {
            "id": _id(organisation),
            "name": organisations[organisation],
            "description": "Invented",
        },
        "contacts": [{"id": _id(f"{key} contact"), "phones": [
            {"id": _id(f"{key} phone"), "number": row["phone"]}
        ]}],
        "schedules": [
            {
                "id": _id(f"{key} schedule"),
                "freq": "WEEKLY",
                "byday": row["days"],
                "opens_at": row["opens"],
                "closes_at": row["closes"],
            }
        ],
        "service_areas": [
            {"id": _id(f"{key} {code}"), "name": code, "extent_type": "postcode district"}
            for code in row["districts"]
        ],
        "attributes": attributes,
    }  # fmt: skip


def _areas(partnership: Partnership, rings: dict[str, Ring]) -> dict[str, Any]:
    places = partnership.places
    return {
        "type": "FeatureCollection",
        "features": [
            *(_feature(at, rings, places.area.code) for at in places.localities),
            *(_feature(at, rings, "") for at in places.elsewhere),
        ],
    }


def _feature(at: Locality, rings: dict[str, Ring], within: str) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"code": at.code, "name": at.name, "within": within},
        "geometry": {"type": "Polygon", "coordinates": [rings[at.code]]},
    }


def positions(partnership: Partnership, rings: dict[str, Ring]) -> dict[str, Point]:
    """Return where each invented postcode lies: longitude and latitude, the same each time."""
    rng = stream(partnership.seed, "points")
    return {
        postcode.code: point_in(rng, rings[postcode.locality.code])
        for postcode in partnership.places.postcodes
    }


def _write_postcodes(path: Path, partnership: Partnership, rings: dict[str, Ring]) -> None:
    lie = positions(partnership, rings)
    rows: list[Iterable[object]] = []
    for postcode in partnership.places.postcodes:
        place = (postcode.code, postcode.locality.code, postcode.street)
        rows.append((*place, *lie[postcode.code]))
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("postcode", "area", "street", "longitude", "latitude"))
        writer.writerows(rows)


def _write_json(path: Path, content: object) -> None:
    text = json.dumps(content, ensure_ascii=False, indent=1, default=str)
    path.write_text(text + "\n", "utf-8")


def _id(name: str) -> str:
    return str(uuid5(_IDS, name))
