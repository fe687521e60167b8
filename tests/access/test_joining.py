"""Inviting, accepting, and what may be given by whom."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.test import Client

from reachable.access import invitations, managing, moving, second_person, staff
from reachable.access import services as access
from reachable.access.cli import group
from reachable.access.models import (
    Invitation,
    Role,
    SecondPersonRequest,
    TeamMembership,
    User,
)
from reachable.access.rules.joining import Asked
from reachable.access.selectors import actor_for
from reachable.audit.models import Entry
from reachable.foundation.actor import Actor, system
from reachable.foundation.errors import BadInput, Conflict, Forbidden, NotFound
from reachable.foundation.time import now, today, travel
from reachable.notices.inviting import deliver_invitations
from tests.access.joining_examples import ASKED, REFUSED, changed
from tests.support.databases import Database
from tests.support.people import SYSTEM, Partnership, make_hub
from tests.support.world import html

pytestmark = pytest.mark.db

MAILER = system("invitations")
PASSWORD = "lantern gravel tuesday"
MARKUP = "<script>alert(1)</script> & “O’Neill”"


class Mail(EmailBackend):
    """Keeps what is sent, unless it is told to fail."""

    fails = False
    error: type[OSError] = ConnectionRefusedError

    def send_messages(self, email_messages: Any) -> int:
        if self.fails:
            raise self.error
        return super().send_messages(email_messages)


@pytest.fixture(autouse=True)
def mail_server(settings: Any) -> None:
    settings.EMAIL_HOST = "mail.invalid"
    settings.EMAIL_BACKEND = f"{__name__}.Mail"
    mail.outbox = []
    Mail.fails, Mail.error = False, ConnectionRefusedError


@pytest.fixture
def hub(db: None) -> Partnership:
    """Two system administrators, and one administrator of the council."""
    place = make_hub("fern", "sol")
    place.worker("root", "system_administrator")
    place.worker("second", "system_administrator")
    place.worker("agency", "agency_administrator")
    return place


def invite(hub: Partnership, asked: Asked = ASKED, *, by: str = "agency", reason: str = "") -> UUID:
    return invitations.invite(by=hub.actor(by), agency_id=hub.council, asked=asked, reason=reason)


def link_of(invitation_id: UUID) -> str:
    """Send the e-mails that wait; return the path in the last one."""
    deliver_invitations(by=MAILER)
    body = str(mail.outbox[-1].body)
    (line,) = [line for line in body.splitlines() if "/join/" in line]
    assert str(invitation_id) in line
    return line[line.index("/join/") :]


def client(hub: Partnership, name: str) -> Client:
    signed_in = Client()
    signed_in.force_login(User.objects.get(id=hub.workers[name]))
    return signed_in


def accept(path: str, password: str = PASSWORD) -> Any:
    return Client().post(path, {"password": password, "again": password})


def test_somebody_is_invited_accepts_and_signs_in(hub: Partnership) -> None:
    team = str(hub.teams["hub"])
    asked = changed(teams=(team,), job_title="Social worker", staff_number="S 77")
    path = link_of(invite(hub, asked))
    assert not User.objects.filter(username="ada.f").exists(), "nobody before they come"
    page = html(Client().get(path))
    assert "Ada Fenwick" in page
    assert "ada.f" in page
    assert accept(path)["Location"] == "/sign-in/"
    made = User.objects.get(username="ada.f")
    assert (made.agency_id, made.job_title, made.staff_number) == (
        hub.council,
        "Social worker",
        "S77",
    )
    by = actor_for(made)
    assert by.roles == {"practitioner"}
    assert by.team_ids == {hub.teams["hub"]}
    assert Client().login(username="ada.f", password=PASSWORD)
    acts = Entry.objects.filter(action__startswith="access.invit").values_list("action", flat=True)
    assert sorted(acts) == [
        "access.invitation_accepted",
        "access.invitation_sent",
        "access.invited",
    ]


def test_the_mail_has_a_link_and_the_secret_is_kept_nowhere(hub: Partnership) -> None:
    invitation_id = invite(hub)
    held = Invitation.objects.get()
    assert (held.digest, held.expires_at) == ("", None)
    path = link_of(invitation_id)
    message = mail.outbox[0]
    assert message.to == ["ada@fenmarch.invalid"]
    said = f"{message.subject} {message.body}"
    assert "Ada" not in said
    assert "Fenmarch Council" not in said
    secret = path.split("/")[-2]
    assert len(secret) >= 43
    row = Invitation.objects.values().get()
    assert secret not in str(row)
    assert len(row["digest"]) == 64
    entries = [str(entry) for entry in Entry.objects.values()]
    assert not any(secret in entry for entry in entries)
    assert deliver_invitations(by=MAILER) == 0, "one e-mail leaves once"


BAD_LINKS = ("used", "old", "forged", "sent again", "taken back", "inviter left", "last day over")


@pytest.mark.parametrize("why", BAD_LINKS)
def test_every_link_that_is_good_no_more_says_the_same(hub: Partnership, why: str) -> None:
    invitation_id = invite(hub, changed(last_day=today() + timedelta(days=2)))
    path = link_of(invitation_id)
    ask_at = now()
    by = hub.actor("agency")
    if why == "used":
        assert accept(path).status_code == 302
    elif why == "old":
        Invitation.objects.update(last_day=None)
        ask_at += timedelta(days=7, seconds=1)
    elif why == "forged":
        path = path[:-3] + ("aa/" if path[-3:-1] != "aa" else "bb/")
    elif why == "sent again":
        invitations.send_again(by=by, invitation_id=invitation_id)
    elif why == "taken back":
        invitations.take_back(by=by, invitation_id=invitation_id)
    elif why == "inviter left":
        access.end_role(
            by=SYSTEM, user_id=hub.workers["agency"], role="agency_administrator", knowing=True
        )
    else:
        ask_at += timedelta(days=4)
    accounts = User.objects.count()
    with travel(ask_at):
        shown, sent = Client().get(path), accept(path)
        never = Client().get(f"/join/{hub.council}/no-such-secret/")
    assert (shown.status_code, sent.status_code, never.status_code) == (404, 404, 404)
    assert "This link is good no more" in shown.content.decode()
    assert _plain(shown) == _plain(sent) == _plain(never)
    assert User.objects.count() == accounts


def _plain(answer: Any) -> str:
    """Return a page without the nonce, which is new each time."""
    page: str = answer.content.decode()
    nonce = answer["Content-Security-Policy"].split("nonce-")[1].split("'")[0]
    return page.replace(nonce, "")


def test_another_link_works_and_counts_its_own_seven_days(hub: Partnership) -> None:
    invitation_id = invite(hub)
    link_of(invitation_id)
    with travel(now() + timedelta(days=6)):
        invitations.send_again(by=hub.actor("agency"), invitation_id=invitation_id)
        path = link_of(invitation_id)
    with travel(now() + timedelta(days=12)):
        assert accept(path).status_code == 302


@pytest.mark.parametrize(
    ("password", "said"),
    [("short", "too short"), ("qwerty123456", "too common"), ("", "needs an answer")],
)
def test_a_weak_password_is_refused_and_the_link_stays_good(
    hub: Partnership, password: str, said: str
) -> None:
    path = link_of(invite(hub))
    answer = accept(path, password)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert accept(path).status_code == 302


def test_two_passwords_that_differ_are_refused(hub: Partnership) -> None:
    path = link_of(invite(hub))
    answer = Client().post(path, {"password": PASSWORD, "again": f"{PASSWORD}s"})
    assert "The two are not the same" in html(answer, 422)


def test_whoever_was_signed_in_at_that_computer_is_signed_out(hub: Partnership) -> None:
    path, browser = link_of(invite(hub)), client(hub, "fern")
    browser.post(path, {"password": PASSWORD, "again": PASSWORD})
    assert browser.get("/worklist/").status_code == 302


def test_an_email_that_may_not_have_left_is_said_and_sent_again(hub: Partnership) -> None:
    Mail.fails, Mail.error = True, TimeoutError
    invitation_id = invite(hub)
    assert deliver_invitations(by=MAILER) == 0
    page = html(client(hub, "agency").get("/staff/"))
    assert "The e-mail may not have left" in page
    assert invitations.due(by=MAILER) == [], "nobody gets it twice"
    Mail.fails = False
    assert (
        client(hub, "agency").post(f"/staff/invitations/{invitation_id}/send-again/").status_code
        == 302
    )
    assert accept(link_of(invitation_id)).status_code == 302


@pytest.mark.parametrize(("asked", "said"), REFUSED, ids=[said for _, said in REFUSED])
def test_what_cannot_be_invited_is_refused_in_words(
    hub: Partnership, asked: Asked, said: str
) -> None:
    with pytest.raises(BadInput, match=said):
        invite(hub, asked)
    assert not Invitation.objects.exists()


def test_somebody_is_invited_once(hub: Partnership) -> None:
    invite(hub)
    with pytest.raises(BadInput, match="an account or an invitation ADA.F already"):
        invite(hub, changed(username="ADA.F"))


def test_a_staff_number_is_promised_to_one(hub: Partnership) -> None:
    invite(hub, changed(staff_number="S 1"))
    with pytest.raises(BadInput, match="Somebody else was invited with the staff number s1"):
        invite(hub, changed(username="another", staff_number="s1"))


def test_only_whoever_looks_after_accounts_invites(hub: Partnership) -> None:
    with pytest.raises(Forbidden):
        invite(hub, by="lead")


def test_promise_09_another_agency_is_not_there(hub: Partnership) -> None:
    theirs = access.create_account(
        by=SYSTEM, username="pc", name="Pc", agency_id=hub.police, roles=["custody"]
    )
    by = hub.actor("agency")
    with pytest.raises(NotFound):
        invitations.invite(by=by, agency_id=hub.police, asked=ASKED)
    invited = invitations.invite(
        by=hub.actor("root"), agency_id=hub.police, asked=changed(roles=("custody",))
    )
    browser = client(hub, "agency")
    for path in ("", "move/", "details/", "leave/"):
        assert browser.get(f"/staff/{theirs}/{path}").status_code == 404, path
    for path in ("move/", "details/", "leave/", "stay/"):
        assert browser.post(f"/staff/{theirs}/{path}").status_code == 404, path
    for what in ("send-again", "take-back"):
        assert browser.post(f"/staff/invitations/{invited}/{what}/").status_code == 404
    page = html(browser.get("/staff/?words=pc"))
    assert "Nobody fits" in page
    assert f"/staff/{theirs}/" not in html(browser.get(f"/staff/?agency={hub.police}"))
    for verb in (
        lambda: moving.leave(by=by, user_id=theirs, last_day=None),
        lambda: access.end_account(by=by, user_id=theirs),
        lambda: access.end_role(by=by, user_id=theirs, role="custody"),
        lambda: staff.person(by=by, user_id=theirs),
    ):
        with pytest.raises(NotFound):
            verb()


def test_promise_09_an_invitation_above_an_administrator_is_not_theirs_to_end(
    hub: Partnership,
) -> None:
    above = invitations.invite(
        by=hub.actor("root"),
        agency_id=hub.council,
        asked=changed(username="ada.above", roles=("system_administrator",)),
        reason="The second administrator of the partnership.",
    )
    gone = invitations.invite(by=hub.actor("root"), agency_id=hub.council, asked=ASKED)
    answer = client(hub, "agency").post(f"/staff/invitations/{above}/take-back/")
    assert "You cannot give the role" in html(answer, answer.status_code)
    assert Invitation.objects.get(id=above).taken_back_at is None
    Invitation.objects.filter(id=gone).update(roles=["of_last_year"])
    invitations.take_back(by=hub.actor("agency"), invitation_id=gone)
    assert Invitation.objects.get(id=gone).taken_back_at is not None


def test_promise_11_what_is_sent_beside_the_form_is_not_taken(hub: Partnership) -> None:
    browser = client(hub, "agency")
    strange = access.create_team(by=SYSTEM, key="cid", name="CID", agency_id=hub.police)
    data = {
        "name": "Ada",
        "username": "ada.f",
        "email": "ada@fenmarch.invalid",
        "roles": "practitioner",
        "agency": str(hub.police),
        "agency_id": str(hub.police),
        "is_active": "on",
        "digest": "0" * 64,
        "account": str(hub.workers["root"]),
    }
    assert browser.post("/staff/invite/", data).status_code == 302
    held = Invitation.objects.get()
    assert (held.agency_id, held.digest, held.account_id) == (hub.council, "", None)
    for wrong in ({"roles": "system_administrator"}, {"teams": str(strange)}):
        answer = browser.post("/staff/invite/", {**data, "username": "bea", **wrong})
        assert "Select a valid choice" in html(answer, 422)
    assert Invitation.objects.count() == 1


def test_promise_14_nobody_gives_anything_to_themselves(hub: Partnership) -> None:
    for name in ("agency", "root"):
        by, user_id = hub.actor(name), hub.workers[name]
        for verb in (
            lambda by=by, user_id=user_id: moving.change_roles_and_teams(
                by=by, user_id=user_id, roles=["practitioner"], teams=[hub.teams["hub"]]
            ),
            lambda by=by, user_id=user_id: moving.change_details(
                by=by,
                user_id=user_id,
                name="Me",
                job_title="",
                email="me@fenmarch.invalid",
                phone="",
                staff_number="S1",
            ),
            lambda by=by, user_id=user_id: access.end_account(by=by, user_id=user_id),
        ):
            with pytest.raises(BadInput, match="your own account"):
                verb()
    assert hub.actor("agency").roles == {"agency_administrator"}


def test_promise_14_an_invitation_that_takes_two_leaves_once_it_is_approved(
    hub: Partnership,
) -> None:
    asked = changed(roles=("system_administrator",))
    with pytest.raises(BadInput, match="say in a few words why"):
        invite(hub, asked, by="root")
    invitation_id = invite(hub, asked, by="root", reason="Cover at night")
    assert deliver_invitations(by=MAILER) == 0
    with pytest.raises(Conflict, match="A second person has to approve"):
        invitations.send_again(by=hub.actor("root"), invitation_id=invitation_id)
    request_id = SecondPersonRequest.objects.get().id
    answer = client(hub, "second").post(f"/staff/two-people/{request_id}/", {"decision": "approve"})
    assert answer.status_code == 302
    assert accept(link_of(invitation_id)).status_code == 302


def test_promise_14_a_refused_invitation_is_taken_back(hub: Partnership) -> None:
    invite(hub, changed(roles=("system_administrator",)), by="root", reason="Cover")
    second_person.refuse(
        by=hub.actor("second"), request_id=SecondPersonRequest.objects.get().id, note="No need"
    )
    assert Invitation.objects.get().taken_back_at
    assert deliver_invitations(by=MAILER) == 0


@pytest.mark.parametrize("gone", ["asker", "time"])
def test_promise_14_a_request_is_worth_nothing_without_its_asker_or_after_its_time(
    hub: Partnership, gone: str
) -> None:
    hub.worker("third", "system_administrator")
    invite(hub, changed(roles=("system_administrator",)), by="root", reason="Cover")
    request_id, at = SecondPersonRequest.objects.get().id, now()
    if gone == "asker":
        access.end_account(by=hub.actor("third"), user_id=hub.workers["root"])
        wanted: type[Exception] = Conflict
    else:
        at, wanted = at + second_person.STANDS, NotFound
    with travel(at), pytest.raises(wanted):
        second_person.approve(by=hub.actor("second"), request_id=request_id)
    assert not Invitation.objects.filter(waiting=True).exists()


def test_an_agency_does_not_touch_accounts_with_roles_that_it_cannot_give(
    hub: Partnership,
) -> None:
    by: Actor = hub.actor("agency")
    assert managing.beyond_reach(by, hub.workers["lead"]) == ["Supervisor"]
    with pytest.raises(BadInput, match="Lead is Supervisor, which only a system administrator"):
        access.end_account(by=by, user_id=hub.workers["lead"])
    page = html(client(hub, "agency").get(f"/staff/{hub.workers['lead']}/"))
    assert "Only a system administrator gives that" in page
    assert "Change roles and teams" not in page
    assert client(hub, "agency").get(f"/staff/{hub.workers['lead']}/leave/").status_code == 302


def test_promise_29_names_with_markup_are_shown_as_text(hub: Partnership) -> None:
    invitation_id = invite(hub, changed(name=MARKUP, job_title="<b>bold</b>"))
    browser, path = client(hub, "agency"), link_of(invitation_id)
    for page in (html(browser.get("/staff/")), html(Client().get(path))):
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert "<script>alert" not in page
    accept(path)
    user_id = User.objects.get(username="ada.f").id
    for path in ("", "move/", "details/", "leave/"):
        page = html(browser.get(f"/staff/{user_id}/{path}"))
        assert "<script>alert" not in page
        assert "<b>bold" not in page


def test_nothing_of_a_role_or_team_stands_before_somebody_comes(hub: Partnership) -> None:
    roles, members = Role.objects.count(), TeamMembership.objects.count()
    invite(hub, changed(teams=(str(hub.teams["hub"]),)))
    assert (Role.objects.count(), TeamMembership.objects.count()) == (roles, members)


def test_a_link_is_made_on_the_server_where_no_mail_leaves(hub: Partnership) -> None:
    old = link_of(invite(hub))
    made = CliRunner().invoke(group, ["invitation-link", "ADA.F"])
    assert made.exit_code == 0
    path = made.output.strip()[made.output.index("/join/") :]
    assert accept(old).status_code == 404
    assert accept(path).status_code == 302
    again = CliRunner().invoke(group, ["invitation-link", "ada.f"])
    assert (again.exit_code, "/join/" in again.output) == (1, False)


def test_no_link_leaves_once_whoever_invited_may_not(hub: Partnership) -> None:
    invite(hub)
    access.end_account(by=hub.actor("root"), user_id=hub.workers["agency"], knowing=True)
    assert deliver_invitations(by=MAILER) == 0
    assert mail.outbox == []
    assert CliRunner().invoke(group, ["invitation-link", "ada.f"]).exit_code == 1
    assert "Good no more" in html(client(hub, "root").get("/staff/"))


def test_two_who_accept_at_once_make_one_account(own_database: Database) -> None:
    hub = make_hub()
    hub.worker("agency", "agency_administrator")
    path = link_of(invite(hub))

    def take(number: int) -> int:
        try:
            return int(accept(path, f"{PASSWORD} {number}").status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=3) as workers:
        came = sorted(workers.map(take, range(3)))
    assert came == [302, 404, 404]
    assert User.objects.filter(username="ada.f").count() == 1
