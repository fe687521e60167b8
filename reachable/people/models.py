"""Many agencies' records, one person."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from reachable.access.models import Agency, Involvement, Team, User
from reachable.foundation.models import Identified


class Person(Identified):
    """Somebody whom records speak of. Everything known about them is in their records."""

    made_at = models.DateTimeField()


class CurrentPerson(models.Model):
    """Which person stands for this one now: derived from merges; selectors join through it."""

    person = models.OneToOneField(
        Person, on_delete=models.PROTECT, primary_key=True, related_name="now"
    )
    current = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="stands_for")


class Record(Identified):
    """What one agency holds on one person.

    `source_ref` is the agency's own number; without one, the signal that it came from.
    Where a number turns out to be used for two people, the second has a digest behind it.
    The standardised columns are derived from the newest detail; the earlier ones, each word or
    postcode with a space between, from all.
    """

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, db_index=False)
    source_ref = models.CharField(max_length=80)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="records")
    detail_hash = models.CharField(max_length=32)
    detail_at = models.DateTimeField()
    shown_name = models.CharField(max_length=200)
    family_name = models.CharField(max_length=120)
    given_names = models.CharField(max_length=120)
    birth_date = models.DateField(null=True)
    postcode = models.CharField(max_length=8, blank=True)
    nhs_number = models.CharField(max_length=10, blank=True)
    upn = models.CharField(max_length=13, blank=True)
    sex = models.CharField(max_length=10, blank=True, default="", db_default="")
    earlier_families = models.CharField(max_length=300, blank=True, default="", db_default="")
    earlier_postcodes = models.CharField(max_length=100, blank=True, default="", db_default="")

    class Meta:
        constraints = [
            # The telling column first: a whole batch is looked up by it.
            models.UniqueConstraint(fields=["source_ref", "agency"], name="record_of_agency")
        ]
        indexes = [
            models.Index(fields=["birth_date"], name="record_birth_date"),
            models.Index(fields=["postcode"], condition=~Q(postcode=""), name="record_postcode"),
        ]


class RecordDetail(Identified):
    """A version of a record as it was received: immutable."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="details")
    content = models.JSONField()
    received_at = models.DateTimeField()


class RecordKey(models.Model):
    """A hashed blocking key of a record: how candidates are found without comparing text.

    Derived from the record's columns and written with them by the hundred thousand, so the
    database neither checks the record nor indexes by it: a record's keys follow from what it says.
    """

    pk = models.CompositePrimaryKey("key", "record_id")
    key = models.BigIntegerField()
    record = models.ForeignKey(
        Record, on_delete=models.CASCADE, db_index=False, db_constraint=False
    )


class LinkDecision(Identified):
    """Why a record is with a person: appended, never edited; the newest stands.

    Where a model weighed, `model` is its hash, and `evidence` the record that spoke most, with the
    level and the bits of each comparison.
    """

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="decisions")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, db_index=False)
    outcome = models.CharField(max_length=10)
    rule = models.CharField(max_length=40)
    model = models.CharField(max_length=32, blank=True, default="", db_default="")
    evidence = models.JSONField(null=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, db_index=False)
    decided_at = models.DateTimeField()


class Review(Identified):
    """A record that may be somebody already known; people decide.

    `model` is the hash of the model that sent it there, empty where a rule did. `round` grows when
    the agencies were asked and stewards are asked anew; `asked_at` is when that was last.
    """

    record = models.ForeignKey(Record, on_delete=models.PROTECT)
    rule = models.CharField(max_length=40)
    model = models.CharField(max_length=64, blank=True, default="", db_default="")
    opened_at = models.DateTimeField()
    round = models.PositiveSmallIntegerField(default=1, db_default=1)
    asked_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, db_index=False)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["opened_at"], condition=Q(outcome=""), name="review_open")]


class ReviewCandidate(models.Model):
    """One of the people whom a review asks about."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="candidates")
    record = models.ForeignKey(Record, on_delete=models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "record"], name="candidate_once")]


class Opinion(Identified):
    """What one steward said of a review, before they knew what another said: a label.

    `same_as` is the record of the same child, where they said so.
    """

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="opinions")
    round = models.PositiveSmallIntegerField()
    said = models.CharField(max_length=10)
    same_as = models.ForeignKey(Record, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(User, on_delete=models.PROTECT, db_index=False, related_name="+")
    said_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "round", "by"], name="opinion_once"),
            models.CheckConstraint(
                condition=Q(said="same", same_as__isnull=False)
                | Q(said__in=["different", "unsure"], same_as=None),
                name="opinion_whole",
            ),
        ]


class CannotLink(Identified):
    """Two records that people decided are of two people: for ever, until two people lift it.

    `one` is the lower identifier, so that a pair is kept in one order.
    """

    one = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    review = models.ForeignKey(Review, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=300)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    decided_at = models.DateTimeField()
    lifting_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    lifting_at = models.DateTimeField(null=True)
    lifting_reason = models.CharField(max_length=300, blank=True)
    lifted_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["one", "other"], condition=Q(lifted_at=None), name="apart_once"
            ),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="apart_in_order"),
            models.CheckConstraint(
                condition=Q(lifted_by=None) | ~Q(lifted_by=F("lifting_by")),
                name="apart_lifted_by_another",
            ),
        ]


class LinkCheck(Identified):
    """A review of a pair that was drawn by chance, about which the computer had decided.

    `sample` says how: linked or apart; whoever judges is not told. One that is doubted was not
    drawn: it was linked, and by what is known now it would not be. `out_of` is from how many, by
    estimate, one month's sample was drawn.
    """

    review = models.OneToOneField(Review, on_delete=models.PROTECT, related_name="check_of")
    sample = models.CharField(max_length=10)
    month = models.DateField()
    out_of = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["month"], name="linkcheck_month")]


class RecordCheck(Identified):
    """An agency is asked whether a record of its own is right: for a review that nobody can
    settle, or by chance, so that being asked tells nothing."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    review = models.ForeignKey(
        Review, on_delete=models.PROTECT, null=True, related_name="record_checks"
    )
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=10, blank=True)
    answered_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["asked_at"], condition=Q(answered_at=None), name="recordcheck_waiting"
            )
        ]


