"""What somebody has been told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from reachable.foundation.actor import Actor
from reachable.foundation.errors import NotFound
from reachable.notices.models import Notice
from reachable.notices.rules import WORDINGS

AT_MOST = 50


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
