"""The tutorial, step by step: what docs/tutorial/first-hour.md says is what somebody new meets.

The file, the names and the words come from the page itself.
"""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from dev.paths import ROOT
from reachable.access.services import name_partnership
from reachable.access.views import DEMONSTRATION_PASSWORD
from reachable.foundation.actor import system
from reachable.foundation.time import now, today
from reachable.synthetic import arrival, cadence, partnership
from tests.support.pages import OpenPage
from tests.support.servers import Server

TUTORIAL = (ROOT / "docs" / "tutorial" / "first-hour.md").read_text(encoding="utf-8")
PATIENCE = 20_000  # milliseconds, on a busy machine


@pytest.fixture(scope="module")
def fenmarch(server: Server) -> Server:
    """The demonstration's agencies, workers and rota, without its year."""
    made = partnership.make(11, 20, 1, until=cadence.last_sending(now()))
    arrival.set_up(made, password=DEMONSTRATION_PASSWORD)
    name_partnership(by=system("demonstration"), name=made.places.area.name, fictional=True)
    return server


@pytest.fixture
def missing_csv(tmp_path: Path) -> Path:
    """The file that the tutorial lets somebody make."""
    program = re.search(r"^python3 - > missing\.csv <<'END'\n(.*?)^END$", TUTORIAL, re.M | re.S)
    assert program
    done = subprocess.run(
        [sys.executable, "-"], input=program[1], capture_output=True, text=True, check=True
    )
    path = tmp_path / "missing.csv"
    path.write_text(done.stdout, encoding="utf-8")
    return path


def signed_in(page: Page, server: Server, username: str) -> Page:
    """As somebody new does: choose who you are, and go on with the code that stands there."""
    page.goto(f"{server.url}/sign-in/")
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password", exact=True).fill(DEMONSTRATION_PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name="Go on with this code").click()
    return page


def test_the_first_hour_of_somebody_new(
    fenmarch: Server, open_page: OpenPage, missing_csv: Path
) -> None:
    sergeant = open_page("phone")
    told = send_the_signal(sergeant, fenmarch)
    users = dict(re.findall(r"^\| ([^|]+) \| `([\w.]+)` \|$", TUTORIAL, re.M))
    worker = signed_in(open_page("desktop"), fenmarch, users[told])
    take_it_up(worker)
    expect(sergeant.get_by_text(f"{told} has it")).to_be_visible(timeout=PATIENCE)
    address = reach_the_child(worker)

    load_and_correct(signed_in(open_page("desktop"), fenmarch, "police.data"), missing_csv)
    see_one_child(worker, fenmarch)

    school = signed_in(open_page("desktop"), fenmarch, "school.lead")
    school.goto(address)
    expect(school.get_by_role("heading", name="Your role does not include this")).to_be_visible()
    school.goto(sergeant.url)
    expect(school.get_by_text("There is no such page, or it is not one")).to_be_visible()
    steward = signed_in(open_page("desktop"), fenmarch, "linkage.steward")
    expect(steward.get_by_role("heading", name="Are these the same child?")).to_be_visible()
    governance = signed_in(open_page("desktop"), fenmarch, "governance")
    expect(governance.get_by_role("heading", name="Who did and who looked")).to_be_visible()
    assert "Marnie" not in governance.content()
    assert "The chain is whole" in fenmarch.shell("audit", "verify").stdout


def send_the_signal(page: Page, server: Server) -> str:
    """Return who is on duty, and so was asked: nobody knows this child yet."""
    page.goto(f"{server.url}/sign-in/")
    expect(page.get_by_role("heading", name="Try it as")).to_be_visible()
    signed_in(page, server, "custody.sergeant")
    page.get_by_role("radio", name="In custody now").check()
    page.get_by_label("First name").fill("Marnie")
    page.get_by_label("Last name").fill("Orrell")
    for part, value in (("Day", "14"), ("Month", "5"), ("Year", "2011")):
        page.get_by_label(part, exact=True).fill(value)
    page.get_by_label("Where is the child now?").fill("Netherquay police station, cell 4")
    said = "Two phones, and will not say whose they are."
    page.get_by_label("What did you see or hear?").fill(said)
    page.get_by_text("If you know more: postcode, how to talk with the child").click()
    page.get_by_label("Home postcode").fill("FX1 1AB")
    needs = "Short sentences, one question at a time"
    page.get_by_label("How is it best to talk with the child?").fill(needs)
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_text("Exploitation and missing hub has been told")).to_be_visible()
    said = page.get_by_text("is on duty for").inner_text()
    return said.partition(" is on duty for")[0].partition(": ")[2].strip()


