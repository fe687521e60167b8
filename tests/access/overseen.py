"""What governance and administrators have in the place: a question, a family, invitations."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from reachable.access import invitations
from reachable.access.models import SecondPersonRequest
from reachable.access.rules.joining import Asked
from reachable.foundation.time import today
from reachable.governance import asking, families
from reachable.people import selectors as people
from tests.access.place import BY, INVOLVED, OWN, Account, Place, Row


def put_oversight(place: Place, agency_id: UUID) -> None:
    _asked_about_looks(place, Account("practitioner", INVOLVED))
    _family(place, Account("information_governance", OWN))
    _staff(place, agency_id)


def _asked_about_looks(place: Place, account: Account) -> None:
    """What the practitioner looked at is asked about by information governance."""
    governance = Account("information_governance", INVOLVED).actor()
    person_id = place.rows["person_id"][0].id
    assert isinstance(person_id, UUID)
    people.child(by=account.actor(), person_id=person_id)
    question_id = asking.ask(
        by=governance,
        worker_id=place.user(account),
        day=today(),
        kind="person",
        subject_id=person_id,
        question="Why did you open it?",
    )
    place.add("question_id", question_id, account)
    place.add("asked_id", question_id, account)


def _family(place: Place, account: Account) -> None:
    """An answer to a family, which somebody else is to release."""
    person_id = place.rows["person_id"][0].id
    assert isinstance(person_id, UUID)
    asked = families.Request(
        person_id=person_id,
        asked_by_whom="parent",
        identity_checked="Passport seen.",
        first=today() - timedelta(days=30),
        last=today(),
        exemptions=("others",),
        weighed="Somebody else is in it.",
    )
    place.add(
        "family_request_id", families.put_together(by=account.actor(), request=asked), account
    )


def _staff(place: Place, agency_id: UUID) -> None:
    """Somebody with an account, two who were invited, and one whose role takes two people."""
    administrator = Account("agency_administrator", INVOLVED)
    place.add("account_id", place.user(Account("practitioner", INVOLVED)), administrator)
    asked = Asked("Ada", "ada", "ada@fenmarch.invalid", roles=("practitioner",))
    by = administrator.actor()
    invited = invitations.invite(by=by, agency_id=agency_id, asked=asked)
    invitations.make_link(by=BY, invitation_id=invited)
    place.add("invitation_id", invited, administrator)
    joins = invitations.invite(by=by, agency_id=agency_id, asked=replace(asked, username="bea"))
    letter = invitations.make_link(by=BY, invitation_id=joins)
    assert letter is not None
    place.rows["join_id"] = [Row(joins, "everybody")]
    place.rows["join_secret"] = [Row(letter.link.split("/")[-2], "everybody")]
    system_administrator = Account("system_administrator", INVOLVED)
    invitations.invite(
        by=system_administrator.actor(),
        agency_id=agency_id,
        asked=replace(asked, username="cas", roles=("information_governance",)),
        reason="The one before retires",
    )
    request_id = SecondPersonRequest.objects.get().id
    place.add("request_id", request_id, Account("system_administrator", OWN))
