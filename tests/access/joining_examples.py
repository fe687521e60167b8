"""Who is invited in the tests, and what is refused of an invitation."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from reachable.access.rules.joining import Asked
from reachable.foundation.time import today

ASKED = Asked("Ada Fenwick", "ada.f", "ada@fenmarch.invalid", roles=("practitioner",))


def changed(**more: Any) -> Asked:
    return Asked(**{**ASKED.__dict__, **more})


REFUSED = [
    (changed(username="FERN"), "an account or an invitation FERN already"),
    (changed(username="a b"), "A user name has 3 to 59"),
    (changed(email="nobody"), "The e-mail address is missing or is none"),
    (changed(name=" "), "The name is missing"),
    (changed(name="Ada\x00"), "odd signs"),
    (changed(roles=()), "A role is missing"),
    (changed(roles=("emperor",)), "The policy has no role emperor"),
    (changed(roles=("supervisor",)), "You cannot give the role Supervisor"),
    (changed(roles=("agency_administrator",)), "You cannot give the role Agency administrator"),
    (changed(roles=("practitioner", "system_administrator")), "You cannot give the role System"),
    (changed(roles=("information_governance",)), "You cannot give the role Information"),
    (changed(last_day=today() - timedelta(days=1)), "The last day is over"),
]
