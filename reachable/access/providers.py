"""The sign-in providers in force, read once at the start."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from reachable.access.rules.providers import Provider, ProvidersError, providers_from
from reachable.foundation.errors import NotFound


def providers() -> dict[str, Provider]:
    """Return the providers by key: none where there is no file."""
    return _read(Path(settings.SIGN_IN_PROVIDERS), settings.OUTBOUND_LOOPBACK)


@lru_cache(maxsize=8)
def _read(file: Path, loopback: bool) -> dict[str, Provider]:
    try:
        text = file.read_text(encoding="utf-8")
        data = tomllib.loads(text)
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError):
        raise ProvidersError(f"{file.name} cannot be read.") from None
    except tomllib.TOMLDecodeError as error:
        raise ProvidersError(f"{file.name} is not TOML: {error}.") from None
    found = providers_from(data, text, loopback=loopback)
    return {key: replace(each, secret=_secret(each, file.parent)) for key, each in found.items()}


def _secret(provider: Provider, folder: Path) -> str:
    if provider.secret_variable:
        held, where = os.environ.get(provider.secret_variable, ""), provider.secret_variable
    else:
        where = provider.secret_file
        try:
            held = (folder / where).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            held = ""
    if not held.strip():
        raise ProvidersError(f"{provider.key}: its client secret is not there ({where}).")
    return held.strip()


def provider(key: str) -> Provider:
    found = providers().get(key)
    if found is None:
        raise NotFound
    return found


def in_order(among: Iterable[Provider] | None = None) -> list[Provider]:
    held = providers().values() if among is None else among
    return sorted(held, key=lambda each: each.name)


def of_agency(agency_key: str) -> list[Provider]:
    """Return by whom people of an agency may come."""
    return in_order(each for each in providers().values() if agency_key in each.agencies)


def hosts() -> frozenset[str]:
    """Return which computers are called so that people sign in."""
    return frozenset().union(*(each.hosts for each in providers().values()))
