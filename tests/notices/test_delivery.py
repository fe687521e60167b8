"""A notice leaves after the commit, and once."""

from __future__ import annotations

import smtplib
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection, transaction

from reachable.access.models import User
from reachable.foundation.actor import system
from reachable.foundation.time import now, travel
from reachable.notices import selectors, services
from reachable.notices.models import Mailing, Notice
from reachable.notices.rules import FATES
from reachable.notices.services import Telling
from tests.support.databases import Database
from tests.support.world import World, html, make_world

pytestmark = pytest.mark.db

BY = system("tests")


class Mail(EmailBackend):
    """Keeps what is sent; before that it does what `goes_wrong` says, once."""

    goes_wrong: list[BaseException] = []

    def send_messages(self, email_messages: Any) -> int:
        if self.goes_wrong:
            raise self.goes_wrong.pop()
        return super().send_messages(email_messages)


@pytest.fixture(autouse=True)
def mail_server(settings: Any) -> None:
    """A mail server that only this test has."""
    settings.EMAIL_HOST = "mail.invalid"
    settings.EMAIL_BACKEND = f"{__name__}.Mail"
    mail.outbox = []
    Mail.goes_wrong = []


def telling(user_id: UUID, key: str = "once") -> Telling:
    User.objects.filter(id=user_id).update(email="fern@fenmarch.invalid")
    return Telling(user_id, "moment.assigned", ("moment", uuid4()), key)


def tell(world: World, *keys: str) -> int:
    return services.tell(by=BY, tellings=[telling(world.users["first"], key) for key in keys])


def test_promise_34_the_same_thing_is_told_once(world: World) -> None:
    assert [tell(world, "a", "a"), tell(world, "a"), tell(world, "a", "b")] == [1, 0, 1]
    assert [services.deliver(by=BY), services.deliver(by=BY)] == [2, 0]
    assert len(mail.outbox) == 2


def test_promise_34_what_is_rolled_back_was_never_told(world: World) -> None:
    with transaction.atomic():
        tell(world, "a")
        transaction.set_rollback(True)
    assert not Notice.objects.exists()
    assert services.deliver(by=BY) == 0
    assert mail.outbox == []


def test_promise_34_nothing_leaves_before_the_commit(own_database: Database) -> None:
    world = make_world()

    def elsewhere() -> int:
        try:
            return services.deliver(by=BY)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=1) as other:
        with transaction.atomic():
            tell(world, "a")
            due = other.submit(Mailing.objects.filter(waiting=True).count)
            assert due.result() == 0
            assert mail.outbox == []
        assert other.submit(elsewhere).result() == 1
    assert len(mail.outbox) == 1


def test_promise_34_workers_at_the_same_time_send_it_once(own_database: Database) -> None:
    world = make_world()
    tell(world, *(f"{number}" for number in range(12)))

    def work(_: int) -> int:
        try:
            return services.deliver(by=BY)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=3) as workers:
        sent = sum(workers.map(work, range(3)))
    assert sent == len(mail.outbox) == 12
    assert len({message.extra_headers["Message-ID"] for message in mail.outbox}) == 12


@pytest.mark.parametrize(
    ("failure", "sent"),
    [
        (smtplib.SMTPRecipientsRefused({}), 1),
        (ConnectionRefusedError(), 1),
        (smtplib.SMTPServerDisconnected(), 0),
        (TimeoutError(), 0),
    ],
)
def test_promise_34_only_what_surely_did_not_leave_is_sent_again(
    world: World, failure: Exception, sent: int
) -> None:
    tell(world, "a")
    Mail.goes_wrong = [failure]
    assert services.deliver(by=BY) == 0
    with travel(now() + timedelta(minutes=10)):
        assert services.deliver(by=BY) == sent
    assert len(mail.outbox) == sent
    assert Mailing.objects.get().last_error == ("" if sent else type(failure).__name__)


class TiredMail(Mail):
    """Takes two messages a connection, as some relays do, and then is gone until opened again."""

    taken = 0

    def send_messages(self, email_messages: Any) -> int:
        TiredMail.taken += 1
        if self.taken == 3:
            raise smtplib.SMTPSenderRefused(421, b"too many", "reachable")
        if self.taken > 3:
            raise smtplib.SMTPServerDisconnected("please run connect() first")
        return super().send_messages(email_messages)

    def close(self) -> None:
        TiredMail.taken = 0


def test_promise_34_a_server_that_closes_the_connection_loses_no_message(
    world: World, settings: Any
) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.TiredMail"
    TiredMail.taken = 0
    tell(world, *(f"{number}" for number in range(7)))
    assert services.deliver(by=BY) == 5
    with travel(now() + timedelta(minutes=10)):
        assert services.deliver(by=BY) == 2
    assert len(mail.outbox) == 7


def test_promise_34_a_worker_that_dies_while_sending_sends_nothing_twice(world: World) -> None:
    tell(world, "a")
    Mail.goes_wrong = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        services.deliver(by=BY)
    with travel(now() + timedelta(minutes=10)):
        assert services.deliver(by=BY) == 0
    assert Mailing.objects.filter(waiting=False, sent_at=None, claimed_at__isnull=False).exists()


