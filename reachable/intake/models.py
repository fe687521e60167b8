"""What was sent in: deliveries, signals with their versions, and rows that were refused."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from reachable.access.models import Agency, AgencyKey, User
from reachable.foundation.models import Identified
from reachable.people.models import Record


class MappingVersion(Identified):
    """Which column is which in an agency's own files with these headings, as a person said once.

    `fingerprint` is what all files with the same headings share. A change is another version; the
    newest with `used_from` is used for files that come, one without it for a single file.
    """

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, db_index=False)
    feed = models.CharField(max_length=40)
    fingerprint = models.CharField(max_length=32)
    version = models.PositiveSmallIntegerField()
    content = models.JSONField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, db_index=False)
    made_at = models.DateTimeField()
    used_from = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "feed", "fingerprint", "version"], name="version_of_mapping"
            )
        ]


class Delivery(Identified):
    """A file as it was sent. The same content counts once, whatever its name.

    It came by a `door`: the page (from `sent_by`), http (signed with `sent_with`), the watched
    folder or the shell. `last_row` is the checkpoint: every row up to it has been dealt with and
    committed. `begun_by`, or the key `begun_with`, is asked for its rights whenever a worker goes
    on with it; both are empty where the system itself began it. `read_as` is the mapping it is read
    with, empty where it has the feed's own headings.

    A set of tables is a delivery with a part for each table. Where it is `whole`, all that the
    agency holds, rows that came before and are `gone` from it were withdrawn; if there are too many
    of them to be believed, a person is asked first (`gone_asked`).
    """

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, db_index=False)
    feed = models.CharField(max_length=40)
    file_name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    size = models.BigIntegerField()
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True)
    sent_with = models.ForeignKey(
        AgencyKey, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    door = models.CharField(max_length=10, default="shell")
    received_at = models.DateTimeField()
    history = models.BooleanField(default=False)
    read_as = models.ForeignKey(MappingVersion, on_delete=models.PROTECT, null=True, db_index=False)
    state = models.CharField(max_length=10, default="received")
    last_row = models.PositiveIntegerField(default=0)
    rows = models.PositiveIntegerField(null=True)
    accepted = models.PositiveIntegerField(default=0)
    quarantined = models.PositiveIntegerField(default=0)
    duplicates = models.PositiveIntegerField(default=0)
    events = models.PositiveIntegerField(default=0)
    moments = models.PositiveIntegerField(default=0)
    part_of = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="parts")
    whole = models.BooleanField(default=False)
    gone = models.PositiveIntegerField(default=0)
    gone_asked = models.PositiveIntegerField(default=0)
    gone_confirmed = models.BooleanField(default=False)
    begun_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    begun_with = models.ForeignKey(
        AgencyKey, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    worked_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "feed", "digest"], name="delivery_counts_once"
            )
        ]
        indexes = [
            models.Index(fields=["agency", "-received_at"], name="deliveries_of_agency"),
            models.Index(
                fields=["worked_at"],
                condition=Q(state="loading"),
                name="deliveries_at_work",
            ),
        ]


class Signal(Identified):
    """One thing that an agency tells us, whose identity is (agency, feed, source key).

    `version` is the number of the version that counts: the one received last, at `newest_at`,
    in whatever order they were loaded. `last_version` is the highest number given so far, and
    `received_at` when the first was received; `news_at` when first as news, and not as history.
    `record` is empty where a row opened no moment and concerned nobody known: it is removed on
    `forget_on`. `sent_hash` tells a row of a set of tables, as it was sent, when it comes again.
    """

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, db_index=False)
    feed = models.CharField(max_length=40)
    key_hash = models.CharField(max_length=32)
    source_key = models.CharField(max_length=80, blank=True)
    content_hash = models.CharField(max_length=32)
    sent_hash = models.CharField(max_length=32, blank=True, default="")
    version = models.PositiveSmallIntegerField(default=1)
    last_version = models.PositiveSmallIntegerField(default=1)
    received_at = models.DateTimeField()
    newest_at = models.DateTimeField()
    news_at = models.DateTimeField(null=True)
    record = models.ForeignKey(Record, on_delete=models.PROTECT, null=True, db_index=False)
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, db_index=False)
    forget_on = models.DateField(null=True)

    class Meta:
        constraints = [
            # The telling column first: a whole batch is looked up by it.
            models.UniqueConstraint(fields=["key_hash", "agency", "feed"], name="signal_identity")
        ]
        indexes = [
            models.Index(
                fields=["forget_on"],
                condition=Q(forget_on__isnull=False),
                name="signals_to_forget",
            ),
            models.Index(
                fields=["sent_by", "-received_at"],
                condition=Q(sent_by__isnull=False),
                name="signals_of_sender",
            ),
            models.Index(
                fields=["agency", "feed", "sent_hash"],
                condition=~Q(sent_hash=""),
                name="signals_of_table",
            ),
        ]


class HeldKey(models.Model):
    """What a signal of somebody unknown is found by, should they become known while it is held.

    A hashed blocking key or reference, as `people.RecordKey`; with a signal that has a record, or
    is gone, it means nothing, and is swept away.
    """

    pk = models.CompositePrimaryKey("key", "signal_id")
    key = models.BigIntegerField()
    signal = models.ForeignKey(
        Signal, on_delete=models.DO_NOTHING, db_index=False, db_constraint=False
    )


class SignalVersion(Identified):
    """What a signal said at one time, in canonical form: immutable, and replayable."""

    signal = models.ForeignKey(
        Signal, on_delete=models.CASCADE, related_name="versions", db_index=False
    )
    version = models.PositiveSmallIntegerField()
    content = models.JSONField()
    received_at = models.DateTimeField()
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, null=True, db_index=False)
    row_number = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["signal", "version"], name="version_of_signal")
        ]


class QuarantinedRow(Identified):
    """A row that could not be accepted, as it was sent, with every reason."""

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="refused")
    row_number = models.PositiveIntegerField()
    source_key = models.CharField(max_length=80, blank=True)
    key_hash = models.CharField(max_length=32)
    cells = models.JSONField()
    problems = models.JSONField()
    state = models.CharField(max_length=12, default="open")
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["delivery", "row_number"], name="row_refused_once")
        ]
        indexes = [
            models.Index(fields=["key_hash"], condition=Q(state="open"), name="refused_by_key")
        ]


class ListedSignal(Identified):
    """A signal that a list of children named, also where it said nothing new of it.

    Or that its keeper said is still on it, though left off.
    """

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, db_index=False)
    signal = models.ForeignKey(Signal, on_delete=models.CASCADE)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["delivery", "signal"], name="signal_listed_once")
        ]


class Forgotten(models.Model):
    """How many signals of a feed were removed on a day because they led nowhere."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, db_index=False)
    feed = models.CharField(max_length=40)
    day = models.DateField()
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "feed", "day"], name="forgotten_per_day")
        ]


