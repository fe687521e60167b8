"""The outbox: what is to be told to whom. A notice holds no personal data."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from reachable.access.models import User
from reachable.foundation.models import Identified


class Notice(Identified):
    """Something to tell one worker, on screen at once and by e-mail after the commit.

    `key` makes it unique: the same thing is told to the same person once.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, db_index=False)
    kind = models.CharField(max_length=40)
    subject_kind = models.CharField(max_length=30)
    subject_id = models.UUIDField()
    key = models.CharField(max_length=120, unique=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["user", "-created_at"], name="notice_of_user"),
            models.Index(fields=["user"], condition=Q(read_at=None), name="notice_unread"),
        ]


class Mailing(models.Model):
    """The e-mail of a notice. Claimed before it is sent, so that none leaves twice.

    One that was claimed and neither sent nor failed may have left: the system administrator sees it
    as uncertain, and it is never repeated; the moment's own clock passes it on if nobody answers.

    `to` is where it goes if that is not the account's own address, until it has left: the one
    before, of which a change is told.
    """

    notice = models.OneToOneField(Notice, on_delete=models.PROTECT, primary_key=True)
    to = models.EmailField(blank=True)
    waiting = models.BooleanField(default=True)
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    last_error = models.CharField(max_length=60, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(waiting=True), name="mail_waiting")
        ]
