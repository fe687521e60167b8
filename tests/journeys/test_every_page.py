"""Every page for work, in both sizes: accessible, nothing beside the screen, nothing refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from reachable.access import invitations
from reachable.access.models import Invitation
from reachable.access.rules.joining import Asked
from reachable.access.selectors import agency_id
from reachable.conversations import candidates, confirming
from reachable.conversations import services as conversations
from reachable.conversations.confirming import Naming
from reachable.conversations.models import Conversation, PassedOn
from reachable.foundation.actor import system
from reachable.foundation.time import now, today
from reachable.geography.services import load_areas
from reachable.governance import asking, watching
from reachable.governance.models import LookQuestion
from reachable.moments.models import Task, Trigger
from reachable.offers import gaps
from reachable.offers.models import Gap, Offer, OfferStep
from reachable.people import selectors as children
from reachable.practice import guidance
from reachable.provision.loading import keep_file
from reachable.provision.selectors import held_files
from tests.support.child_words import fill_words
from tests.support.closing import opened_and_closed
from tests.support.conversations import followed, writing
from tests.support.directory import at, fill_directory, in_file, offer
from tests.support.offers import offered
from tests.support.pages import PHONE, OpenPage, axe, complaints_of, looks_right, sign_in
from tests.support.servers import Server
from tests.support.sharing import every_state
from tests.support.world import World, make_world, moment


@pytest.fixture(scope="module")
def placed(server: Server) -> tuple[Server, World, UUID, UUID]:
    """A server, its partnership, a moment that `first` holds, and one that waits for them."""
    world = make_world()
    held = world.signal(needs="Short sentences, one question at a time")
    world.client("first").post(f"/moments/{held}/take/")
    world.client("first").post("/pathways/custody/draft/begin/")
    load_areas(by=system("tests"), areas=[("E1", "Fenmarch")], postcodes=[("FX1 1AA", "E1")])
    fill_directory(60)
    _conversation(world, held)
    fill_directory(3)
    keep_file(
        by=world.actor("lead"),
        agency_id=agency_id("council"),
        file_name="services of this month.json",
        content=in_file(*(offer(number, email="desk") for number in range(1, 50))),
    )
    fill_words(by=world.actor("lead"))
    asked = Asked("Wilhelmina Featherstonehaugh-Abernathy", "wfa", "w@a.invalid")
    for number, roles in enumerate((("practitioner",), ("practitioner", "custody"))):
        invitations.invite(
            by=world.actor("agency"),
            agency_id=agency_id("council"),
            asked=replace(asked, username=f"wfa{number}", roles=roles),
        )
    waiting = world.signal("other_worry", given_names="Idris", family_name="Whitlock")
    return server, world, held, waiting


def _conversation(world: World, held: UUID) -> None:
    """With what was offered in it and cannot be recorded, and with what waits to be confirmed."""
    things = [
        {"kind": "place", "what": "The arcade by the station, upstairs, behind the machines"},
        {"kind": "person", "what": "Somebody called “Uncle”"},
        {"what": "Arcade"},
    ]
    content = {
        **writing(held).content,
        "candidates": {"things": things},
        "offered": {"services": [{"service": {"name": "The café"}, "said": "yes"}]},
    }
    conversations.keep(by=world.actor("first"), writing=writing(held, content=content))
    conversation = Conversation.objects.get()
    by, ids = world.actor("first"), {"conversation_id": conversation.id}
    found = candidates.of_conversation(by=by, **ids)
    confirming.confirm(
        by=by, **ids, candidate_id=found[0].id, naming=Naming("place", "The arcade", "FX1 1AA")
    )


def _candidates(world: World) -> dict[str, object]:
    ids = {"conversation_id": Conversation.objects.earliest("received_at").id}
    found = candidates.of_conversation(by=world.actor("first"), **ids)
    return {"confirmed": found[0].id, "uncle": found[1].id, "alike": found[2].id}


def _offers(world: World, person_id: UUID) -> dict[str, object]:
    """One that is wanted, one that was refused, one to which the child has gone for 29 days."""
    if not Offer.objects.exists():
        offered(world, person_id, service=UUID(int=2))
        offered(world, person_id, "wants", "sent", "refused", service=UUID(int=3))
        going = offered(world, person_id, "wants", "attended", service=UUID(int=4))
        long_ago = now() - timedelta(days=29)
        OfferStep.objects.filter(offer_id=going).update(said_at=long_ago)
        Offer.objects.filter(id=going).update(attended_at=long_ago, since=long_ago)
        gaps.record_gap(by=world.actor("first"), person_id=person_id, help="legal")
    by_state = dict(Offer.objects.values_list("state", "id"))
    return {
        "offer": by_state["wanted"],
        "refused": by_state["refused"],
        "attending": by_state["attending"],
        "gap": Gap.objects.values_list("id", flat=True).get(),
    }


def _afterwards(world: World, moment_id: UUID) -> dict[str, object]:
    """A conversation that was followed up: with a task, and something that was passed on."""
    if not PassedOn.objects.exists():
        followed(world, moment_id)
    passed = PassedOn.objects.get()
    task, signal = Task.objects.get().id, Trigger.objects.filter(moment_id=moment_id)
    return {
        "followed": passed.conversation_id,
        "passed": passed.id,
        "task": task,
        "sent": signal.values_list("signal_id", flat=True)[0],
    }


def join_link() -> str:
    """Send one of the invitations; return where its link leads to."""
    by = system("tests")
    letter = invitations.make_link(by=by, invitation_id=invitations.due(by=by)[0])
    assert letter is not None
    return letter.link[letter.link.index("/join/") :]


def _watched(world: World, person_id: UUID) -> dict[str, object]:
    """What governance asks about a look of the first worker, who has answered."""
    if not LookQuestion.objects.exists():
        children.child(by=world.actor("first"), person_id=person_id)
        watching.watch(by=world.actor("governance"), narrowing=watching.Narrowing())
        question_id = asking.ask(
            by=world.actor("governance"),
            worker_id=world.users["first"],
            day=today(),
            kind="person",
            subject_id=person_id,
            question="You opened this in the evening. Were you on call?",
        )
        asking.answer(by=world.actor("first"), question_id=question_id, text="Yes, until ten.")
    looks = {"worker": world.users["first"], "day": today(), "kind": "person"}
    own = {"worker": world.users["governance"], "day": today(), "kind": "audit"}
    return {
        "looks": urlencode(looks | {"subject": person_id}),
        "own_looks": urlencode(own),
        "asked": LookQuestion.objects.values_list("id", flat=True).get(),
    }


WORK = [
    ("first", "worklist", "/worklist/"),
    ("first", "worklist-mine", "/worklist/?show=mine"),
    ("first", "moment-held", "/moments/{held}/"),
    ("first", "moment-asked", "/moments/{waiting}/"),
    ("second", "moment-of-another", "/moments/{held}/"),
    ("lead", "moment-supervisor", "/moments/{waiting}/"),
    ("first", "attempt", "/moments/{held}/attempt/"),
    ("first", "reached", "/moments/{held}/reached/"),
    ("first", "offered", "/moments/{held}/offered/"),
    ("first", "accepted", "/moments/{held}/accepted/"),
    ("first", "declined", "/moments/{held}/declined/"),
    ("first", "still-in-touch", "/moments/{held}/still-in-touch/"),
    ("first", "why-missed", "/moments/{held}/missed/"),
    ("first", "pass-on", "/moments/{held}/pass-on/"),
    ("first", "hand-over", "/moments/{held}/hand-over/"),
    ("first", "pause", "/moments/{held}/pause/"),
    ("first", "endings", "/moments/{held}/close/"),
    ("first", "close", "/moments/{held}/close/?outcome=declined"),
    ("first", "child", "/children/{person}/"),
    ("first", "share", "/children/{person}/share/"),
    ("first", "share-decide", "/children/{person}/share/decide/?way=outside&piece=name"),
    ("first", "share-refuse", "/children/{person}/share/refuse/"),
    ("first", "share-asked", "/children/{person}/share/asked/"),
    ("first", "share-request", "/sharing/requests/{request}/"),
    ("first", "sharing", "/sharing/{sharing}/"),
    ("first", "sharing-refused", "/sharing/{not_shared}/"),
    ("first", "sharing-end", "/sharing/{sharing}/end/"),
    ("lead", "sharing-agree", "/sharing/{outside}/agree/"),
    ("first", "sharing-handed", "/sharing/{outside}/handed-over/"),
    ("teacher", "shared", "/shared-with-me/{sharing}/"),
    ("teacher", "shared-with-me", "/shared-with-me/"),
    ("governance", "sharings", "/sharing/"),
    ("governance", "sharing-duty", "/sharing/duty/"),
    ("first", "safe-keep", "/children/{person}/safe-address/"),
    ("first", "safe", "/safe-addresses/{safe}/"),
    ("first", "safe-readers", "/safe-addresses/{safe}/readers/"),
    ("first", "child-looked", "/children/{person}/who-looked/"),
    ("first", "child-access", "/children/{person}/access/"),
    ("lead", "child-access-supervisor", "/children/{person}/access/"),
    ("first", "child-access-invited", "/children/{waiting_person}/access/"),
    ("lead", "child-access-restricted", "/children/{restricted}/access/"),
    ("first", "child-invite", "/children/{person}/invite/"),
    ("first", "child-conflict", "/children/{person}/conflict/"),
    ("lead", "child-conflict-supervisor", "/children/{person}/conflict/"),
    ("lead", "child-restrict", "/children/{person}/restrict/"),
    ("lead", "restriction-reader", "/restrictions/{restriction}/readers/"),
    ("lead", "restriction-lift", "/restrictions/{restriction}/lift/"),
    ("second", "worklist-restricted", "/worklist/"),
    ("sergeant", "ask", "/somebody/"),
    ("elsewhere", "ask-told", "/somebody/{told}/"),
    ("elsewhere", "ask-not-told", "/somebody/{not_told}/"),
    ("elsewhere", "emergency-ask", "/somebody/{told}/emergency/"),
    ("elsewhere", "emergency-child", "/children/{emergency_person}/"),
    ("governance", "oversight", "/oversight/"),
    ("governance", "emergency-review", "/oversight/emergencies/{emergency}/"),
    ("governance", "oversight-reader", "/oversight/restrictions/{restriction}/readers/"),
    ("governance", "oversight-lift", "/oversight/restrictions/{restriction}/lift/"),
    ("first", "notices", "/notices/"),
    ("teacher", "notices-empty", "/notices/"),
    ("governance", "who-looked", "/who-looked/"),
    ("governance", "who-looked-nothing", "/who-looked/?who=nobody+at+all"),
    ("governance", "who-looked-wrong", "/who-looked/?subject=x"),
    ("governance", "watch", "/watch/"),
    ("governance", "watch-facts", "/watch/?fact=papers&fact=many"),
    ("governance", "watch-none", "/watch/?who=nobody+at+all"),
    ("governance", "watch-wrong", "/watch/?subject=x"),
    ("governance", "watch-looks", "/watch/looks/?{looks}"),
    ("governance", "watch-own-looks", "/watch/looks/?{own_looks}"),
    ("governance", "watch-rules", "/watch/rules/"),
    ("governance", "breaches-none", "/breaches/"),
    ("steward", "joins-none", "/joins/?number=x"),
    ("governance", "look-questions", "/watch/questions/"),
    ("governance", "look-question", "/watch/questions/{asked}/"),
    ("first", "watch-refused", "/watch/"),
    ("first", "asked-of-me", "/your-looks/"),
    ("second", "asked-of-me-none", "/your-looks/"),
    ("first", "look-asked", "/your-looks/{asked}/"),
    ("sergeant", "passed-looked", "/passed-on/{passed}/who-looked/"),
    ("coordinator", "gap-looked", "/gaps/{gap}/who-looked/"),
    ("administrator", "home", "/"),
    ("first", "worklist-narrow", "/worklist/narrow/"),
    ("first", "worklist-print", "/worklist/print/"),
    ("first", "load-ahead", "/worklist/ahead/"),
    ("first", "wall", "/worklist/wall/"),
    ("first", "moment-print", "/moments/{held}/print/"),
    ("first", "calendar", "/calendar/"),
    ("first", "rules", "/rules/"),
    ("first", "rule", "/rules/arrest/"),
    ("lead", "rule-decided", "/rules/arrest/"),
    ("lead", "rule-off", "/rules/{off}/"),
    ("first", "rota", "/rota/{team}/"),
    ("lead", "rota-planned", "/rota/{team}/"),
    ("lead", "rota-shift", "/rota/{team}/shift/"),
    ("lead", "rota-pattern", "/rota/{team}/pattern/"),
    ("lead", "rota-away", "/rota/{team}/away/"),
    ("first", "away", "/rota/away/"),
    ("first", "measures", "/measures/"),
    ("first", "measure", "/measures/kept_28_days/"),
    ("lead", "school-terms", "/school-terms/"),
    ("first", "pathways", "/pathways/"),
    ("lead", "pathway", "/pathways/hospital/"),
    ("first", "pathway-published", "/pathways/custody/"),
    ("first", "pathway-version", "/pathways/custody/versions/1/"),
    ("first", "pathway-compare", "/pathways/custody/versions/1/compare/"),
    ("first", "pathway-draft", "/pathways/custody/draft/"),
    ("first", "pathway-draft-step", "/pathways/custody/draft/steps/appropriate_adult/"),
    ("first", "pathway-draft-add", "/pathways/custody/draft/add/"),
    ("lead", "pathway-decide", "/pathways/custody/versions/1001/in-force/"),
    ("first", "directory", "/directory/"),
    ("lead", "directory-kept", "/directory/"),
    ("first", "directory-none", "/directory/?words=nothing+like+this"),
    ("first", "directory-wrong", "/directory/?age=fourteen"),
    ("first", "directory-near", "/directory/?where=fx1+1aa&age=14"),
    ("first", "directory-nowhere", "/directory/?where=atlantis"),
    ("first", "service", "/directory/{service}/"),
    ("lead", "service-kept", "/directory/{service}/"),
    ("lead", "service-edit", "/directory/{service}/edit/"),
    ("lead", "service-checked", "/directory/{service}/checked/"),
    ("lead", "service-add", "/directory/add/"),
    ("lead", "place-add", "/directory/{service}/places/"),
    ("lead", "place-edit", "/directory/{service}/places/{at}/"),
    ("lead", "directory-send", "/directory/file/"),
    ("lead", "directory-file", "/directory/files/{file}/"),
    ("lead", "directory-file-shrinks", "/directory/files/{shrunk}/"),
    ("lead", "open-feed", "/directory/feed/"),
    ("first", "conversation-begin", "/moments/{held}/conversation/"),
    ("first", "conversation", "/conversations/{conversation}/"),
    ("second", "conversation-kept-back", "/conversations/{conversation}/"),
    ("first", "conversation-go-on", "/conversations/{conversation}/write/"),
    ("first", "conversation-share", "/conversations/{conversation}/share/"),
    ("first", "candidates", "/to-confirm/"),
    ("first", "candidates-narrowed-to-none", "/to-confirm/?kind=online"),
    ("first", "confirmed", "/to-confirm/confirmed/"),
    ("first", "confirmed-narrowed-to-none", "/to-confirm/confirmed/?kind=travel"),
    ("outsider", "confirmed-none", "/to-confirm/confirmed/"),
    ("outsider", "candidates-none", "/to-confirm/"),
    ("first", "candidates-of", "/conversations/{conversation}/candidates/"),
    ("first", "candidate-alike", "/conversations/{conversation}/candidates/{alike}/"),
    ("first", "candidate-confirmed", "/conversations/{conversation}/candidates/{confirmed}/"),
    ("first", "candidate-confirm", "/conversations/{conversation}/candidates/{alike}/confirm/"),
    ("first", "candidate-aside", "/conversations/{conversation}/candidates/{uncle}/set-aside/"),
    ("first", "candidate-later", "/conversations/{conversation}/candidates/{uncle}/later/"),
    ("first", "candidate-back", "/conversations/{conversation}/candidates/{confirmed}/take-back/"),
    (
        "first",
        "fits-from-a-conversation",
        "/children/{person}/fits/?conversation_id={conversation}",
    ),
    ("first", "conversation-card", "/conversations/{conversation}/card/"),
    ("first", "after-nothing-proposed", "/conversations/{conversation}/after/"),
    ("first", "after", "/conversations/{followed}/after/"),
    ("second", "after-of-another", "/conversations/{followed}/after/"),
    ("second", "conversation-followed", "/conversations/{followed}/"),
    ("sergeant", "passed-on", "/passed-on/{passed}/"),
    ("sergeant", "signal-with-summary", "/signals/{sent}/"),
    ("sergeant", "signal-who-looked", "/signals/{sent}/who-looked/"),
    ("first", "task-add", "/moments/{held}/tasks/"),
    ("second", "task-drop", "/moments/{held}/task/{task}/drop/"),
    ("first", "words", "/words/"),
    ("lead", "words-kept", "/words/"),
    ("first", "words-none", "/words/vi/"),
    ("lead", "words-in", "/words/ar/"),
    ("lead", "words-enter", "/words/ar/stop/"),
    ("lead", "words-checked", "/words/ar/skip/checked/"),
    ("lead", "words-nothing-to-check", "/words/vi/skip/checked/"),
    ("first", "words-show", "/words/show/"),
    ("first", "words-show-arabic", "/words/show/?who=team&who=police&language=ar"),
    ("first", "phones", "/phones/"),
    ("administrator", "phones-none", "/phones/"),
    ("first", "out-alone", "/out-alone/"),
    ("first", "offers-followed", "/offers/"),
    ("second", "offers-followed-none", "/offers/"),
    ("first", "fits", "/children/{person}/fits/"),
    ("first", "fits-none", "/children/{person}/fits/?help=legal"),
    ("first", "offer-make", "/children/{person}/fits/{service}/"),
    ("first", "offer", "/offers/{offer}/"),
    ("first", "offer-refused", "/offers/{refused}/"),
    ("first", "offer-answered", "/offers/{offer}/answered/"),
    ("first", "offer-sent", "/offers/{offer}/sent/"),
    ("first", "offer-attended", "/offers/{offer}/attended/"),
    ("first", "offer-ended", "/offers/{attending}/ended/"),
    ("first", "offer-still", "/offers/{attending}/still/"),
    ("first", "gap", "/gaps/{gap}/"),
    ("lead", "gap-more", "/gaps/{gap}/more/"),
    ("coordinator", "gap-without-the-child", "/gaps/{gap}/"),
    ("coordinator", "gaps", "/gaps/"),
    ("administrator", "mail-none", "/mail/"),
    ("agency", "staff", "/staff/"),
    ("administrator", "staff-of-all", "/staff/"),
    ("agency", "staff-nobody", "/staff/?words=nobody+at+all"),
    ("agency", "staff-ended", "/staff/?show=ended"),
    ("agency", "staff-account", "/staff/{account}/"),
    ("agency", "staff-account-own", "/staff/{own}/"),
    ("agency", "staff-account-beyond", "/staff/{beyond}/"),
    ("agency", "staff-move", "/staff/{account}/move/"),
    ("agency", "staff-details", "/staff/{account}/details/"),
    ("agency", "staff-organisation-none", "/staff/{account}/organisation/"),
    ("first", "own-organisation-none", "/my-sign-in/organisation/"),
    ("agency", "staff-leave", "/staff/{account}/leave/"),
    ("administrator", "staff-leave-last", "/staff/{own}/leave/"),
    ("agency", "staff-invite", "/staff/invite/"),
    ("administrator", "staff-invite-any", "/staff/invite/"),
    ("agency", "staff-invite-many", "/staff/invite/many/"),
    ("administrator", "agencies", "/staff/agencies/"),
    ("administrator", "agency-new", "/staff/agencies/new/"),
    ("administrator", "agency", "/staff/agencies/{council}/"),
    ("administrator", "teams", "/staff/teams/"),
    ("administrator", "team-new", "/staff/teams/new/"),
    ("administrator", "team", "/staff/teams/{hub}/"),
    ("administrator", "team-change", "/staff/teams/{hub}/change/"),
    ("administrator", "team-people", "/staff/teams/{hub}/people/"),
    ("administrator", "team-end", "/staff/teams/{hub}/end/"),
    ("agency", "invitation-link", "/staff/invitations/{invited}/link/"),
    ("administrator", "staff-two-people-none", "/staff/two-people/"),
    ("agency", "staff-refused", "/staff/two-people/"),
    ("first", "join-gone", "/join/{account}/no-such-secret/"),
    ("first", "join", "{join}"),
    ("first", "help", "/help/"),
    ("first", "practice", "/what-this-follows/"),
    ("first", "practice-group", "/what-this-follows/?group=steps-a-child-in-custody"),
    ("sergeant", "refused", "/worklist/"),
    ("first", "not-found", "/no-such-page/"),
]


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_every_page_is_accessible_and_fits(
    placed: tuple[Server, World, UUID, UUID],
    open_page: OpenPage,
    size: str,
) -> None:
    server, world, held, waiting = placed
    off = next(rule.key for rule in guidance.rules() if not rule.usual)
    places: dict[str, object] = {"held": held, "waiting": waiting}
    places |= {"person": moment(held).person_id, "team": world.team, "off": off}
    places["service"] = offer(1)["id"]
    places["conversation"] = Conversation.objects.earliest("received_at").id
    places |= _afterwards(world, held)
    places |= {"service": offer(1)["id"], "at": at(1)["id"]}
    places |= {"council": agency_id("council"), "hub": world.team}
    places |= {"invited": Invitation.objects.values_list("id", flat=True)[0]}
    places |= {"account": world.users["first"], "beyond": world.users["lead"]}
    places |= {"own": world.users["agency"], "join": join_link()}
    places["shrunk"], places["file"] = (each.id for each in held_files(by=world.actor("lead")))
    places |= opened_and_closed(world, moment(waiting).person_id)
    places |= _candidates(world)
    places |= _offers(world, moment(held).person_id)
    places |= _watched(world, moment(held).person_id)
    places |= every_state(world, moment(held).person_id)
    people: dict[str, Page] = {}
    for username, name, address in WORK:
        if username not in people:
            people[username] = open_page(size)
            sign_in(people[username], server, username)
        page = people[username]
        complaints = complaints_of(page)
        page.goto(server.url + address.format(**places))
        refused = [said for said in complaints if "the server responded with" not in said]
        assert not refused, f"{name}: {refused}"
        looks_right(page, f"{name}-{size}")


def test_a_form_with_errors_is_accessible(
    placed: tuple[Server, World, UUID, UUID], phone: Page
) -> None:
    server, _, held, _ = placed
    sign_in(phone, server, "first")
    phone.goto(f"{server.url}/moments/{held}/reached/")
    phone.get_by_label("At what time?").fill("25:00")
    phone.get_by_role("button", name="Record it").click()
    summary = phone.get_by_role("alert")
    assert "“How was the child reached?” needs an answer" in summary.inner_text()
    assert phone.get_by_label("At what time?").input_value() == "25:00"
    axe(phone)
    summary.get_by_role("link").first.click()
    assert phone.evaluate("document.activeElement.name") == "how"


def test_a_moment_is_taken_and_worked_without_javascript(
    placed: tuple[Server, World, UUID, UUID], new_context: Callable[..., BrowserContext]
) -> None:
    server, world, _, _ = placed
    moment_id = world.signal(given_names="Kofi", family_name="Brannigan")
    page = new_context(**PHONE, java_script_enabled=False).new_page()
    sign_in(page, server, "first")
    page.get_by_role("link", name="Kofi Brannigan").click()
    page.get_by_role("button", name="Acknowledge: I have it").click()
    page.get_by_role("link", name="I tried to reach them").click()
    page.get_by_label("I rang").check()
    page.get_by_role("button", name="Record the attempt").click()
    expect(page.get_by_text("Trying is not reaching")).to_be_visible()
    assert moment(moment_id).holder_id == world.users["first"]
    page.locator("summary", has_text="Your account").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()


def test_the_worklist_keeps_itself_up_to_date(
    placed: tuple[Server, World, UUID, UUID], desktop: Page
) -> None:
    server, world, _, _ = placed
    desktop.clock.install()
    sign_in(desktop, server, "lead")
    desktop.get_by_role("heading", name="Worklist").wait_for()
    world.signal("other_worry", given_names="Marisol", family_name="Fenn")
    expect(desktop.get_by_role("link", name="Marisol Fenn")).not_to_be_visible()
    desktop.clock.run_for(61_000)
    desktop.get_by_role("link", name="Marisol Fenn").wait_for(timeout=5_000)
