"""How pages say what fits, where an offer stands, and what was missing."""

from __future__ import annotations

from datetime import date, timedelta

from reachable.moments.measuring import CHECKS
from reachable.offers import words
from reachable.offers.matching import FitFacts
from reachable.offers.rules.near import KEPT_BACK, OTHER, SAME, Travel
from reachable.offers.rules.standing import ASKED, STILL
from reachable.offers.selectors import OfferRow, StepFacts
from reachable.practice import guidance
from reachable.practice.clocks import how_long
from reachable.practice.time import say_day
from reachable.provision import taxonomy

_BY_AREA = {
    SAME: "in the same area",
    OTHER: "in another area",
    KEPT_BACK: "where it is, is kept back",
}
_GAP = {
    "more": "Said more",
    "answered": "A service was found",
    "reopened": "Opened again",
}


def far(travel: Travel) -> str:
    """Return "2.3 km away in a straight line", or the area where no distance is known."""
    metres = travel.metres
    if metres is None:
        return _BY_AREA.get(travel.where, "how far away is not known")
    if metres < 950:
        return f"{max(100, round(metres, -2))} m away in a straight line"
    return f"{metres / 1000:.1f} km away in a straight line"


def opens(opens_in: timedelta | None) -> str:
    if opens_in is None:
        return "no hours are said"
    return f"opens in {how_long(opens_in)}" if opens_in else "open now"


def where_and_when(fit: FitFacts) -> str:
    """Return "Open now, 2.3 km away in a straight line." """
    said = f"{opens(fit.opens_in)}, {far(fit.travel)}"
    waits = _waits(fit.waiting_days) if fit.waiting_days is not None and not fit.full else ""
    return f"{said[:1].upper()}{said[1:]}.{waits}"


def _waits(days: int) -> str:
    if not days:
        return " A first meeting at once."
    return f" A first meeting within {days} {'day' if days == 1 else 'days'}."


def unsaid(fit: FitFacts) -> str:
    """Return what the entry does not say, as a sentence that says to ask; or nothing."""
    said = [words.UNSAID[each] for each in fit.unsaid]
    if not said:
        return ""
    listed = " or ".join([", ".join(said[:-1]), said[-1]] if said[:-1] else said)
    return f"The entry does not say {listed}: ask."


def named(of: str, key: str) -> str:
    """Return a word of the directory; nothing for none."""
    found = taxonomy.term(of, key) if key else None
    return found.name if found else ""


def help_named(key: str) -> str:
    return named("help", key) or "Any kind of help"


def needs_named(keys: tuple[str, ...]) -> str:
    return ", ".join(named("need", key) for key in keys)


def moment_named(kind: str) -> str:
    return guidance.moment_kind(kind).title if kind else ""


def state(row: OfferRow) -> str:
    """Return where an offer stands, with the reason that was given."""
    why = _reason(row.state, row.how)
    return f"{words.STATES[row.state]}{why}{_again(row.again_on)}"


def _again(day: date | None) -> str:
    return f"; asked again on {say_day(day)}" if day else ""


def step(each: StepFacts) -> str:
    """Return what was recorded, by whom."""
    said = words.STEPS[each.kind]
    if each.kind in (ASKED, STILL):
        said = f"{said}, after {CHECKS[each.after]}"
    if each.kind == ASKED:
        return f"{each.about} was asked whether the child still goes there, {CHECKS[each.after]} on"
    return f"{said}{_reason(each.kind, each.how)}{_again(each.again_on)}"


def _reason(kind: str, how: str) -> str:
    choices = words.HOW.get(kind, ())
    why = dict(choices).get(how, "")
    return f": {why[:1].lower()}{why[1:]}" if why else ""


def gap_step(each: StepFacts) -> str:
    return _GAP[each.kind]
