"""What takes two people: nobody decides what they asked for, or what is about themselves."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from reachable.access import invitations, moving, second_person, staff
from reachable.access.models import Invitation, SecondPersonRequest
from reachable.access.second_person import DecidedFacts, RequestFacts
from reachable.audit.models import Entry
from reachable.foundation.errors import BadInput, Conflict, NotFound
from reachable.foundation.time import now, travel
from tests.access.joining_examples import changed
from tests.support.databases import Database
from tests.support.people import Partnership, make_hub

pytestmark = pytest.mark.db

ROLE, INVITATION = moving.KIND, invitations.KIND
GOVERNANCE = "information_governance"
FOR_FERN = "Give Fern of Fenmarch Council the role Information governance"
FOR_SOL = "Give Sol of Fenmarch Council the role Information governance"


@pytest.fixture
def hub(db: None) -> Partnership:
    """Two system administrators, and one administrator of the council."""
    place = make_hub("fern", "sol")
    place.worker("root", "system_administrator")
    place.worker("second", "system_administrator")
    place.worker("agency", "agency_administrator")
    return place


def test_promise_14_a_role_over_everything_takes_two_people(hub: Partnership) -> None:
    by, other, fern = hub.actor("root"), hub.actor("second"), hub.workers["fern"]
    asked = moving.change_roles_and_teams(
        by=by,
        user_id=fern,
        roles=["practitioner", "information_governance"],
        teams=[hub.teams["hub"]],
        reason="Ola retires",
    )
    assert asked.waits_for == ("Information governance",)
    assert hub.actor("fern").roles == {"practitioner"}
    (waits,) = second_person.waiting(by=other)
    assert (waits.reason, waits.asked_by, waits.may_decide) == ("Ola retires", "Root", True)
    with pytest.raises(Conflict, match="You asked for this yourself"):
        second_person.approve(by=by, request_id=waits.id)
    with pytest.raises(NotFound):
        second_person.approve(by=hub.actor("agency"), request_id=waits.id)
    second_person.approve(by=other, request_id=waits.id)
    assert hub.actor("fern").roles == {"practitioner", "information_governance"}
    with pytest.raises(NotFound):
        second_person.approve(by=other, request_id=waits.id)


def test_promise_14_nobody_approves_what_is_about_themselves(hub: Partnership) -> None:
    hub.worker("third", "system_administrator")
    moving.change_roles_and_teams(
        by=hub.actor("root"),
        user_id=hub.workers["second"],
        roles=["system_administrator", "information_governance"],
        teams=[],
        reason="For a time",
    )
    request_id = SecondPersonRequest.objects.get().id
    with pytest.raises(Conflict, match="about yourself"):
        second_person.approve(by=hub.actor("second"), request_id=request_id)
    second_person.approve(by=hub.actor("third"), request_id=request_id)


def test_promise_14_with_nobody_else_who_may_it_is_refused_at_once(db: None) -> None:
    place = make_hub("fern")
    place.worker("root", "system_administrator")
    with pytest.raises(BadInput, match="there is nobody else who may"):
        moving.change_roles_and_teams(
            by=place.actor("root"),
            user_id=place.workers["fern"],
            roles=["practitioner", "information_governance"],
            teams=[],
            reason="Ola retires",
        )
    assert place.actor("fern").roles == {"practitioner"}
    assert not SecondPersonRequest.objects.exists()


def test_promise_14_what_was_decided_is_read_with_its_reason_and_can_be_asked_again(
    hub: Partnership,
) -> None:
    by, other = hub.actor("root"), hub.actor("second")

    def ask() -> None:
        moving.change_roles_and_teams(
            by=by,
            user_id=hub.workers["fern"],
            roles=["practitioner", "system_administrator"],
            teams=[hub.teams["hub"]],
            reason="Cover at night",
        )

    ask()
    with pytest.raises(Conflict, match="has been asked for already"):
        ask()
    (waits,) = second_person.waiting(by=other)
    with pytest.raises(BadInput, match="say in a few words why"):
        second_person.refuse(by=other, request_id=waits.id, note=" ")
    second_person.refuse(by=other, request_id=waits.id, note="Two are enough")
    (read,) = second_person.decided(by=by)
    assert (read.decision, read.note, read.decided_by) == ("refused", "Two are enough", "Second")
    ask()
    (again,) = second_person.waiting(by=by)
    assert (again.mine, again.may_decide) == (True, False)
    second_person.take_back(by=by, request_id=again.id)
    assert second_person.waiting(by=other) == []


def ask_for(hub: Partnership, name: str, *, by: str = "root", reason: str = "Ola retires") -> UUID:
    """Ask for information governance for somebody."""
    moving.change_roles_and_teams(
        by=hub.actor(by),
        user_id=hub.workers[name],
        roles=["practitioner", GOVERNANCE],
        teams=[hub.teams["hub"]],
        reason=reason,
    )
    return SecondPersonRequest.objects.get(subject_id=hub.workers[name], decision="").id


def ask_to_invite(hub: Partnership, username: str = "ada.above") -> UUID:
    """Invite a system administrator, which waits for a second person."""
    return invitations.invite(
        by=hub.actor("root"),
        agency_id=hub.council,
        asked=changed(username=username, roles=("system_administrator",)),
        reason="Cover at night",
    )


def acts() -> list[tuple[str, UUID | None, str, UUID | None]]:
    """Everything about these requests that the audit holds, in its order."""
    held = Entry.objects.filter(action__startswith="access.second_person").order_by("id")
    return list(held.values_list("action", "actor_id", "subject_kind", "subject_id"))


def test_what_waits_is_read_whole_by_whoever_asked_whoever_decides_and_whom_it_is_about(
    hub: Partnership,
) -> None:
    hub.worker("third", "system_administrator")
    at = now()
    with travel(at):
        fern = ask_for(hub, "fern")
    with travel(at + timedelta(hours=1)):
        moving.change_roles_and_teams(
            by=hub.actor("root"),
            user_id=hub.workers["second"],
            roles=["system_administrator", GOVERNANCE],
            teams=[],
            reason="For a time",
        )
    about = SecondPersonRequest.objects.get(subject_id=hub.workers["second"]).id
    words = "Give Second of Fenmarch Council the role Information governance"
    later, weeks = at + timedelta(hours=1), timedelta(days=14)

    def read(mine: bool, about_me: bool) -> list[RequestFacts]:
        """For Fern asked first, so it stands first; about Second asked an hour later."""
        return [
            RequestFacts(fern, FOR_FERN, "Ola retires", "Root", at, at + weeks, mine, False),
            RequestFacts(about, words, "For a time", "Root", later, later + weeks, mine, about_me),
        ]

    for name, wanted in (("root", read(True, False)), ("second", read(False, True))):
        by = hub.actor(name)
        assert second_person.waiting(by=by) == wanted
        assert [second_person.request(by=by, request_id=each.id) for each in wanted] == wanted
    with travel(at + weeks - timedelta(seconds=1)):
        assert second_person.waiting(by=hub.actor("root")) == read(True, False)
    with travel(at + weeks):
        assert second_person.waiting(by=hub.actor("root")) == read(True, False)[1:]


def test_whoever_does_not_look_after_all_accounts_reads_no_request(hub: Partnership) -> None:
    by, waits = hub.actor("agency"), ask_for(hub, "fern")
    second_person.refuse(by=hub.actor("second"), request_id=ask_for(hub, "sol"), note="No")
    assert second_person.waiting(by=by) == []
    assert second_person.decided(by=by) == []
    with pytest.raises(NotFound):
        second_person.request(by=by, request_id=waits)


def test_what_was_decided_is_read_whole_for_thirty_days_and_what_was_taken_back_is_not(
    hub: Partnership,
) -> None:
    root, second, at = hub.actor("root"), hub.actor("second"), now()
    with travel(at):
        approved, refused = ask_for(hub, "fern"), ask_for(hub, "sol", by="second")
        second_person.approve(by=second, request_id=approved)
    with travel(at + timedelta(days=1)):
        second_person.refuse(by=root, request_id=refused, note="  Two are enough ")
        taken = ask_for(hub, "sol")
        second_person.take_back(by=root, request_id=taken)
    newest = DecidedFacts(
        FOR_SOL, "refused", "Two are enough", "Second", "Root", at + timedelta(days=1)
    )
    oldest = DecidedFacts(FOR_FERN, "approved", "", "Root", "Second", at)
    for after, wanted in (
        (timedelta(days=1), [newest, oldest]),
        (timedelta(days=30, seconds=-1), [newest, oldest]),
        (timedelta(days=30), [newest]),
        (timedelta(days=31), []),
    ):
        with travel(at + after):
            assert second_person.decided(by=root) == wanted
    assert acts() == [
        ("access.second_person_asked", root.id, "request", approved),
        ("access.second_person_asked", second.id, "request", refused),
        ("access.second_person_approved", second.id, "request", approved),
        ("access.second_person_refused", root.id, "request", refused),
        ("access.second_person_asked", root.id, "request", taken),
        ("access.second_person_taken_back", root.id, "request", taken),
    ]


def test_of_many_that_were_decided_the_newest_fifty_are_read(hub: Partnership) -> None:
    at = now()
    SecondPersonRequest.objects.bulk_create(
        SecondPersonRequest(
            kind=ROLE,
            subject_kind="user",
            subject_id=hub.workers["fern"],
            details={"roles": [GOVERNANCE]},
            reason="Ola retires",
            asked_by_id=hub.workers["root"],
            asked_at=at,
            expires_at=at,
            decision="refused",
            decided_by_id=hub.workers["second"],
            decided_at=at - timedelta(minutes=minutes),
        )
        for minutes in range(51)
    )
    read = [each.decided_at for each in second_person.decided(by=hub.actor("root"))]
    assert read == [at - timedelta(minutes=minutes) for minutes in range(50)]


def test_each_request_costs_one_question_which_is_for_its_words(hub: Partnership) -> None:
    by, other, counted = hub.actor("root"), hub.actor("second"), []
    hub.worker("ida", team="hub")
    hub.worker("kit", team="hub")
    for name in ("fern", "sol", "ida", "kit"):
        request_id = ask_for(hub, name)
        if name in {"ida", "kit"}:
            second_person.refuse(by=other, request_id=request_id, note="No")
        with CaptureQueriesContext(connection) as asked:
            second_person.waiting(by=by)
            second_person.decided(by=by)
        counted.append(len(asked))
    assert counted == [3, 4, 5, 6]


def test_a_reason_and_a_note_are_kept_without_spaces_and_as_long_as_their_column(
    hub: Partnership,
) -> None:
    request_id = ask_for(hub, "fern", reason=f"  {'r' * 301}")
    second_person.refuse(by=hub.actor("second"), request_id=request_id, note=f"  {'n' * 301}")
    held = SecondPersonRequest.objects.get()
    assert (held.reason, held.note) == ("r" * 300, "n" * 300)
    assert (held.subject_kind, held.subject_id) == ("user", hub.workers["fern"])


def test_what_is_not_taken_says_that_nothing_was_changed(hub: Partnership) -> None:
    request_id = ask_for(hub, "fern")
    with pytest.raises(Conflict, match="Only whoever asked for it takes it back") as refused:
        second_person.take_back(by=hub.actor("second"), request_id=request_id)
    assert refused.value.kept == "Nothing was changed."
    assert [each.id for each in second_person.waiting(by=hub.actor("root"))] == [request_id]
    assert [act for act, *_ in acts()] == ["access.second_person_asked"]


def test_what_waited_too_long_is_asked_for_anew_and_others_go_on_waiting(
    hub: Partnership,
) -> None:
    at = now()
    with travel(at):
        old = ask_for(hub, "fern")
    with travel(at + timedelta(days=1)):
        other = ask_for(hub, "sol")
    with travel(at + timedelta(days=14)):
        new = ask_for(hub, "fern")
        assert [each.id for each in second_person.waiting(by=hub.actor("second"))] == [other, new]
    decisions = dict(SecondPersonRequest.objects.values_list("id", "decision"))
    assert decisions == {old: "expired", other: "", new: ""}


def test_a_persons_page_says_what_waits_for_them_while_it_waits(hub: Partnership) -> None:
    by, at = hub.actor("root"), now()

    def waits_for(name: str) -> tuple[str, ...]:
        return staff.person(by=by, user_id=hub.workers[name]).waits_for

    with travel(at):
        request_id = ask_for(hub, "fern")
        assert (waits_for("fern"), waits_for("sol")) == (("Information governance",), ())
    with travel(at + timedelta(days=14, seconds=-1)):
        assert waits_for("fern") == ("Information governance",)
    with travel(at + timedelta(days=14)):
        assert waits_for("fern") == ()
    with travel(at):
        second_person.refuse(by=hub.actor("second"), request_id=request_id, note="No")
        assert waits_for("fern") == ()


def test_an_invitation_that_its_asker_takes_back_ends_and_its_entry_names_them(
    hub: Partnership,
) -> None:
    by, invitation_id = hub.actor("root"), ask_to_invite(hub)
    second_person.take_back(by=by, request_id=SecondPersonRequest.objects.get().id)
    assert Invitation.objects.get(id=invitation_id).taken_back_at
    entry = Entry.objects.get(action="access.invitation_taken_back")
    assert (entry.actor_id, entry.subject_id) == (by.id, invitation_id)


def test_with_an_invitation_its_own_request_ends_and_no_other(hub: Partnership) -> None:
    by, gone, stays = hub.actor("root"), ask_to_invite(hub), ask_to_invite(hub, "ben.above")
    asked = dict(SecondPersonRequest.objects.values_list("subject_id", "id"))
    assert second_person.awaiting(kind=INVITATION, subject_ids=[gone, stays, uuid4()]) == {
        gone,
        stays,
    }
    assert second_person.awaiting(kind=INVITATION, subject_ids=[stays]) == {stays}
    with travel(now() + timedelta(days=15)):
        assert second_person.awaiting(kind=INVITATION, subject_ids=[stays]) == {stays}
    invitations.take_back(by=by, invitation_id=gone)
    (waits,) = second_person.waiting(by=by)
    assert waits.id == asked[stays]
    assert second_person.awaiting(kind=INVITATION, subject_ids=[gone, stays]) == {stays}
    held = SecondPersonRequest.objects.get(id=asked[gone])
    assert (held.decision, held.decided_by_id, held.note) == ("taken back", by.id, "")
    assert acts()[2:] == [("access.second_person_taken_back", by.id, "request", asked[gone])]


def test_one_subject_of_two_kinds_has_two_requests_and_one_ends_without_the_other(
    hub: Partnership,
) -> None:
    by, fern = hub.actor("root"), hub.workers["fern"]
    second_person.refuse(by=hub.actor("second"), request_id=ask_for(hub, "fern"), note="No")
    role = ask_for(hub, "fern")
    assert second_person.awaiting(kind=INVITATION, subject_ids=[fern]) == set()
    assert second_person.waiting_for(kind=INVITATION, subject_id=fern) == []
    invitation = second_person.ask(
        by=by,
        kind=INVITATION,
        subject=("user", fern),
        details={"roles": ["system_administrator"]},
        reason="Cover at night",
    )
    assert second_person.waiting_for(kind=INVITATION, subject_id=fern) == ["system_administrator"]
    assert second_person.waiting_for(kind=ROLE, subject_id=fern) == [GOVERNANCE]
    second_person.drop(by=by, kind=INVITATION, subject_id=fern)
    decisions = dict(SecondPersonRequest.objects.values_list("id", "decision"))
    assert (decisions.pop(invitation), decisions.pop(role)) == ("taken back", "")
    second_person.drop(by=by, kind=ROLE, subject_id=fern)
    (refused,) = SecondPersonRequest.objects.filter(id__in=decisions)
    assert (refused.decision, refused.decided_by_id) == ("refused", hub.workers["second"])


def test_two_who_ask_for_the_same_at_once_ask_once(own_database: Database) -> None:
    hub = make_hub("fern")
    hub.worker("root", "system_administrator")
    hub.worker("second", "system_administrator")
    actors = [hub.actor("root"), hub.actor("second")]

    def ask(number: int) -> str:
        try:
            with transaction.atomic():
                second_person.ask(
                    by=actors[number],
                    kind=ROLE,
                    subject=("user", hub.workers["fern"]),
                    details={"roles": [GOVERNANCE]},
                    reason="Ola retires",
                )
        except Conflict:
            return "asked already"
        else:
            return "asked"
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=2) as workers:
        assert sorted(workers.map(ask, range(2))) == ["asked", "asked already"]
