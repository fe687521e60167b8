"""What the policy costs a page, and which share of a request its audit is.

The functions that say who somebody is, what they may and whom they see are timed where they are
called, as are those that write the audit: nested calls count once. A question of the database that
is narrowed to whom somebody sees is counted beside them, as a whole: it is more than the policy.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from django.db import connection
from django.test import Client

from benchmarks.pages import BY, _load
from benchmarks.partnership import Partnership, client_of, set_up
from reachable.access import closing, involved
from reachable.access import selectors as access
from reachable.audit import services as audit
from reachable.conversations import seeing as conversations
from reachable.foundation import memory
from reachable.foundation.time import today
from reachable.moments import selectors as moments
from reachable.moments.models import Moment
from reachable.offers import seeing as offers
from reachable.people import opening
from reachable.people import selectors as people
from reachable.sharing import seeing as sharing
from reachable.synthetic import bulk

NAME = "The policy on a page, and the audit of it: 200 requests of each, in one process"
BASELINE = "the server time of the same requests"
NOTE = "The milliseconds are those of one computer; the shares hold on others too."
REQUESTS, WARM, CHILDREN, MORE = 200, 10, 10, 60
POLICY = {
    access: ("actor_for", "able"),
    involved: ("involved_subjects", "reasons_of"),
    closing: ("in_conflict", "kept_from", "closes", "closed_among", "closed"),
    people: (
        *("visible_people", "visible_now", "visible_persons", "visible_current", "is_visible"),
        *("closed_people", "restricted_people"),
        *("same_people", "seen_until", "why_seen", "_visible_among"),
    ),
    opening: ("current_child", "works_with"),
    moments: ("visible_moments", "is_visible"),
    conversations: ("visible_conversations", "is_visible"),
    offers: ("visible_offers", "works_with", "sees_gap", "current_child"),
    sharing: ("visible_decisions", "visible_requests", "current_child"),
}
PARTS = ("whole", "policy", "audit", "narrowed", "whole at work", "policy at work")
AUDIT = {audit: ("record", "record_many", "looked")}
RIGHTS = ("access_involvement", "access_restriction", "access_conflictofinterest", "access_role")


def run() -> dict[str, Any]:
    there = set_up(BY)
    client = client_of(there.workers[0])
    counted = {}
    for many in (CHILDREN, MORE):
        _open(there, many)
        counted[many] = _questions(client, "/worklist/")
    moment = Moment.objects.order_by("opened_at", "id")[0]
    pages = {
        "worklist": "/worklist/",
        "child": f"/children/{moment.person_id}/",
        "moment": f"/moments/{moment.id}/",
    }
    memory.settle()
    numbers: dict[str, Any] = {"requests": REQUESTS}
    for name, address in pages.items():
        numbers |= _measured(client, name, address)
    return {
        **numbers,
        "questions_for_10_children": counted[CHILDREN],
        "questions_for_60_children": counted[MORE],
        "target_questions_for_60_children": counted[CHILDREN],
    }


def _open(there: Partnership, many: int) -> None:
    rows = bulk.custody(many, [], many, today(), bulk.Shares(exact=0, typo=0))
    _load(there, f"strangers-{many}.csv", rows)


def _measured(client: Client, name: str, address: str) -> dict[str, Any]:
    measured: list[dict[str, float]] = []
    with _timed() as spent:
        for _ in range(REQUESTS + WARM):
            spent.clear()
            began, work = time.perf_counter(), time.process_time()
            answer = client.get(address)
            spent["whole"] = time.perf_counter() - began
            spent["whole at work"] = time.process_time() - work
            if answer.status_code != 200:
                raise RuntimeError(f"{address}: the answer was {answer.status_code}")
            measured.append(dict(spent))
    ms = {
        key: 1000 * statistics.median(each.get(key, 0.0) for each in measured[WARM:])
        for key in PARTS
    }
    return {
        f"{name}_ms": round(ms["whole"], 2),
        f"{name}_policy_ms": round(ms["policy"], 2),
        f"target_{name}_policy_ms": 2,
        f"{name}_processor_ms": round(ms["whole at work"], 2),
        f"{name}_policy_processor_ms": round(ms["policy at work"], 2),
        f"{name}_narrowed_questions_ms": round(ms["narrowed"], 2),
        f"{name}_audit_ms": round(ms["audit"], 2),
        f"{name}_audit_share": round(ms["audit"] / ms["whole"], 3),
        f"target_{name}_audit_share": 0.25,
    }


def _questions(client: Client, address: str) -> int:
    """Return how many questions of one page touch what somebody may see."""
    asked = 0

    def count(execute: Any, sql: str, *rest: Any) -> Any:
        nonlocal asked
        asked += any(table in sql for table in RIGHTS)
        return execute(sql, *rest)

    client.get(address)
    with connection.execute_wrapper(count):
        client.get(address)
    return asked


@contextmanager
def _timed() -> Iterator[defaultdict[str, float]]:
    """Time these functions wherever they are called from, until the block ends."""
    spent: defaultdict[str, float] = defaultdict(float)
    inside: list[str] = []
    put: list[tuple[Any, str, Any]] = []
    for kind, functions in (("policy", POLICY), ("audit", AUDIT)):
        for module, names in functions.items():
            for name in names:
                original = getattr(module, name)
                timed = _spanned(original, kind, spent, inside)
                for holder in list(sys.modules.values()):
                    if getattr(holder, "__name__", "").startswith("reachable."):
                        held = [key for key, each in vars(holder).items() if each is original]
                        put += [(holder, key, original) for key in held]
                        for key in held:
                            setattr(holder, key, timed)

    def narrowed(execute: Any, sql: str, *rest: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, *rest)
        finally:
            if not inside and any(table in sql for table in RIGHTS):
                spent["narrowed"] += time.perf_counter() - began

    try:
        with connection.execute_wrapper(narrowed):
            yield spent
    finally:
        for holder, key, original in put:
            setattr(holder, key, original)


def _spanned(
    function: Callable[..., Any], kind: str, spent: defaultdict[str, float], inside: list[str]
) -> Callable[..., Any]:
    @wraps(function)
    def spanned(*given: Any, **named: Any) -> Any:
        if inside:
            return function(*given, **named)
        inside.append(kind)
        began, work = time.perf_counter(), time.process_time()
        try:
            return function(*given, **named)
        finally:
            inside.pop()
            spent[kind] += time.perf_counter() - began
            spent[f"{kind} at work"] += time.process_time() - work

    return spanned
