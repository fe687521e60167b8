"""Social care's dataset comes in at the end of the invented year, as past events.

By then the partnership knows its children, so that each is given what social care has on them; the
rest is held, as it would be. Then one child more comes back from missing, and is asked after first
by the worker who is allocated to them.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from reachable.access import selectors as access
from reachable.access.models import Involvement
from reachable.foundation.actor import system
from reachable.foundation.time import now
from reachable.intake import loading
from reachable.intake import services as intake
from reachable.intake.models import Delivery
from reachable.moments.models import OPEN
from reachable.moments.selectors import visible_moments
from reachable.people.models import CurrentPerson, Record
from reachable.practice.time import LONDON
from reachable.synthetic.arrival import actors
from reachable.synthetic.partnership import Partnership
from reachable.synthetic.social_care import rows_of, write_export
from reachable.synthetic.ssd import Row, write

SENDER, AGENCY = "social.care.data", "fenmarch-council"
TONIGHT = "M-tonight"
_MISSING_SINCE, _BACK_SINCE = timedelta(hours=11), timedelta(minutes=25)
_LONG_AGO = date.min


def bring_social_care(made: Partnership) -> Delivery:
    """Load everything that social care holds on the last day of the year; twice counts once."""
    with TemporaryDirectory(prefix="reachable-social-care-") as folder:
        path = Path(folder) / f"SSD {made.until:%Y%m%d}.zip"
        write_export(path, made, made.until)
        return _load(made, path, history=True, whole=True)


def return_tonight(made: Partnership) -> Delivery | None:
    """Let a child come back whose allocated worker is at work; None where there is none.

    Rather one whose worker is not first on duty: then it is seen who is asked, and why.
    """
    number = _child_to_return()
    if number is None:
        return None
    day = now().astimezone(LONDON).date() + timedelta(days=1)
    with TemporaryDirectory(prefix="reachable-social-care-") as folder:
        path = Path(folder) / f"SSD changes {day:%Y%m%d}.zip"
        write(path, [*_rows_of_child(made, number), _return(number)], day)
        return _load(made, path, history=False, whole=False)


def _child_to_return() -> str | None:
    by = system("synthetic")
    today = now().astimezone(LONDON).date()
    adult = today - timedelta(days=17 * 365)
    on_duty = access.everybody_on_duty(at=now())
    at_work = {user: place for users in on_duty.values() for place, user in enumerate(users)}
    held = Involvement.objects.in_force(at=now()).filter(basis="allocated", user_id__in=at_work)
    worker_of = {
        subject: user for subject, user in held.values_list("subject_id", "user_id") if user
    }
    busy = visible_moments(by=by).filter(state__in=OPEN).values_list("person_id", flat=True)
    current = dict(CurrentPerson.objects.values_list("person_id", "current_id"))
    taken = {current[person_id] for person_id in busy}
    numbers = dict(
        Record.objects.filter(agency__key=AGENCY, person_id__in=worker_of, birth_date__gt=adult)
        .exclude(source_ref="")
        .values_list("source_ref", "person_id")
    )
    free: list[tuple[int, str, UUID]] = [
        (-at_work[worker_of[person]], number, person)
        for number, person in numbers.items()
        if current[person] not in taken
    ]
    return min(free)[1] if free else None


def _rows_of_child(made: Partnership, number: str) -> list[Row]:
    """Every row of the child, and the tables to which they refer: a set of changes needs them."""
    return [
        row
        for row in rows_of(made)
        if row.table == "ssd_professionals"
        or number in {value for name, value in row.values.items() if name.endswith("person_id")}
    ]


def _return(number: str) -> Row:
    at = now().astimezone(LONDON).replace(tzinfo=None)
    return Row(
        "ssd_missing",
        _LONG_AGO,
        {
            "miss_table_id": TONIGHT,
            "miss_person_id": number,
            "miss_missing_episode_start_date": at - _MISSING_SINCE,
            "miss_missing_episode_type": "Missing",
            "miss_missing_episode_end_date": at - _BACK_SINCE,
        },
    )


def _load(made: Partnership, path: Path, *, history: bool, whole: bool) -> Delivery:
    by = actors(made)[SENDER]
    with path.open("rb") as content:
        received = intake.receive(
            by=by,
            agency_id=access.agency_id(AGENCY),
            feed="ssd",
            file_name=path.name,
            content=content,
            history=history,
            whole=whole,
        )
    intake.begin_loading(by=by, delivery_id=received.delivery_id)
    return loading.load(by=by, delivery_id=received.delivery_id)
