"""The typed lists from which everything here is made."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

FIRST_PHONE, PHONES = 100, 900


@cache
def material(name: str) -> dict[str, Any]:
    """Return the lists in `data/<name>.toml`."""
    return tomllib.loads(
        files("reachable.synthetic").joinpath("data", f"{name}.toml").read_text("utf-8")
    )


def stream(seed: int, purpose: str) -> Random:
    """Return a source of chance of its own, so that one part can change without the others."""
    return Random(f"reachable {seed} {purpose}")


def phone(rng: Random) -> str:
    """Return a number from the range that Ofcom keeps for drama: 07700 900100 to 900999."""
    return f"07700 900{FIRST_PHONE + rng.randrange(PHONES)}"