class BulkCorrection(Identified):
    """What a person said once of many refused rows of a file; it counts for that file alone.

    `last_row` is the checkpoint: every row up to it has been dealt with and committed. `fault` is
    the key of what the rows share. Rows are counted when they are settled or wait on.
    """

    delivery = models.ForeignKey(
        Delivery, on_delete=models.PROTECT, related_name="bulk_corrections"
    )
    fault = models.CharField(max_length=120)
    answer = models.JSONField()
    reason = models.CharField(max_length=300, blank=True)
    begun_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, db_index=False)
    begun_at = models.DateTimeField()
    state = models.CharField(max_length=10, default="working")
    rows = models.PositiveIntegerField()
    last_row = models.PositiveIntegerField(default=0)
    accepted = models.PositiveIntegerField(default=0)
    left_out = models.PositiveIntegerField(default=0)
    waiting = models.PositiveIntegerField(default=0)
    worked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["delivery"], condition=Q(state="working"), name="one_answer_at_work"
            )
        ]
        indexes = [
            models.Index(fields=["worked_at"], condition=Q(state="working"), name="answers_at_work")
        ]


class Expectation(Identified):
    """How often somebody said that a feed of an agency should come, where that is not learnt."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, db_index=False)
    feed = models.CharField(max_length=40)
    every_days = models.PositiveSmallIntegerField()
    said_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, db_index=False)
    said_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "feed"], name="expectation_of_feed")
        ]
