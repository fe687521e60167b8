"""How pages and the history say where a moment stands and what was done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from reachable.access.rules.rota import Gap
from reachable.foundation.words import short_when
from reachable.moments.acting import AWAY, CLOSED, LEFT, WAITED
from reachable.moments.correcting import ENDED, MOVED, RECLOCKED
from reachable.moments.knowing import FIRST, why_first
from reachable.moments.measuring import CHECKS
from reachable.moments.pauses import PAUSED_BY
from reachable.moments.summaries import TOLD_SENDERS
from reachable.moments.tasks import ADDED, GIVEN_ON
from reachable.practice import guidance
from reachable.practice.time import LONDON, say_day

if TYPE_CHECKING:
    from reachable.moments.selectors import ActionFacts, MomentFacts, Row

WRITTEN_AT_ONCE = timedelta(minutes=1)
BUCKETS: Mapping[str, tuple[str, str, str]] = {
    "now": (
        "Now",
        "To be taken up today, or its time is nearly over or has passed.",
        "Nothing waits to be taken up.",
    ),
    "today": (
        "Today",
        "Due before midnight, or within eight hours.",
        "Nothing else is due today.",
    ),
    "week": ("This week", "Due later, or reached and not yet closed.", "Nothing is due later."),
}
ATTEMPTS = (
    ("visited", "I went to see them"),
    ("rang", "I rang"),
    ("wrote", "I sent a message"),
    ("asked_somebody", "I asked somebody they trust"),
    ("other", "In another way"),
)
REACHED = (
    ("seen", "Seen in person"),
    ("spoken", "Spoken with by phone or video"),
    ("answered", "They answered a message"),
)
_TRIED = {
    "visited": "went to see the child",
    "rang": "rang",
    "wrote": "sent a message",
    "asked_somebody": "asked somebody the child trusts",
    "other": "tried to reach the child",
}
_REACHED = {
    "seen": "saw the child",
    "spoken": "spoke with the child",
    "answered": "had an answer from the child",
}
_OFFERED = {
    "in_person": "in person",
    "spoken": "by phone or video",
    "message": "by a message",
    "through_somebody": "through somebody whom the child trusts",
}
LASTED = {"kept": "contact has lasted", "lost": "contact was lost", "not_known": "it is not known"}
NOT_AGAIN = {
    "asked_not_to": "the child asked for that",
    "others_ask": "somebody whom the child trusts stays in touch, and asks when it fits",
    "not_safe": "asking again would not be safe for the child",
    "elsewhere": "another area or service answers for the child now",
    "other": "for another reason",
}
WHY_MISSED = {
    "written_late": "the child was reached in time, and it was written down late",
    "not_found": "the child could not be found",
    "child_said_no": "the child did not want contact then",
    "nobody_free": "nobody was free to go",
    "waited_for_others": "another agency had to act first",
    "not_safe": "it was not safe",
    "other": "something else",
}
_CORRECTED = {
    RECLOCKED: "What was sent was corrected, and the child’s clock was set anew",
    ENDED: "What was sent was corrected: something that happened no longer belongs here",
    MOVED: "Records were separated: something that happened went to the child whose it is",
}


def standing(row: Row) -> str:
    """Return in a sentence who has a moment, who is asked, or how it ended."""
    if row.state == "held":
        return "You have it" if row.mine else f"{row.holder} has it"
    if row.state == "waiting":
        return "You are asked" if row.mine else f"{row.asked} is asked"
    if row.state == "with_team":
        return "Nobody yet; the whole team is asked"
    ending = guidance.outcome(row.outcome).title if row.outcome else ""
    return f"Closed: {ending[:1].lower()}{ending[1:]}" if ending else "Closed"


def between(gap: Gap) -> str:
    """Return "from today 17:00 to tomorrow 08:00"."""
    return f"from {short_when(gap.starts_at)} to {short_when(gap.ends_at)}"


def said(action: ActionFacts, moment: MomentFacts, outcomes: Mapping[str, str]) -> str:
    """Return one line of the history; what somebody wrote stands beside it, as they wrote it."""
    who, about = action.by, action.about
    sentences = {
        "opened": f"Opened by the rule {moment.opened_by_rule}",
        FIRST: f"{about} comes first: {about} {why_first(action.how, action.said_at, you=False)}",
        "asked": f"{about} was asked",
        "passed_on": f"Whoever had it has left; {about} was asked"
        if action.how == LEFT
        else f"Whoever had it is away; {about} was asked"
        if action.how == AWAY
        else f"Whoever had it may not open it any more; {about} was asked"
        if action.how == CLOSED
        else f"{about} was on duty, and was asked"
        if action.how == WAITED
        else f"{who} could not take it; {about} was asked"
        if who
        else f"No answer in time; {about} was asked",
        "to_team": "Whoever had it has left, and nobody else was on duty; the whole team was told"
        if action.how == LEFT
        else "Whoever had it is away, and nobody else was on duty; the whole team was told"
        if action.how == AWAY
        else "Whoever had it may not open it any more; the team was told"
        if action.how == CLOSED
        else "Nobody else on duty was left to ask; the whole team was told"
        if action.how == WAITED
        else f"{who} could not take it, and nobody else was on duty; the whole team was told"
        if who
        else "Nobody on duty answered; the whole team was told",
        "moved_to_team": "Nobody was left in its team who could take it; another team has it now",
        "handed_over": f"{who} handed it over; {about} was asked",
        "acknowledged": f"{who} acknowledged it, and has it",
        "claimed": f"{who} took it",
        "attempted": f"{who} {_TRIED.get(action.how, _TRIED['other'])}",
        "reached": f"{who} {_REACHED.get(action.how, 'reached the child')}{_earlier(action)}",
        "paused": f"{who} paused the child’s clock{paused_words(action.how, action.said_at)}",
        "resumed": f"{who} let the child’s clock run again",
        "step_done": f"{who} did: {_step_title(action, moment)}",
        **_contact(action),
        **_beside(action, moment),
        "closed": f"{who} closed it: {outcomes.get(action.how, action.how)}{_not_again(action)}",
        "reclocked": "Records were joined or separated, and the child’s clock was set anew",
        "corrected": _CORRECTED.get(action.how, "What was sent was corrected"),
        "joined": f"Something else happened, and joined this moment{_kind_words(action.how)}",
        "joined_older": "It joined another moment of the same child",
        "separated": "It was separated again: the two records are different children",
    }
    return sentences[action.kind]


def _step_title(action: ActionFacts, moment: MomentFacts) -> str:
    found = [
        step.title
        for part in moment.parts
        for step in part.steps
        if step.key == action.step and action.how in ("", *(kind.key for kind in step.kinds))
    ]
    return next(iter(found), action.step.replace("_", " "))


def _beside(action: ActionFacts, moment: MomentFacts) -> dict[str, str]:
    """Say what was agreed beside the pathway, and what senders were told."""
    who, about = action.by, action.about
    task = next((each.text for each in moment.tasks if str(each.id) == action.step), "a task")
    whom = "themself" if about == who else about
    return {
        ADDED: f"{who} added a task for {whom}: {task}",
        GIVEN_ON: f"{who} gave a task of somebody who moves or leaves to {about}: {task}",
        "task_done": f"{who} did: {task}",
        "task_dropped": f"{who} dropped a task: {task}",
        TOLD_SENDERS: f"{who} told whoever sent the signals",
    }


def _kind_words(kind: str) -> str:
    titles = {each.key: each.title for each in guidance.moment_kinds()}
    return f": {titles[kind][:1].lower()}{titles[kind][1:]}" if kind in titles else ""


def _contact(action: ActionFacts) -> dict[str, str]:
    """Say what was offered to a child, what the child said, whether it lasted, and why not."""
    who, how = action.by, _OFFERED.get(action.how, "")
    again = action.again_at.astimezone(LONDON).date() if action.again_at else None
    asked = f"; {action.about or 'somebody'} asks again on {say_day(again)}" if again else ""
    after = CHECKS.get(action.step, "")
    return {
        "offered": f"{who} offered contact {how}{_earlier(action)}",
        "accepted": f"The child said yes, {how}{_earlier(action)}",
        "declined": f"The child said no for now, {how}{_earlier(action)}{asked}",
        "lasting_asked": f"{action.about} was asked whether contact has lasted, after {after}",
        "in_touch": f"{who} said of {after} after: {LASTED.get(action.how, '')}",
        "explained": f"{who} said why the clock was missed: {WHY_MISSED.get(action.how, '')}",
    }


def paused_words(why: str, until: datetime | None) -> str:
    """Return until when a clock stands still and why, after a word such as “paused”."""
    said = f" until {short_when(until)}" if until else ""
    return f"{said}: {PAUSED_BY[why]}" if why in PAUSED_BY else said


def _not_again(action: ActionFacts) -> str:
    why = NOT_AGAIN.get(action.step, "")
    return f". Not asked again: {why}" if why else ""


def _earlier(action: ActionFacts) -> str:
    """Say when it was, where it was written down only afterwards."""
    if action.said_at is None or action.at - action.said_at < WRITTEN_AT_ONCE:
        return ""
    return f", they say {short_when(action.said_at)}"
