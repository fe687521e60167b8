"""A partnership writes its own pathway and puts it in force; open moments keep theirs."""

from __future__ import annotations

from datetime import datetime, timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from reachable.access import services as access
from reachable.access.models import Agency, User
from reachable.audit.models import Entry
from reachable.foundation.errors import BadInput, Conflict, Forbidden, NotFound
from reachable.foundation.time import now, travel
from reachable.moments import own_pathways, pathway_reading, rules, selectors, services
from reachable.moments.models import Moment, OwnPathway, PathwayDecision, RuleSwitch
from reachable.moments.pathway_versions import versions_in_force
from reachable.moments.rebuilding import rebuild_moments
from reachable.practice import guidance
from reachable.practice.items import OWN_FROM, Basis
from reachable.practice.own import StepWords
from reachable.practice.time import LONDON
from tests.support.people import SYSTEM, Partnership, child_with_moment, make_hub

pytestmark = pytest.mark.db
AT = datetime(2026, 11, 10, 12, 0, tzinfo=LONDON)
NEWEST = guidance.pathway("custody").version
STEP = StepWords(
    key="",
    title="Give the child the night number",
    detail="A card with the number that is answered at night.",
    owner="The worker of the Hub",
    good="The child has it before they leave.",
    avoid="A number that nobody answers.",
    amount=2,
    unit="hours",
    start="received",
    certainty="agreed here",
)


@pytest.fixture
def hub(db: None) -> Partnership:
    place = make_hub("fern", "moss")
    place.worker("clerk", "intake_worker")
    return place


def begin(hub: Partnership, who: str = "fern") -> int:
    own_pathways.begin(by=hub.actor(who), kind="custody")
    return draft(hub).revision


def draft(hub: Partnership) -> pathway_reading.DraftFacts:
    return pathway_reading.draft(by=hub.actor("fern"), kind="custody")


def keys(hub: Partnership) -> list[str]:
    return [each.words.key for each in draft(hub).steps]


def add(hub: Partnership) -> str:
    return own_pathways.add_step(
        by=hub.actor("fern"), kind="custody", revision=draft(hub).revision, step=STEP
    )


def put_in_force(hub: Partnership, version: int = OWN_FROM, **more: Any) -> None:
    held = OwnPathway.objects.filter(settled_at=None, ended_at=None).first()
    given = {"reason": "Agreed on Monday", "revision": held.revision if held else None, **more}
    own_pathways.put_in_force(by=hub.actor("lead"), kind="custody", version=version, **given)


def own_in_force(hub: Partnership) -> str:
    begin(hub)
    key = add(hub)
    put_in_force(hub)
    return key


def page(who: str, address: str, status: int = 200, **posted: Any) -> str:
    client = Client()
    client.force_login(User.objects.get(username=who))
    answer = client.post(address, posted, follow=True) if posted else client.get(address)
    assert answer.status_code == status
    return unescape(answer.content.decode())


def test_a_draft_is_the_version_in_force_until_somebody_changes_it(hub: Partnership) -> None:
    begin(hub)
    found = draft(hub)
    assert found.pathway.steps == guidance.pathway("custody").steps
    assert (found.differs, found.wrong, found.to_look_at) == ([], [], [])
    assert versions_in_force()["custody"] == NEWEST


def test_steps_are_added_reworded_moved_left_out_and_put_back(hub: Partnership) -> None:
    begin(hub)
    before, fern = keys(hub), hub.actor("fern")
    key = add(hub)
    assert keys(hub) == [*before[:-1], key, before[-1]]
    visit = draft(hub).step("visit").words
    reworded = StepWords(**{**visit.kept(), "title": "Sit with the child", "owner": "Hub"})
    own_pathways.write_step(by=fern, kind="custody", revision=2, step=reworded)
    for revision in (3, 4):
        own_pathways.move_step(by=fern, kind="custody", revision=revision, key="visit", up=True)
    assert keys(hub).index("visit") == before.index("visit") - 2
    own_pathways.leave_out(by=fern, kind="custody", revision=5, key="nrm")
    assert [step.key for step in draft(hub).left_out] == ["nrm"]
    own_pathways.put_back(by=fern, kind="custody", revision=6, key="nrm")
    assert keys(hub).index("nrm") == before.index("nrm")
    kinds = {each.title: each.what for each in draft(hub).differs}
    assert kinds["Sit with the child"] == "moved and changed"
    assert kinds[STEP.title] == "added"
    assert Entry.objects.filter(action="moments.pathway_changed").count() == 6
    step = draft(hub).step("visit").step
    assert step.basis is Basis.LOCAL
    assert step.clock is guidance.moment_kind("custody").child_clock


