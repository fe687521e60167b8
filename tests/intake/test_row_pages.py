"""A row that was refused is corrected, or left out with a reason."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from reachable.intake.models import QuarantinedRow
from tests.support.sending import (
    HEADINGS,
    MISSING,
    cells_of,
    changed,
    latest,
    load,
    quarantined,
    quarantined_as,
    send,
    written,
)
from tests.support.world import html

pytestmark = pytest.mark.db


def test_a_row_is_corrected_and_the_next_one_follows(clerk: Client) -> None:
    first, second = quarantined(
        clerk, changed(0, missing_date="soon"), changed(1, missing_date="09/03/2206")
    )
    page = html(clerk.get(f"/intake/rows/{first.id}/"))
    assert page.index("Date Missing") < page.index("the rest of the row")
    page = html(clerk.post(f"/intake/rows/{first.id}/", cells_of(first)), 422)
    assert "which is no date" in page
    answer = clerk.post(
        f"/intake/rows/{first.id}/", cells_of(first, missing_date="06/03/2026"), follow=True
    )
    page = html(answer)
    assert "Row 2 was accepted." in page
    assert "Correct row 3" in page
    html(
        clerk.post(
            f"/intake/rows/{second.id}/", cells_of(second, missing_date="09/03/2026"), follow=True
        )
    )
    delivery = latest()
    assert (delivery.accepted, delivery.quarantined) == (2, 0)
    page = html(clerk.get(f"/intake/rows/{second.id}/", follow=True))
    assert "Row 3 has been settled already." in page


def test_a_row_is_left_out_with_a_reason(clerk: Client) -> None:
    (row,) = quarantined(clerk, changed(0, missing_date="soon"))
    address = f"/intake/rows/{row.id}/set-aside/"
    assert "“Why is it left out?” needs an answer" in html(clerk.post(address, {}), 422)
    page = html(clerk.post(address, {"reason": "A test entry."}, follow=True))
    assert "Row 2 was left out, with your reason." in page
    row.refresh_from_db()
    assert (row.state, row.reason) == ("set_aside", "A test entry.")
    assert "Loaded: every row was dealt with" in page
    assert re.search(r"<dt>Left out</dt>\s*<dd>1 row", page)


def test_a_row_settled_in_another_tab_is_told_and_not_settled_twice(clerk: Client) -> None:
    first, second = quarantined(
        clerk, changed(0, missing_date="soon"), changed(1, missing_date="soon")
    )
    right = cells_of(first, missing_date="06/03/2026")
    clerk.post(f"/intake/rows/{first.id}/", right)
    clerk.post(f"/intake/rows/{second.id}/set-aside/", {"reason": "A test entry."})
    for row, address in ((first, ""), (second, ""), (first, "set-aside/"), (second, "set-aside/")):
        given = {**right, "reason": "Again"}
        page = html(clerk.post(f"/intake/rows/{row.id}/{address}", given, follow=True))
        said = f"Row {row.row_number} has been settled already. Nothing was changed."
        assert said in page
    second.refresh_from_db()
    assert (second.state, second.reason) == ("set_aside", "A test entry.")


def test_promise_26_a_row_in_pieces_is_corrected_cell_by_cell(clerk: Client) -> None:
    """A separator in the address and one in the contact give two cells more than headings."""
    line = ",".join(changed(0, address="12 Sluice Lane, Saltergarth", communication_needs=""))
    broken = '"' + line
    content = written([]) + f"{line}\r\n{broken}\r\n".encode()
    send(clerk, content)
    load(clerk)
    long, quoted = QuarantinedRow.objects.order_by("row_number")
    page = html(clerk.get(f"/intake/rows/{long.id}/"))
    assert "The row has more cells than there are headings." in page
    assert "Beyond the headings, 1" in page
    assert "Beyond the headings, 2" in page
    assert len(quoted.cells) >= len(HEADINGS)
    whole = changed(0, communication_needs="")
    within = {f"cell-{place}": text for place, text in enumerate(whole)}
    for sent in (cells_of(long), within, {}):
        page = html(clerk.post(f"/intake/rows/{long.id}/", sent), 422)
        assert "The row has more cells than there are headings." in page
    good = within | {f"cell-{place}": "" for place in range(len(whole), len(long.cells))}
    assert "Row 2 was accepted." in html(clerk.post(f"/intake/rows/{long.id}/", good, follow=True))


def test_pieces_of_a_cell_are_put_together_and_nothing_is_saved_before_that(clerk: Client) -> None:
    """One press moves every later cell up, where somebody would type sixteen of them again."""
    whole = changed(0, address="12 Sluice Lane, Saltergarth", communication_needs="Polish")
    whole = [cell.replace("PC 5108 Sample, ", "") for cell in whole]
    (row,) = quarantined_as(clerk, written([]) + ",".join(whole).encode() + b"\r\n")
    address = f"/intake/rows/{row.id}/"
    pieces = cells_of(row) | {"put_together": "yes"}
    cut = MISSING.columns.index(MISSING.column("address"))
    assert "Home Address: 12 Sluice Lane, Saltergarth" in html(clerk.get(address))
    assert "Choose the cell that was cut in two" in html(clerk.post(address, pieces), 422)
    assert "not one of the available" in html(clerk.post(address, pieces | {"cell": "99"}), 422)
    page = html(clerk.post(address, pieces | {"cell": str(cut)}))
    assert "Nothing is saved yet" in page
    assert "more cells than there are headings" not in page
    row.refresh_from_db()
    assert row.state == "open"
    fields = re.findall(r'name="(cell-\d+)" type="text"[^>]* value="([^"]*)"', page)
    sent = {name: unescape(text) for name, text in fields}
    assert list(sent.values())[: len(whole)] == whole
    assert "Row 2 was accepted." in html(clerk.post(address, sent, follow=True))
