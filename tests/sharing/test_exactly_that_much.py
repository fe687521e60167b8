"""Whatever was chosen: the recipient's page shows exactly that, and no sign of anything else.

Each piece of the invented child has a word that stands nowhere else. On the page, and in the
document, exactly the words of the chosen pieces are found.
"""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from uuid import UUID

import pytest
from docx import Document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reachable.access.models import User
from reachable.chronology.models import Event
from reachable.foundation.documents import as_word
from reachable.foundation.ids import new_id
from reachable.foundation.time import now
from reachable.moments import services as moments
from reachable.offers.models import Offer
from reachable.people.models import Record
from reachable.sharing import acting
from reachable.sharing.papers import paper_of
from reachable.sharing.pieces import can_be_shared
from tests.support.directory import fill_directory
from tests.support.offers import child_of, offered
from tests.support.sharing import OUTSIDE, shared
from tests.support.world import World, html

pytestmark = pytest.mark.db


@pytest.fixture
def canaries(world: World) -> dict[str, str]:
    """Return piece → a word that only this piece says, of everything that could be shared."""
    fill_directory(5)
    moment_id = world.signal(given_names="Quokkaname", family_name="Oneword", needs="Ibisneeds")
    moments.take(by=world.actor("first"), moment_id=moment_id)
    User.objects.filter(username="first").update(phone="07700 900777")
    child = child_of(moment_id)
    record = Record.objects.get(person_id=child)
    Record.objects.filter(id=record.id).update(
        nhs_number="9990000018", upn="Z990000000018", birth_date=date(2011, 7, 19)
    )
    _other_name(record)
    found = {
        "name": "Quokkaname",
        "also_known_as": "Lemurname",
        "birth_date": "19 July 2011",
        "postcode": "FX1 1AA",
        "nhs_number": "9990000018",
        "upn": "Z990000000018",
        "communication_needs": "Ibisneeds",
        "moment": "07700 900777",
        **_events(record),
        **_offers(world, child),
    }
    offers_to_share = can_be_shared(by=world.actor("first"), person_id=child)
    assert {str(each.key) for each in offers_to_share} == set(found)
    return found


def _other_name(record: Record) -> None:
    Record.objects.create(
        agency=record.agency,
        source_ref="older",
        person=record.person,
        detail_hash="",
        detail_at=record.detail_at - timedelta(days=9),
        shown_name="Lemurname Second",
        family_name="second",
        given_names="lemurname",
    )


def _events(record: Record) -> dict[str, str]:
    first = Event.objects.get(record=record)
    Event.objects.filter(id=first.id).update(details={"said": "Axolotlsaid"}, place="Somewhere")
    found = {f"event:{first.id}": "Axolotlsaid"}
    for number, animal in enumerate(("Pangolinsaid", "Tapirsaid", "Numbatsaid"), 1):
        made = Event.objects.create(
            signal_id=new_id(),
            kind=first.kind,
            record=record,
            agency=first.agency,
            compartment="justice",
            occurred_on=first.occurred_on - timedelta(days=number),
            precision="day",
            received_at=now(),
            recorded_at=now(),
            details={"said": animal},
            source="A list",
        )
        found[f"event:{made.id}"] = animal
    return found


def _offers(world: World, child: UUID) -> dict[str, str]:
    for number in (1, 2):
        offered(world, child, service=UUID(int=number))
    return {
        f"offer:{offer_id}": name
        for offer_id, name in Offer.objects.values_list("id", "service__name")
    }


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_promise_10_exactly_the_chosen_pieces_and_no_sign_of_any_other(
    world: World, canaries: dict[str, str], data: st.DataObject
) -> None:
    chosen = data.draw(st.sets(st.sampled_from(sorted(canaries)), min_size=1))
    child = Record.objects.get(shown_name__contains="Quokkaname").person_id
    made = shared(world, child, *sorted(chosen), by="second")
    page = html(world.client("teacher").get(f"/shared-with-me/{made}/"))
    told = {piece for piece, word in canaries.items() if word in page}
    assert told == chosen
    assert str(child) not in page
    assert "/children/" not in page


def test_the_document_holds_exactly_the_chosen_pieces(
    world: World, canaries: dict[str, str]
) -> None:
    child = Record.objects.get(shown_name__contains="Quokkaname").person_id
    every = sorted(canaries)
    for chosen in (every[:3], every[3:7], every[7:], every):
        made = shared(world, child, *chosen, to=OUTSIDE, by="second")
        acting.agree(by=world.actor("lead"), sharing_id=made, agreed=True)
        handing = acting.make_document(by=world.actor("second"), sharing_id=made, how="word")
        paper = words_of(handing)
        assert {piece for piece, word in canaries.items() if word in paper} == set(chosen)


def words_of(handing: acting.Handing) -> str:
    document = Document(BytesIO(as_word(paper_of(handing))))
    return "\n".join(each.text for each in document.paragraphs)
