"""Through which organisations' own sign-in people come: what the file of them says, checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from reachable.foundation.errors import ReachableError

KEY = re.compile(r"[a-z][a-z0-9-]{0,29}")
HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
NEEDED = ("name", "issuer", "client_id", "agencies")
LISTS = ("agencies", "second_factor_amr", "second_factor_acr", "also_calls")
SECRETS = ("client_secret_file", "client_secret_variable")
ITSELF = frozenset({"127.0.0.1", "localhost"})


class ProvidersError(ReachableError):
    """The file of providers cannot be used; the product does not start."""

    def __init__(self, sentence: str) -> None:
        super().__init__(
            f"The sign-in providers cannot be used. {sentence}",
            kept="Nothing was started.",
            next="Mend the file and try again.",
        )


@dataclass(frozen=True)
class Provider:
    """An organisation whose own sign-in says who somebody is, for the agencies that it names.

    `amr` and `acr` are what it says of a sign-in in which a second factor was shown.
    """

    key: str
    name: str
    issuer: str
    client_id: str
    agencies: frozenset[str]
    amr: frozenset[str] = frozenset()
    acr: tuple[str, ...] = ()
    also_calls: frozenset[str] = frozenset()
    secret_file: str = ""
    secret_variable: str = ""
    secret: str = field(default="", repr=False)

    @property
    def hosts(self) -> frozenset[str]:
        """Which computers are called for it."""
        return frozenset({urlsplit(self.issuer).hostname or ""}) | self.also_calls

    @property
    def says_factors(self) -> bool:
        """Whether a second factor that was shown there can count here."""
        return bool(self.amr or self.acr)

    def showed_second_factor(self, said: Mapping[str, Any]) -> bool:
        """Whether what it says of a sign-in is what the file takes for a second factor."""
        amr = said.get("amr")
        ways = {way for way in amr if isinstance(way, str)} if isinstance(amr, list) else set()
        return bool(self.amr & ways) or said.get("acr") in self.acr


def providers_from(
    data: Mapping[str, Any], text: str = "", *, loopback: bool = False
) -> dict[str, Provider]:
    """Check `data`, the parsed file, and return the providers, or raise naming the line."""
    found = {}
    for key, held in data.items():
        try:
            found[key] = _provider(key, held, loopback)
        except _Wrong as wrong:
            line = _line_of(key, wrong.entry, text)
            raise ProvidersError(f"{line}{key}: {wrong}") from None
    issuers = [each.issuer for each in found.values()]
    for key, each in found.items():
        if issuers.count(each.issuer) > 1:
            line = _line_of(key, "issuer", text)
            raise ProvidersError(f"{line}{key}: its issuer is there twice. Name each once.")
    return found


class _Wrong(Exception):
    def __init__(self, entry: str, sentence: str) -> None:
        super().__init__(sentence)
        self.entry = entry


def _provider(key: str, held: Any, loopback: bool) -> Provider:
    if not isinstance(held, dict):
        raise _Wrong("", "it is no table. Write its name in square brackets on a line of its own.")
    if not KEY.fullmatch(key):
        raise _Wrong("", "a key has small letters, figures and hyphens, 30 at most.")
    for entry, value in held.items():
        if entry not in {*NEEDED, *LISTS, *SECRETS}:
            raise _Wrong(entry, f"“{entry}” is not an entry that is known here.")
        good = _is_list(value) if entry in LISTS else isinstance(value, str) and value.strip()
        if not good:
            kind = "a list of texts" if entry in LISTS else "a text in quotes"
            raise _Wrong(entry, f"“{entry}” is not {kind}.")
    for entry in NEEDED:
        if not held.get(entry):
            raise _Wrong(entry if entry in held else "", f"“{entry}” is missing.")
    if sum(entry in held for entry in SECRETS) != 1:
        raise _Wrong("", f"it needs either “{SECRETS[0]}” or “{SECRETS[1]}”.")
    _check_issuer(held["issuer"], loopback)
    for host in held.get("also_calls", ()):
        if not HOST.fullmatch(host):
            raise _Wrong("also_calls", f"“{host}” is not the name of a host, in small letters.")
    return Provider(
        key,
        held["name"].strip(),
        held["issuer"],
        held["client_id"],
        frozenset(held["agencies"]),
        frozenset(held.get("second_factor_amr", ())),
        tuple(held.get("second_factor_acr", ())),
        frozenset(held.get("also_calls", ())),
        held.get("client_secret_file", ""),
        held.get("client_secret_variable", ""),
    )


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) and each for each in value)


def _check_issuer(issuer: str, loopback: bool) -> None:
    try:
        parts = urlsplit(issuer)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        parts, host = urlsplit(""), ""
    if not host or parts.username is not None or parts.query or parts.fragment:
        raise _Wrong("issuer", "its issuer is no address such as https://login.example.uk/tenant.")
    if parts.scheme != "https" and not (loopback and host in ITSELF):
        raise _Wrong("issuer", "its issuer does not begin with https://.")


def _line_of(key: str, entry: str, text: str) -> str:
    """Say on which line a provider, or one of its entries, begins, for whoever has to mend it."""
    at = 0
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        if bare.startswith("["):
            inside = bare.strip("[] \"'") == key
            at = number if inside else at
        elif entry and at and inside and re.match(rf"[\"']?{re.escape(entry)}\b", bare):
            return f"Line {number}: "
    return f"Line {at}: " if at else ""
