"""What pages call that which somebody looked at."""

from __future__ import annotations

KINDS = {
    "person": "child",
    "delivery": "an agency’s file",
    "audit": "the audit",
}