def take_it_up(page: Page) -> None:
    page.get_by_role("link", name="Notices").click()
    expect(page.get_by_text("A reachable moment is waiting for you").first).to_be_visible()
    assert "Marnie" not in page.inner_text("main")
    page.get_by_role("link", name="Worklist").first.click()
    page.get_by_role("link", name="Marnie Orrell").click()
    for words in ("How Marnie Orrell communicates", "Be with the child", "Why you see this"):
        expect(page.get_by_text(words).first).to_be_visible()
    expect(page.get_by_text("Received and recorded").first).to_be_visible()
    page.get_by_role("button", name="Acknowledge: I have it").first.click()


def reach_the_child(page: Page) -> str:
    """Return the address of the child's page."""
    page.get_by_role("link", name="I tried to reach them").click()
    page.get_by_role("radio", name="I rang").check()
    page.get_by_role("button", name="Record the attempt").click()
    expect(page.get_by_text("Trying is not reaching: the child’s clock runs on.")).to_be_visible()
    page.get_by_role("link", name="The child was reached").click()
    page.get_by_role("radio", name="Seen in person").check()
    page.get_by_label("What does the child say they need?").fill("Her aunt to know where she is.")
    page.get_by_role("button", name="Record it").click()
    expect(page.get_by_text("done in time").first).to_be_visible()
    page.get_by_role("link", name="Close it").click()
    expect(page.get_by_role("link", name="The child was reached, and it lasted")).to_be_visible()
    page.go_back()
    page.get_by_role("link", name="Their story").click()
    expect(page.get_by_role("heading", name="Chronology")).to_be_visible()
    address = page.url
    page.get_by_role("link", name="Who else looked").click()
    expect(page.get_by_role("heading", name="Who looked")).to_be_visible()
    return address


def load_and_correct(page: Page, missing_csv: Path) -> None:
    preview(page, missing_csv)
    for words in ("2 would be accepted", "1 would wait to be corrected", "Nothing is loaded yet"):
        expect(page.get_by_text(words).first).to_be_visible()
    page.get_by_role("button", name="Load it").click()
    page.get_by_role("link", name="Correct it").click(timeout=PATIENCE)
    page.get_by_label("Date Returned").fill("banana")
    page.get_by_role("button", name="Accept this row").click()
    expect(page.get_by_text("“banana”, which is no date").first).to_be_visible()
    yesterday = today() - timedelta(days=1)
    page.get_by_label("Date Returned").fill(f"{yesterday:%d/%m/%Y}")
    page.get_by_role("button", name="Accept this row").click()
    page.get_by_role("link", name="Intake").first.click()
    preview(page, missing_csv)
    expect(page.get_by_text("This file came before")).to_be_visible()


def preview(page: Page, missing_csv: Path) -> None:
    page.get_by_role("link", name="Police missing and found").first.click()
    page.get_by_label("Choose the file").set_input_files(missing_csv)
    page.get_by_role("button", name="Look at it before loading").click()


def see_one_child(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/worklist/")
    for name in ("Kit Sandiford", "Noor Thackray"):
        expect(page.get_by_role("link", name=name)).to_be_visible()
    expect(page.get_by_text("2 things joined")).to_be_visible()
    page.get_by_role("link", name="Marnie Orrell").click()
    page.get_by_role("link", name="Their story").click()
    page.get_by_text("2 records of agencies are one child here").click()
    because = "With this child because of the same name, birth date and postcode"
    expect(page.get_by_text(because)).to_be_visible()
    expect(page.get_by_text("Reported missing")).to_be_visible()
