"""Files of missing children, as a clerk sends them with a browser."""

from __future__ import annotations

from io import BytesIO

from django.test import Client

from reachable.foundation.actor import system
from reachable.foundation.files.export import csv_lines
from reachable.intake import loading
from reachable.intake.models import Delivery, QuarantinedRow
from reachable.intake.samples import sample_table
from reachable.intake.specification import feed
from tests.support.world import html

MISSING = feed("police_missing")
HEADINGS, ROWS = sample_table(MISSING)
ADDRESS = "/intake/feeds/police_missing/"


def written(rows: list[list[str]]) -> bytes:
    return "".join(csv_lines(HEADINGS, rows)).encode()


def changed(row: int, **cells: str) -> list[str]:
    """A sample row with some cells changed."""
    names = [column.name for column in MISSING.columns]
    return [cells.get(name, cell) for name, cell in zip(names, ROWS[row], strict=True)]


def send(client: Client, content: bytes, name: str = "missing.csv", **more: str) -> str:
    """Send a file as a browser does; return the page that it leads to."""
    file = BytesIO(content)
    file.name = name
    return html(client.post(ADDRESS, {"file": file, **more}, follow=True))


def refused(client: Client, content: bytes, status: int = 422) -> str:
    file = BytesIO(content)
    file.name = "missing.csv"
    page = html(client.post(ADDRESS, {"file": file}), status)
    assert not Delivery.objects.exists()
    return page


def latest() -> Delivery:
    return Delivery.objects.latest("received_at")


def load(client: Client) -> Delivery:
    """Press the button, and let the worker work."""
    html(client.post(f"/intake/files/{latest().id}/load/", follow=True))
    return loading.load(by=system("intake"), delivery_id=latest().id)


def quarantined(clerk: Client, *rows: list[str]) -> list[QuarantinedRow]:
    return quarantined_as(clerk, written(list(rows)))


def quarantined_as(clerk: Client, content: bytes) -> list[QuarantinedRow]:
    send(clerk, content)
    load(clerk)
    return list(QuarantinedRow.objects.order_by("row_number"))


def cells_of(row: QuarantinedRow, **corrected: str) -> dict[str, str]:
    """What a browser sends back of a row: every cell, those beyond the headings too."""
    beyond = len(row.cells) - len(MISSING.columns)
    names = [*(column.name for column in MISSING.columns), *[""] * beyond]
    return {
        f"cell-{place}": corrected.get(name, text)
        for place, (name, (_, text)) in enumerate(zip(names, row.cells, strict=True))
    }
