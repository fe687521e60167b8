"""What the Information Commissioner found wrong with the Gangs Matrix in 2018, one test each.

Each tests what exists today. What Reachable cannot do yet is said in docs/governance, and that
it is said there is tested too.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from uuid import UUID

import pytest
from django.apps import apps

from reachable.access.policy import policy
from reachable.audit.models import Entry
from reachable.conversations import candidates, confirming, services
from reachable.conversations.confirming import Naming
from reachable.conversations.models import PassedOn
from reachable.foundation.actor import system
from reachable.foundation.time import now, travel
from reachable.governance import papers
from reachable.intake.forgetting import forget
from reachable.intake.models import Delivery, Forgotten, Signal, SignalVersion
from reachable.moments.models import Moment, Trigger
from reachable.people.models import Person, Record
from reachable.practice import guidance
from tests.support.conversations import followed, writing
from tests.support.files import load
from tests.support.world import World, html, moment

pytestmark = pytest.mark.db

HEADINGS = "Custody No,Attendance,Arrived Date,Arrived Time,Station,Surname,Forename(s),DOB\n"
PERPETRATOR = re.compile(
    r"offender|suspect|perpetrator|nominal|gang|exploiter|score|risk|rank|harm_level", re.IGNORECASE
)


def custody(number: str, surname: str, born: date) -> str:
    at = now() - timedelta(hours=2)
    day, hour = f"{at:%d/%m/%Y}", f"{at:%H:%M}"
    return f"{HEADINGS}{number},Arrest,{day},{hour},Fenmarch,{surname},Ada,{born:%d/%m/%Y}\n"


def norm(key: str) -> str:
    """Return a document with its lines joined."""
    return re.sub(r"\s+", " ", papers.written(key))


def test_gangs_matrix_1_victims_are_never_listed_with_perpetrators(world: World) -> None:
    """There is no kind of record for somebody who exploits, and an adult opens none for a child."""
    for model in apps.get_models():
        named = [model.__name__, *(field.name for field in model._meta.get_fields())]
        assert not [name for name in named if PERPETRATOR.search(name)], model
    load(custody("A-1", "Grown", date(1988, 5, 5)))
    assert not Person.objects.exists()
    assert not Moment.objects.exists()
    load(custody("C-1", "Young", date(2012, 5, 5)))
    assert Moment.objects.count() == Person.objects.count() == 1
    page = html(world.client("first").get("/worklist/"))
    assert "Young" in page
    assert "Grown" not in page
    assert "People who exploit are not recorded at all in this version" in norm("dpia")


def test_gangs_matrix_2_what_led_nowhere_goes_and_no_list_stays_behind(world: World) -> None:
    load(custody("A-1", "Grown", date(1988, 5, 5)))
    signal = Signal.objects.get()
    assert signal.record_id is None
    assert signal.forget_on is not None
    with travel(now() + timedelta(days=31)):
        assert forget(by=system("forget")) == 1
    assert not Signal.objects.exists()
    assert not SignalVersion.objects.exists()
    assert sum(Forgotten.objects.values_list("count", flat=True)) == 1
    held = str([list(model._base_manager.values()) for model in apps.get_models()])
    assert "Grown" not in held
    assert "reviewed date of removal does **not exist yet**" in norm("dpia")


def test_gangs_matrix_3_sharing_is_for_one_recipient_and_noted(world: World) -> None:
    held = world.signal()
    _, passed_id = followed(world, held)
    assert PassedOn.objects.get().to_id == world.users["sergeant"]
    page = html(world.client("sergeant").get(f"/passed-on/{passed_id}/"))
    assert "waits at the gate" in page
    for other in ("clerk", "teacher", "outsider", "lead"):
        assert world.client(other).get(f"/passed-on/{passed_id}/").status_code == 404, other
    child = moment(held).person_id
    assert world.client("sergeant").get(f"/children/{child}/").status_code in {403, 404}
    looks = Entry.objects.filter(action="looked", actor_id=world.users["sergeant"])
    assert ("passed_on", passed_id) in set(looks.values_list("subject_kind", "subject_id"))
    assert "exactly these pieces to one named person" in norm("information-sharing-agreement")


def test_gangs_matrix_4_association_puts_nobody_on_a_list(world: World) -> None:
    """Whom a child names in a talk, even once confirmed, becomes no person and no moment."""
    held = world.signal()
    people, records, moments = counted()
    things = [{"kind": "person", "what": "Her friend Jaden Marsh"}]
    talk = writing(held)
    content = {**talk.content, "candidates": {"things": things}}
    services.keep(by=world.actor("first"), writing=writing(held, content=content))
    by = world.actor("first")
    (conversation_id,) = Entry.objects.filter(subject_kind="conversation").values_list(
        "subject_id", flat=True
    )[:1]
    assert isinstance(conversation_id, UUID)
    (found,) = candidates.of_conversation(by=by, conversation_id=conversation_id)
    confirming.confirm(
        by=by,
        conversation_id=conversation_id,
        candidate_id=found.id,
        naming=Naming("person", "Jaden Marsh"),
    )
    assert counted() == (people, records, moments)
    assert "Jaden" not in html(world.client("first").get("/worklist/"))


def counted() -> tuple[int, int, int]:
    return Person.objects.count(), Record.objects.count(), Moment.objects.count()


def test_gangs_matrix_5_the_assessments_exist_and_are_not_stale() -> None:
    for key in ("dpia", "equality-impact-assessment"):
        assert "To fill in" in papers.written(key)
    dpia = papers.written("dpia")
    for role in policy().roles.values():
        assert f"| {role.title} |" in dpia
    for each in papers.promised():
        assert (f"- {each.number}. " in dpia) is (each.standing != "kept")
    equality = norm("equality-impact-assessment")
    assert "do not exist in this version" in equality, "figures by group are not there, and said so"
    assert "disproportion has to be watched outside of it" in equality


def test_gangs_matrix_6_one_versioned_rule_lets_in_and_corrections_count(world: World) -> None:
    born = date(2012, 5, 5)
    load(custody("C-1", "Young", born))
    trigger = Trigger.objects.get()
    rule = next(each for each in guidance.rules() if each.key == trigger.rule)
    assert trigger.rule_version == rule.version
    later = custody("C-1", "Younger", born)
    load(later)
    assert Delivery.objects.count() == 2
    signal = Signal.objects.get()
    versions = SignalVersion.objects.filter(signal=signal).order_by("version")
    assert [each.version for each in versions] == [1, 2]
    assert Record.objects.get().family_name == "younger"
    assert Moment.objects.count() == 1, "a correction opens no second one"
    assert "sends a corrected version" in norm("complaints")
    assert "Are two children mixed up, somebody undoes it" in norm("complaints")
