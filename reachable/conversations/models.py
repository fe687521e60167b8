"""What was said: conversations by version, whom their words were shared with, and the devices."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from reachable.access.models import User
from reachable.foundation.models import Identified
from reachable.moments.models import Moment
from reachable.people.models import Person


class Device(Identified):
    """A phone on which somebody has their day. Its secrets are kept as digests.

    `day_for` are the moments that were handed out to it: of these it may write, also when a child
    has been given to somebody else meanwhile. `wipe_asked_at` is heard when it next sends.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT)
    label = models.CharField(max_length=80)
    send_digest = models.CharField(max_length=64)
    read_digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    valid_until = models.DateTimeField()
    last_seen_at = models.DateTimeField(null=True)
    day_for = models.JSONField(default=list)
    ended_at = models.DateTimeField(null=True)
    wipe_asked_at = models.DateTimeField(null=True)
    wipe_asked_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    wiped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(wiped_at=None) | Q(wipe_asked_at__isnull=False),
                name="wiped_when_asked",
            )
        ]


class Conversation(Identified):
    """One conversation with a child, or the try at one. Its identifier is made where it is begun.

    `person` is the one first chosen; who stands for them now is derived. `applied` is the
    child's answer that was last noted in the moment; `offers_noted` is service → the answer that
    was last recorded as an offer, `gaps_noted` are the kinds of help that nobody could offer.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    moment = models.ForeignKey(Moment, on_delete=models.PROTECT)
    guide = models.CharField(max_length=40)
    begun_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    began_at = models.DateTimeField()
    received_at = models.DateTimeField()
    applied = models.CharField(max_length=20, blank=True)
    offers_noted = models.JSONField(default=dict)
    gaps_noted = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["moment", "began_at"], name="conversations_of_moment")]


class ConversationVersion(Identified):
    """What somebody wrote, to the letter; never changed. `based_on` are the versions they saw, and
    `said` are the sentences with which it was answered, for one who asks again.

    `written_at` is by the server's clock, worked out from the device's, which is kept as it said.
    `late` says that the writer had no account, or no such child, any more when it came in.
    """

    conversation = models.ForeignKey(
        Conversation, on_delete=models.PROTECT, related_name="versions"
    )
    based_on = models.JSONField(default=list)
    content = models.JSONField()
    finished = models.BooleanField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    device = models.ForeignKey(Device, on_delete=models.PROTECT, null=True, related_name="+")
    device_said_at = models.CharField(max_length=40, blank=True)
    written_at = models.DateTimeField()
    received_at = models.DateTimeField()
    late = models.BooleanField(default=False)
    said = models.JSONField(default=list)
    digest = models.CharField(max_length=64)


class Sharing(Identified):
    """Somebody's decision to share the child's words of a conversation with a kind of agency.

    Whoever decides has read that they may have to be disclosed in court, and says what the child
    was told of it.
    """

    conversation = models.ForeignKey(
        Conversation, on_delete=models.PROTECT, related_name="sharings"
    )
    agency_kind = models.CharField(max_length=30)
    reason = models.TextField()
    child_told = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "agency_kind"], name="shared_once_with_a_kind"
            )
        ]


class PassedOn(Identified):
    """Something that others needed to know was told: what, to whom, how, when; never changed.

    Here, to a worker (`to`), who works with the child or sent a signal (`signal_id`); or in another
    way to somebody who is named (`to_whom`). `row` says which it was of what stands in the
    conversation; `what` keeps its words as they were then.
    """

    conversation = models.ForeignKey(
        Conversation, on_delete=models.PROTECT, related_name="passed_on"
    )
    row = models.CharField(max_length=80)
    what = models.TextField()
    how = models.CharField(max_length=12)
    to = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    signal_id = models.UUIDField(null=True)
    to_whom = models.CharField(max_length=200, blank=True)
    told_at = models.DateTimeField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(how="reachable", to__isnull=False, to_whom="")
                | (Q(how__in=("telephone", "in_person"), to=None) & ~Q(to_whom="")),
                name="passed_on_in_a_way",
            ),
            models.UniqueConstraint(
                fields=["conversation", "row", "to"],
                condition=Q(to__isnull=False),
                name="passed_on_once_to_somebody",
            ),
        ]


class ConfirmedContext(Identified):
    """A place, a person, a way to travel or something online, as somebody confirmed it.

    It stands for as long as a decision leads to it. A later room, `contexts`, takes over those that
    stand with `candidates.confirmed_contexts`: what each is called, who confirmed it and from which
    conversations it comes. It keeps their identifiers.
    """

    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    postcode = models.CharField(max_length=10, blank=True)
    area = models.CharField(max_length=20, blank=True)
    note = models.TextField(blank=True)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["kind", "name"], name="contexts_by_kind")]


class CandidateDecision(Identified):
    """What somebody decided of a candidate: appended, and superseded by the next.

    A candidate has no row of its own: `candidate_id` follows from the conversation and from what
    was said in it. `said` is kept as it stood in `version` then. Taken back, it waits again.
    """

    conversation = models.ForeignKey(
        Conversation, on_delete=models.PROTECT, related_name="candidate_decisions"
    )
    version = models.ForeignKey(ConversationVersion, on_delete=models.PROTECT, related_name="+")
    candidate_id = models.UUIDField(db_index=True)
    said_kind = models.CharField(max_length=20, blank=True)
    said = models.CharField(max_length=200)
    decision = models.CharField(max_length=12)
    context = models.ForeignKey(
        ConfirmedContext, on_delete=models.PROTECT, null=True, related_name="decisions"
    )
    reason = models.TextField(blank=True)
    until = models.DateField(null=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(decision="confirmed", context__isnull=False, until=None)
                    | Q(decision="set_aside", context=None, until=None)
                    | Q(decision="put_off", context=None, until__isnull=False)
                    | Q(decision="taken_back", context=None, until=None)
                ),
                name="candidate_decision",
            )
        ]


class Card(Identified):
    """A child was given a card, which the child said is safe to hold; its text is kept nowhere."""

    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="cards")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Translation(Identified):
    """What a child is told, in a further language, as somebody entered it. The newest one counts;
    those before it stay.

    `words` is the key of the sentence, and `of_digest` the English words that were translated.
    """

    words = models.CharField(max_length=40)
    language = models.CharField(max_length=12)
    say = models.TextField()
    easy = models.JSONField()
    of_digest = models.CharField(max_length=64)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["language", "words"], name="words_in_a_language")]


class TranslationCheck(Identified):
    """Somebody who knows the language, or a service, made sure that a translation is right."""

    translation = models.ForeignKey(Translation, on_delete=models.PROTECT, related_name="checks")
    checked_by = models.CharField(max_length=120)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class LoneWorkerNote(Identified):
    """Where somebody is alone, when they expect to be back, and who is told if they are not."""

    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    tell = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=200)
    expected_back = models.DateTimeField()
    noted_at = models.DateTimeField()
    back_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["expected_back"],
                condition=Q(back_at=None, told_at=None),
                name="lone_workers_out",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(told_at=None) | Q(told_at__gte=F("expected_back")),
                name="told_when_not_back",
            )
        ]
