"""A file is sent, looked at, loaded; a row is corrected; other agencies find none of it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from html import unescape
from pathlib import Path
from uuid import UUID

import pytest
from django.test import Client, TestCase

from reachable.access import services as access
from reachable.access.selectors import agency_id
from reachable.audit.models import Entry
from reachable.foundation.actor import system
from reachable.foundation.errors import NotFound
from reachable.foundation.files.export import csv_lines, write_xlsx
from reachable.foundation.files.limits import Limits
from reachable.foundation.files.upload import CountingUploadHandler
from reachable.foundation.time import now, today, travel
from reachable.intake import jobs, loading, selectors, services
from reachable.intake.models import Delivery, QuarantinedRow, Signal
from reachable.intake.samples import sample_table
from reachable.intake.sender.edition import feed_digest
from reachable.intake.specification import feed
from reachable.intake.stored import stored_file
from tests.support.queries import queries_of
from tests.support.sending import (
    ADDRESS,
    HEADINGS,
    MISSING,
    ROWS,
    changed,
    latest,
    load,
    quarantined,
    refused,
    send,
    written,
)
from tests.support.world import World, add_intake_worker, html

pytestmark = pytest.mark.db


def test_the_first_page_says_what_to_do(clerk: Client) -> None:
    page = html(clerk.get("/intake/"))
    assert "Police custody" in page
    assert "Police missing and found" in page
    assert "No file has come yet." in page
    assert "No row waits to be corrected." in page


def test_a_feed_says_what_its_columns_hold(clerk: Client) -> None:
    page = html(clerk.get(ADDRESS))
    for column in MISSING.columns:
        assert column.hint in page.replace("&#39;", "'")
    assert clerk.get("/intake/feeds/astronauts/").status_code == 404


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_sample_can_be_sent_as_it_is(clerk: Client, kind: str) -> None:
    answer = clerk.get(f"{ADDRESS}sample.{kind}")
    assert answer.status_code == 200
    page = send(clerk, answer.content, f"sample.{kind}")
    assert "Of 5 rows, 5 would be accepted. Nothing is loaded yet." in page
    assert clerk.get(f"{ADDRESS}sample.exe").status_code == 404


def test_the_check_for_senders_is_handed_out(clerk: Client) -> None:
    page = html(clerk.get(f"{ADDRESS}check/"))
    answer = clerk.get("/intake/reachable-check.pyz")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.content.startswith(b"#!/usr/bin/env python3\nPK")
    assert sha256(answer.content).hexdigest() in page
    assert feed_digest("police_missing") in page
    assert f"{ADDRESS}check/" in html(clerk.get(ADDRESS))
    assert clerk.get("/intake/feeds/astronauts/check/").status_code == 404


def test_a_file_is_looked_at_loaded_and_counted(clerk: Client) -> None:
    page = send(clerk, written([*ROWS, changed(0, report_number="X1", missing_date="soon")]))
    assert "Of 6 rows, 5 would be accepted and 1 would wait to be corrected" in page
    assert "Row 7:" in page
    assert "“Date Missing” says “soon”, which is no date." in page.replace("&#34;", '"')
    assert "Samplewska" in page
    loaded = load(clerk)
    assert (loaded.state, loaded.accepted, loaded.quarantined) == ("loaded", 5, 1)
    page = html(clerk.get(f"/intake/files/{loaded.id}/"))
    assert "Loaded; 1 row waits to be corrected" in page
    assert "5 rows" in page
    assert "Row 7: X1" in page
    page = html(clerk.get("/intake/"))
    assert "1 row waits to be corrected" in page
    assert "1 row of missing.csv" in page


def test_the_sender_does_not_learn_whether_a_child_was_known(clerk: Client) -> None:
    send(clerk, written(ROWS))
    loaded = load(clerk)
    page = html(clerk.get(f"/intake/files/{loaded.id}/"))
    assert not re.search(r"\bmoments?\b|\bevents?\b|\bknown\b", page.split("<main", 1)[1])


def test_promise_16_the_sender_does_not_learn_how_many_rows_led_nowhere(
    world: World, clerk: Client
) -> None:
    """Of a file in which somebody is known, as of one in which nobody is."""
    send(clerk, written(ROWS))
    loaded = load(clerk)

    def shown() -> list[str]:
        """The pages of the sender, without the tokens that are new in each."""
        addresses = ("/intake/", ADDRESS, f"/intake/files/{loaded.id}/")
        return [
            re.sub(r'nonce="[^"]*"|value="[\w-]{64}"', "", html(clerk.get(address)))
            for address in addresses
        ]

    before = shown()
    Signal.objects.filter(record=None).update(forget_on=today())
    assert services.forget(by=system("forget")) > 0
    assert shown() == before
    sender = world.actor("clerk")
    told = selectors.counted(by=sender, delivery_id=loaded.id)
    facts = selectors.delivery(by=sender, delivery_id=loaded.id)
    assert not {"events", "moments"} & {*told, *vars(facts)}
    assert {"events", "moments"} < {*selectors.counted(by=system("shell"), delivery_id=loaded.id)}
    elsewhere = replace(sender, agency_id=agency_id("school"))
    with pytest.raises(NotFound):
        selectors.counted(by=elsewhere, delivery_id=loaded.id)


def test_while_it_loads_the_page_asks_again_and_then_shows_the_end(clerk: Client) -> None:
    send(clerk, written(ROWS))
    address = f"/intake/files/{latest().id}/"
    page = html(clerk.post(f"{address}load/", follow=True))
    assert f'hx-get="{address}"' in page
    part = html(clerk.get(address, headers={"HX-Request": "true"}))
    assert "<html" not in part
    assert "Loading missing.csv" in part
    loading.load(by=system("intake"), delivery_id=latest().id)
    assert clerk.get(address, headers={"HX-Request": "true"})["HX-Refresh"] == "true"


def test_promise_31_the_same_file_counts_once(clerk: Client) -> None:
    send(clerk, written(ROWS))
    load(clerk)
    page = send(clerk, written(ROWS), "renamed.csv")
    assert "It counts once: nothing was added." in page
    assert Delivery.objects.count() == 1


def test_a_file_may_become_past_events_until_it_is_loaded(clerk: Client) -> None:
    """Whoever forgot the tick sends the file again with it, and is told when that is too late."""
    send(clerk, written(ROWS))
    page = send(clerk, written(ROWS), history="on")
    assert "It stays what it was sent as" not in page
    assert "of which nobody is told" in page
    loaded = load(clerk)
    assert (loaded.history, loaded.accepted, loaded.moments) == (True, 5, 0)
    page = send(clerk, written(ROWS))
    assert "It stays what it was sent as: past events, of which nobody is told." in page
    assert latest().history


def test_a_file_sent_by_mistake_is_removed_with_what_it_held(clerk: Client) -> None:
    send(clerk, written(ROWS), "wrong month.csv")
    mistake = latest()
    assert stored_file(mistake.id).exists()
    address = f"/intake/files/{mistake.id}/remove/"
    with TestCase.captureOnCommitCallbacks(execute=True):
        page = html(clerk.post(address, follow=True))
    assert "“wrong month.csv” was removed. Nothing of it was loaded." in unescape(page)
    assert not Delivery.objects.exists()
    assert not stored_file(mistake.id).exists()
    assert Entry.objects.filter(action="intake.discarded", subject_id=mistake.id).exists()
    assert clerk.post(address).status_code == 404


@pytest.mark.parametrize("ended", ["role", "account"])
def test_promise_16_a_load_has_the_rights_that_its_starter_has_when_it_runs(
    world: World, clerk: Client, ended: str
) -> None:
    """Rights that end between the button and the worker end the load; somebody else goes on."""
    send(clerk, written(ROWS))
    delivery, starter = latest(), world.users["clerk"]
    html(clerk.post(f"/intake/files/{delivery.id}/load/", follow=True))
    if ended == "role":
        access.end_role(by=system("tests"), user_id=starter, role="intake_worker")
    else:
        access.end_account(by=system("tests"), user_id=starter)
    assert jobs.load_delivery.call(str(delivery.id), str(starter)) == "refused"
    with travel(now() + timedelta(hours=1)):
        assert jobs.resume_abandoned(by=system("intake")) == 0
    assert (latest().state, latest().accepted) == ("failed", 0)
    assert "Somebody else can go on with it." in latest().error
    another = add_intake_worker("second-clerk", "Cy Second", "police")
    html(world.client("second-clerk").post(f"/intake/files/{delivery.id}/load/", follow=True))
    assert jobs.load_delivery.call(str(delivery.id), str(another)) == "loaded"
    assert latest().accepted == 5


def test_a_file_that_was_loaded_is_not_removed(clerk: Client) -> None:
    send(clerk, written(ROWS))
    loaded = load(clerk)
    page = html(clerk.post(f"/intake/files/{loaded.id}/remove/", follow=True))
    assert "This file is being loaded, or was loaded. Nothing was changed." in page
    assert Delivery.objects.filter(id=loaded.id).exists()


def test_headings_without_rows_are_said_and_may_be_put_on_record(clerk: Client) -> None:
    page = send(clerk, written([]))
    assert "The file has headings and no rows." in page
    assert load(clerk).state == "loaded"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty."),
        (b"%PDF-1.7", "This is a PDF document"),
        (b"Colour,Shape\nred,round\n", "None of the columns"),
        (
            "".join(csv_lines(*sample_table(feed("police_custody")))).encode(),
            "a file of “Police custody”",
        ),
        (",".join(HEADINGS[1:]).encode() + b"\n", "The file has no column"),
        (",".join([*HEADINGS, "Date of Birth"]).encode() + b"\n", "say the same"),
        (",".join([*HEADINGS, "dob"]).encode() + b"\n", "The column “DOB” is there twice."),
    ],
)
def test_a_wrong_file_is_refused_and_leaves_nothing(
    clerk: Client, content: bytes, said: str
) -> None:
    page = refused(clerk, content)
    assert said in page
    assert "Nothing was kept." in page


def test_a_file_of_another_feed_is_led_to_it(clerk: Client) -> None:
    custody = "".join(csv_lines(*sample_table(feed("police_custody")))).encode()
    assert '<a href="/intake/feeds/police_custody/">Go to Police custody</a>' in refused(
        clerk, custody
    )


def test_exchanged_days_and_months_are_warned_of_before_anything_is_loaded(clerk: Client) -> None:
    exchanged = [
        changed(
            0,
            report_number=f"X{day}",
            missing_date=f"03/{day}/2026",
            returned_date="",
            returned_time="",
        )
        for day in (1, 14)
    ]
    page = send(clerk, written(exchanged))
    assert "Of 2 rows, 1 would be accepted and 1 would wait to be corrected" in page
    assert "Day and month may be exchanged in this file" in page
    assert "1 date can only be read with the month first" in page
    assert "may be exchanged" not in send(clerk, written(ROWS))


def test_a_file_that_was_looked_at_and_left_is_said_on_the_first_page(clerk: Client) -> None:
    send(clerk, written(ROWS))
    assert "1 file is not loaded yet" in html(clerk.get("/intake/"))
    load(clerk)
    assert "not loaded yet" not in html(clerk.get("/intake/"))


def test_no_file_at_all_is_said(clerk: Client) -> None:
    assert "Choose a file first" in html(clerk.post(ADDRESS, {}), 422)


def test_promise_25_a_file_over_the_limit_is_refused_while_it_arrives(
    clerk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CountingUploadHandler, "limits", Limits(size=100_000))
    page = refused(clerk, b"x" * 200_000, 413)
    assert "we take up to 100 kB at once" in page


def test_promise_09_another_agency_finds_none_of_it(world: World, clerk: Client) -> None:
    (row,) = quarantined(clerk, changed(0, missing_date="soon"))
    add_intake_worker("other-clerk", "Oz Other", "school")
    other = world.client("other-clerk")
    assert "No file has come yet." in html(other.get("/intake/"))
    for address in (f"/intake/files/{latest().id}/", f"/intake/rows/{row.id}/"):
        assert other.get(address).status_code == 404
    for address in (
        f"/intake/files/{latest().id}/load/",
        f"/intake/files/{latest().id}/remove/",
        f"/intake/rows/{row.id}/",
        f"/intake/rows/{row.id}/set-aside/",
    ):
        assert other.post(address, {"reason": "x"}).status_code == 404
    row.refresh_from_db()
    assert row.state == "open"


def test_a_sergeant_may_not_load_files(world: World) -> None:
    assert world.client("sergeant").get("/intake/").status_code == 403


def test_a_preview_of_a_long_file_says_that_it_is_one(
    clerk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selectors, "PREVIEWED", 3)
    page = send(clerk, written(ROWS))
    assert "Of the first 3 rows, 3 would be accepted" in page


def test_a_workbook_is_taken_as_well(clerk: Client, tmp_path: Path) -> None:
    write_xlsx(tmp_path / "missing.xlsx", HEADINGS, ROWS)
    send(clerk, (tmp_path / "missing.xlsx").read_bytes(), "missing.xlsx", history="on")
    loaded = load(clerk)
    assert (loaded.accepted, loaded.moments, loaded.history) == (5, 0, True)
    assert isinstance(loaded.id, UUID)


def test_each_page_asks_as_much_of_many_rows_as_of_one(clerk: Client) -> None:
    """Of the files, of one file with what was refused, and of one row."""
    (row,) = quarantined(clerk, changed(0, missing_date="soon"))
    pages = ["/intake/", f"/intake/files/{row.delivery_id}/", f"/intake/rows/{row.id}/"]
    once = [queries_of(clerk, page) for page in pages]
    for at in range(6):
        wrong = [
            changed(at % 5, report_number=f"X{at}-{no}", missing_date="soon") for no in range(9)
        ]
        send(clerk, written([*ROWS, *wrong]), f"missing-{at}.csv")
        load(clerk)
    many = latest()
    last = QuarantinedRow.objects.filter(delivery=many).latest("row_number")
    pages = ["/intake/", f"/intake/files/{many.id}/", f"/intake/rows/{last.id}/"]
    assert [queries_of(clerk, page) for page in pages] == once


def test_a_preview_asks_as_much_of_many_rows_as_of_one(clerk: Client) -> None:
    send(clerk, written(ROWS[:1]))
    once = queries_of(clerk, f"/intake/files/{latest().id}/")
    send(clerk, written([changed(0, report_number=f"X{at}") for at in range(300)]), "more.csv")
    assert queries_of(clerk, f"/intake/files/{latest().id}/") == once
