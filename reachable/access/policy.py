"""The policy file in force, read once at the start."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path

from reachable.access.rules import Policy, policy_from

FILE = Path(__file__).with_name("policy.toml")


@lru_cache(maxsize=1)
def policy() -> Policy:
    with FILE.open("rb") as file:
        return policy_from(tomllib.load(file))
