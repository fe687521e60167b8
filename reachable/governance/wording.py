"""What pages call that which somebody looked at."""

from __future__ import annotations

KINDS = {
    "person": "child",
    "review": "two records that may be one child",
    "passed_on": "something passed on",
    "delivery": "an agency’s file",
    "audit": "the audit",
}
