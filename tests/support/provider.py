"""An organisation's own sign-in on loopback, as the tests talk to it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import requests
from django.test import Client

from dev.paths import ROOT

KEY, NAME = "fenmarch", "Fenmarch Council"
BACK = f"/sign-in/organisation/{KEY}/back/"


class Organisation:
    """A running provider with a client of ours in its register."""

    def __init__(self, port: int, folder: Path, site: str = "http://testserver") -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.file = folder / "sign_in_providers.toml"
        self.site = site
        told = {"redirect_uris": [site + BACK], "scope": "openid"}
        said = requests.post(f"{self.url}/oauth2/clients", json=told, timeout=10).json()
        self.client_id, self.secret = said["client_id"], said["client_secret"]

    def write(self, **changes: str) -> Path:
        """Write the file of providers, with lines of it changed."""
        lines = {
            "name": f'"{NAME}"',
            "issuer": f'"{self.url}"',
            "client_id": f'"{self.client_id}"',
            "client_secret_file": '"fenmarch.secret"',
            "agencies": '["council"]',
            "second_factor_amr": '["mfa"]',
            **changes,
        }
        self.file.with_name("fenmarch.secret").write_text(self.secret, encoding="ascii")
        text = "\n".join(f"{name} = {value}" for name, value in lines.items())
        self.file.write_text(f"[{KEY}]\n{text}\n", encoding="utf-8")
        return self.file

    def knows(self, subject: str, **claims: Any) -> None:
        """Somebody who has a sign-in there; `claims` stand in what it says of them."""
        address = f"{self.url}/users/{quote(subject)}"
        requests.put(address, json=claims, timeout=10).raise_for_status()

    def spoil(self, **spoilt: Any) -> None:
        """Let it answer otherwise: path → what."""
        requests.post(f"{self.url}/spoil", json=spoilt.get("paths", {}), timeout=10)

    def asked(self) -> list[dict[str, Any]]:
        """What was sent for a token, oldest first."""
        held: list[dict[str, Any]] = requests.get(f"{self.url}/asked", timeout=10).json()
        return held

    def signs_in(self, address: str, subject: str) -> str:
        """Sign in at the page that we led to; return the address at which one comes back."""
        answer = requests.post(address, data={"sub": subject}, allow_redirects=False, timeout=10)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]


def led_to(answer: Any) -> str:
    """Where a page of ours leads."""
    assert answer.status_code == 200, answer.content.decode()
    found = re.fullmatch(r"0; url=(.+)", answer["Refresh"])
    assert found, answer["Refresh"]
    return found[1]


def query_of(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def path_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def through(client: Client, organisation: Organisation, subject: str, **given: str) -> Any:
    """Sign in there, from our page until one is back."""
    begun = client.post(f"/sign-in/organisation/{KEY}/", given)
    return client.get(path_of(organisation.signs_in(led_to(begun), subject)))


@contextmanager
def running(folder: Path, site: str = "http://testserver", port: int = 0) -> Iterator[Organisation]:
    """A provider, ended after the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.provider_server", str(port)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield Organisation(int(process.stdout.readline()), folder, site)
    finally:
        process.terminate()
        process.wait(10)
