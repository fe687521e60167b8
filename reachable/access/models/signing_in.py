"""How somebody or a program shows who they are, and how an account begins."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from reachable.access.models.workers import Agency, User
from reachable.foundation.models import Identified


class SignIn(Identified):
    """Where somebody is signed in, for themselves to see and to end; gone once it has ended.

    `how` is passkey, code, recovery_code or organisation; `browser` names a kind of browser and
    nothing more.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT)
    session_key = models.CharField(max_length=40, unique=True)
    how = models.CharField(max_length=20)
    browser = models.CharField(max_length=60)
    began_at = models.DateTimeField()
    active_at = models.DateTimeField()


class OrganisationSignIn(Identified):
    """That somebody comes by their own organisation's sign-in, or may link it: until they do,
    `subject` is empty.

    `issuer` and `subject` say who they are there, and nothing else does. Gone once it has ended.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    provider = models.CharField(max_length=30)
    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=255, blank=True)
    offered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    offered_at = models.DateTimeField(null=True)
    linked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "subject"], condition=~Q(subject=""), name="organisation_of_one"
            ),
            models.UniqueConstraint(fields=["user", "provider"], name="organisation_once"),
            models.CheckConstraint(
                condition=Q(subject="", linked_at=None) | ~Q(subject="") & ~Q(linked_at=None),
                name="organisation_linked",
            ),
        ]


class SignInAttempts(models.Model):
    """How often somebody failed to sign in to one account or from one address, for a day.

    `key` is a keyed digest: what was typed as a name may have been a password.
    """

    key = models.CharField(max_length=64, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()
    wait_until = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["last_at"], name="attempts_last")]


class SignInCode(Identified):
    """What gives a lost password or second factor back, once and within an hour.

    Of the code only a keyed digest is kept. `given_by` is empty where it was given from the shell.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    lost = models.CharField(max_length=10)
    digest = models.CharField(max_length=64)
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    given_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["user", "-given_at"], name="sign_in_code_of")]
        constraints = [
            models.CheckConstraint(
                condition=Q(given_by=None) | ~Q(given_by=F("user")), name="code_not_of_own"
            )
        ]


class Invitation(Identified):
    """Somebody is asked to have an account, with what it is to be; it is made once they accept.

    Its link has a secret that is made when the e-mail leaves. Only its keyed digest is kept, and
    another e-mail replaces it. `waiting` says that an e-mail is to leave, not before `next_try_at`
    once it was refused `tries` times; `by_hand`, that somebody was shown the link to hand it over.
    """

    username = models.CharField(max_length=60)
    name = models.CharField(max_length=120)
    job_title = models.CharField(max_length=120, blank=True)
    email = models.EmailField()
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    staff_number = models.CharField(max_length=50, blank=True)
    roles = models.JSONField(default=list)
    teams = models.JSONField(default=list)
    last_day = models.DateField(null=True)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    invited_at = models.DateTimeField()
    waiting = models.BooleanField(default=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    by_hand = models.BooleanField(default=False)
    sent_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=60, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    ring_key = models.CharField(max_length=20, blank=True)
    expires_at = models.DateTimeField(null=True)
    taken_back_at = models.DateTimeField(null=True)
    account = models.OneToOneField(User, on_delete=models.PROTECT, null=True, related_name="+")
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("username"),
                condition=Q(taken_back_at=None, accepted_at=None),
                name="invited_once",
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at=None) | Q(accepted_at=None), name="taken_back_or_accepted"
            ),
            models.CheckConstraint(
                condition=Q(account=None, accepted_at=None)
                | Q(account__isnull=False, accepted_at__isnull=False),
                name="accepted_with_account",
            ),
        ]


class SecondPersonRequest(Identified):
    """Something that takes two people: asked for by one, decided by another, and done then.

    `kind` names it in the registry; `details` holds identifiers and codes, and no words. Nobody
    decides what they asked for themselves, though they can take it back.
    """

    kind = models.CharField(max_length=40)
    subject_kind = models.CharField(max_length=30)
    subject_id = models.UUIDField()
    details = models.JSONField(default=dict)
    reason = models.CharField(max_length=300)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    decision = models.CharField(max_length=12, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(decision__in=["approved", "refused"])
                | Q(decided_by__isnull=False) & ~Q(decided_by=F("asked_by")),
                name="decided_by_another",
            ),
            models.UniqueConstraint(
                fields=["kind", "subject_kind", "subject_id"],
                condition=Q(decision=""),
                name="asked_once",
            ),
        ]


class AgencyKey(Identified):
    """What a program of one agency signs with. Its secret follows from the key ring, unstored.

    `feeds` are those that it may send, empty for all; `ring_key` names the key of the ring.
    """

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    name = models.CharField(max_length=80)
    feeds = models.JSONField(default=list)
    ring_key = models.CharField(max_length=20)
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    shown_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("issued_at")), name="key_expires_after_issue"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None, reason="") | (~Q(revoked_at=None) & ~Q(reason="")),
                name="key_revoked_with_reason",
            ),
        ]


class CalendarAddress(Identified):
    """Where somebody's own calendar fetches when they are due. Its secret is kept nowhere.

    `ring_key` names the key of the ring. Who knows the address reads times, and nothing of a child.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT)
    ring_key = models.CharField(max_length=20)
    made_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(revoked_at=None), name="one_calendar_address"
            )
        ]
