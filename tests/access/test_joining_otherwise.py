"""Invited by a link that is handed over, as the mail did not leave, and by a file of people."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from reachable.access import invitations
from reachable.access.models import Invitation
from reachable.audit.models import Entry
from reachable.foundation.errors import Conflict
from reachable.foundation.files.export import write_xlsx
from reachable.foundation.time import now, travel
from reachable.notices.inviting import deliver_invitations
from tests.access import test_joining as joining
from tests.access.joining_examples import changed
from tests.access.test_joining import MAILER, Mail, accept, client, invite, link_of
from tests.support.people import Partnership
from tests.support.world import html

pytestmark = pytest.mark.db
hub, mail_server = joining.hub, joining.mail_server


def test_an_email_that_the_server_refuses_is_tried_again_and_then_handed_over(
    hub: Partnership,
) -> None:
    office = client(hub, "agency")
    invitation_id = invite(hub)
    assert "Not sent yet" in html(office.get("/staff/"))
    shown = f"/staff/invitations/{invitation_id}/link/"
    assert "leaves by itself" in html(office.post(shown), 422)
    Mail.fails, at = True, now()
    gaps = []
    for _ in range(6):
        with travel(at):
            assert deliver_invitations(by=MAILER) == 0
            held = Invitation.objects.get()
            assert (held.digest, held.expires_at) == ("", None), "an unsent link opens nothing"
            if held.next_try_at is not None:
                assert deliver_invitations(by=MAILER) == 0
                assert Invitation.objects.get().tries == held.tries, "not before its time"
                gaps.append((held.next_try_at - at).total_seconds())
                assert "It is tried again" in html(office.get("/staff/"))
                at = held.next_try_at
    assert gaps == [30, 120, 480, 1920, 7680]
    assert "Could not be sent" in html(office.get("/staff/"))
    assert invitations.due(by=MAILER) == []
    page = office.post(shown)
    assert page["Cache-Control"] == "no-store"
    (path,) = re.findall(r"(/join/[^<\s]+)", html(page))
    assert "You were shown the link" in html(office.get("/staff/"))
    (again,) = re.findall(r"(/join/[^<\s]+)", html(office.post(shown)))
    assert Client().get(path).status_code == 404, "the newest only"
    assert accept(again).status_code == 302
    assert office.get(shown).status_code == 404
    actions = list(Entry.objects.values_list("action", flat=True))
    assert actions.count("access.invitation_link_shown") == 2
    assert path.split("/")[-2] not in str(list(Entry.objects.values()))


def test_sent_after_a_refusal_it_is_said_to_be_sent(hub: Partnership) -> None:
    Mail.fails = True
    invitation_id = invite(hub)
    deliver_invitations(by=MAILER)
    Mail.fails = False
    with travel(now() + timedelta(minutes=1)):
        assert accept(link_of(invitation_id)).status_code == 302


def test_without_a_mail_server_the_link_is_handed_over(hub: Partnership, settings: Any) -> None:
    settings.EMAIL_HOST = ""
    invitation_id = invite(hub)
    office = client(hub, "agency")
    assert "there is no mail server here" in html(office.get("/staff/"))
    page = html(office.post(f"/staff/invitations/{invitation_id}/link/"))
    (path,) = re.findall(r"(/join/[^<\s]+)", page)
    assert accept(path).status_code == 302


def test_a_link_is_shown_to_nobody_who_could_not_invite(hub: Partnership, settings: Any) -> None:
    settings.EMAIL_HOST = ""
    beyond = invite(hub, changed(roles=("supervisor",)), by="root")
    page = f"/staff/invitations/{beyond}/link/"
    assert client(hub, "fern").post(page).status_code == 403
    assert "/join/" not in client(hub, "agency").post(page).content.decode()
    waits = invite(
        hub,
        changed(username="gov.ernor", roles=("information_governance",)),
        by="root",
        reason="New here",
    )
    with pytest.raises(Conflict, match="second person"):
        invitations.link_to_hand_over(by=hub.actor("root"), invitation_id=waits)


def test_a_file_of_people_is_read_checked_and_invited(hub: Partnership, tmp_path: Path) -> None:
    path = tmp_path / "people.xlsx"
    headings = ["Name", "User name", "Work e-mail", "Role", "Staff number", "Last day"]
    rows: list[list[object]] = [
        ["Ada Fenwick", "ada", "ada@a.invalid", "Practitioner", 7001, date(2027, 3, 31)],
        ["Bo Tarn", "fern", "bo@a.invalid", "Practitioner", 7002, ""],
        ["Cy Rook", "cyd", "no address", "Nobody", 7003, ""],
    ]
    write_xlsx(path, headings, rows)
    office = client(hub, "agency")
    page = "/staff/invite/many/"
    with path.open("rb") as file:
        checked = html(office.post(page, {"file": file, "table": ""}))
    assert "1 person can be invited, 2 rows cannot" in checked
    assert "an account or an invitation fern already" in checked
    assert "There is no role “Nobody”" in checked
    assert not Invitation.objects.exists()
    (seen,) = re.findall(r'value="([^"]+)"[^>]* name="seen"', checked)
    (text,) = re.findall(r"<textarea[^>]*>([^<]*)</textarea>", checked)
    assert office.post(page, {"table": text, "seen": seen}).status_code == 302
    held = Invitation.objects.get()
    assert (held.username, held.staff_number, held.last_day) == ("ada", "7001", date(2027, 3, 31))


STRANGE = [
    (b"", "The file is empty"),
    (b"%PDF-1.7 not a table", "Nothing was kept"),
    (b"name,user name\nA,aaa\n", "missing: e-mail, roles"),
    (b"name,user name,e-mail,role\n" + b"A,aaa,a@a.invalid,Practitioner\n" * 201, "more than 200"),
    (b"\xff\xfe\x00\xd8name", "Nothing was kept"),
]


@pytest.mark.parametrize(("content", "said"), STRANGE)
def test_a_file_that_is_no_table_of_people_is_refused_in_words(
    hub: Partnership, content: bytes, said: str
) -> None:
    sent = SimpleUploadedFile("people.csv", content)
    answer = client(hub, "agency").post("/staff/invite/many/", {"file": sent})
    assert said in html(answer, 422)
    assert not Invitation.objects.exists()


def test_neither_a_file_nor_a_table_is_said(hub: Partnership) -> None:
    answer = client(hub, "agency").post("/staff/invite/many/", {"table": " "})
    assert "Choose a file, or paste the table" in html(answer, 422)
