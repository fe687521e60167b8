"""What the framework leaves behind, and nobody asks for any more."""

from __future__ import annotations

from django.contrib.sessions.backends.db import SessionStore

from reachable.foundation import jobs


def prune() -> int:
    """Remove ended sessions, and what is known of tasks that ended a month ago."""
    SessionStore.clear_expired()
    return jobs.prune_tasks()
