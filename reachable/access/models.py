"""Accounts, agencies, teams, rota, who is involved with whom, and what closes a record to them."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

from reachable.foundation.models import Identified


class Agency(Identified):
    """One of the partners; each received record names its agency as its controller.

    `contact` is whom to ask there, a person or a desk, with their address and number.
    """

    key = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=30)
    contact = models.CharField(max_length=200, blank=True)
    contact_email = models.EmailField(blank=True)
    contact_phone = models.CharField(max_length=30, blank=True)


class UserManager(BaseUserManager["User"]):
    """Finds accounts by the name that people sign in with, in any case."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username__iexact=username)


class User(Identified, AbstractBaseUser):
    """A person's account: one agency, any number of roles and teams.

    `staff_number` is what their own agency calls them in its records. `last_day` is the last on
    which it can be used, of somebody who is here for a time or is about to leave. All sessions end
    when `session_round` goes up.
    """

    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    job_title = models.CharField(max_length=120, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=30, blank=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    staff_number = models.CharField(max_length=50, blank=True)
    is_active = models.BooleanField(default=True)
    made_at = models.DateTimeField(null=True)
    last_day = models.DateField(null=True)
    session_round = models.PositiveIntegerField(default=0)

    USERNAME_FIELD = "username"
    objects = UserManager()

    class Meta:
        constraints = [
            # People sign in whatever the case they type; two accounts would lock each other out.
            models.UniqueConstraint(Lower("username"), name="username_in_any_case"),
            models.UniqueConstraint(
                "agency",
                Lower("staff_number"),
                condition=Q(is_active=True) & ~Q(staff_number=""),
                name="staff_number_of_one",
            ),
        ]

    def get_session_auth_hash(self) -> str:
        """What a session is bound to: it ends with a changed password and with the round."""
        bound_to = f"{self.session_round}:{self.password}"
        return salted_hmac("reachable.access.session", bound_to, algorithm="sha256").hexdigest()


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


class Team(Identified):
    """A team with a rota; `areas` says whose children it answers for, empty for everyone's.

    One that has ended has nobody in it and is offered nowhere. What it did keeps its name, and
    `goes_on` is the team that has what it had.
    """

    key = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=30, blank=True)
    areas = models.JSONField(default=list)
    acknowledge_minutes = models.PositiveSmallIntegerField(default=30)
    ended_at = models.DateTimeField(null=True)
    goes_on = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")


class Role(Identified):
    """A role of the policy file that a person holds from a day until it ends."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="held_roles")
    role = models.CharField(max_length=40)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role"], condition=Q(ended_at=None), name="role_held_once"
            )
        ]


class TeamMembership(Identified):
    """A person belongs to a team until it ends."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="team_memberships")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["team", "user"], condition=Q(ended_at=None), name="member_once"
            )
        ]


class Shift(Identified):
    """Somebody answers for a team in these hours: position 1 first, then 2, then 3.

    Shifts that were laid out together, week by week, have the same `pattern`.
    """

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="shifts")
    user = models.ForeignKey(User, on_delete=models.PROTECT)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    position = models.PositiveSmallIntegerField(default=1)
    pattern = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["team", "ends_at", "starts_at"], name="shift_hours")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="shift_ends_after_start"
            )
        ]


class Absence(Identified):
    """Somebody is away and is asked for nothing; without an end, until they say they are back."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="absences")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=20)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["user", "ends_at", "starts_at"], name="absence_time")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
                name="absence_ends_after_start",
            )
        ]


class InvolvementQuerySet(models.QuerySet["Involvement"]):
    """Reads involvements: what is over opens nothing, whether it was ended or its day has come."""

    def in_force(self, *, at: Any) -> InvolvementQuerySet:
        return self.filter(Q(until=None) | Q(until__gt=at), ended_at=None)


class Involvement(Identified):
    """A person or a team works with somebody for a reason; its end closes the record to them.

    It names its subject by kind and identifier, so that this room knows none above it. With
    `until` it ends by itself at that instant; `ended_at` says that it was ended before.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, db_index=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, db_index=False)
    subject_kind = models.CharField(max_length=30)
    subject_id = models.UUIDField()
    basis = models.CharField(max_length=30)
    because_of = models.UUIDField(null=True)
    started_at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = InvolvementQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["subject_kind", "subject_id"],
                condition=Q(ended_at=None),
                name="involvement_subject",
            ),
            models.Index(
                fields=["user", "subject_kind"],
                condition=Q(ended_at=None),
                name="involvement_user",
            ),
            models.Index(
                fields=["team", "subject_kind"],
                condition=Q(ended_at=None),
                name="involvement_team",
            ),
            models.Index(fields=["because_of"], name="involvement_because"),
            # Also of what has ended: who worked with somebody at the time of a look.
            models.Index(fields=["subject_id", "started_at"], name="involvement_history"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(user=None) ^ Q(team=None), name="involvement_of_one"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("started_at")),
                name="involvement_until_after_start",
            ),
        ]


class Restriction(Identified):
    """A record that opens only to readers who are named, and only while they are involved too.

    Lifting it needs two people: `lifting_asked_by` asks, and another ends it before that lapses.
    """

    subject_kind = models.CharField(max_length=30)
    subject_id = models.UUIDField()
    kind = models.CharField(max_length=20)
    reason = models.CharField(max_length=300)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    review_on = models.DateField()
    lifting_asked_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+"
    )
    lifting_asked_at = models.DateTimeField(null=True)
    lifting_reason = models.CharField(max_length=300, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id"],
                condition=Q(ended_at=None),
                name="restricted_once",
            ),
            models.CheckConstraint(
                condition=Q(ended_by=None) | ~Q(ended_by=F("lifting_asked_by")),
                name="restriction_lifted_by_two",
            ),
            models.CheckConstraint(
                condition=Q(lifting_asked_by=None, lifting_asked_at=None)
                | Q(lifting_asked_by__isnull=False, lifting_asked_at__isnull=False),
                name="lifting_asked_when",
            ),
        ]


class RestrictionReader(Identified):
    """Somebody who is named to read a restricted record, until it ends."""

    restriction = models.ForeignKey(Restriction, on_delete=models.PROTECT, related_name="readers")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["restriction", "user"], condition=Q(ended_at=None), name="reader_once"
            )
        ]


class ConflictOfInterest(Identified):
    """Somebody is kin to, or knows, whoever a record is about: it is closed to them while it lasts.

    Declared by themselves, or by a supervisor for them.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    subject_kind = models.CharField(max_length=30)
    subject_id = models.UUIDField()
    reason = models.CharField(max_length=300)
    declared_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    declared_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        indexes = [
            models.Index(
                fields=["subject_kind", "subject_id"],
                condition=Q(ended_at=None),
                name="conflict_subject",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "subject_kind", "subject_id"],
                condition=Q(ended_at=None),
                name="conflict_once",
            )
        ]
