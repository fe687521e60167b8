"""What each kind of notice says: fixed sentences without any personal data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

MOST_TRIES = 6


@dataclass(frozen=True)
class Wording:
    """What is said, and the page it leads to: that of the subject, or one that needs none."""

    title: str
    text: str
    address: str
    of_subject: bool = True


WORDINGS = {
    "moment.assigned": Wording(
        "A reachable moment is waiting for you",
        "You are on duty. Please acknowledge it, or it passes to the next person.",
        "moment",
    ),
    "moment.with_team": Wording(
        "A reachable moment is waiting for your team",
        "Nobody on duty has acknowledged it yet. Whoever can, please take it.",
        "moment",
    ),
    "moment.joined": Wording(
        "Something was added to a reachable moment that you hold",
        "Please look at what is new.",
        "moment",
    ),
    "moment.corrected": Wording(
        "Something about a reachable moment was corrected",
        "You have it, or are asked to take it. Please look at what changed.",
        "moment",
    ),
    "moment.handed_away": Wording(
        "A reachable moment was handed over to somebody else",
        "You had it, or were asked to take it. Open it to see who is asked now.",
        "moment",
    ),
    "moment.returned": Wording(
        "A reachable moment is with you again",
        "It had been joined to another by mistake. Please look at where it stands.",
        "moment",
    ),
    "moment.handed_over": Wording(
        "A reachable moment was passed to you",
        "Please acknowledge it, or say that you cannot take it.",
        "moment",
    ),
    "team.without_holders": Wording(
        "Reachable moments wait where nobody can take them",
        "No team has anybody who may. Please put somebody whose role includes it into a team.",
        "home",
        of_subject=False,
    ),
    "signal.answered": Wording(
        "Somebody has taken up what you sent",
        "Open it to see who has it and whom to ring.",
        "signal",
    ),
}


def next_try(tries: int, now: datetime) -> datetime | None:
    """Return when to try an e-mail again after `tries` failures; None to give up."""
    if tries >= MOST_TRIES:
        return None
    return now + timedelta(seconds=30 * 4 ** (tries - 1))
