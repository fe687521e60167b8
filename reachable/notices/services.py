"""Telling people: written in the acting transaction, delivered after its commit, once."""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage
from django.db import transaction
from django.db.models import QuerySet

from reachable.access.registries import RotaNews
from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.db import bulk_insert_all
from reachable.foundation.ids import new_id
from reachable.foundation.questions import Question
from reachable.foundation.time import now
from reachable.notices.models import Mailing, Notice
from reachable.notices.rules import NO_ADDRESS, TOO_OLD, WORDINGS, next_try

AT_ONCE = 50
# Only these say for certain that the message did not leave; after any other failure it may have,
# and it is not repeated.
SURELY_NOT_SENT = (
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPSenderRefused,
    smtplib.SMTPDataError,
    smtplib.SMTPConnectError,
    smtplib.SMTPHeloError,
    ConnectionRefusedError,
)


SURE_NAMES = frozenset(kind.__name__ for kind in SURELY_NOT_SENT)
"""As they stand in `Mailing.last_error`."""


@dataclass(frozen=True)
class Telling:
    """Tell `user_id` about a subject; `key` keeps it from being told twice.

    `to` is where the e-mail goes if that is not the account's own address.
    """

    user_id: UUID
    kind: str
    subject: tuple[str, UUID]
    key: str
    to: str = ""


def tell(*, by: Actor, tellings: Sequence[Telling]) -> int:
    """Put notices into the outbox inside the caller's transaction; return how many are new.

    The caller's own audit entry covers them.
    """
    del by
    wanted = {telling.key: telling for telling in tellings}
    known = {key for (key,) in _told(keys=wanted)}
    fresh = [(new_id(), telling) for key, telling in wanted.items() if key not in known]
    at = now()
    bulk_insert_all(
        (
            Notice,
            ["id", "user", "kind", "subject_kind", "subject_id", "key", "created_at", "read_at"],
            [
                (notice_id, told.user_id, told.kind, *told.subject, told.key, at, None)
                for notice_id, told in fresh
            ],
        ),
        (
            Mailing,
            ["notice", "to", "waiting", "tries", "next_try_at", "last_error"],
            [(notice_id, told.to, True, 0, at, "") for notice_id, told in fresh],
        ),
    )
    return len(fresh)


@Question
def _told(keys: Any) -> QuerySet[Notice, Any]:
    return Notice.objects.filter(key__among=keys).values_list("key")


def tell_of_rota(*, by: Actor, news: Sequence[RotaNews]) -> None:
    """Tell what another room knows of a team's rota."""
    tell(
        by=by,
        tellings=[
            Telling(each.user_id, f"rota.{each.kind}", ("team", each.team_id), each.key)
            for each in news
        ],
    )


def tell_of_sign_in(*, by: Actor, user_id: UUID, kind: str, to: str = "") -> None:
    """Tell somebody that how they sign in was changed: if it was not they, somebody else was."""
    key = f"sign_in.{kind}:{user_id}:{new_id()}"
    tell(by=by, tellings=[Telling(user_id, f"sign_in.{kind}", ("user", user_id), key, to)])


@transaction.atomic
def mark_read(*, by: Actor, subject: tuple[str, UUID] | None = None) -> int:
    """Mark this person's notices as read: those about one subject, or all."""
    unread = Notice.objects.filter(user_id=by.own_id, read_at=None)
    if subject is not None:
        unread = unread.filter(subject_kind=subject[0], subject_id=subject[1])
    count = unread.update(read_at=now())
    if count:
        audit.record(by=by, action="notices.read", subject=("user", by.id), count=count)
    return count


def deliver(*, by: Actor) -> int:
    """Send the e-mails that are due; return how many left."""
    if not settings.EMAIL_HOST:
        return 0
    due = list(
        Mailing.objects.filter(
            waiting=True, next_try_at__lte=now(), notice__created_at__gt=now() - TOO_OLD
        )
        .order_by("next_try_at")
        .values_list("notice_id", flat=True)[:AT_ONCE]
    )
    if not due:
        return 0
    with get_connection() as mail:
        return sum(_deliver_one(by, notice_id, mail) for notice_id in due)


def _deliver_one(by: Actor, notice_id: UUID, mail: BaseEmailBackend) -> bool:
    claimed = Mailing.objects.filter(notice_id=notice_id, waiting=True).update(
        waiting=False, claimed_at=now()
    )
    if not claimed:
        return False
    mailing = Mailing.objects.select_related("notice__user").get(notice_id=notice_id)
    error, again_is_safe = _send(mailing.notice, mailing.to or mailing.notice.user.email, mail)
    mailing.tries += 1
    mailing.last_error = error
    again = next_try(mailing.tries, now()) if again_is_safe else None
    if again is not None:
        mailing.waiting, mailing.next_try_at = True, again
    if not error:
        mailing.sent_at, mailing.to = now(), ""
    with transaction.atomic():
        mailing.save()
        audit.record(
            by=by,
            action="notices.failed" if error else "notices.sent",
            subject=("notice", notice_id),
            tries=mailing.tries,
        )
    return not error


def _send(notice: Notice, to: str, mail: BaseEmailBackend) -> tuple[str, bool]:
    """Return the kind of failure, if any, and whether trying again cannot send it twice."""
    if not to:
        return NO_ADDRESS, False
    wording = WORDINGS[notice.kind]
    message = EmailMessage(
        subject=wording.title,
        body=f"{wording.text}\n\n{settings.SITE_URL}/notices/{notice.id}/\n",
        to=[to],
        headers={"Message-ID": f"<{notice.id}@reachable>", "Auto-Submitted": "auto-generated"},
        connection=mail,
    )
    try:
        message.send()
    except SURELY_NOT_SENT as failure:
        mail.close()
        return type(failure).__name__, True
    except (smtplib.SMTPException, OSError) as failure:
        # A server that has had enough closes the connection; the next message opens another.
        mail.close()
        return type(failure).__name__, False
    return "", False
