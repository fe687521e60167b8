"""What people call the pages on which they are told that somebody looked."""

from __future__ import annotations

OWN_SIGNAL = "own signal"
PAGES = {
    "an assessment": "an assessment of who read a wrong record",
    "assessments": "the assessments of who read a wrong record",
    "after": "what follows a conversation",
    "a family’s request": "a family’s request",
    "candidates": "places and people to be confirmed",
    "card": "a child’s own printed card",
    "child": "child",
    "conversation": "a conversation",
    "decision to share": "a decision to share",
    "document": "a conversation as a document",
    "gap": "what nobody could offer",
    "kept apart": "two records that are kept apart",
    "measures": "how quickly children were reached",
    "moment": "moment",
    "moment printed": "a printed moment",
    "offer": "an offer",
    "offers": "offers of services to the child",
    OWN_SIGNAL: "what they sent themselves",
    "passed on": "what was passed on after a conversation",
    "record to check": "a record of one’s own agency to check",
    "records of a child": "the records that make up a child",
    "refused rows as a file": "a file of an agency’s refused rows",
    "request to share": "a request to share",
    "review": "two records that may be one child",
    "review of an emergency": "the review of an emergency",
    "safe address": "a safe address",
    "shared with me": "what was shared with them",
    "sharing": "choosing what to share",
    "watch": "the list of who looked at whom",
    "watch: looks of a day": "one worker’s looks of a day",
    "watch: question": "a question about a look",
    "watch: questions": "the questions about looks",
    "what feeds brought": "what an agency’s feeds brought",
    "what was joined or taken apart": "what a merge or split changed",
    "who looked": "who looked",
    "worklist printed": "the printed worklist",
}
"""Page, as a look keeps it for good → what people read."""


def in_words(page: object) -> str:
    """Return what people call a page; one of a later release is shown as it was kept."""
    kept = str(page or "")
    return PAGES.get(kept, kept.replace("_", " "))
