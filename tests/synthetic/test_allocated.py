"""Workers of the invented council are allocated to children, and a second moment goes to them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import LazySettings

from reachable.access.models import Involvement
from reachable.access.selectors import on_duty
from reachable.foundation.time import travel
from reachable.moments.models import Action, Moment
from reachable.synthetic import partnership
from reachable.synthetic.arrival import set_up
from reachable.synthetic.dataset import bring_social_care, return_tonight

UNTIL = date(2026, 6, 29)
AT = datetime(2026, 6, 29, 9, 30, tzinfo=UTC)


@pytest.mark.db
def test_promise_45_in_the_demonstration_a_child_comes_back_to_the_allocated_worker(
    db: None, tmp_path: Path, settings: LazySettings
) -> None:
    settings.UPLOAD_DIR = tmp_path / "uploads"
    made = partnership.make(11, 280, 12, until=UNTIL)
    staffed = {worker.staff_number for worker in made.workers if worker.staff_number}
    assert len(staffed) == 4
    with travel(AT, ticking=True):
        set_up(made, password="only-for-a-demonstration")
        assert bring_social_care(made).state == "loaded"
        held = Involvement.objects.filter(basis="allocated", ended_at=None)
        assert held.count() >= 4
        assert set(held.values_list("user__staff_number", flat=True)) <= staffed
        done = return_tonight(made)
        assert done
        assert (done.state, done.error, done.quarantined) == ("loaded", "", 0)
        moment = Moment.objects.get(kind="return_from_missing", opened_at__gte=AT)
        first = on_duty(team_id=moment.team_id, at=AT)[0]
    allocated = held.get(subject_id=moment.person_id)
    assert moment.asked_id == allocated.user_id
    assert moment.asked_id != first.user_id
    why = Action.objects.get(moment=moment, kind="known")
    assert (why.how, why.about_id) == ("allocated", allocated.user_id)
