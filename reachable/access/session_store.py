"""Sessions in the database that know when their sign-in began and when it was last used."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from reachable.foundation.time import unmoved

BEGAN, ACTIVE, FRESH = "began", "active", "fresh"


class SessionStore(DatabaseStore):
    """Stamps a session as somebody is put into it, whoever does that.

    One that somebody is in without stamps is none of ours, and opens nothing.
    """

    @classmethod
    def get_model_class(cls) -> Any:
        return DatabaseStore.get_model_class()

    def __setitem__(self, key: str, value: Any) -> None:
        super().__setitem__(key, value)
        if key == SESSION_KEY:
            at = int(unmoved())
            self.update({BEGAN: at, ACTIVE: at, FRESH: at})
