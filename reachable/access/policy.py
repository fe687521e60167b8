"""The policy file in force, read once at the start."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path

from reachable.access.rules import Policy, policy_from

FILE = Path(__file__).with_name("policy.toml")


@lru_cache(maxsize=1)
def policy() -> Policy:
    text = FILE.read_text(encoding="utf-8")
    return policy_from(tomllib.loads(text), text)
