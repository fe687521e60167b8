"""Social care's dataset comes in at the end of the invented year, as past events.

By then the partnership knows its children, so that each is given what social care has on them; the
rest is held, as it would be.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from reachable.access.selectors import agency_id
from reachable.intake import loading
from reachable.intake import services as intake
from reachable.intake.models import Delivery
from reachable.synthetic.arrival import actors
from reachable.synthetic.partnership import Partnership
from reachable.synthetic.social_care import write_export

SENDER, AGENCY = "social.care.data", "fenmarch-council"


def bring_social_care(made: Partnership) -> Delivery:
    """Load everything that social care holds on the last day of the year; twice counts once."""
    by = actors(made)[SENDER]
    with TemporaryDirectory(prefix="reachable-social-care-") as folder:
        path = Path(folder) / f"SSD {made.until:%Y%m%d}.zip"
        write_export(path, made, made.until)
        with path.open("rb") as content:
            received = intake.receive(
                by=by,
                agency_id=agency_id(AGENCY),
                feed="ssd",
                file_name=path.name,
                content=content,
                history=True,
                whole=True,
            )
    intake.begin_loading(by=by, delivery_id=received.delivery_id)
    return loading.load(by=by, delivery_id=received.delivery_id)
