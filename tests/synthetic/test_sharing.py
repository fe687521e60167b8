"""The demonstration shows a request that was answered, a refusal, an end, and a document."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from reachable.foundation.time import now, travel
from reachable.intake import services as intake
from reachable.intake.services import PhoneSignal
from reachable.moments import services as moments
from reachable.moments.models import Moment
from reachable.sharing import given
from reachable.sharing.models import SharingDecision, SharingStep
from reachable.synthetic import partnership
from reachable.synthetic.arrival import actors, set_up
from reachable.synthetic.sharing import SCHOOL, share_a_few

AT = datetime(2026, 6, 29, 9, 30, tzinfo=UTC)


@pytest.mark.db
def test_a_few_decisions_stand_once(db: None) -> None:
    made = partnership.make(11, 280, 12, until=date(2026, 6, 29))
    with travel(AT, ticking=True):
        set_up(made, password="only-for-a-demonstration")
        by = actors(made)
        for number, family in enumerate(("Fennick", "Saltby", "Reedham", "Marlow")):
            intake.send_signal(
                by=by["custody.sergeant"],
                signal=PhoneSignal(
                    token=uuid4(),
                    kind="in_custody_now",
                    family_name=family,
                    given_names=f"Child{number}",
                    birth_date=date(2011, 3, 1 + number),
                    where="Netherquay",
                    said="Tired.",
                    reach="Desk, 07700 900123",
                    postcode="",
                    communication_needs="Short sentences",
                    happened_at=now() - timedelta(minutes=30),
                ),
            )
        for moment in Moment.objects.all():
            holder = next(each for each in by.values() if each.own_id == moment.asked_id)
            moments.take(by=holder, moment_id=moment.id)
        assert share_a_few(made) == 4
        assert share_a_few(made) == 0
        outcomes = SharingDecision.objects.values_list("outcome", flat=True)
        assert sorted(outcomes) == ["made", "made", "made", "refused"]
        kinds = set(SharingStep.objects.values_list("kind", flat=True))
        assert {"ended", "agreed", "document", "handed"} <= kinds
        (row,) = given.shared_with_me(by=by[SCHOOL])
        titles = [each.title for each in given.shared(by=by[SCHOOL], shared_id=row.id).pieces]
        assert titles == ["Name", "That a reachable moment is open, and who has it"]
