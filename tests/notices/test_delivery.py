"""A notice leaves after the commit, and once."""

from __future__ import annotations

import smtplib
from concurrent.futures import ThreadPoolExecutor
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
from reachable.notices import services
from reachable.notices.models import Mailing, Notice
from reachable.notices.services import Telling
from tests.support.databases import Database
from tests.support.world import World, make_world

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