def test_promise_24_an_email_names_no_child(world: World) -> None:
    world.signal(given_names="Canary", family_name="Featherstonehaugh")
    User.objects.update(email="fern@fenmarch.invalid")
    assert services.deliver(by=BY) > 0
    for message in mail.outbox:
        assert "Canary" not in message.subject + str(message.body)
        assert "Featherstonehaugh" not in message.subject + str(message.body)


def after(world: World, failure: BaseException, *, tries: int = 1) -> str:
    """Fail to send one e-mail; return the administrator's page half an hour and more later."""
    tell(world, "a")
    at = now()
    for number in range(tries):
        at += timedelta(hours=3 if number else 0)
        Mail.goes_wrong = [failure]
        with travel(at), suppress(KeyboardInterrupt):
            services.deliver(by=BY)
    with travel(at + timedelta(minutes=30)):
        first = html(world.client("administrator").get("/"))
        page = html(world.client("administrator").get("/mail/"))
    assert ("1 e-mail may not have arrived" in first) == ("Fern First" in page)
    return page


UNCERTAIN = "It may have arrived or not"


@pytest.mark.parametrize(
    ("failure", "tries", "said"),
    [
        (KeyboardInterrupt(), 1, UNCERTAIN),
        (TimeoutError(), 1, UNCERTAIN),
        (smtplib.SMTPServerDisconnected(), 1, UNCERTAIN),
        (ConnectionRefusedError(), 1, ""),
        (ConnectionRefusedError(), 6, "The mail server refused it each time."),
    ],
)
def test_promise_34_an_email_of_which_nobody_knows_whether_it_left_is_shown_with_what_to_do(
    world: World, failure: BaseException, tries: int, said: str
) -> None:
    page = after(world, failure, tries=tries)
    if not said:
        assert "Every e-mail has left." in page
        return
    assert said in page
    assert "A reachable moment is waiting for you" in page
    assert page.count("Fern First") == 1


def test_an_email_that_could_not_leave_within_a_day_is_shown(world: World) -> None:
    tell(world, "a")
    client = world.client("administrator")
    assert "Every e-mail has left." in html(client.get("/mail/"))
    with travel(now() + timedelta(hours=2)):
        assert "It has not left yet." in html(world.client("administrator").get("/mail/"))
    with travel(now() + timedelta(hours=25)):
        assert services.deliver(by=BY) == 0
        page = html(world.client("administrator").get("/mail/"))
    assert "It could not be sent within a day." in page


def test_how_often_a_refused_email_is_tried_is_said_as_it_is(world: World) -> None:
    tell(world, "a")
    start, tries = now(), list[timedelta]()
    for minute in range(24 * 60):
        with travel(start + timedelta(minutes=minute)):
            Mail.goes_wrong = [smtplib.SMTPRecipientsRefused({})]
            before = Mailing.objects.get().tries
            services.deliver(by=BY)
            if Mailing.objects.get().tries > before:
                tries.append(timedelta(minutes=minute))
        if minute == 90:
            with travel(start + timedelta(minutes=minute)):
                page = html(world.client("administrator").get("/mail/"))
    assert len(tries) == 6
    assert timedelta(hours=2.7) < tries[-1] < timedelta(hours=3.1)
    assert "It is tried six times in all, the last about three hours after the first." in page
    assert "day old" not in page
    assert FATES["given_up"] == selectors.lost_mail(by=world.actor("administrator"))[0].fate


def test_an_email_for_which_the_server_does_not_answer_is_tried_for_a_day(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(world, "a")

    def away(self: Mail) -> bool:
        raise ConnectionRefusedError

    start = now()
    with monkeypatch.context() as silent:
        silent.setattr(Mail, "open", away)
        with travel(start + timedelta(hours=23)), pytest.raises(ConnectionRefusedError):
            services.deliver(by=BY)
    with travel(start + timedelta(hours=23)):
        page = html(world.client("administrator").get("/mail/"))
        assert "It is tried again until it is a day old." in page
        assert services.deliver(by=BY) == 1


def test_what_was_read_here_needs_no_email(world: World) -> None:
    after(world, TimeoutError())
    services.mark_read(by=world.actor("first"))
    assert "Every e-mail has left." in html(world.client("administrator").get("/mail/"))


def test_somebody_without_an_address_and_a_place_without_a_mail_server_are_shown(
    world: World, settings: Any
) -> None:
    tell(world, "a")
    User.objects.update(email="")
    services.deliver(by=BY)
    client = world.client("administrator")
    assert "There is no e-mail address for them." in html(client.get("/mail/"))
    settings.EMAIL_HOST = ""
    assert "No mail server is set" in html(client.get("/mail/"))


def test_promise_24_lost_email_names_no_child(world: World) -> None:
    world.signal(given_names="Canary", family_name="Featherstonehaugh")
    User.objects.update(email="fern@fenmarch.invalid")
    Mail.goes_wrong = [TimeoutError()]
    services.deliver(by=BY)
    page = html(world.client("administrator").get("/mail/"))
    assert UNCERTAIN in page
    assert "Canary" not in page
    assert "Featherstonehaugh" not in page
