"""Django's own secret: from the environment, or made once and kept beside the database."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from reachable.foundation.secret_files import read_or_make


def secret_key(folder: Path) -> str:
    given = os.environ.get("REACHABLE_SECRET_KEY")
    if given:
        return given
    return read_or_make(folder / "secret_key", lambda: secrets.token_urlsafe(48)).strip()
