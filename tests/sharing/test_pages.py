"""The pages of sharing: from a request to what the recipient reads, to its end; refused; empty."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from reachable.foundation.time import now, today, travel
from reachable.moments import services as moments
from reachable.sharing.models import SharingDecision, SharingRequest, SharingStep
from tests.support.offers import child_of
from tests.support.sharing import OUTSIDE, answers, asked, refused, shared
from tests.support.world import World, html, without_token

pytestmark = pytest.mark.db


@pytest.fixture
def child(world: World) -> UUID:
    moment_id = world.signal(needs="Short sentences")
    moments.take(by=world.actor("first"), moment_id=moment_id)
    return child_of(moment_id)


def test_from_the_request_to_what_the_recipient_reads_and_its_end(
    world: World, child: UUID
) -> None:
    client, teacher = world.client("first"), world.client("teacher")
    page = html(client.get(f"/children/{child}/"))
    assert "Nothing was shared or refused yet." in page
    form = f"/children/{child}/share/asked/"
    assert "needs an answer" in html(client.post(form, {}), 422)
    said = {"to_user": str(world.users["teacher"]), "what": "How she talks", "purpose": "A meeting"}
    answer = client.post(form, said)
    request = SharingRequest.objects.get()
    assert answer["Location"] == f"/sharing/requests/{request.id}/"
    assert "Tay Teacher, Osier School, asks for something" in html(client.get(answer["Location"]))
    page = html(client.get(f"/children/{child}/share/?request={request.id}"))
    assert "How she talks" in page
    assert "Seven golden rules" in page
    assert "not confirmed" in page
    chosen = ["name", "communication_needs"]
    pieces = {"choose": "yes", "piece": chosen, "way": "worker", "request": str(request.id)}
    answer = client.get(f"/children/{child}/share/", pieces)
    assert answer.status_code == 302
    address = answer["Location"]
    page = html(client.get(address))
    assert "Why do they need this: How the child communicates?" in page
    assert "Birth date" not in page
    assert "16LA" not in page
    assert "Choose at least one lawful basis" in html(client.post(address, {}), 422)
    answer = client.post(address, answers(chosen))
    assert answer.status_code == 302, html(answer, answer.status_code)
    made = SharingDecision.objects.get()
    assert (made.to_user_id, made.request_id) == (world.users["teacher"], request.id)
    page = html(client.get(answer["Location"]))
    assert "Shared now" in page
    assert "Tay Teacher has not opened it yet." in page
    assert "From Fern First, Fenmarch Council" in html(teacher.get("/shared-with-me/"))
    page = html(teacher.get(f"/shared-with-me/{made.id}/"))
    assert "Tamsin Orrell" in page
    assert "Short sentences" in page
    assert "3 March 2012" not in page
    assert "FX1 1AA" not in page
    assert str(child) not in page
    assert "/children/" not in page
    page = html(client.get(f"/sharing/{made.id}/"))
    assert "has not opened it yet" not in page
    assert "Shared now: Tay Teacher" in html(client.get(f"/children/{child}/"))
    end = f"/sharing/{made.id}/end/"
    assert "needs an answer" in html(client.post(end, {}), 422)
    assert client.post(end, {"reason": "The meeting was held."}).status_code == 302
    assert teacher.get(f"/shared-with-me/{made.id}/").status_code == 404
    assert "Nothing is shared with you today." in html(teacher.get("/shared-with-me/"))
    assert client.post(end, {"reason": "Again"}).status_code == 409
    assert "Ended early" in html(client.get(f"/sharing/{made.id}/"))


def test_a_refusal_stands_with_its_reasons(world: World, child: UUID) -> None:
    client, request = world.client("first"), asked(world, child)
    assert "It waits for a decision" in html(client.get(f"/children/{child}/"))
    address = f"/children/{child}/share/refuse/?request={request}"
    page = html(client.get(address))
    assert "Where the child lives." in page
    said = answers([], reason="They can write to us.", purpose="To write")
    assert "needs an answer" in html(client.post(address, {**said, "reason": ""}), 422)
    answer = client.post(address, said)
    page = html(client.get(answer["Location"]))
    assert "Not shared with Pat Asker, officer, Housing Osier" in page
    assert "They can write to us." in page
    page = html(client.get(f"/children/{child}/"))
    assert "Refused: Pat Asker, officer" in page
    assert "It waits for a decision" not in page
    assert "It is answered" in html(client.get(f"/sharing/requests/{request}/"))
    again = client.post(address, said)
    assert "has answered this request already" in html(again, 422)


def test_outside_goes_a_document_after_a_second_person_agreed(world: World, child: UUID) -> None:
    client, lead = world.client("first"), world.client("lead")
    query = f"/children/{child}/share/decide/?way=outside&piece=name"
    page = html(client.get(query))
    assert "This goes outside" in page
    said = answers(
        ["name"],
        to_name=OUTSIDE.name,
        to_organisation=OUTSIDE.organisation,
        to_address=OUTSIDE.address,
        conditions="Tell nobody.",
    )
    missing = client.post(query, {**said, "conditions": ""})
    assert "“On which conditions?” needs an answer" in html(missing, 422)
    assert client.post(query, said).status_code == 302
    made = SharingDecision.objects.get()
    address = f"/sharing/{made.id}/"
    assert "Waits for a second person" in html(client.get(address))
    assert client.post(f"{address}document/", {"how": "pdf"}).status_code == 409
    assert client.get(f"{address}agree/").status_code == 403
    assert "Do you agree to share this" in html(lead.get(f"{address}agree/"))
    without = lead.post(f"{address}agree/", {"answer": "no"})
    assert "Please say why you do not agree." in html(without, 422)
    assert lead.post(f"{address}agree/", {"answer": "yes"}).status_code == 302
    paper = client.post(f"{address}document/", {"how": "pdf"})
    assert paper.status_code == 200
    assert paper.content.startswith(b"%PDF")
    assert "Tamsin" not in paper["Content-Disposition"]
    assert lead.post(f"{address}document/", {"how": "word"}).status_code == 409
    assert client.post(f"{address}handed-over/", {"how": "in_person"}).status_code == 302
    kinds = SharingStep.objects.order_by("id").values_list("kind", "how")
    assert list(kinds) == [("agreed", ""), ("document", "pdf"), ("handed", "in_person")]
    page = html(client.get(address))
    assert "Made the document: as a PDF" in page
    assert "Handed it over: In person" in page


def test_what_is_over_is_not_found_as_if_it_never_was(world: World, child: UUID) -> None:
    made, at = shared(world, child, "name", until=today()), now()
    teacher, address = world.client("teacher"), f"/shared-with-me/{made}/"
    assert "Tamsin" in html(teacher.get(address))
    with travel(at + timedelta(days=1)):
        teacher = world.client("teacher")
        gone, never = teacher.get(address), teacher.get(f"/shared-with-me/{child}/")
        assert gone.status_code == never.status_code == 404
        assert without_token(gone.content.decode()) == without_token(never.content.decode())
        assert str(made) not in html(teacher.get("/shared-with-me/"))
        assert "Over: its last day has passed" in html(
            world.client("first").get(f"/sharing/{made}/")
        )


def test_governance_reads_decisions_without_the_child(world: World, child: UUID) -> None:
    client = world.client("governance")
    assert "Nobody has decided to share anything" in html(client.get("/sharing/"))
    made = shared(world, child, "name", "birth_date")
    refused(world, child)
    page = html(client.get("/sharing/"))
    assert "Tay Teacher, Osier School" in page
    assert "Housing Osier" in page
    assert "Pat Asker" not in page
    for hidden in ("Tamsin", "Orrell", "at the gate", str(child)):
        assert hidden not in page
    assert client.get(f"/sharing/{made}/").status_code == 403


def test_the_duty_is_offered_only_where_it_is_switched_on(world: World, child: UUID) -> None:
    client, governance = world.client("first"), world.client("governance")
    decide = f"/children/{child}/share/decide/?way=worker&piece=name"
    assert "Duty to share of the Act of 2026" not in html(client.get(decide))
    said = answers(["name"], to_user=str(world.users["teacher"]))
    forged = {**said, "bases": ["public_task", "duty_16la"]}
    assert client.post(decide, forged).status_code == 422
    page = html(governance.get("/sharing/duty/"))
    assert "It is not confirmed that this duty has started." in page
    assert "needs an answer" in html(governance.post("/sharing/duty/", {"on": "yes"}), 422)
    on = {"on": "yes", "reason": "Our lawyers, 2 November."}
    assert governance.post("/sharing/duty/", on).status_code == 302
    assert "It stands so already." in html(governance.post("/sharing/duty/", on), 422)
    page = html(client.get(decide))
    assert "Duty to share of the Act of 2026" in page
    assert "It is not confirmed that this duty has started." in page
    answer = client.post(decide, forged)
    assert answer.status_code == 302, html(answer, answer.status_code)
    assert "(not confirmed)" in html(client.get(answer["Location"]))


def test_nothing_chosen_leads_back_to_the_choice(world: World, child: UUID) -> None:
    client = world.client("first")
    answer = client.get(f"/children/{child}/share/decide/?way=worker&piece=everything&piece=x:y")
    assert answer["Location"] == f"/children/{child}/share/"
    page = html(client.get(f"/children/{child}/share/?choose=yes"), 422)
    assert "Choose at least one piece" in page
