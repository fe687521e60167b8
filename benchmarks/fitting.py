"""What fits one child, of a directory that is larger than any area's, read from the database."""

from __future__ import annotations

import json
import random
import statistics
import time
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from benchmarks.partnership import Partnership, Times, set_up
from reachable.access.models import User
from reachable.access.selectors import actor_for
from reachable.foundation import memory
from reachable.foundation.actor import Actor, system
from reachable.geography import services as geography
from reachable.intake import services as intake
from reachable.intake.services import PhoneSignal
from reachable.moments.models import Moment
from reachable.offers import matching
from reachable.provision import loading, taxonomy
from reachable.provision.taxonomy import described

NAME = "What fits a child, of 2,000 services read from the database"
BASELINE = "the same of 20 services"
NOTE = (
    "What an entry says of itself is parsed once for each version of it, and kept by the process."
)
MANY, FEW, TIMES = 2_000, 20, 100
BY = system("benchmark")
AREAS = [f"FX{number}" for number in range(1, 9)]
POSTCODES = [
    f"{area} {number}A{letter}" for area in AREAS for number in range(1, 9) for letter in "AB"
]


def run(many: int = MANY, few: int = FEW, times: int = TIMES) -> dict[str, Any]:
    there = set_up(BY)
    _lay_out()
    by = actor_for(User.objects.get(id=there.workers[0]))
    child = _child(there)
    memory.settle()
    _load(there, few)
    baseline = _timed(by, child, times)
    _load(there, many)
    found = _timed(by, child, times)
    return {
        "services": many,
        "median_ms": round(found.median, 2),
        "p95_ms": round(found.p95, 2),
        "target_p95_ms": 50,
        "ratio": round(found.median / baseline.median, 1),
        "baseline_median_ms": round(baseline.median, 2),
    }


def _timed(by: Actor, person_id: UUID, times: int) -> Times:
    """Ask for each kind of help by chance, a third of the time for any."""
    rng, taken, fitted = random.Random(times), [], 0
    helps = ["", *_keys("help")]
    child = matching.child_needs(by=by, current_id=person_id)
    for number in range(times):
        help = rng.choice(helps) if number % 3 else ""
        form = rng.choice(["", *_keys("form")])
        started = time.perf_counter()
        found = matching.compared(by=by, child=child, help=help, form=form, at_most=25)
        taken.append(1000 * (time.perf_counter() - started))
        fitted += found.total
    if not fitted:
        raise RuntimeError("no service fitted the child")
    return Times(statistics.median(taken), statistics.quantiles(taken, n=20)[-1])


def _lay_out() -> None:
    rng = random.Random(1)
    areas = [(area, f"Area {area}") for area in AREAS]
    lie = [(postcode, postcode[:3]) for postcode in POSTCODES]
    geography.load_areas(by=BY, areas=areas, postcodes=lie)
    positions = {each: (rng.uniform(52, 53), rng.uniform(0, 1)) for each in POSTCODES}
    geography.place_postcodes(by=BY, positions=positions)


def _child(there: Partnership) -> UUID:
    intake.send_signal(
        by=actor_for(User.objects.get(id=there.sergeant)),
        signal=PhoneSignal(
            token=uuid4(),
            kind="in_custody_now",
            family_name="Orrell",
            given_names="Tamsin",
            birth_date=date(2012, 3, 3),
            where="Fexshire Police Station",
            said="",
            reach="07700 900123",
            postcode=POSTCODES[0],
            communication_needs="Short sentences, one question at a time",
        ),
    )
    return Moment.objects.get().person_id


def _load(there: Partnership, count: int) -> None:
    rng = random.Random(count)
    sent = [_service(rng, number) for number in range(1, count + 1)]
    loading.load(
        by=BY,
        agency_id=there.council,
        file_name="services.json",
        content=json.dumps({"contents": sent}).encode(),
    )


def _keys(of: str) -> list[str]:
    return [term.key for term in taxonomy.taxonomies()[of].terms]


def _service(rng: random.Random, number: int) -> dict[str, Any]:
    """Half of them say little of themselves, so that most have to be looked at to the end."""
    terms = [("help", key) for key in rng.sample(_keys("help"), 2)]
    terms += [("form", key) for key in rng.sample(_keys("form"), rng.choice([0, 0, 4]))]
    terms += [("need", key) for key in rng.sample(_keys("need"), rng.choice([0, 2]))]
    areas = rng.sample(AREAS, rng.choice([0, 0, 3, 6]))
    return {
        "id": _id(number),
        "name": f"Invented Service {number}",
        "status": "active",
        "minimum_age": rng.choice([8, 11, 14]),
        "maximum_age": rng.choice([17, 25]),
        "schedules": [
            {
                "id": _id(number, 1),
                "freq": "WEEKLY",
                "byday": "MO,TU,WE,TH,FR",
                "opens_at": f"{rng.randint(8, 12):02}:00:00",
                "closes_at": "18:00:00",
            }
        ],
        "service_areas": [
            {"id": _id(number, 20 + at), "name": each} for at, each in enumerate(areas)
        ],
        "service_at_locations": [_at(rng, number)],
        "attributes": [
            {"id": _id(number, 40 + at), "taxonomy_term": described(*each)}
            for at, each in enumerate(terms)
        ],
    }


def _at(rng: random.Random, number: int) -> dict[str, Any]:
    address = {
        "id": _id(number, 4),
        "address_1": "1 Invented Row",
        "city": "Fexshire",
        "state_province": "Fexshire",
        "postal_code": rng.choice(POSTCODES),
        "country": "GB",
        "address_type": "physical",
    }
    location = {"id": _id(number, 3), "location_type": "physical", "addresses": [address]}
    return {"id": _id(number, 2), "location": location}


def _id(number: int, part: int = 0) -> str:
    return str(UUID(int=(number << 8) + part))
