"""Programs of an agency: the example of docs/how-to/send-by-http.md, as it stands there."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.test import Client

from dev.paths import ROOT
from reachable.access import keys
from reachable.access.selectors import agency_id
from reachable.foundation.actor import system
from reachable.foundation.time import now, today

HOW_TO = ROOT / "docs" / "how-to" / "send-by-http.md"
BY = system("tests")
SEND = "/api/feeds/police_custody/files"


def example() -> dict[str, Any]:
    """Return what the program in the how-to defines."""
    found = re.search(r"^```python\n(.*?)^```", HOW_TO.read_text(encoding="utf-8"), re.M | re.S)
    assert found is not None
    names: dict[str, Any] = {"__name__": "the how-to"}
    exec(compile(found[1], str(HOW_TO), "exec"), names)
    return names


class Clock:
    """The clock that the example reads: the product's own, which tests move, or a wrong one."""

    wrong_by = 0.0

    @classmethod
    def time(cls) -> float:
        return now().timestamp() + cls.wrong_by


EXAMPLE = example()
EXAMPLE["time"] = Clock
signed_headers: Callable[..., dict[str, str]] = EXAMPLE["signed_headers"]


@dataclass(frozen=True)
class Program:
    """A program that holds a key."""

    key: str
    secret: str

    @property
    def id(self) -> UUID:
        return UUID(self.key)

    def headers(
        self, method: str, path: str, query: Mapping[str, Any], body: bytes | None
    ) -> dict[str, str]:
        return signed_headers(method, path, urlencode(query), self.key, self.secret, body)

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        **query: Any,
    ) -> Any:
        """Ask in this process; `headers` take the place of those that the program signs."""
        signed = self.headers(method, path, query, body) if headers is None else headers
        address = f"{path}?{urlencode(query)}" if query else path
        kind = "application/octet-stream"
        if body is not None:
            signed = {**signed, "Content-Length": str(len(body))}
        return Client().generic(method, address, body or b"", kind, headers=signed)

    def send(self, body: bytes, path: str = SEND, **query: Any) -> Any:
        return self.ask("POST", path, body, **query)

    def get(self, path: str, **query: Any) -> Any:
        return self.ask("GET", path, **query)


def a_program(
    agency: str = "police", *, name: str = "Nightly export", feeds: tuple[str, ...] = ()
) -> Program:
    """Issue a key of an agency, for a month."""
    last_day = today() + timedelta(days=30)
    key_id = keys.issue(
        by=BY, agency_id=agency_id(agency), name=name, feeds=feeds, last_day=last_day
    )
    return Program(str(key_id), keys.show_secret(by=BY, key_id=key_id))
