"""One conversation written down at a desk: from the request to all that it leads to, committed."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.test import Client

from benchmarks.partnership import client_of, register_people, served, set_up
from benchmarks.signal import _send
from reachable.conversations.models import ConversationVersion
from reachable.foundation import memory
from reachable.foundation.actor import system
from reachable.foundation.time import today
from reachable.moments.models import Moment
from reachable.synthetic import bulk

NAME = "A conversation is saved, and its outcome noted in the moment: server time of one request"
BASELINE = "the median server time of the help page, signed in: what any request costs"
SAVED = 200
WARM_UP = 5
"""What `served` asks before it begins to measure."""
BY = system("benchmark")


def run() -> dict[str, Any]:
    there = set_up(BY)
    known = list(bulk.register(1, SAVED, today()))
    register_people(BY, there.council, known)
    sergeant, worker = client_of(there.sergeant), client_of(there.workers[0])
    for who in known:
        _send(sergeant, who)
    waiting = iter(list(Moment.objects.order_by("id").values_list("id", flat=True)))
    count = Moment.objects.count()
    memory.settle()
    help_page = served(count, lambda: worker.get("/help/"))
    times = served(count - WARM_UP, lambda: _write(worker, next(waiting)))
    reached = Moment.objects.filter(reached_at__isnull=False).count()
    if not ConversationVersion.objects.count() == reached == count > SAVED * 0.9:
        raise RuntimeError(f"{count} conversations reached {reached} children")
    return {
        "conversations": count,
        "median_ms": times.median,
        "p95_ms": times.p95,
        "target_p95_ms": 100,
        "ratio": round(times.median / help_page.median, 2),
        "baseline_median_ms": help_page.median,
    }


def _write(client: Client, moment_id: UUID) -> Any:
    answers = {
        "version_id": str(uuid4()),
        "conversation_id": str(uuid4()),
        "guide": "custody",
        "invitation.answer": "talked",
        "invitation.how": "in_person",
        "told.who": ["team"],
        "words.words": "they said id be safe. " * 40,
        "noticed.things.0.what": "Two phones; one of them rang throughout.",
        "noticed.things.0.how": "seen",
        "finish": "1",
    }
    return client.post(f"/moments/{moment_id}/conversation/", answers)
