"""What an agency and a team may be called, and what is wrong with one that is asked for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from reachable.access.rules.joining import EMAIL

LONGEST = 120
MOST_MINUTES = 24 * 60
KINDS = {
    "childrens_social_care": "Children’s social care",
    "police": "Police",
    "health": "Health",
    "school": "Schools",
    "youth_justice": "Youth justice",
    "charity": "Charities",
    "housing": "Housing",
}
"""What kinds of agency there are: who is told what, and where records belong, follows from it."""


@dataclass(frozen=True)
class AskedAgency:
    """What an agency is to be."""

    name: str
    kind: str
    contact: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True)
class AskedTeam:
    """What a team is to be; without areas it answers for everybody."""

    name: str
    minutes: int
    areas: tuple[str, ...] = ()
    phone: str = ""
    email: str = ""


def wrong_agency(asked: AskedAgency, kinds: Collection[str] = KINDS) -> list[str]:
    """Return what is wrong with an agency, each as a sentence."""
    wrong = _wrong_both(asked.name, asked.email, asked.phone)
    if asked.kind not in kinds:
        wrong.append("Choose of what kind the agency is.")
    if len(asked.contact) > 200 or not asked.contact.isprintable():
        wrong.append("Whom to ask there has more than 200 letters, or odd signs.")
    return wrong


def wrong_team(asked: AskedTeam, areas: Collection[str]) -> list[str]:
    """Return what is wrong with a team, each as a sentence."""
    wrong = _wrong_both(asked.name, asked.email, asked.phone)
    if not 1 <= asked.minutes <= MOST_MINUTES:
        wrong.append(f"The minutes to acknowledge are 1 at least and {MOST_MINUTES} at most.")
    if strange := [area[:20] for area in asked.areas if area not in areas]:
        wrong.append(f"There is no area {', '.join(strange)}.")
    return wrong


def _wrong_both(name: str, email: str, phone: str) -> list[str]:
    wrong = []
    if not name.strip() or len(name) > LONGEST or not name.isprintable():
        wrong.append(f"The name is missing, has more than {LONGEST} letters, or has odd signs.")
    if email and (not EMAIL.fullmatch(email) or len(email) > 254):
        wrong.append("The e-mail address is none.")
    if len(phone) > 30 or not phone.isprintable():
        wrong.append("A telephone number has 30 signs at most.")
    return wrong