class Merge(Identified):
    """Two people were decided to be one; undoing it restores every record exactly."""

    kept = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="merges_kept")
    joined = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="merges_joined")
    review = models.ForeignKey(Review, on_delete=models.PROTECT, null=True)
    reason = models.CharField(max_length=300)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, db_index=False)
    decided_at = models.DateTimeField()
    undone_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="merges_undone"
    )
    undone_at = models.DateTimeField(null=True)
    undone_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["joined"], condition=Q(undone_at=None), name="joined_once"
            ),
            models.CheckConstraint(condition=~Q(kept=models.F("joined")), name="merge_of_two"),
        ]


class Split(Identified):
    """Records were taken away from one person into another; undoing it brings them back.

    `made` says that the other person was made for it. `since` is since when what was taken away
    and what stayed had stood together. It rewrites whom a row is about, row by row, so that each
    can go back: `moves` say which.
    """

    from_person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="splits_from")
    to_person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="splits_to")
    made = models.BooleanField()
    since = models.DateTimeField()
    reason = models.CharField(max_length=300)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="splits", db_index=False
    )
    decided_at = models.DateTimeField()
    undone_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="splits_undone", db_index=False
    )
    undone_at = models.DateTimeField(null=True)
    undone_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(from_person=F("to_person")), name="split_between_two"
            ),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="split_undone_by_somebody",
            ),
        ]


class SplitMove(Identified):
    """One row that a split gave to the other person, and whom it was about before: appended.

    `pointer` is the key under which its room says what leads to a person. What a split `copied`
    was made anew for the other person, and ends when the split is undone.
    """

    split = models.ForeignKey(Split, on_delete=models.PROTECT, related_name="moves")
    pointer = models.CharField(max_length=60)
    row_id = models.UUIDField()
    before = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    copied = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["split", "pointer", "row_id"], name="moved_once"),
            models.CheckConstraint(
                condition=Q(copied=True, before=None) | Q(copied=False, before__isnull=False),
                name="moved_or_copied",
            ),
        ]
        indexes = [models.Index(fields=["row_id"], name="moves_of_row")]


class InvitedColleague(Identified):
    """Why a colleague was invited to see a child, and by whom; the involvement says until when."""

    involvement = models.OneToOneField(Involvement, on_delete=models.PROTECT, related_name="+")
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)


class Enquiry(Identified):
    """Somebody asked whether anybody works with a child, and why. Who was described stays unsaid.

    `described` is a keyed digest of the description, so that asking again can be seen. `about` is
    who was found; where that is nobody, an identifier that stands for nobody, so that both are
    written in the same time. `team` was named; without one nothing was told.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    reason = models.CharField(max_length=600)
    described = models.CharField(max_length=64)
    about = models.UUIDField()
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="+")
    told_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["user", "asked_at"], name="enquiry_of_user"),
            models.Index(fields=["asked_at"], condition=Q(told_at=None), name="enquiry_untold"),
        ]


class EmergencyAccess(Identified):
    """Somebody had to see a child at once; information governance says whether that was right."""

    enquiry = models.ForeignKey(Enquiry, on_delete=models.PROTECT, related_name="+")
    involvement = models.OneToOneField(Involvement, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=600)
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    justified = models.BooleanField(null=True)
    note = models.CharField(max_length=600, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("user")),
                name="emergency_reviewed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by=None, reviewed_at=None, justified=None)
                | Q(reviewed_by__isnull=False, reviewed_at__isnull=False, justified__isnull=False),
                name="emergency_reviewed_whole",
            ),
        ]


class LinkRun(Identified):
    """A whole register looked at for people who are two and should be one.

    Records up to `until` are looked at in `parts`, of which `part` are done: whoever starts it
    again goes on there.
    """

    model = models.CharField(max_length=32)
    until = models.UUIDField()
    records = models.PositiveIntegerField()
    parts = models.PositiveIntegerField()
    part = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    joined = models.PositiveIntegerField(default=0)
    opened = models.PositiveIntegerField(default=0)
    left = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["model"], condition=Q(finished_at=None), name="linkrun_once"
            )
        ]


class LinkFinding(Identified):
    """Two records of two people that a run found alike: gone once something was done about it."""

    run = models.ForeignKey(LinkRun, on_delete=models.CASCADE, related_name="findings")
    one = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="+", db_index=False)
    weight = models.FloatField()
    outcome = models.CharField(max_length=10)
    rule = models.CharField(max_length=40)
    evidence = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "one", "other"], name="finding_once")]
