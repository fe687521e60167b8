"""A coordinator says which column is which, with a browser: asked once, remembered, asked again."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner
from django.test import Client

from reachable.access.models import User
from reachable.access.selectors import actor_for, agency_id
from reachable.audit.models import Entry
from reachable.foundation.actor import Actor, system
from reachable.foundation.errors import BadInput, Conflict
from reachable.foundation.files.export import csv_lines
from reachable.intake import loading, mappings
from reachable.intake.cli import group
from reachable.intake.models import Delivery, MappingVersion, QuarantinedRow, SignalVersion
from reachable.intake.samples import sample_table
from reachable.intake.specification import feed
from reachable.intake.tracker_sample import write_tracker
from tests.support.queries import queries_of
from tests.support.world import World, html

pytestmark = pytest.mark.db

ADDRESS = "/intake/feeds/panel_tracker/"
HEADINGS = ["Child", "Born", "Exploitation seen", "On list since", "Ethnicity"]
ROWS = [
    ["SAMPLE, Jo", "02/01/2010", "CCE", "01/03/2026", "never to be kept"],
    ["SAMPLE, Mo", "03/01/2011", "Lines", "01/03/2026", "never to be kept"],
]
ANSWERS = {
    "column-0": "whole_name",
    "column-1": "birth_date",
    "column-2": "exploitation",
    "column-3": "added_date",
    "column-4": "",
    "name_order": "family first",
    "date_order": "day-month-year",
    "told_by": "child",
    "left_out_rows": "",
}


@pytest.fixture
def coordinator(world: World) -> Client:
    return world.client("coordinator")


def text(headings: list[str] = HEADINGS, rows: list[list[str]] = ROWS) -> bytes:
    return "".join(csv_lines(headings, rows)).encode()


def send(client: Client, content: bytes, *, to: str = ADDRESS, **more: str) -> Any:
    file = BytesIO(content)
    file.name = "list.csv"
    return client.post(to, {"file": file, **more})


def asked(client: Client, content: bytes = b"") -> tuple[str, str]:
    """Send a list with headings of its own; return where it leads to, and the page."""
    answer = send(client, content or text())
    assert answer.status_code == 302
    assert answer["Location"].endswith("/columns/")
    return answer["Location"], html(client.get(answer["Location"]))


def word_field(page: str) -> str:
    found = re.search(r'name="(word-exploitation-\w+)"', page)
    assert found is not None
    return found[1]


def said(client: Client, **more: str) -> str:
    """Answer for the list above; return the page of the file, which shows how it is read."""
    where, page = asked(client)
    given = {**ANSWERS, word_field(page): "criminal", **more}
    return html(client.post(where, given, follow=True))


def latest() -> Delivery:
    return Delivery.objects.latest("received_at")


def load(client: Client) -> Delivery:
    html(client.post(f"/intake/files/{latest().id}/load/", follow=True))
    return loading.load(by=system("intake"), delivery_id=latest().id)


def by() -> Actor:
    return actor_for(User.objects.get(username="coordinator"))


def used() -> list[mappings.MappingFacts]:
    return mappings.used(by=system("tests"), agency_id=agency_id("council"), feed="panel_tracker")


def test_a_list_with_headings_of_its_own_leads_to_say_which_is_which(coordinator: Client) -> None:
    _, page = asked(coordinator)
    assert "Say which column is which" in page
    assert re.search(r'value="whole_name" selected', page)
    assert re.search(r'value="birth_date" selected', page)
    assert "“Lines” in “Exploitation seen”" in page
    assert not SignalVersion.objects.exists()


def test_what_was_said_is_shown_as_a_preview_and_then_remembered(coordinator: Client) -> None:
    page = said(coordinator)
    assert "Of 2 rows, 2 would be accepted" in page
    assert "Never read: “Ethnicity”." in page
    assert "So far for this file only" in page
    assert used() == []
    page = html(coordinator.post(f"/intake/files/{latest().id}/columns/use/", follow=True))
    assert "Remembered." in page
    assert "Read with the mapping that Cora Ordina made" in page
    (one,) = used()
    assert one.mapping.heading_of("whole_name") == "Child"
    assert load(coordinator).accepted == 2
    contents = list(SignalVersion.objects.values_list("content", flat=True))
    assert {content["exploitation"] for content in contents} == {"criminal"}
    assert "never to be kept" not in str(contents)


def test_the_next_file_with_the_same_headings_is_read_without_asking(coordinator: Client) -> None:
    said(coordinator)
    mappings.remember(by=by(), delivery_id=latest().id)
    turned = [HEADINGS[::-1], ["x", "01/03/2026", "Lines", "04/01/2011", "SAMPLE, Zo"]]
    answer = send(coordinator, text(turned[0], turned[1:]))
    assert answer["Location"] == f"/intake/files/{latest().id}/"
    page = html(coordinator.get(answer["Location"]))
    assert "Read with the mapping that Cora Ordina made" in page
    assert latest().read_as_id == used()[0].id
    assert load(coordinator).accepted == 1
    assert "Columns that you named" in html(coordinator.get(ADDRESS))


def test_changed_headings_ask_again_with_the_old_answers(coordinator: Client) -> None:
    said(coordinator)
    mappings.remember(by=by(), delivery_id=latest().id)
    changed = [*HEADINGS[:3], "Listed", "Ethnicity", "School"]
    _, page = asked(coordinator, text(changed, [[*row, "Osier"] for row in ROWS]))
    assert "The headings have changed since you last said" in page
    assert len(re.findall(r"<option [^>]*selected", page)) >= 5
    assert re.search(r'value="school" selected', page)


def test_other_feeds_offer_it_too_and_keep_nothing_until_asked(coordinator: Client) -> None:
    content = text(["Colour", "Shape"], [["red", "round"]])
    to = "/intake/feeds/police_missing/"
    page = html(send(coordinator, content, to=to), 422)
    assert "None of the columns" in page
    assert "choose the file again below and press" in page
    assert not Delivery.objects.exists()
    answer = send(coordinator, content, to=to, say_columns="yes")
    assert answer["Location"] == f"/intake/files/{latest().id}/columns/"
    assert "Colour" in html(coordinator.get(answer["Location"]))


def test_a_file_of_another_feed_is_still_refused(coordinator: Client) -> None:
    content = "".join(csv_lines(*sample_table(feed("police_custody")))).encode()
    page = html(send(coordinator, content, say_columns="yes"), 422)
    assert "a file of “Police custody”" in page
    assert not Delivery.objects.exists()


WRONG = [
    ({"column-3": ""}, "No column is “Date Added”, which every row needs."),
    ({"column-0": ""}, "No column holds a name"),
    ({"column-4": "birth_date"}, "“Born” is “DOB” already: choose one of the two"),
    ({"column-4": "given_names"}, "Choose the whole name, or the two names in two columns"),
    ({"told_by": "number"}, "Choose above which column is “Panel Ref”"),
    ({"column-4": "sex"}, "Say what “never to be kept” in “Ethnicity” stands for"),
    ({"column-1": "no such column"}, "Select a valid choice"),
]


@pytest.mark.parametrize(("given", "sentence"), WRONG)
def test_what_cannot_be_is_said_and_what_was_chosen_stays(
    coordinator: Client, given: dict[str, str], sentence: str
) -> None:
    where, page = asked(coordinator)
    answers = {**ANSWERS, word_field(page): "criminal", **given}
    page = html(coordinator.post(where, answers), 422)
    assert sentence in page
    assert "Please look at" in page
    assert latest().read_as is None


def test_the_invented_workbook_can_be_had_from_the_page_and_sent(coordinator: Client) -> None:
    assert f"{ADDRESS}sample.untidy" in html(coordinator.get(ADDRESS))
    answer = coordinator.get(f"{ADDRESS}sample.untidy")
    assert answer.status_code == 200
    assert "invented-panel-tracker.xlsx" in answer.headers["Content-Disposition"]
    file = BytesIO(answer.content)
    file.name = "mine.xlsx"
    where = coordinator.post(ADDRESS, {"file": file})["Location"]
    assert where.endswith("/columns/")
    assert coordinator.get("/intake/feeds/police_missing/sample.untidy").status_code == 404


def test_the_headings_may_stand_elsewhere(coordinator: Client, tmp_path: Path) -> None:
    path = tmp_path / "tracker.xlsx"
    write_tracker(path)
    file = BytesIO(path.read_bytes())
    file.name = "tracker.xlsx"
    where = coordinator.post(ADDRESS, {"file": file})["Location"]
    page = html(coordinator.get(where))
    assert "Worksheet “Open”, rows 4 and 5 together." in page
    assert "Which worksheets are read?" in page
    page = html(coordinator.get(where + "?sheet=Guidance"))
    assert "Worksheet “Guidance”, row 1." in page
    page = html(coordinator.get(where + "?sheet=Open&row=4&rows=1"))
    assert "Worksheet “Open”, row 4." in page
    assert "There are no headings in that row." in html(coordinator.get(where + "?row=99"), 422)


def test_what_is_remembered_can_be_changed_and_what_was_read_stays(coordinator: Client) -> None:
    page = said(coordinator)
    mappings.remember(by=by(), delivery_id=latest().id)
    first = used()[0]
    page = html(coordinator.get(f"/intake/mappings/{first.id}/"))
    assert "It is used for every file with these headings." in page
    given = {**ANSWERS, word_field(page): "sexual", "left_out_rows": "Total, Sum"}
    answer = coordinator.post(f"/intake/mappings/{first.id}/", given)
    assert answer["Location"] == ADDRESS
    (now,) = used()
    assert (now.version, now.mapping.left_out_rows) == (2, ("Total", "Sum"))
    assert now.mapping.words == (("exploitation", "Lines", "sexual"),)
    assert latest().read_as_id == first.id
    load(coordinator)
    assert "sexual" not in str(list(SignalVersion.objects.values_list("content", flat=True)))


def test_a_refused_row_is_corrected_in_the_order_of_dates_that_was_said(
    coordinator: Client,
) -> None:
    rows = [["SAMPLE, Jo", "13/31/2010", "CCE", "03/01/2026", ""]]
    where, _ = asked(coordinator, text(HEADINGS, rows))
    given = {**ANSWERS, "date_order": "month-day-year"}
    html(coordinator.post(where, given, follow=True))
    assert load(coordinator).quarantined == 1
    row = QuarantinedRow.objects.get()
    cells = dict(row.cells)
    assert cells["Surname"] == "SAMPLE"
    place = [heading for heading, _ in row.cells].index("DOB")
    html(coordinator.post(f"/intake/rows/{row.id}/", {f"cell-{place}": "12/31/2010"}, follow=True))
    content = SignalVersion.objects.get().content
    assert (content["birth_date"], content["added_date"]) == ("2010-12-31", "2026-03-01")


def test_a_file_that_counts_stays_as_it_was_read(coordinator: Client) -> None:
    said(coordinator)
    load(coordinator)
    page = html(coordinator.get(f"/intake/files/{latest().id}/columns/", follow=True))
    assert "it stays as it was read" in page
    one = loading.mapping_of(latest())
    assert one is not None
    with pytest.raises(Conflict):
        mappings.say(by=by(), delivery_id=latest().id, mapping=one)


def test_promise_09_another_agency_neither_sees_nor_uses_a_mapping(
    world: World, coordinator: Client
) -> None:
    said(coordinator)
    mappings.remember(by=by(), delivery_id=latest().id)
    clerk = world.client("clerk")
    assert clerk.get(f"/intake/mappings/{used()[0].id}/").status_code == 404
    assert clerk.get(f"/intake/files/{latest().id}/columns/").status_code == 404
    where, page = asked(clerk, text(rows=[["x, y", "02/01/2010", "CCE", "01/03/2026", ""]]))
    assert "The headings have changed" not in page
    assert where != f"/intake/files/{latest().id}/"
    assert (
        mappings.used(by=system("tests"), agency_id=agency_id("police"), feed="panel_tracker") == []
    )


def test_saying_the_same_again_makes_no_other_version(coordinator: Client) -> None:
    said(coordinator)
    where = f"/intake/files/{latest().id}/columns/"
    page = html(coordinator.get(where))
    html(coordinator.post(where, {**ANSWERS, word_field(page): "criminal"}, follow=True))
    assert MappingVersion.objects.count() == 1
    assert Entry.objects.filter(action="intake.columns_said").count() == 2


def test_a_mapping_with_which_nothing_could_be_read_is_refused(coordinator: Client) -> None:
    said(coordinator)
    one = loading.mapping_of(latest())
    assert one is not None
    with pytest.raises(BadInput, match="no column “Date Added”"):
        mappings.say(
            by=by(),
            delivery_id=latest().id,
            mapping=replace(one, columns=one.columns[:2]),
        )


def test_the_page_asks_as_often_for_many_columns(coordinator: Client) -> None:
    few, _ = asked(coordinator)
    wide = [f"Column {at}" for at in range(200)]
    many, _ = asked(coordinator, text([*HEADINGS, *wide], [[*ROWS[0], *wide]]))
    assert queries_of(coordinator, few) == queries_of(coordinator, many)
    assert UUID(few.split("/")[3]) != UUID(many.split("/")[3])


def test_the_shell_reads_with_what_is_remembered(coordinator: Client, tmp_path: Path) -> None:
    said(coordinator)
    mappings.remember(by=by(), delivery_id=latest().id)
    path = tmp_path / "next.csv"
    path.write_bytes(text(rows=[["SAMPLE, Zo", "04/01/2011", "Lines", "01/03/2026", ""]]))
    ran = CliRunner().invoke(
        group, ["load", "panel_tracker", str(path), "--agency", "council"], catch_exceptions=False
    )
    assert ran.exit_code == 0
    assert "Read with the mapping that Cora Ordina made on " in ran.output
    assert "1 rows accepted" in ran.output
    content = SignalVersion.objects.get().content
    assert (content["given_names"], content["exploitation"]) == ("Zo", "criminal")


def test_the_same_headings_in_another_order_and_case_are_the_same_mapping(
    coordinator: Client,
) -> None:
    said(coordinator)
    mappings.remember(by=by(), delivery_id=latest().id)
    moved = [HEADINGS[1].upper(), HEADINGS[0].upper(), *HEADINGS[2:]]
    rows = [["04/01/2011", "SAMPLE, Zo", "Lines", "01/03/2026", ""]]
    where = send(coordinator, text(moved, rows))["Location"] + "columns/"
    page = html(coordinator.get(where))
    assert len(re.findall(r"<option [^>]*selected", page)) >= 5
    given = {**ANSWERS, "column-0": "birth_date", "column-1": "whole_name"}
    html(coordinator.post(where, {**given, word_field(page): "criminal"}, follow=True))
    assert MappingVersion.objects.count() == 1
    assert load(coordinator).accepted == 1


def test_headings_in_two_rows_with_an_empty_one_between_are_said_by_their_numbers(
    coordinator: Client,
) -> None:
    rows = 'Child,Referral,\n,,\n,Date,By\n"SAMPLE, Jo",01/03/2026,School\n'
    where = send(coordinator, rows.encode(), say_columns="yes")["Location"]
    page = html(coordinator.get(where))
    assert "rows 1 and 3 together." in page
    given = {"row": "1", "rows": "2", "column-0": "whole_name", "column-1": "added_date"}
    page = html(coordinator.post(where, {**ANSWERS, "column-2": "", **given}, follow=True))
    assert "Of 1 row, 1 would be accepted" in page
