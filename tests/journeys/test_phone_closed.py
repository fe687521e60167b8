"""What is finished without signal is sent when signal returns, though the app is closed."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import CDPSession, Page, expect

from reachable.access import services as access
from reachable.conversations import devices
from reachable.conversations.models import ConversationVersion, Device, LoneWorkerNote
from reachable.foundation.actor import system
from reachable.moments import services as moments
from tests.support.phone import PATIENCE, Phone, Take
from tests.support.servers import Server
from tests.support.world import World, make_world

WORDS = "I only want to sleep."
SEND = "reachable-send"
# The browser of the tests refuses to keep a date for later; that it was asked to is noted.
ASKED_FOR = """(() => {
    const register = SyncManager.prototype.register;
    window.askedFor = [];
    SyncManager.prototype.register = function (tag) {
        window.askedFor.push(tag);
        return register.call(this, tag);
    };
})()"""
ITEMS = """new Promise((resolve, reject) => {
    const asked = indexedDB.open("reachable");
    asked.onerror = () => reject(asked.error);
    asked.onsuccess = () => {
        const db = asked.result;
        const found = db.transaction("outbox").objectStore("outbox").getAll();
        found.onsuccess = () => { db.close(); resolve(found.result.map(each => each.state)); };
    };
})"""


@pytest.fixture(scope="module")
def world_there(server: Server) -> World:
    return make_world()


class Elsewhere:
    """Another page of the same address: the app itself is closed, its worker is not."""

    def __init__(self, phone: Phone, server: Server) -> None:
        self.page: Page = phone.context.new_page()
        self.origin = server.url
        self.page.goto(f"{server.url}/static/foundation/mark.svg")
        self._control: CDPSession = phone.context.new_cdp_session(self.page)
        self._ids: list[str] = []
        self._control.on("ServiceWorker.workerRegistrationUpdated", self._note)
        self._control.send("ServiceWorker.enable")
        deadline = time.monotonic() + 10
        while not self._ids and time.monotonic() < deadline:
            self.page.wait_for_timeout(50)

    def _note(self, told: dict[str, Any]) -> None:
        self._ids += [
            each["registrationId"] for each in told["registrations"] if not each["isDeleted"]
        ]

    def signal_returns(self, last: bool = False) -> None:
        """Do as the browser does when it finds signal."""
        self._control.send(
            "ServiceWorker.dispatchSyncEvent",
            {
                "origin": self.origin,
                "registrationId": self._ids[-1],
                "tag": SEND,
                "lastChance": last,
            },
        )

    def items(self) -> list[str]:
        states: list[str] = self.page.evaluate(ITEMS)
        return states


def finished(phone: Phone, child: str) -> None:
    """Finish a conversation without signal, and wait until it is on the disk."""
    page = phone.page
    phone.without_signal()
    phone.begin(child, "Out and about")
    phone.go_to("In the child’s own words")
    page.get_by_label("What the child said").fill(WORDS)
    phone.press("All parts")
    phone.press("Finish")
    expect(page.get_by_text("it will be sent when there is signal")).to_be_visible()


def versions(moment_id: UUID) -> list[ConversationVersion]:
    return list(ConversationVersion.objects.filter(conversation__moment_id=moment_id))


def arrived(moment_id: UUID, page: Page) -> list[ConversationVersion]:
    deadline = time.monotonic() + PATIENCE / 1000
    while not (found := versions(moment_id)) and time.monotonic() < deadline:
        page.wait_for_timeout(100)
    return found


def test_it_is_sent_once_though_the_app_is_closed_and_locked(
    take: Take, world_there: World, server: Server
) -> None:
    moment_id = world_there.signal(family_name="Closely")
    phone = take()
    phone.context.add_init_script(ASKED_FOR)
    page = phone.set_up("first")
    assert page.evaluate("window.askedFor") == []
    finished(phone, "Closely")
    assert set(page.evaluate("window.askedFor")) == {SEND}
    page.close()
    elsewhere = Elsewhere(phone, server)
    assert versions(moment_id) == []
    assert elsewhere.items() == ["ready"]
    phone.without_signal(False)
    for _ in range(2):
        elsewhere.signal_returns()
    (kept,) = arrived(moment_id, elsewhere.page)
    assert kept.finished
    assert kept.content == {"words": {"words": WORDS}}
    assert kept.device is not None
    elsewhere.signal_returns()
    elsewhere.page.wait_for_timeout(1_000)
    assert elsewhere.items() == []
    assert len(versions(moment_id)) == 1
    # Nothing was opened by it: the PIN still is what opens the app, and the words are there.
    phone.page = phone.context.new_page()
    phone.open()
    phone.sees("Locked")
    assert "Closely" not in phone.page.content()
    phone.unlock()
    phone.sees("Your moments")
    expect(phone.page.locator(".top__sent")).to_contain_text("All sent")
    phone.page.get_by_role("button", name="Closely").click()
    phone.press("Read it, or add to it")
    expect(phone.page.get_by_text(WORDS)).to_be_visible()


@pytest.mark.parametrize("is_closed", [False, True])
def test_what_was_written_on_top_is_sent_after_what_it_was_written_on(
    take: Take, world_there: World, server: Server, is_closed: bool
) -> None:
    child = f"Orderly{is_closed}"
    moment_id = world_there.signal(family_name=child)
    phone = take()
    page = phone.set_up("first")
    finished(phone, child)
    for number in range(3):
        phone.press("Change or add")
        page.get_by_role("button", name="Change In the child’s own words").click()
        page.get_by_label("What the child said").fill(f"{WORDS} {number}")
        phone.press("All parts")
        phone.press("Finish")
        expect(page.get_by_text("it will be sent when there is signal")).to_be_visible()
    if is_closed:
        page.close()
        elsewhere = Elsewhere(phone, server)
        phone.without_signal(False)
        elsewhere.signal_returns()
        page = elsewhere.page
    else:
        phone.without_signal(False)
    deadline = time.monotonic() + PATIENCE / 1000
    while len(versions(moment_id)) < 4 and time.monotonic() < deadline:
        page.wait_for_timeout(100)
    came = sorted(versions(moment_id), key=lambda each: each.received_at)
    assert [each.content["words"]["words"] for each in came] == [
        WORDS,
        *(f"{WORDS} {number}" for number in range(3)),
    ]


def test_what_the_server_says_of_it_is_read_by_whoever_opens_the_app_with_the_pin(
    take: Take, world_there: World, server: Server
) -> None:
    moment_id = world_there.signal(family_name="Toldly")
    phone = take()
    page = phone.set_up("first")
    phone.without_signal()
    phone.begin("Toldly", "At home")
    page.get_by_label("Yes, and we talked").check()
    phone.press("All parts")
    phone.press("Finish")
    expect(page.get_by_text("it will be sent when there is signal")).to_be_visible()
    page.close()
    moments.take(by=world_there.actor("second"), moment_id=moment_id)
    elsewhere = Elsewhere(phone, server)
    phone.without_signal(False)
    elsewhere.signal_returns()
    assert len(arrived(moment_id, elsewhere.page)) == 1
    phone.page = page = phone.context.new_page()
    phone.open()
    phone.sees("Locked")
    sentence = page.get_by_text("It is kept, and not noted in the reachable moment")
    page.wait_for_timeout(1_000)
    # The app has asked by now. It says nothing of a child to whoever has no PIN.
    assert elsewhere.items() == ["told"]
    expect(sentence).to_have_count(0)
    phone.unlock()
    expect(sentence).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".top__sent")).to_contain_text("All sent")
    assert elsewhere.items() == []
    assert len(versions(moment_id)) == 1


def test_beside_an_open_app_it_is_sent_once_and_the_app_says_so(
    take: Take, world_there: World, server: Server
) -> None:
    moment_id = world_there.signal(family_name="Besidely")
    phone = take()
    page = phone.set_up("first")
    finished(phone, "Besidely")
    elsewhere = Elsewhere(phone, server)
    phone.without_signal(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    elsewhere.signal_returns()
    assert len(arrived(moment_id, page)) == 1
    expect(page.locator(".top__sent")).to_contain_text("All sent", timeout=PATIENCE)
    expect(page.get_by_text("The server has it.")).to_be_visible()
    page.wait_for_timeout(1_000)
    assert len(versions(moment_id)) == 1


def test_what_is_not_finished_stays_and_what_is_refused_stays_for_the_worker(
    take: Take, world_there: World, server: Server
) -> None:
    phone = take()
    page = phone.set_up("first")
    phone.without_signal()
    phone.press("Say where I am going")
    page.get_by_label("Where are you going?").fill("Osier Lane 9")
    page.get_by_label("In half an hour").check()
    page.get_by_label("Sol Second").check()
    phone.press("Leave the note")
    expect(page.get_by_text("Ring Sol Second if they need to know now")).to_be_visible()
    access.end_account(by=system("tests"), user_id=world_there.users["second"])
    world_there.signal(family_name="Unfinishly")
    page.close()
    elsewhere = Elsewhere(phone, server)
    phone.without_signal(False)
    elsewhere.signal_returns(last=True)
    elsewhere.page.wait_for_timeout(1_500)
    assert elsewhere.items() == ["ready"]
    assert not LoneWorkerNote.objects.filter(place="Osier Lane 9").exists()
    phone.page = phone.context.new_page()
    phone.open()
    phone.unlock()
    expect(phone.page.get_by_text("so nobody was told")).to_be_visible(timeout=PATIENCE)


def test_a_phone_that_is_to_be_emptied_still_sends_and_is_emptied_when_it_is_opened(
    take: Take, world_there: World, server: Server
) -> None:
    moment_id = world_there.signal(family_name="Emptily")
    phone = take()
    page = phone.set_up("first")
    finished(phone, "Emptily")
    page.close()
    device = Device.objects.order_by("-made_at")[0]
    devices.ask_to_wipe(by=world_there.actor("first"), device_id=device.id)
    elsewhere = Elsewhere(phone, server)
    phone.without_signal(False)
    elsewhere.signal_returns()
    assert len(arrived(moment_id, elsewhere.page)) == 1
    phone.page = phone.context.new_page()
    phone.open()
    expect(phone.page.get_by_text("emptied from the office")).to_be_visible(timeout=PATIENCE)


def test_the_worker_may_do_what_it_needs_and_no_more(server: Server, take: Take) -> None:
    answer = take().context.request.get(f"{server.url}/app/sw.js")
    assert answer.headers["content-security-policy"] == (
        "default-src 'none'; connect-src 'self'; frame-ancestors 'none'"
    )
