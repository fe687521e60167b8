"""What is on offer: services as they were sent or written, and what is read from them.

A service is kept as the document that the standard describes. A version is received from a feed or
decided by a person, and is never changed; what is searched by is derived from the current one.

Documents are encrypted whole: an address may stand anywhere in them, and that it has to stay
unknown is often said only after it came.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from reachable.access.models import Agency, User
from reachable.foundation.encrypted import EncryptedText
from reachable.foundation.models import Identified

DOCUMENTS = "directory"


class DirectoryFile(Identified):
    """A file of services as an agency sent it; `held` until a person decides."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    file_name = models.CharField(max_length=200)
    content = EncryptedText(purpose=DOCUMENTS)
    received_at = models.DateTimeField()
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10)
    services = models.PositiveIntegerField()
    said = models.JSONField(default=list)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["loaded", "held", "declined"]), name="directory_file_state"
            )
        ]


class Organisation(models.Model):
    """Who runs services, as the last version that names it says. Derived."""

    id = models.UUIDField(primary_key=True)
    name = models.TextField()


class Service(models.Model):
    """One service, by the identifier that the standard gives it.

    `owner` answers for the entry. `ended_at` says when its feed ceased to name it. `compared_by` is
    what it says of itself, and `given_at` where it is, as far as that may be told, each in one
    text: thousands are read when somebody asks what fits a child.
    """

    id = models.UUIDField(primary_key=True)
    owner = models.ForeignKey(Agency, on_delete=models.PROTECT)
    listed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    last_checked_at = models.DateTimeField(null=True)
    current = models.ForeignKey(
        "ServiceVersion", on_delete=models.PROTECT, null=True, related_name="+"
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True)
    name = models.TextField()
    status = models.CharField(max_length=20)
    minimum_age = models.FloatField(null=True)
    maximum_age = models.FloatField(null=True)
    words = models.TextField()
    missing = models.CharField(max_length=40, blank=True)
    compared_by = models.TextField(blank=True, default="")
    given_at = models.TextField(blank=True, default="")


class ServiceVersion(Identified):
    """A service as a feed sent it, by whose digest it is known again, or as a person wrote it."""

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="versions")
    document = EncryptedText(purpose=DOCUMENTS)
    digest = EncryptedText(purpose=DOCUMENTS, default="")
    made_at = models.DateTimeField()
    file = models.ForeignKey(DirectoryFile, on_delete=models.PROTECT, null=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True)


class ServiceTerm(Identified):
    """What a service is described by. Derived; `taxonomy` and `key` are set where it is ours."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="terms")
    term_id = models.UUIDField(db_index=True)
    taxonomy_id = models.UUIDField(null=True, db_index=True)
    taxonomy = models.CharField(max_length=20, blank=True)
    key = models.CharField(max_length=60, blank=True)
    name = models.TextField()


class Opening(Identified):
    """On which day of the week a service is open, from when to when. Derived."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="openings")
    weekday = models.PositiveSmallIntegerField()
    opens_at = models.TimeField()
    closes_at = models.TimeField()


class Place(Identified):
    """A place at which a service is given. Derived.

    One that is kept back leaves in no feed, and where it is stands nowhere but in the documents.
    """

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="places")
    at_id = models.UUIDField(db_index=True)
    location_id = models.UUIDField(db_index=True)
    postcode = models.CharField(max_length=8, blank=True)
    area = models.CharField(max_length=20, blank=True)
    kept_back = models.BooleanField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kept_back=False) | Q(postcode="", area=""), name="place_kept_back"
            )
        ]


class AreaCovered(Identified):
    """An area that a service says it serves; `area` is its code where the partnership has it."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="areas")
    name = models.TextField()
    area = models.CharField(max_length=20, blank=True)


class PlaceDecision(Identified):
    """Somebody's decision that a place is kept back, or may be shown; the latest holds."""

    location_id = models.UUIDField(db_index=True)
    kept_back = models.BooleanField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True)


class Check(Identified):
    """Somebody checked an entry, and what they were told of places and waiting."""

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="checks")
    checked_at = models.DateTimeField()
    checked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True)
    capacity = models.CharField(max_length=20, blank=True)
    waiting_days = models.PositiveSmallIntegerField(null=True)
    referral = models.TextField(blank=True)
    evidence = models.TextField(blank=True)


class OpenFeed(Identified):
    """Somebody's decision that everybody may read the directory without signing in, or not."""

    is_on = models.BooleanField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True)
