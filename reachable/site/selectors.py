"""Questions about the deployment itself."""

from __future__ import annotations

from reachable.foundation.models import Partnership


def partnership() -> Partnership:
    """Return the partnership's own row, or a nameless one before it is set up."""
    return Partnership.objects.first() or Partnership(name="Reachable")