def test_what_is_worded_as_published_again_counts_as_published(hub: Partnership) -> None:
    begin(hub)
    fern, visit = hub.actor("fern"), draft(hub).step("visit").words
    other = StepWords(**{**visit.kept(), "title": "Go there", "certainty": "agreed here"})
    own_pathways.write_step(by=fern, kind="custody", revision=1, step=other)
    assert draft(hub).step("visit").is_changed
    back = StepWords(**{**visit.kept(), "certainty": "agreed here"})
    own_pathways.write_step(by=fern, kind="custody", revision=2, step=back)
    assert not draft(hub).step("visit").is_changed
    assert draft(hub).differs == []


def test_two_who_begin_write_the_same_draft_and_the_second_save_is_refused(
    hub: Partnership,
) -> None:
    revision = begin(hub)
    assert begin(hub, "moss") == revision
    add(hub)
    said = r"Fern changed this draft today .*, after you opened it\. Their change is kept"
    for act in (
        lambda by: own_pathways.add_step(by=by, kind="custody", revision=revision, step=STEP),
        lambda by: own_pathways.leave_out(by=by, kind="custody", revision=revision, key="nrm"),
        lambda by: own_pathways.give_up(by=by, kind="custody", revision=revision),
    ):
        with pytest.raises(Conflict, match=said):
            act(hub.actor("moss"))
    with pytest.raises(Conflict, match=said):
        put_in_force(hub, revision=revision)
    assert len(keys(hub)) == len(guidance.pathway("custody").steps) + 1
    assert not PathwayDecision.objects.exists()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"owner": "The lighthouse keeper"}, "nobody of that name is known here"),
        ({"amount": 5, "unit": "minutes"}, "is due before it can be done: within 5 minutes"),
        ({"certainty": "seen"}, "seen in a published source, and names none"),
    ],
)
def test_a_step_that_cannot_be_so_is_refused_in_a_sentence(
    hub: Partnership, changed: dict[str, Any], said: str
) -> None:
    begin(hub)
    step = StepWords(**{**STEP.kept(), **changed})
    with pytest.raises(BadInput, match=f"{said}.*Nothing was changed"):
        own_pathways.add_step(by=hub.actor("fern"), kind="custody", revision=1, step=step)
    assert draft(hub).revision == 1


def test_a_version_without_steps_is_not_put_in_force(hub: Partnership) -> None:
    begin(hub)
    for key in keys(hub):
        own_pathways.leave_out(
            by=hub.actor("fern"), kind="custody", revision=draft(hub).revision, key=key
        )
    add(hub)
    assert len(keys(hub)) == 1
    own_pathways.leave_out(
        by=hub.actor("fern"), kind="custody", revision=draft(hub).revision, key="own_1"
    )
    with pytest.raises(BadInput, match="It has no step"):
        put_in_force(hub)
    assert versions_in_force()["custody"] == NEWEST


def test_an_owner_who_is_gone_before_it_is_in_force_is_said(hub: Partnership) -> None:
    begin(hub)
    add(hub)
    access.create_agency(by=SYSTEM, key="night", name="Night Line", kind="charity")
    key = keys(hub)[0]
    step = StepWords(**{**draft(hub).step(key).words.kept(), "owner": "Night Line"})
    own_pathways.write_step(by=hub.actor("fern"), kind="custody", revision=2, step=step)
    assert draft(hub).wrong == []
    Agency.objects.filter(key="night").update(name="Day Line")
    assert "is for “Night Line”, and nobody of that name" in draft(hub).wrong[0]
    with pytest.raises(BadInput, match="nobody of that name is known here"):
        put_in_force(hub)


