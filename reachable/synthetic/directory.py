"""What is on offer in the invented area, brought in as a file and checked by those who keep it."""

from __future__ import annotations

from random import Random
from uuid import UUID

import orjson

from reachable.access.selectors import agency_id
from reachable.provision import loading, selectors, services
from reachable.provision.services import Told
from reachable.synthetic import atlas
from reachable.synthetic.arrival import actors
from reachable.synthetic.material import stream
from reachable.synthetic.partnership import Partnership

OWNER = "fenmarch-council"
_NEVER_CHECKED = 3
_TOLD = (
    Told(capacity="free", waiting_days=2, referral="Ring, and somebody comes."),
    Told(capacity="free", waiting_days=7, evidence="Evaluated by an invented university in 2024."),
    Told(capacity="waiting_list", waiting_days=28, referral="One page, by e-mail."),
    Told(capacity="full"),
)


def fill_directory(made: Partnership) -> int:
    """Load the invented services once, and check all but a few; return how many there are."""
    by = actors(made)[made.rota.supervisor]
    if selectors.services(by=by):
        return 0
    sent = atlas.services(made.places)
    loading.load(
        by=by,
        agency_id=agency_id(OWNER),
        file_name="services.json",
        content=orjson.dumps({"contents": sent}),
    )
    rng: Random = stream(made.seed, "directory")
    for service in sent[_NEVER_CHECKED:]:
        services.check_service(by=by, service_id=UUID(service["id"]), told=rng.choice(_TOLD))
    return len(sent)
