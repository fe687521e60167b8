"""An administrator issues a key, hands its secret over, a program sends with it, and it ends."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Page, expect

from reachable.access.models import AgencyKey
from reachable.intake.models import Delivery
from tests.support.files import CUSTODY
from tests.support.pages import OpenPage, complaints_of, looks_right, sign_in
from tests.support.programs import EXAMPLE, SEND
from tests.support.servers import Server
from tests.support.world import make_world


def issue(page: Page, name: str) -> None:
    page.get_by_label("Which agency sends?").select_option(label="Fenmarch Police")
    page.get_by_label("What is the program called?").fill(name)
    page.get_by_label("Every feed").check()
    page.get_by_role("button", name="Issue it").click()


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_a_key_from_its_issue_to_its_end(server: Server, open_page: OpenPage, size: str) -> None:
    if not AgencyKey.objects.exists():
        make_world()
    page = open_page(size)
    complaints = complaints_of(page)
    sign_in(page, server, "administrator")
    page.goto(f"{server.url}/keys/")
    if not AgencyKey.objects.exists():
        expect(page.get_by_text("No key is in force.")).to_be_visible()
        looks_right(page, f"keys-none-{size}")
    page.get_by_role("button", name="Issue a key").or_(
        page.get_by_role("link", name="Issue a key")
    ).click()
    looks_right(page, f"key-issue-{size}")
    page.get_by_role("button", name="Issue it").click()
    expect(page.get_by_text("Choose at least one feed").first).to_be_visible()
    looks_right(page, f"key-issue-wrong-{size}")
    name = f"Nightly export, {size}"
    issue(page, name)
    looks_right(page, f"key-issued-{size}")
    page.get_by_role("button", name="Show the secret, once").click()
    secret = page.locator(".secret code").inner_text()
    assert re.fullmatch(r"rk_[\w-]{43}", secret)
    looks_right(page, f"key-secret-{size}")
    key = str(AgencyKey.objects.get(name=name).id)
    expect(page.get_by_text(key)).to_be_visible()

    body = CUSTODY.replace("CU/", f"{size}/").encode()
    status, said = EXAMPLE["ask"](
        server.url, "POST", SEND, key, secret, {"name": "custody.csv"}, body
    )
    assert status == 202, said
    while said["state"] == "loading":
        time.sleep(0.2)
        _, said = EXAMPLE["ask"](server.url, "GET", f"/api/deliveries/{said['id']}", key, secret)
    assert said["state"] == "loaded"
    clerk = open_page(size)
    sign_in(clerk, server, "clerk")
    clerk.goto(f"{server.url}/intake/files/{said['id']}/")
    expect(clerk.get_by_text(f"the key “{name}”")).to_be_visible()

    page.goto(f"{server.url}/keys/{key}/")
    assert secret not in page.content()
    page.get_by_role("link", name="Revoke this key").or_(
        page.get_by_role("button", name="Revoke this key")
    ).click()
    looks_right(page, f"key-revoke-{size}")
    page.get_by_label("Why is it revoked?").fill("Its secret was left on a desk")
    page.get_by_role("button", name="Revoke it").click()
    looks_right(page, f"key-revoked-{size}")
    page.get_by_role("link", name="Keys").first.click()
    looks_right(page, f"keys-{size}")
    status, said = EXAMPLE["ask"](server.url, "POST", SEND, key, secret, {}, body + b"\n")
    assert status == 401
    assert Delivery.objects.filter(sent_with__id=key).count() == 1
    refused = [said for said in complaints if "the server responded with" not in said]
    assert not refused
