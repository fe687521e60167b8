"""Which code can call another computer."""

from __future__ import annotations

import ast
from pathlib import Path

import reachable

ROOT = Path(reachable.__file__).parent
CAN_CALL = {
    *("socket", "ssl", "smtplib", "ftplib", "poplib", "imaplib", "telnetlib", "xmlrpc", "asyncio"),
    *("http.client", "urllib.request", "urllib3", "requests", "httpx", "aiohttp", "websockets"),
    *("django.core.mail", "requests_hardened", "authlib", "allauth.socialaccount"),
}
MAY_CALL = {
    "notices/services.py": "the one mail server that the settings name",
    "notices/inviting.py": "the same mail server",
    "foundation/outbound.py": "hosts on a list, with requests: the only room for calls over HTTP",
    "access/proving.py": "the sign-in providers of the file, with authlib, by foundation/outbound",
    "synthetic/demo.py": "the demo's own server, on this computer",
}


def imported(path: Path) -> set[str]:
    """Name every module that a file imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def test_promise_28_nothing_but_what_is_listed_can_call_another_computer() -> None:
    calling = {
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*.py")
        if any(
            name == module or name.startswith(f"{module}.")
            for name in imported(path)
            for module in CAN_CALL
        )
    }
    assert calling == set(MAY_CALL)