def test_only_whoever_may_writes_and_only_a_supervisor_decides(hub: Partnership) -> None:
    with pytest.raises(Forbidden):
        own_pathways.begin(by=hub.actor("clerk"), kind="custody")
    begin(hub)
    add(hub)
    with pytest.raises(Forbidden):
        own_pathways.put_in_force(
            by=hub.actor("fern"), kind="custody", version=OWN_FROM, reason="x", revision=2
        )
    with pytest.raises(BadInput, match="say in a few words why"):
        put_in_force(hub, reason=" ")
    with pytest.raises(NotFound):
        own_pathways.begin(by=hub.actor("fern"), kind="picnic")


def _done(hub: Partnership, moment: Moment) -> set[str]:
    found = selectors.moment(by=hub.actor("fern"), moment_id=moment.id)
    return {step.key for part in found.parts for step in part.steps if step.done_at}


def test_an_own_version_is_in_force_for_what_opens_then_and_open_moments_keep_theirs(
    hub: Partnership,
) -> None:
    _, before = child_with_moment(hub)
    services.take(by=hub.actor("fern"), moment_id=before.id)
    services.do_step(by=hub.actor("fern"), moment_id=before.id, step="visit")
    key = own_in_force(hub)
    _, after = child_with_moment(hub, given="Wren")
    assert (before.pathway_version, after.pathway_version) == (NEWEST, OWN_FROM)
    found = selectors.moment(by=hub.actor("fern"), moment_id=before.id)
    (part,) = found.parts
    assert part.pathway == guidance.pathway("custody", NEWEST)
    assert _done(hub, before) == {"visit"}
    with pytest.raises(NotFound):
        services.do_step(by=hub.actor("fern"), moment_id=before.id, step=key)
    services.take(by=hub.actor("fern"), moment_id=after.id)
    services.do_step(by=hub.actor("fern"), moment_id=after.id, step=key)
    assert _done(hub, after) == {key}
    assert "our own version 1" in page("fern", f"/moments/{after.id}/")
    assert f"Fern did: {STEP.title}" in page("fern", f"/moments/{after.id}/")
    put_in_force(hub, NEWEST, reason="Too long in practice")
    _, third = child_with_moment(hub, given="Kit")
    assert third.pathway_version == NEWEST
    assert Moment.objects.get(id=after.id).pathway_version == OWN_FROM
    assert _done(hub, after) == {key}


def test_what_was_in_force_is_never_changed_and_the_next_draft_begins_from_it(
    hub: Partnership,
) -> None:
    key = own_in_force(hub)
    with pytest.raises(NotFound):
        draft(hub)
    begin(hub)
    assert draft(hub).pathway.version == OWN_FROM + 1
    assert key in keys(hub)
    second = add(hub)
    assert second != key
    kept = pathway_reading.version(by=hub.actor("fern"), kind="custody", number=OWN_FROM)
    assert second not in [step.key for step in kept.pathway.steps]
    own_pathways.give_up(by=hub.actor("fern"), kind="custody", revision=draft(hub).revision)
    assert begin(hub) == 1
    assert draft(hub).pathway.version == OWN_FROM + 2


def test_a_published_version_stands_for_the_newest_and_older_ones_are_not_chosen(
    hub: Partnership,
) -> None:
    with pytest.raises(Conflict, match="in force already"):
        put_in_force(hub, NEWEST)
    own_in_force(hub)
    with pytest.raises(BadInput, match="only the newest can be put in force"):
        put_in_force(hub, NEWEST + 1)
    PathwayDecision.objects.create(kind="custody", version=1, at=now(), reason="an older release")
    assert versions_in_force()["custody"] == NEWEST


def test_numbers_of_own_versions_and_of_published_ones_never_meet(hub: Partnership) -> None:
    begin(hub)
    for wrong in ({"version": 7}, {"published": OWN_FROM}):
        with pytest.raises(IntegrityError), transaction.atomic():
            OwnPathway.objects.filter(kind="custody").update(**wrong)
    second = OwnPathway.objects.get()
    second.id, second.version = uuid4(), OWN_FROM + 1
    with pytest.raises(IntegrityError), transaction.atomic():
        second.save(force_insert=True)


def test_a_newer_published_version_is_said_and_changes_nothing_by_itself(hub: Partnership) -> None:
    own_in_force(hub)
    OwnPathway.objects.update(published=NEWEST - 1)
    found = pathway_reading.pathway(by=hub.actor("clerk"), kind="custody")
    assert (found.newer, found.in_force.version) == (NEWEST, OWN_FROM)
    assert "There is a newer published version" in page("clerk", "/pathways/custody/")


