"""A field that a form does not offer cannot be set by sending it.

Each form is answered as it should be, then again with every field of every model and every
parameter of every service beside the answers: the database must end up the same.
"""

from __future__ import annotations

import inspect
import re

import pytest

from reachable.access import (
    absences,
    giving_back,
    keys,
    planning,
    second_factors,
    sessions,
    signing_in,
)
from reachable.access import services as access
from reachable.conversations import confirming
from reachable.foundation.time import travel
from reachable.foundation.urls import BY_SECRET, PUBLIC
from reachable.governance import asking as questions
from reachable.governance import families, keeping
from reachable.intake import correcting, status, together
from reachable.intake import services as intake
from reachable.moments import contact
from reachable.moments import services as moments
from reachable.offers import gaps
from reachable.offers import services as offers
from reachable.people import asking, conflicts, emergency, inviting, restricting
from reachable.people import services as people
from reachable.provision import services as provision
from reachable.sharing import acting as sharing_acts
from reachable.sharing import safe
from reachable.sharing import services as sharing
from reachable.site.addresses import addresses
from tests.access.every_form import FORMS, IN_FORCE
from tests.access.forms import AT, Answering, every_model
from tests.access.place import Account, Place, make_place


@pytest.fixture(scope="module")
def placed(kept: None) -> Place:
    with travel(AT):
        return make_place()


def beside(place: Place) -> dict[str, str]:
    """Return every name that could be meant, with a value that its column would take."""
    outsider = str(place.user(Account("practitioner", "other")))
    given: dict[str, str] = {}
    for model in every_model():
        for column in model._meta.concrete_fields:
            kind = column.get_internal_type()
            value = {
                "BooleanField": "on",
                "DateField": "2001-01-01",
                "DateTimeField": "2001-01-01T10:00:00+00:00",
                "PositiveIntegerField": "7",
                "PositiveSmallIntegerField": "7",
                "CharField": "x",
                "TextField": "x",
            }.get(kind, outsider)
            given |= dict.fromkeys((column.name, column.attname), value)
    rooms = (
        absences,
        access,
        asking,
        questions,
        confirming,
        conflicts,
        contact,
        correcting,
        families,
        emergency,
        gaps,
        giving_back,
        intake,
        keeping,
        inviting,
        keys,
        moments,
        offers,
        people,
        planning,
        provision,
        second_factors,
        sessions,
        signing_in,
        restricting,
        safe,
        sharing,
        sharing_acts,
        status,
        together,
    )
    for services in rooms:
        for _, verb in inspect.getmembers(services, inspect.isfunction):
            for name in inspect.signature(verb).parameters:
                given.setdefault(name, outsider)
    return given | {"roles": "system_administrator", "is_staff": "on", "is_superuser": "on"}


@pytest.mark.django_db
@pytest.mark.parametrize("name", FORMS)
def test_promise_11_what_a_form_does_not_offer_cannot_be_set(
    placed: Place, undone: None, name: str
) -> None:
    with travel(AT):
        answering = Answering(placed, FORMS[name])
        more = {key: value for key, value in beside(placed).items() if key not in answering.offered}
        plainly, beside_it = answering.send({}), answering.send(more)
    assert len(more) > 80
    assert plainly.status == beside_it.status == FORMS[name].answered
    assert plainly.after != plainly.before, "the answer itself did nothing"
    assert beside_it.after == plainly.after


LEAD_AWAY = {
    "/my-sign-in/organisation/": "to another sign-in; nothing is changed before somebody is back"
}
"""What changes nothing here, and where it leads to."""


def test_every_form_is_tried_here() -> None:
    posted = {
        re.sub(r"<\w+:(\w+)>", r"{\1}", f"/{address.route}")
        for address in addresses()
        if "POST" in address.methods and address.needs not in {PUBLIC, *BY_SECRET}
    }
    tried = {
        re.sub("refused_id|gone_id|left_off_id", "delivery_id", form.to.partition("?")[0])
        .replace("{waiting_id}", "{sharing_id}")
        .replace("{outside_id}", "{sharing_id}")
        .replace("police_custody", "{key}")
        .replace("/ssd/", "/{set_key}/")
        .replace("/arrest/", "/{rule_key}/")
        .replace("/custody/draft/", "/{pathway_kind}/draft/")
        .replace("/court/draft/", "/{pathway_kind}/draft/")
        .replace("/steps/visit/", "/steps/{step_key}/")
        .replace(IN_FORCE, "/pathways/{pathway_kind}/versions/{version}/in-force/")
        for form in FORMS.values()
    }
    assert posted - LEAD_AWAY.keys() == tried
