"""Files as the police send them, of invented people, and how they come in."""

from __future__ import annotations

import io
from uuid import UUID

from django_tasks_db.models import DBTaskResult

from reachable.access.selectors import agency_id
from reachable.foundation.actor import Actor, system
from reachable.intake import jobs, loading, services
from reachable.intake.models import Delivery

CUSTODY = """\
Custody No,Attendance,Arrived Date,Arrived Time,Station,Surname,Forename(s),DOB,Postcode,Person No
CU/1,Arrest,24/10/2026,21:40,Fenmarch,Orrell,Tamsin,03/03/2012,FX1 1AA,P1
CU/2,Arrest,24/10/2026,20:15,Fenmarch,Vane,Idris,14/07/2010,FX1 1AB,P2
CU/3,Voluntary,23/10/2026,10:00,Fenmarch,Okafor,Chidi,01/02/2011,FX1 1AD,P3
CU/4,Arrest,31/12/2026,10:00,Fenmarch,Marsh,Ebony,01/02/2011,FX1 1AD,P4
CU/5,Arrest,23/10/2026,10:00,Fenmarch,Orrell,Tam,03/03/2012,FX1 1AA,
CU/6,Arrest,23/10/2026,11:00,Fenmarch,Adult,Somebody,01/02/1999,FX1 1AE,P6
CU/2,Arrest,24/10/2026,20:25,Fenmarch,Vane,Idris,14/07/2010,FX1 1AB,P2
CU/1,Arrest,24/10/2026,21:40,Fenmarch,Orrell,Tamsin,03/03/2012,FX1 1AA,P1
CU/7,Arrest,24/10/2026,12:00,Fenmarch,Solano,Reyes,09/09/2011,FX1 1AF,P7
"""
MISSING = """\
Report No,Missing Date,Missing Time,Returned Date,Returned Time,Missing From,Surname,\
Forename(s),DOB,Postcode,Person No
MI/1,22/10/2026,18:00,24/10/2026,20:00,Home,Orrell,Tamsin,03/03/2012,FX1 1AA,P1
MI/2,23/10/2026,18:00,,,Home,Nobody,Known,04/04/2012,FX1 1AG,P8
MI/3,23/10/2026,18:00,24/10/2026,07:30,Home,Lark,Wren,05/05/2013,FX1 1AH,P9
"""
CORRECTED = CUSTODY.replace("31/12/2026", "23/10/2026").replace("CU/3,Voluntary", "CU/3,Arrest")

BY = system("feed load")


def receive(
    content: str,
    *,
    feed: str = "police_custody",
    agency: UUID | None = None,
    name: str = "custody.csv",
    by: Actor = BY,
) -> UUID:
    """Receive a file and say that it is to be loaded."""
    received = services.receive(
        by=by,
        agency_id=agency or agency_id("police"),
        feed=feed,
        file_name=name,
        content=io.BytesIO(content.encode("utf-8", "surrogatepass")),
    )
    services.begin_loading(by=by, delivery_id=received.delivery_id)
    return received.delivery_id


def load(content: str, *, feed: str = "police_custody", agency: UUID | None = None) -> Delivery:
    """Receive a file and load it to its end."""
    return loading.load(by=BY, delivery_id=receive(content, feed=feed, agency=agency))


def work() -> list[str]:
    """Do what waits for a worker, as one does: each task once. Return what each came to."""
    came = []
    for waiting in DBTaskResult.objects.ready():
        waiting.claim("tests/0")
        given = waiting.args_kwargs
        came.append(str(jobs.load_delivery.call(*given["args"], **given["kwargs"])))
        waiting.set_successful(came[-1])
    return came