def test_a_rule_edited_while_moments_are_open_leaves_them_as_they_were_opened(
    hub: Partnership,
) -> None:
    """A release brings version 2 of a rule: another kind of moment, and switched off besides."""
    with travel(AT):
        _, moment = child_with_moment(hub)
        kept = (moment.kind, moment.rule, moment.rule_version, moment.child_due_at)
        opened_by = selectors.moment(by=hub.actor("fern"), moment_id=moment.id).opened_by_rule
    RuleSwitch.objects.create(rule="arrest", version=2, is_on=False, at=AT, reason="Edited")
    own_in_force(hub)
    with travel(AT + timedelta(hours=2)):
        rebuild_moments(by=SYSTEM)
        services.take(by=hub.actor("fern"), moment_id=moment.id)
        now_stands = Moment.objects.get(id=moment.id)
        assert kept == (
            *(now_stands.kind, now_stands.rule, now_stands.rule_version),
            now_stands.child_due_at,
        )
        found = selectors.moment(by=hub.actor("fern"), moment_id=moment.id)
        assert (
            found.opened_by_rule
            == opened_by
            == "“Arrested, or interviewed as a volunteer”, version 1"
        )
        assert [part.pathway.version for part in found.parts] == [NEWEST]
        assert not rules.missed(due_at=now_stands.child_due_at, recorded_at=None, now=now())


def test_the_pages_lead_from_the_list_to_a_decision_and_back(hub: Partnership) -> None:
    assert "as it was installed" in page("clerk", "/pathways/")
    assert "Write our own version" not in page("clerk", "/pathways/custody/")
    assert "Nothing here is in force" in page("fern", "/pathways/custody/draft/begin/", x="1")
    answers = {**STEP.kept(), "revision": "1", "owner": "Nobody at all"}
    answers.pop("key")
    answers.pop("source")
    refused = page("fern", "/pathways/custody/draft/add/", 422, **answers)
    assert "nobody of that name is known here" in refused
    assert STEP.detail in refused
    added = page("fern", "/pathways/custody/draft/add/", **answers | {"owner": "The Hub"})
    assert "The draft is changed" in added
    assert "A supervisor puts it in force" in added
    decide = f"/pathways/custody/versions/{OWN_FROM}/in-force/"
    assert "Say in a few words why" in page("lead", decide, 422, revision="2")
    done = page("lead", decide, revision="2", reason="Agreed on Monday")
    assert "Our own version 1 is in force from now on" in done
    assert "Agreed on Monday" in page("clerk", "/pathways/custody/")
    compared = page("clerk", f"/pathways/custody/versions/{OWN_FROM}/compare/")
    assert f"{STEP.title}</p>" in compared
    back = f"/pathways/custody/versions/{NEWEST}/in-force/"
    assert "The published version is in force" in page("lead", back, reason="Too long")
    assert "the published one" in page("clerk", "/pathways/custody/")


def test_what_was_typed_stays_when_somebody_else_was_faster(hub: Partnership) -> None:
    begin(hub)
    add(hub)
    visit = draft(hub).step("visit").words
    answers = {
        **{name: value for name, value in visit.kept().items() if name not in ("key", "source")},
        "certainty": "agreed here",
        "title": "Sit with the child",
        "revision": "1",
    }
    said = page("moss", "/pathways/custody/draft/steps/visit/", 422, **answers)
    assert "Fern changed this draft" in said
    assert "Sit with the child" in said
    assert 'name="revision" value="2"' in said
    answers["revision"] = "2"
    assert "The draft is changed" in page("moss", "/pathways/custody/draft/steps/visit/", **answers)
    assert "own_1" in keys(hub)


def test_an_address_of_no_version_or_step_leads_nowhere(hub: Partnership) -> None:
    begin(hub)
    for address in (
        "/pathways/picnic/",
        "/pathways/custody/versions/99/",
        "/pathways/custody/versions/first/",
        f"/pathways/custody/versions/{OWN_FROM + 5}/compare/",
        "/pathways/custody/draft/steps/confess/",
        "/pathways/court/draft/",
    ):
        page("fern", address, 404)
