"""Every page and state of files, signals and reviews, in both sizes: accessible, and it fits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from uuid import UUID

import pytest
from django.test import override_settings
from playwright.sync_api import Page, expect

from reachable.access.selectors import agency_id
from reachable.foundation.actor import system
from reachable.foundation.files.export import csv_lines
from reachable.foundation.time import now, travel
from reachable.intake import correcting, loading, together
from reachable.intake import services as intake
from reachable.intake.models import QuarantinedRow
from reachable.intake.rules.problems import Reason
from reachable.intake.rules.together import Answer, Fault, Kind
from reachable.intake.samples import sample_table
from reachable.intake.specification import feed
from reachable.moments import services as moments
from reachable.moments.models import Trigger
from reachable.people.models import Review
from tests.support.moments import close_as_declined
from tests.support.pages import OpenPage, complaints_of, looks_right, sign_in
from tests.support.servers import Server
from tests.support.world import World, make_world

MISSING = feed("police_missing")
COLUMNS = [column.name for column in MISSING.columns]
HEADINGS, ROWS = sample_table(MISSING)
LONG_NAME = "Missing and found, weekly export for the partnership, final (corrected) v3.csv"
EVERY_PROBLEM = (
    {"missing_date": "soon"},
    {"missing_date": "52/03/2026"},
    {"missing_date": ""},
    {"missing_date": "03/14/2026"},
    {"missing_date": "46000"},
    {"missing_date": "01/01/2199"},
    {"returned_date": "01/03/2026"},
    {"birth_date": "03/05/2031"},
    {"family_name": "", "given_names": ""},
    {"report_number": "2.6E+11"},
)
EVERY_QUESTION = (
    {"birth_date": "03/05/1990"},
    {"missing_time": "late"},
    {"postcode": "SOMEWHERE"},
    {"placement": "A tent"},
    {"report_number": ""},
)


def changed(row: int, number: int, **cells: str) -> list[str]:
    cells = {"report_number": f"FXM/26/{number:06}", **cells}
    return [cells.get(name, cell) for name, cell in zip(COLUMNS, ROWS[row], strict=True)]


def written(*rows: list[str]) -> bytes:
    return "".join(csv_lines(HEADINGS, rows)).encode()


@dataclass
class Places:
    """Identifiers by the names that the addresses below use."""

    ids: dict[str, UUID]
    world: World

    def deliver(self, name: str, content: bytes, file_name: str = "missing.csv") -> UUID:
        """Keep a file as the clerk sent it."""
        clerk = self.world.actor("clerk")
        received = intake.receive(
            by=clerk,
            agency_id=clerk.own_agency_id,
            feed="police_missing",
            file_name=file_name,
            content=BytesIO(content),
        )
        self.ids[name] = received.delivery_id
        return received.delivery_id

    def load(self, name: str, content: bytes, file_name: str = "missing.csv") -> None:
        delivery_id = self.deliver(name, content, file_name)
        intake.begin_loading(by=self.world.actor("clerk"), delivery_id=delivery_id)
        loading.load(by=system("intake"), delivery_id=delivery_id)

    def signal(self, name: str, given_names: str, kind: str = "in_custody_now") -> UUID:
        """Send a signal; return its moment."""
        moment_id = self.world.signal(kind, given_names=given_names, family_name="Orrell")
        self.ids[name] = Trigger.objects.latest("id").signal_id
        return moment_id


@pytest.fixture(scope="module")
def filled(server: Server) -> Iterator[tuple[Server, Places]]:
    """A server whose worker rests, so that what is loading stays so, with one of everything."""
    server.stop("worker")
    with override_settings(UPLOAD_DIR=server.database.folder / "uploads"):
        places = Places({}, make_world())
        fill_files(places)
        fill_reviews(places)
        fill_signals(places)
        yield server, places


def fill_files(places: Places) -> None:
    places.deliver("waits", written(*ROWS), LONG_NAME)
    wrong = [changed(0, at, **cells) for at, cells in enumerate((*EVERY_PROBLEM, *EVERY_QUESTION))]
    places.deliver("problems", written(*wrong))
    places.deliver("long", written(*[changed(1, at) for at in range(2_100)]), "year.csv")
    places.deliver("not_ours", b"%PDF-1.7 a document", "missing.pdf")
    places.load("loaded", written(*[changed(1, 5_000 + at) for at in range(3)]), "loaded.csv")
    many = [changed(0, at, **EVERY_PROBLEM[at % 10]) for at in range(70)]
    places.load("refused", written(*many, changed(2, 80), changed(3, 81)), LONG_NAME)
    places.load("failed", b"%PDF-1.7 another document", "scan.csv")
    being = places.deliver("loading", written(*[changed(2, 900)]), "being-loaded.csv")
    intake.begin_loading(by=places.world.actor("clerk"), delivery_id=being)
    rows = list(QuarantinedRow.objects.order_by("row_number").values_list("id", flat=True))
    places.ids |= {"row": rows[0], "row_of_two": rows[6], "row_no_name": rows[8]}
    places.ids |= {"row_left_out": rows[9]}
    correcting.set_aside(by=places.world.actor("clerk"), row_id=rows[9], reason="A test entry.")
    pieces = ",".join(changed(0, 990)).encode()
    places.load("pieces", written() + pieces + b"\r\n", "pieces.csv")
    places.ids["row_in_pieces"] = QuarantinedRow.objects.latest("id").id
    places.ids["police"] = agency_id("police")
    fill_answers(places)


def fill_answers(places: Places) -> None:
    """A file of which something was said that is done, and one that is being settled."""
    by, fault = places.world.actor("clerk"), Fault(Reason.DATE_ORDER, "missing_date")
    order = Answer(Kind.ORDER, fault, "month-day-year")
    for name, first in (("answered", 7_000), ("settling", 8_000)):
        wrong = [changed(1, first + at, missing_date="03/14/2026") for at in range(3)]
        places.load(name, written(*wrong, changed(2, first + 9, missing_date="soon")))
        begun = together.begin(by=by, delivery_id=places.ids[name], answer=order)
        if name == "answered":
            together.settle(by=system("intake"), correction_id=begun)


def fill_signals(places: Places) -> None:
    world = places.world
    first = world.actor("first")
    places.signal("waiting", "Tamsin")
    held = places.signal("held", "Idris", "other_worry")
    moments.take(by=first, moment_id=held)
    ended = places.signal("ended", "Marisol", "came_to_hospital_hurt")
    moments.take(by=first, moment_id=ended)
    close_as_declined(by=first, moment_id=ended, reason="Not today")
    reached = places.signal("reached", "Noor", "exclusion_considered")
    moments.take(by=first, moment_id=reached)
    moments.reach(by=first, moment_id=reached, how="in_person", note="At the school gate")
    places.signal("with_team", "Kofi", "back_from_missing")
    with travel(now() + timedelta(hours=2)):
        moments.pass_on_unanswered(by=system("moments"))
        moments.pass_on_unanswered(by=system("moments"))
    with travel(now() + timedelta(hours=4)):
        moments.pass_on_unanswered(by=system("moments"))
    places.signal("waiting", "Ottilie-Rosamund Featherstonehaugh")


def fill_reviews(places: Places) -> None:
    world = places.world
    for known, again in (("Ottiline", "Ottil"), ("Noorinda", "Noori"), ("Marisenna", "Maris")):
        world.signal(given_names=known, family_name="Ashdown" + known)
        world.signal("other_worry", given_names=again, family_name="Ashdown" + known)
    one, two, three = Review.objects.order_by("opened_at", "id").values_list("id", flat=True)[:3]
    steward = world.client("steward")
    beside = Review.objects.values_list("candidates__record_id", flat=True).get(id=one)
    reason = {"reason": "The same desk, the same evening, one letter apart"}
    for client in (steward, world.client("fellow")):
        client.post(f"/review/{one}/", {"same_as": str(beside), **reason})
    steward.post(f"/review/{two}/", {"same_as": "nobody", "reason": "Sisters"})
    for given in ("Zendaline", "Zenda", "Zendali"):
        world.signal(given_names=given, family_name="Featherstonehaugh")
        last = Review.objects.latest("opened_at", "id").id
        if given == "Zenda":
            steward.post(f"/review/{last}/", {"same_as": "nobody", "reason": "Two brothers"})
    places.ids["several"] = last
    places.ids |= {"joined": one, "different": two, "review": three}


WALK = [
    ("clerk", "intake", "/intake/"),
    ("clerk", "feed", "/intake/feeds/police_missing/"),
    ("clerk", "feed-custody", "/intake/feeds/police_custody/"),
    ("clerk", "delivery-waits", "/intake/files/{waits}/"),
    ("clerk", "delivery-problems", "/intake/files/{problems}/"),
    ("clerk", "delivery-long", "/intake/files/{long}/"),
    ("clerk", "delivery-not-ours", "/intake/files/{not_ours}/"),
    ("clerk", "delivery-loaded", "/intake/files/{loaded}/"),
    ("clerk", "delivery-refused", "/intake/files/{refused}/"),
    ("clerk", "delivery-failed", "/intake/files/{failed}/"),
    ("clerk", "delivery-loading", "/intake/files/{loading}/"),
    ("clerk", "checker", "/intake/feeds/police_missing/check/"),
    ("clerk", "delivery-answered", "/intake/files/{answered}/"),
    ("clerk", "delivery-settling", "/intake/files/{settling}/"),
    ("clerk", "together", "/intake/files/{refused}/together/?fault=date_unreadable-missing_date-"),
    ("clerk", "together-order", "/intake/files/{refused}/together/?fault=date_order-missing_date-"),
    ("clerk", "together-name", "/intake/files/{refused}/together/?fault=no_name-family_name-"),
    ("clerk", "together-pieces", "/intake/files/{pieces}/together/?fault=too_many_cells--"),
    ("clerk", "status", "/intake/status/"),
    ("clerk", "status-feed", "/intake/status/{police}/police_missing/"),
    ("clerk", "minimum", "/intake/minimum/"),
    ("governance", "status-all", "/intake/status/"),
    ("governance", "status-of-feed", "/intake/status/{police}/police_missing/"),
    ("governance", "status-nothing", "/intake/status/{police}/police_custody/"),
    ("governance", "contact", "/intake/agencies/{police}/contact/"),
    ("governance", "minimum-all", "/intake/minimum/"),
    ("governance", "minimum-feed", "/intake/minimum/{police}/police_missing/"),
    ("clerk", "row", "/intake/rows/{row}/"),
    ("clerk", "row-of-two", "/intake/rows/{row_of_two}/"),
    ("clerk", "row-no-name", "/intake/rows/{row_no_name}/"),
    ("clerk", "row-in-pieces", "/intake/rows/{row_in_pieces}/"),
    ("clerk", "row-settled", "/intake/rows/{row_left_out}/"),
    ("sergeant", "send", "/signal/"),
    ("sergeant", "signals", "/signals/"),
    ("teacher", "signals-empty", "/signals/"),
    ("sergeant", "signal-waiting", "/signals/{waiting}/"),
    ("sergeant", "signal-held", "/signals/{held}/"),
    ("sergeant", "signal-with-team", "/signals/{with_team}/"),
    ("sergeant", "signal-reached", "/signals/{reached}/"),
    ("sergeant", "signal-ended", "/signals/{ended}/"),
    ("steward", "reviews", "/review/"),
    ("steward", "review", "/review/{review}/"),
    ("steward", "review-of-several", "/review/{several}/"),
    ("steward", "review-joined", "/review/{joined}/"),
    ("steward", "review-different", "/review/{different}/"),
    ("steward", "review-undo", "/review/{joined}/undo/"),
]


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_every_page_is_accessible_and_fits(
    filled: tuple[Server, Places], open_page: OpenPage, size: str
) -> None:
    server, places = filled
    people: dict[str, Page] = {}
    for username, name, address in WALK:
        if username not in people:
            people[username] = open_page(size)
            sign_in(people[username], server, username)
        page = people[username]
        complaints = complaints_of(page)
        page.goto(server.url + address.format(**places.ids))
        assert not complaints, f"{name}: {complaints}"
        looks_right(page, f"intake-{name}-{size}")


WRONG_FILES = [
    ("no-file", None, "Choose a file first"),
    ("empty", ("missing.csv", b""), "The file is empty."),
    ("pdf", ("missing.csv", b"%PDF-1.7"), "This is a PDF document"),
    (
        "wrong-feed",
        ("custody.csv", "".join(csv_lines(*sample_table(feed("police_custody")))).encode()),
        "This looks like",
    ),
    ("no-column", ("missing.csv", ",".join(HEADINGS[1:]).encode() + b"\n"), "has no column"),
    ("twice", ("missing.csv", ",".join([*HEADINGS, "Born"]).encode() + b"\n"), "say the same"),
]


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_a_wrong_file_is_answered_on_an_accessible_page(
    filled: tuple[Server, Places], open_page: OpenPage, size: str
) -> None:
    server, _ = filled
    page = open_page(size)
    sign_in(page, server, "clerk")
    for name, file, said in WRONG_FILES:
        page.goto(f"{server.url}/intake/feeds/police_missing/")
        if file is not None:
            page.get_by_label("Choose the file").set_input_files(
                {"name": file[0], "mimeType": "text/csv", "buffer": file[1]}
            )
        page.get_by_role("button", name="Look at it before loading").click()
        expect(page.get_by_role("alert")).to_contain_text(said)
        looks_right(page, f"intake-wrong-{name}-{size}")


FORMS = [
    ("clerk", "row", "/intake/rows/{row}/", "Accept this row"),
    ("clerk", "row-of-two", "/intake/rows/{row_of_two}/", "Accept this row"),
    ("clerk", "row-in-pieces", "/intake/rows/{row_in_pieces}/", "Accept this row"),
    ("clerk", "row-put-together", "/intake/rows/{row_in_pieces}/", "Put together"),
    ("clerk", "row-left-out", "/intake/rows/{row}/", "Leave it out"),
    ("sergeant", "send", "/signal/", "Send it"),
    ("steward", "review", "/review/{review}/", "Decide, and go to the next"),
    ("steward", "review-undo", "/review/{joined}/undo/", "Undo"),
]


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_a_form_with_errors_is_accessible_and_leads_to_each(
    filled: tuple[Server, Places], open_page: OpenPage, size: str
) -> None:
    server, places = filled
    people: dict[str, Page] = {}
    for username, name, address, button in FORMS:
        if username not in people:
            people[username] = open_page(size)
            sign_in(people[username], server, username)
        page = people[username]
        page.goto(server.url + address.format(**places.ids))
        page.get_by_role("button", name=button, exact=True).click()
        expect(page.get_by_role("alert")).to_be_visible()
        looks_right(page, f"intake-error-{name}-{size}")
        for link in page.get_by_role("alert").get_by_role("link").all():
            link.click()
            assert page.evaluate("document.activeElement.id") == (
                link.get_attribute("href") or ""
            ).removeprefix("#")


FOCUS_IS_SEEN = """() => {
  const at = document.activeElement;
  const seen = (style) =>
    (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) ||
    style.boxShadow !== "none";
  const drawn = at.matches("[type=radio], [type=checkbox]")
    ? getComputedStyle(at.nextElementSibling, "::before") : getComputedStyle(at);
  const box = at.getBoundingClientRect();
  const where = at.id || at.name || at.innerText.trim() || at.tagName;
  const inside = box.bottom > 0 && box.top < innerHeight;
  return [where, seen(drawn) && inside];
}"""


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_with_the_keyboard_alone_each_control_is_reached_in_order_and_seen(
    filled: tuple[Server, Places], open_page: OpenPage, size: str
) -> None:
    server, places = filled
    people: dict[str, Page] = {}
    for username, address in (
        ("sergeant", "/signal/"),
        ("sergeant", "/signals/{held}/"),
        ("clerk", "/intake/"),
        ("clerk", "/intake/feeds/police_missing/"),
        ("clerk", "/intake/files/{problems}/"),
        ("clerk", "/intake/rows/{row}/"),
        ("clerk", "/intake/rows/{row_in_pieces}/"),
        ("steward", "/review/{review}/"),
    ):
        if username not in people:
            people[username] = open_page(size)
            sign_in(people[username], server, username)
        page = people[username]
        page.goto(server.url + address.format(**places.ids))
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.innerText") == "Skip to the main content"
        tops: list[float] = []
        unseen: list[str] = []
        # Behind the last control comes the browser's own frame, or at once the first link again.
        over = False
        while not over and len(tops) < 200:
            where, seen = page.evaluate(FOCUS_IS_SEEN)
            unseen += [] if seen else [where]
            if page.evaluate("document.querySelector('main').contains(document.activeElement)"):
                tops.append(
                    page.evaluate("scrollY + document.activeElement.getBoundingClientRect().bottom")
                )
            page.keyboard.press("Tab")
            over = page.evaluate("document.activeElement.matches('body, .skip-link')")
        assert not unseen, f"{address}: the focus is not seen on {unseen}"
        assert tops
        jumps = [one for one, two in zip(tops, tops[1:], strict=False) if two < one - 60]
        assert not jumps, f"{address}: the order jumps back up"


def test_a_signal_is_sent_with_the_keyboard_alone(
    filled: tuple[Server, Places], open_page: OpenPage
) -> None:
    """Four answers and Enter."""
    server, _ = filled
    page = open_page("desktop")
    sign_in(page, server, "teacher")
    page.goto(f"{server.url}/signal/")
    keys = page.keyboard
    keys.press("Tab")
    keys.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    for key in ("Tab", "Space", "ArrowDown", "Tab"):
        keys.press(key)
    keys.type("Wren")
    expect(page.get_by_label("First name")).to_have_value("Wren")
    for _ in range(5):
        keys.press("Tab")
    keys.type("The head’s office")
    expect(page.get_by_label("Where is the child now?")).to_have_value("The head’s office")
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Wren")).to_be_visible()
    expect(page.get_by_text("has been told").first).to_be_visible()
