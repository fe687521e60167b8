"""What was offered to a child and what became of it, and what nobody could offer."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from reachable.access.models import User
from reachable.foundation.models import Identified
from reachable.moments.models import Moment
from reachable.offers.rules.standing import ALLOWED, ATTENDING
from reachable.people.models import Person
from reachable.provision.models import Service


class Offer(Identified):
    """A service that was offered to a child.

    `person` is the one first chosen; who stands for them now is derived. `state`, `since` and the
    times below them follow from the appended steps. `conversation_id` is the talk in which it was
    offered, of a room above.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    moment = models.ForeignKey(Moment, on_delete=models.PROTECT, null=True)
    conversation_id = models.UUIDField(null=True, db_index=True)
    service = models.ForeignKey(Service, on_delete=models.PROTECT)
    help = models.CharField(max_length=40, blank=True)
    form = models.CharField(max_length=40, blank=True)
    offered_at = models.DateTimeField()
    offered_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    recorded_at = models.DateTimeField()
    state = models.CharField(max_length=12)
    since = models.DateTimeField()
    attended_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    again_on = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=sorted(ALLOWED)), name="offer_state")
        ]
        indexes = [
            models.Index(
                fields=["again_on"], condition=Q(again_on__isnull=False), name="offers_asked_again"
            ),
            models.Index(
                fields=["attended_at"], condition=Q(state=ATTENDING), name="offers_attended"
            ),
        ]


class OfferStep(Identified):
    """Something that was recorded of an offer: appended, never changed.

    `at` is when it was written down, `said_at` when it happened, as somebody says. `after` is of
    which time it is said, or asked of whom it is `about`, whether the child still goes there.
    `again_on` is when a child who said not now is asked again.
    """

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="steps", db_index=False)
    kind = models.CharField(max_length=12)
    at = models.DateTimeField()
    said_at = models.DateTimeField()
    by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    about = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    how = models.CharField(max_length=40, blank=True)
    after = models.CharField(max_length=10, blank=True)
    again_on = models.DateField(null=True)
    note = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["offer", "at"], name="steps_of_offer"),
            models.Index(fields=["at"], condition=Q(kind="asked"), name="asked_still_attending"),
        ]


class Gap(Identified):
    """Nothing fitted a child, or nothing would take them: what was needed, when and in which area.

    `offer` is the one whose refusal led to it, `conversation_id` the talk in which it was found.
    `answered_at` follows from the appended steps.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    moment = models.ForeignKey(Moment, on_delete=models.PROTECT, null=True)
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, null=True)
    conversation_id = models.UUIDField(null=True, db_index=True)
    help = models.CharField(max_length=40, blank=True)
    form = models.CharField(max_length=40, blank=True)
    moment_kind = models.CharField(max_length=40, blank=True)
    needs = models.CharField(max_length=120, blank=True)
    age_band = models.CharField(max_length=12, blank=True)
    area = models.CharField(max_length=20, blank=True)
    recorded_at = models.DateTimeField(db_index=True)
    recorded_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    answered_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)


class GapStep(Identified):
    """What was added to a gap: more words, a service that was found, or that it is open again."""

    gap = models.ForeignKey(Gap, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=12)
    at = models.DateTimeField()
    by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=("more", "answered", "reopened")), name="gap_step_kind"
            )
        ]
