"""What somebody has been told, and what may not have reached them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from reachable.foundation.actor import Actor
from reachable.foundation.errors import NotFound
from reachable.foundation.time import now
from reachable.notices.models import Mailing, Notice
from reachable.notices.rules import FATES, LATE, WORDINGS, Fate, fate
from reachable.notices.services import SURE_NAMES

AT_MOST = 50
LOOKED_BACK = timedelta(days=30)


@dataclass(frozen=True)
class NoticeFacts:
    """One notice; `address` with its `arguments` is the page that it leads to."""

    id: UUID
    title: str
    text: str
    address: str
    arguments: tuple[UUID, ...]
    subject: tuple[str, UUID]
    created_at: datetime
    read_at: datetime | None


@dataclass(frozen=True)
class LostMail:
    """An e-mail that may not have arrived: to whom, and what to do. Of whom it was is not said."""

    name: str
    agency: str
    title: str
    written_at: datetime
    fate: Fate


def told_already(*, by: Actor, keys: Iterable[str]) -> frozenset[str]:
    """Return those of these keys of which somebody has been told: for work of the system."""
    del by
    return frozenset(Notice.objects.filter(key__among=list(keys)).values_list("key", flat=True))


def lost_mail(*, by: Actor) -> list[LostMail]:
    """Return e-mail of the last month that did not surely leave and was not read here either."""
    by.require("accounts.manage")
    if not settings.EMAIL_HOST:
        return []
    at = now()
    held = (
        Mailing.objects.filter(
            Q(waiting=False) | Q(notice__created_at__lt=at - LATE),
            sent_at=None,
            notice__read_at=None,
            notice__created_at__gt=at - LOOKED_BACK,
        )
        .select_related("notice__user__agency")
        .order_by("-notice__created_at")[: 2 * AT_MOST]
    )
    lost = [_lost(mailing, at) for mailing in held]
    return [each for each in lost if each is not None][:AT_MOST]


def _lost(mailing: Mailing, at: datetime) -> LostMail | None:
    notice = mailing.notice
    became = fate(
        waiting=mailing.waiting,
        tries=mailing.tries,
        error=mailing.last_error,
        surely=mailing.last_error in SURE_NAMES,
        claimed=at - (mailing.claimed_at or notice.created_at),
        age=at - notice.created_at,
    )
    if not became:
        return None
    return LostMail(
        name=notice.user.name,
        agency=notice.user.agency.name,
        title=WORDINGS[notice.kind].title,
        written_at=notice.created_at,
        fate=FATES[became],
    )


def sends_mail(*, by: Actor) -> bool:
    """Tell whether there is a mail server at all."""
    by.require("accounts.manage")
    return bool(settings.EMAIL_HOST)


def unread_count(*, by: Actor) -> int:
    return Notice.objects.filter(user_id=by.own_id, read_at=None).count()


def my_notices(*, by: Actor) -> list[NoticeFacts]:
    """Return this person's latest notices, newest first."""
    return [
        _facts(notice)
        for notice in Notice.objects.filter(user_id=by.own_id).order_by("-created_at")[:AT_MOST]
    ]


def my_notice(*, by: Actor, notice_id: UUID) -> NoticeFacts:
    """Return one of this person's own notices; anybody else's is not found."""
    notice = Notice.objects.filter(user_id=by.own_id, id=notice_id).first()
    if notice is None:
        raise NotFound
    return _facts(notice)


def _facts(notice: Notice) -> NoticeFacts:
    wording = WORDINGS[notice.kind]
    return NoticeFacts(
        notice.id,
        wording.title,
        wording.text,
        wording.address,
        (notice.subject_id,) if wording.of_subject else (),
        (notice.subject_kind, notice.subject_id),
        notice.created_at,
        notice.read_at,
    )
