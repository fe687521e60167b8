"""Who works here, how they show it, and which records that opens to them."""

from __future__ import annotations

from reachable.access.models.seeing import (
    ConflictOfInterest,
    Involvement,
    InvolvementQuerySet,
    Restriction,
    RestrictionReader,
)
from reachable.access.models.signing_in import (
    AgencyKey,
    CalendarAddress,
    Invitation,
    OrganisationSignIn,
    SecondPersonRequest,
    SignIn,
    SignInAttempts,
    SignInCode,
)
from reachable.access.models.workers import (
    Absence,
    Agency,
    Role,
    Shift,
    Team,
    TeamMembership,
    User,
    UserManager,
)

__all__ = [
    "Absence",
    "Agency",
    "AgencyKey",
    "CalendarAddress",
    "ConflictOfInterest",
    "Invitation",
    "Involvement",
    "InvolvementQuerySet",
    "OrganisationSignIn",
    "Restriction",
    "RestrictionReader",
    "Role",
    "SecondPersonRequest",
    "Shift",
    "SignIn",
    "SignInAttempts",
    "SignInCode",
    "Team",
    "TeamMembership",
    "User",
    "UserManager",
]
