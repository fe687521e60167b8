"""Every table that points to a worker is handed over when they go, or says why it need not be."""

from __future__ import annotations

from django.apps import apps
from django.db import models

from reachable.access.models import User
from reachable.access.registries import holdings

DONE = "it says who did something that is done"
OWN = "it is the account's own, and opens nothing once that has ended"
OVER = "it is over by itself on a day that was said when it began"
ANYBODY = "whoever has the same role, or works with the child, goes on with it"
KEPT = {
    "access.Involvement.user": "lists",
    "access.Invitation.invited_by": "invited",
    "access.SecondPersonRequest.asked_by": "asked",
    "access.Shift.user": "shifts",
    "access.TeamMembership.user": "rotas",
    "access.RestrictionReader.user": "restricted",
    "moments.Moment.asked": "moments",
    "moments.Moment.holder": "moments",
    "moments.Task.for_whom": "tasks",
    "conversations.Conversation.begun_by": "conversations",
    "conversations.LoneWorkerNote.tell": "out alone",
    "offers.Offer.offered_by": "offers",
    "sharing.SafeAddressReader.user": "safe",
    "governance.LookQuestion.worker": "looks",
}
"""A field that points to whoever has open work → the holding that says it."""
NEED_NOT = {
    OWN: """
        access.SignIn.user access.SignInCode.user access.Invitation.account access.Role.user
        access.OrganisationSignIn.user access.CalendarAddress.user access.Absence.user
        access.ConflictOfInterest.user
        notices.Notice.user conversations.Device.user conversations.LoneWorkerNote.by
    """,
    OVER: """
        people.InvitedColleague.invited_by people.EmergencyAccess.user people.Enquiry.user
        sharing.SharingDecision.to_user
    """,
    ANYBODY: """
        access.Restriction.lifting_asked_by moments.OwnPathway.begun_by
        moments.OwnPathway.changed_by moments.DryRun.begun_by intake.Delivery.begun_by
        intake.BulkCorrection.begun_by sharing.SharingRequest.from_user
        sharing.SharingDecision.decided_by governance.LookQuestion.asked_by
        governance.FamilyRequest.made_by offers.Gap.recorded_by conversations.PassedOn.to
    """,
    DONE: """
        access.SignInCode.given_by access.OrganisationSignIn.offered_by
        access.SecondPersonRequest.decided_by access.AgencyKey.issued_by
        access.Absence.entered_by access.Restriction.set_by access.Restriction.ended_by
        access.RestrictionReader.added_by access.ConflictOfInterest.declared_by
        access.ConflictOfInterest.ended_by audit.Entry.actor_id provision.DirectoryFile.sent_by
        provision.DirectoryFile.decided_by provision.ServiceVersion.made_by
        provision.PlaceDecision.by provision.Check.checked_by provision.OpenFeed.by
        people.LinkDecision.decided_by people.Review.decided_by people.Merge.decided_by
        people.Opinion.by people.CannotLink.decided_by people.CannotLink.lifting_by
        people.CannotLink.lifted_by people.RecordCheck.answered_by
        people.Split.decided_by people.Split.undone_by governance.BreachStep.by
        governance.BreachReader.user
        people.Merge.undone_by people.EmergencyAccess.reviewed_by moments.Action.by
        moments.Action.about moments.Task.added_by moments.Task.ended_by moments.Summary.by
        moments.RuleSwitch.by moments.PathwayDecision.by moments.SchoolDates.entered_by
        moments.SchoolDates.ended_by intake.MappingVersion.made_by intake.Delivery.sent_by
        intake.Signal.sent_by intake.QuarantinedRow.decided_by intake.Expectation.said_by
        conversations.Device.wipe_asked_by conversations.ConversationVersion.by
        conversations.Sharing.by conversations.PassedOn.by
        conversations.ConfirmedContext.confirmed_by conversations.CandidateDecision.by
        conversations.Card.by conversations.Translation.by conversations.TranslationCheck.by
        offers.OfferStep.by offers.OfferStep.about offers.GapStep.by
        sharing.SharingRequest.recorded_by sharing.SharingStep.by sharing.SafeAddress.recorded_by
        sharing.SafeAddress.ended_by sharing.SafeAddressReader.named_by sharing.DutySwitch.by
        governance.WatchRule.set_by governance.LookStep.by governance.FamilyDecision.by
    """,
}
"""Why nobody has to take it over → the fields."""


def points_to_a_worker(field: models.Field[object, object]) -> bool:
    if field.remote_field is not None:
        return field.remote_field.model is User
    return isinstance(field, models.UUIDField) and any(
        said in field.name for said in ("user", "actor", "worker")
    )


def pointing() -> set[str]:
    return {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith("reachable.")
        for field in model._meta.concrete_fields
        if points_to_a_worker(field)
    }


def test_every_field_that_points_to_a_worker_is_handed_over_or_says_why_not() -> None:
    excused = [name for names in NEED_NOT.values() for name in names.split()]
    said = [*KEPT, *excused]
    assert len(said) == len(set(said)), "one answer for each"
    assert pointing() - set(said) == set(), "a holding, or a reason why nobody takes it over"
    assert set(said) - pointing() == set(), "fields that are no more"


def test_what_is_handed_over_has_a_holding_and_every_holding_a_field() -> None:
    assert {holding.key for holding in holdings.items()} == set(KEPT.values())
