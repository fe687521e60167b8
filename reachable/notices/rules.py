"""What each kind of notice says: fixed sentences without any personal data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

MOST_TRIES = 6
TOO_OLD = timedelta(days=1)
"""An e-mail that could not leave for so long is not sent any more: it would tell old news."""
LATE = timedelta(hours=1)
SENDING = timedelta(minutes=5)
NO_ADDRESS = "no address"


@dataclass(frozen=True)
class Wording:
    """What is said, and the page it leads to: that of the subject, or one that needs none."""

    title: str
    text: str
    address: str
    of_subject: bool = True


NOT_YOU = "If that was not you, tell your system administrator now."
OF_SIGN_IN = {
    "passkey_added": (
        "A passkey was added to your account",
        "Whoever has it signs in as you, without your password.",
    ),
    "passkey_removed": ("A passkey of yours was removed", "It opens nothing any more."),
    "app_added": (
        "An app with codes was added to your account",
        "Its codes are taken from now on, together with your password.",
    ),
    "app_removed": ("Your app with codes was removed", "Its codes open nothing any more."),
    "recovery_codes_made": (
        "New recovery codes were made for your account",
        "Those on paper from before count no more.",
    ),
    "recovery_code_used": (
        "A recovery code of yours was used",
        "Somebody showed it together with your password. It counts no more.",
    ),
    "password_set": ("Your password was changed", "Everywhere else you were signed out."),
    "email_changed": (
        "The e-mail address of your account was changed",
        "An administrator changed it. What Reachable tells you goes to the new address from now "
        "on; this one message goes to the address before.",
    ),
}

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
    "moment.restricted": Wording(
        "A restricted record has an open moment",
        "You may not open it. The worklist says whom to ring: please make sure that one answers.",
        "worklist",
        of_subject=False,
    ),
    "moment.joined": Wording(
        "Something was added to a reachable moment of yours",
        "Please look at what is new and acknowledge it, or it passes to the next person.",
        "moment",
    ),
    "moment.merged": Wording(
        "A reachable moment of yours and another became one",
        "Two records turned out to be the same child. Please look who has the moment now.",
        "moment",
    ),
    "moment.corrected": Wording(
        "Something about a reachable moment was corrected",
        "You have it, or are asked to take it. Please look at what changed.",
        "moment",
    ),
    "moment.task_done": Wording(
        "Somebody has done what was asked of them",
        "It is in a reachable moment that you have. Its history says what was done, and when.",
        "moment",
    ),
    "moment.task_given": Wording(
        "A task was given to you",
        "It is in a reachable moment of your team. Its page says what, and by which day.",
        "moment",
    ),
    "moment.task_due": Wording(
        "A task is to be done by today",
        "It is in a reachable moment that you see. Please do it, or say why it is not needed.",
        "moment",
    ),
    "conversation.passed_on": Wording(
        "Somebody passes on to you what you need to know now",
        "Please read it. Nothing else of the conversation is opened to you by it.",
        "passed_on",
    ),
    "sharing.shared": Wording(
        "Something was shared with you",
        "Open it to read what it is, what for, and until when. Each look is noted.",
        "shared",
    ),
    "sharing.to_agree": Wording(
        "A decision to share waits for a second person",
        "Nothing is shared before somebody else has agreed. Please look at it, and answer.",
        "sharing",
    ),
    "sharing.answered": Wording(
        "A second person has answered a decision of yours",
        "You decided to share something. Its page says whether they agree.",
        "sharing",
    ),
    "sharing.decider_left": Wording(
        "Nobody answers for something that a colleague shared",
        "Whoever decided no longer works with the child. It can be read until its last day. Please "
        "say whether it should: decide anew, or end it.",
        "sharing",
    ),
    "sharing.unanswered": Wording(
        "Nobody who works with the child answers for something that is shared",
        "It can be read until its last day. The list says who decided, and since when nobody "
        "answers for it.",
        "sharings",
        of_subject=False,
    ),
    "sharing.ended": Wording(
        "Something that was shared with you has ended",
        "Whoever shared it has ended it early. It cannot be opened any more.",
        "shared_with_me",
        of_subject=False,
    ),
    "conversation.kept": Wording(
        "Somebody wrote down a conversation with a child whose moment you have",
        "It may have come in late, from a phone without signal. Please look at what it says.",
        "moment",
    ),
    "lone_worker.not_back": Wording(
        "A colleague who is out alone is not back",
        "You are named as whoever is told. Ring them now; the page says where they went.",
        "out_alone",
        of_subject=False,
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
    "moment.due_soon": Wording(
        "Little time is left for a reachable moment of yours",
        "A quarter of the child’s clock is left, or an hour. Please look at what can be done.",
        "moment",
    ),
    "moment.answer_soon": Wording(
        "A reachable moment still waits for your answer",
        "Half of the time has passed. Please acknowledge it, or say that you cannot take it.",
        "moment",
    ),
    "moment.ask_again": Wording(
        "A child who said no for now is to be asked again today",
        "The day that was named has come. Please ask again, or say when somebody will.",
        "moment",
    ),
    "moment.lasting": Wording(
        "You are asked whether contact with a child has lasted",
        "You had a moment in which the child was reached. Please say within two weeks whether "
        "somebody is still in touch; “not known” is an answer too.",
        "moment",
    ),
    "offer.attending": Wording(
        "You are asked whether a child still goes to a service",
        "You have the child now, or offered the service. Please say within two weeks whether the "
        "child still goes there; “not known” is an answer too.",
        "offer",
    ),
    "offer.again": Wording(
        "A child who said not now to a service is to be asked again",
        "The day that was agreed has come. Ask in another way than the last time, and record what "
        "the child says; a no is an answer too.",
        "offer",
    ),
    "team.without_holders": Wording(
        "Reachable moments wait where nobody can take them",
        "No team has anybody who may. Your first page names the teams. Please put somebody whose "
        "role includes it into a team: what waits anywhere goes there by itself.",
        "home",
        of_subject=False,
    ),
    "rota.planned": Wording(
        "You are on the rota",
        "Somebody put you on duty. The rota says when, and who is asked before and after you.",
        "rota",
    ),
    "rota.changed": Wording(
        "A shift of yours was changed",
        "The rota says when you are on duty now.",
        "rota",
    ),
    "rota.handed_to": Wording(
        "A shift was handed over to you",
        "The rota says when. If you cannot take it, hand it over to somebody who can.",
        "rota",
    ),
    "rota.handed_away": Wording(
        "A shift of yours was handed over",
        "A colleague has it now. The rota says who.",
        "rota",
    ),
    "rota.away": Wording(
        "Somebody on your rota is away",
        "Whoever is next is asked instead. The rota says who is away, until when, and whether "
        "there are hours with nobody.",
        "rota",
    ),
    "rota.gap": Wording(
        "Nobody is on the rota for some of the next two days",
        "What comes in then goes to the whole team, and nobody is asked for it. The rota says "
        "which hours: please put somebody on duty.",
        "rota",
    ),
    "rota.gap_unanswered": Wording(
        "A team has hours with nobody on its rota",
        "They are near, or nobody is there who plans it. Your first page says which team: please "
        "ring somebody who leads it, or make somebody its supervisor.",
        "home",
        of_subject=False,
    ),
    "look.asked": Wording(
        "Information governance asks you about a record that you opened",
        "Being asked is no reproach. Please read the question and answer in a few words.",
        "look_asked",
    ),
    "look.answered": Wording(
        "A worker has answered what you asked about a look",
        "Please read it, and record what you found.",
        "look_question",
    ),
    "look.found": Wording(
        "Information governance has looked at your answer",
        "Its page says what was found.",
        "look_asked",
    ),
    "breach.opened": Wording(
        "Somebody could read a record that they should not have seen",
        "Two children had counted as one, and were told apart. Please open the assessment: it says "
        "who read what, and by when it is to be reported if it has to be.",
        "breach",
    ),
    "sign_in.changed": Wording(
        "How you sign in was changed",
        "A passkey, an app, your recovery codes or your password was changed. If that was not you, "
        "tell your system administrator now.",
        "own_sign_in",
        of_subject=False,
    ),
    **{
        f"sign_in.{kind}": Wording(title, f"{text} {NOT_YOU}", "own_sign_in", of_subject=False)
        for kind, (title, text) in OF_SIGN_IN.items()
    },
    "sign_in.given_back": Wording(
        "Your sign-in was given back to you",
        "A code of an administrator was used for your account, and everywhere else you were signed "
        "out. If that was not you, tell your system administrator now.",
        "own_sign_in",
        of_subject=False,
    ),
    "feed.late": Wording(
        "A file that usually comes has not come",
        "The page of feeds says which, since when, and whom to ask.",
        "intake_status",
        of_subject=False,
    ),
    "list.handed_over": Wording(
        "A panel’s list was handed over to you",
        "You keep it from now on, and see the children in it. Send the next one as you send yours.",
        "intake",
        of_subject=False,
    ),
    "conversation.left": Wording(
        "A colleague left before a conversation was written down to the end",
        "You have the moment now, or lead its team. What was written so far is there: please go "
        "on with it, or ask the child again. A child’s own words are shown to those the child was "
        "told about.",
        "moment",
    ),
    "directory.due": Wording(
        "Entries of the directory were not checked for half a year",
        "Its page says which. Please ring each service, and write down what you are told.",
        "directory",
        of_subject=False,
    ),
    "signal.summary": Wording(
        "You are told what came of something that you sent",
        "Open it to read it. What was said stays with those who work with the child.",
        "signal",
    ),
    "record.asked": Wording(
        "Somebody asked whether anybody works with a child of yours",
        "They were told at most which team to ring. Why they asked, information governance reads.",
        "child",
    ),
    "record.emergency": Wording(
        "Somebody has opened the record of a child of yours in an emergency",
        "It lasts hours. Information governance has been told, and reviews it.",
        "child",
    ),
    "record.emergency_review": Wording(
        "Somebody has opened a child’s record in an emergency",
        "Please review it once it has ended: who, why, and what was looked at.",
        "emergency_review",
    ),
    "record.invited": Wording(
        "You are invited to see a child’s record",
        "Its page says who invited you, why, and until when. It closes by itself.",
        "child",
    ),
    "record.lifting": Wording(
        "Somebody asks that a restriction be lifted",
        "It takes a second person. Please look whether the reason holds.",
        "oversight",
        of_subject=False,
    ),
    "record.check": Wording(
        "Please check one of your agency’s own records",
        "Some are asked about by chance, some because they are not clear. It says nothing else.",
        "record_check",
    ),
    "record.few_readers": Wording(
        "A restricted record has too few readers left",
        "Somebody who could read it has left. Please name another, so that no moment is missed.",
        "oversight",
        of_subject=False,
    ),
    "signal.answered": Wording(
        "Somebody has taken up what you sent",
        "Open it to see who has it and whom to ring.",
        "signal",
    ),
}


@dataclass(frozen=True)
class Fate:
    """What became of an e-mail that did not surely leave, and what to do about it."""

    sentence: str
    next: str


FATES = {
    "uncertain": Fate(
        "It may have arrived or not: the mail server did not say whether it took it. It is not "
        "sent again, so that nobody gets it twice.",
        "Ask them whether they have seen it. If this happens often, look at the mail server.",
    ),
    "given_up": Fate(
        "The mail server refused it each time. It is not tried again.",
        "Tell them, check their e-mail address, and look at the mail server.",
    ),
    "refused": Fate(
        "The mail server refused it. It is tried six times in all, the last about three hours "
        "after the first.",
        "Tell them if it matters now, check their e-mail address, and look at the mail server.",
    ),
    "late": Fate(
        "It has not left yet. It is tried again until it is a day old.",
        "Tell them if it matters now. Look whether the worker runs and the mail server answers.",
    ),
    "too_old": Fate(
        "It could not be sent within a day. It is not tried again.",
        "Tell them, and look whether the worker runs and the mail server answers.",
    ),
    "no_address": Fate(
        "There is no e-mail address for them.",
        "Tell them, and have an address entered on the server.",
    ),
}


def fate(
    *, waiting: bool, tries: int, error: str, surely: bool, claimed: timedelta, age: timedelta
) -> str:
    """Name what became of an e-mail that is not noted as sent, or nothing: it is on its way.

    `claimed` and `age` say how long ago somebody began to send it, and when it was written;
    `surely`, whether `error` says for certain that it did not leave.
    """
    if waiting:
        if age > TOO_OLD:
            return "too_old"
        return "" if age <= LATE else "refused" if tries else "late"
    if error == NO_ADDRESS:
        return "no_address"
    if surely and tries >= MOST_TRIES:
        return "given_up"
    return "uncertain" if error or claimed > SENDING else ""


def next_try(tries: int, now: datetime) -> datetime | None:
    """Return when to try an e-mail again after `tries` failures; None to give up."""
    if tries >= MOST_TRIES:
        return None
    return now + timedelta(seconds=30 * 4 ** (tries - 1))
