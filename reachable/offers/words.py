"""The short lists from which people choose, and how an offer's states and steps are called."""

from __future__ import annotations

from reachable.offers.rules.standing import (
    ACCEPTED,
    ASKED,
    ATTENDED,
    ATTENDING,
    DECLINED,
    ENDED,
    GOES_ON,
    NO,
    NOT_KNOWN,
    NOT_NOW,
    OPEN,
    PUT_OFF,
    REFUSED,
    SENT,
    STILL,
    STOPPED,
    WAITING,
    WANTED,
    WANTS,
)

ANSWERS = (
    (WANTS, "The child wants it"),
    (NOT_NOW, "Not now"),
    (NO, "The child does not want it"),
)
WAYS = (
    ("spoken", "By phone or video"),
    ("written", "By e-mail or letter"),
    ("form", "By the service’s own form"),
    ("in_person", "In person"),
    ("with_child", "Together with the child"),
)
REFUSALS = (
    ("full", "It is full, or its waiting list is closed"),
    ("age", "The child is too young or too old for it"),
    ("area", "The child lives outside its area"),
    ("need", "It does not help with what this child needs"),
    ("risk", "It says that it would not be safe"),
    ("consent", "It asks for a consent that nobody gave"),
    ("not_reached", "It could not reach the child or the family"),
    ("other", "Something else, as I say below"),
)
ENDINGS = (
    ("done", "The child got what they came for"),
    ("child_stopped", "The child did not want to go on"),
    ("lost", "The service lost contact with the child"),
    ("service_ended", "The service ended it, or closed"),
    ("moved", "The child moved away"),
    ("other", "Something else, as I say below"),
)
STILL_THERE = (
    (GOES_ON, "Yes: the child still goes there"),
    (STOPPED, "No: the child has stopped"),
    (NOT_KNOWN, "It is not known"),
)
HOW = {SENT: WAYS, REFUSED: REFUSALS, ENDED: ENDINGS, STILL: STILL_THERE}
"""What has to be chosen with a step."""
NEEDS_WORDS = frozenset({(REFUSED, "other"), (ENDED, "other"), (STILL, STOPPED)})
"""With which of these a few words are needed."""

STANDS = {
    WANTED: "the child wants it, and nothing is sent yet",
    PUT_OFF: "the child said not now",
    DECLINED: "the child does not want it",
    SENT: "the referral is sent, and nothing is heard yet",
    WAITING: "the child is on the waiting list",
    ACCEPTED: "the service has accepted, and the child has not been there yet",
    REFUSED: "the service has refused",
    ATTENDING: "the child goes there",
    ENDED: "it has ended",
}
SAYS_MORE = frozenset({WANTED, SENT, WAITING, ACCEPTED})
"""States of which these words say more than the short ones."""
STATES = {
    WANTED: "To be sent",
    PUT_OFF: "Not now",
    DECLINED: "Not wanted",
    SENT: "Sent",
    WAITING: "Waiting",
    ACCEPTED: "Accepted",
    REFUSED: "Refused by the service",
    ATTENDING: "The child goes there",
    ENDED: "Ended",
}
STEPS = {
    WANTS: "The child wants it",
    NOT_NOW: "The child said not now",
    NO: "The child does not want it",
    SENT: "Referral sent",
    WAITING: "On the waiting list",
    ACCEPTED: "Accepted by the service",
    REFUSED: "Refused by the service",
    ATTENDED: "The child went there for the first time",
    STILL: "Whether the child still goes there",
    ENDED: "Ended",
    ASKED: "Asked whether the child still goes there",
}
GOING_ON = OPEN
"""States in which the same service is not offered once more."""
AGE_BANDS = {
    "under_10": "Under 10",
    "10_to_12": "10 to 12",
    "13_to_15": "13 to 15",
    "16_to_17": "16 to 17",
    "18_and_over": "18 and over",
    "": "Age not known",
}
UNSAID = {
    "age": "for which ages it is",
    "area": "which area it serves",
    "form": "for which forms of exploitation it is",
    "moment": "for which kinds of moment it is",
    "needs": "whether it serves every communication need",
    "hours": "when it is open",
}
