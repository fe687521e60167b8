"""An offer to a child and the answer, whether contact lasted, and why a clock was missed."""

from __future__ import annotations

from django.http import HttpRequest

from reachable.foundation.views import actor
from reachable.moments import contact, contact_forms, forms
from reachable.moments.selectors import MomentFacts
from reachable.moments.views import Question, asked, plain
from reachable.practice.time import LONDON


def _decline_form(request: HttpRequest, moment: MomentFacts) -> forms.ActForm:
    by = actor(request)
    people = [(who.user_id, who.name) for who in moment.members]
    people.sort(key=lambda who: (who[0] != by.id, who[1]))
    return contact_forms.DeclineForm(
        request.POST or None,
        initial={"version": moment.version, "by_whom": str(by.id)},
        people=people,
    )


def _still_form(request: HttpRequest, moment: MomentFacts) -> forms.ActForm:
    reached_at = moment.row.reached_at
    return contact_forms.StillForm(
        request.POST or None,
        initial={"version": moment.version, "check": next(reversed(moment.checks), "")},
        reached_on=reached_at.astimezone(LONDON).date() if reached_at else None,
        checks=moment.checks,
    )


offered = asked(
    Question(
        "I offered contact",
        "Record the offer",
        plain(contact_forms.OfferForm),
        lambda by, moment_id, given: contact.offer(by=by, moment_id=moment_id, **given),
        "The offer is recorded. An offer is not yet contact: the child’s clock runs on.",
    )
)
accepted = asked(
    Question(
        "The child said yes",
        "Record it",
        plain(contact_forms.AcceptForm),
        lambda by, moment_id, given: contact.accept(by=by, moment_id=moment_id, **given),
        "It is recorded that the child said yes. Once they have met, say that they were reached.",
    )
)
declined = asked(
    Question(
        "The child said no for now",
        "Record it",
        _decline_form,
        lambda by, moment_id, given: contact.decline(by=by, moment_id=moment_id, **given),
        "It is recorded, and does not count as reached. On the day that you named it comes back.",
    )
)
still = asked(
    Question(
        "Has contact lasted?",
        "Record it",
        _still_form,
        lambda by, moment_id, given: contact.still_in_touch(by=by, moment_id=moment_id, **given),
        "Thank you. It is recorded whether contact has lasted.",
        stays=False,
    )
)
explained = asked(
    Question(
        "Why the clock was missed",
        "Record it",
        plain(contact_forms.ExplainForm),
        lambda by, moment_id, given: contact.explain(by=by, moment_id=moment_id, **given),
        "The explanation stands beside the missed clock, which stays missed.",
    )
)
