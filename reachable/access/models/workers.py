"""Who works here: agencies, people, teams, roles and the rota."""

from __future__ import annotations

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
