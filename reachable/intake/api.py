"""Files over HTTP, for programs: signed with an agency's key, and sent as often as one likes.

Nothing here says whether a child was known: no events and no moments are counted.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.urls import URLPattern
from ninja import NinjaAPI, Query
from ninja.errors import ValidationError
from ninja.responses import Status
from ninja.security.base import AuthBase

from reachable.access import keys
from reachable.foundation import error_pages, signatures
from reachable.foundation.acting import ask_as
from reachable.foundation.actor import Actor
from reachable.foundation.errors import (
    BadInput,
    Conflict,
    Forbidden,
    NotFound,
    NotSigned,
    ReachableError,
)
from reachable.foundation.files.limits import DEFAULT
from reachable.foundation.files.rows import too_large
from reachable.foundation.files.whole import full_disk
from reachable.foundation.time import now, today
from reachable.foundation.urls import for_programs
from reachable.intake import api_schemas as schemas
from reachable.intake import doors, selectors
from reachable.intake.checking import CheckReport, check_file
from reachable.intake.set_checking import SetReport, check_set
from reachable.intake.specification import Feed
from reachable.intake.table_sets import TableSet, everything_sent

SENDS = "api_send"
A_MINUTE = 120
"""Requests that one key may make in a minute, of each process that serves."""
CHECKED = 100_000
"""Rows that a dry check looks at: it is answered while somebody waits."""
AT_ONCE = 500
"""Refused rows in one answer."""
NOT_KEPT = "Nothing was kept of it."


class Answered(BadInput):
    """Something that has a status of HTTP's own."""

    def __init__(self, status: int, sentence: str, *, kept: str = NOT_KEPT, next: str = "") -> None:
        super().__init__(sentence, kept=kept, next=next)
        self.status = status


class SignedWithAKey(AuthBase):
    """Finds whose key has signed a request; for everybody else there is one sentence."""

    openapi_type = "apiKey"
    openapi_in = "header"
    openapi_name = "Signature"
    openapi_description = (
        "HTTP Message Signatures (RFC 9421), hmac-sha256 with the secret of an agency’s key; also "
        "the header Signature-Input, and with a body Content-Digest (RFC 9530, sha-256). "
        "docs/how-to/send-by-http.md has an example."
    )

    def __call__(self, request: HttpRequest) -> Actor:
        known: dict[str, keys.Signing] = {}

        def secret_of(key_id: str) -> bytes | None:
            found = keys.signing(key_id)
            if found is None:
                return None
            known[key_id] = found
            return found.secret.encode()

        key_id = signatures.key_that_signed(request, secret_of, with_body=request.method == "POST")
        if key_id is None:
            raise NotSigned
        by = known[key_id].actor
        ask_as(by)
        _count(by)
        keys.note_use(by=by)
        return by


def _count(by: Actor) -> None:
    """Let a key ask so often in a minute, and no more."""
    minute = int(now().timestamp()) // 60
    tally = f"requests:{by.id}:{minute}"
    cache.add(tally, 0, timeout=120)
    if cache.incr(tally) > A_MINUTE:
        raise Answered(
            429,
            f"This key has asked {A_MINUTE} times within a minute.",
            next="Wait for a minute, then go on.",
        )


api = NinjaAPI(
    title="Reachable: files from agencies",
    version="1",
    description="Send a file of a feed, learn how far it is, and fetch the rows to correct.",
    openapi_url=None,
    docs_url=None,
    auth=SignedWithAKey(),
)


def _by(request: HttpRequest) -> Actor:
    return cast(Actor, cast(Any, request).auth)


def _feed(by: Actor, key: str) -> Feed | TableSet:
    found = everything_sent().get(key)
    if found is None:
        raise Answered(
            404, f"There is no feed “{key[:40]}”.", next="GET /api/feeds names those of this key."
        )
    if by.feeds and key not in by.feeds:
        raise Answered(
            403,
            f"This key is not for the feed “{found.title}”.",
            next="GET /api/feeds names those that it is for.",
        )
    return found


@api.get("/feeds", response={200: schemas.Feeds, **schemas.REFUSALS}, url_name="api_feeds")
def list_feeds(request: HttpRequest) -> schemas.Feeds:
    """Which feeds this key may send, with their columns: also a way to try the key."""
    by = _by(request)
    return schemas.Feeds(
        agency=by.agency,
        feeds=[
            schemas.FeedOut.of(feed)
            for feed in everything_sent().values()
            if not by.feeds or feed.key in by.feeds
        ],
    )


@api.post(
    "/feeds/{key}/files",
    response={
        200: schemas.DeliveryOut | schemas.CheckOut,
        202: schemas.DeliveryOut,
        **schemas.REFUSALS,
        **schemas.REFUSED_FILES,
    },
    url_name=SENDS,
    openapi_extra=schemas.FILE_AS_BODY,
)
def send_file(
    request: HttpRequest, key: str, sent: Query[schemas.Sending]
) -> Status[schemas.DeliveryOut | schemas.CheckOut]:
    """Send a file; its bytes are the body.

    202: it was kept, and is loaded next. 200: the same content came before, and counts once; what
    stopped earlier goes on. With `check`, 200 says what would become of it, and nothing is kept.
    """
    by = _by(request)
    feed = _feed(by, key)
    with _body(request) as arrived:
        if sent.check:
            report = _checked(feed, arrived.path)
            return Status(200, schemas.CheckOut.model_validate(report.as_dict()))
        received = doors.take(
            by=by,
            agency_id=by.own_agency_id,
            feed=feed,
            file_name=_plain_name(sent.name),
            arrived=arrived,
            history=sent.history,
            whole=sent.everything,
        )
    status = 200 if received.again else 202
    return Status(status, _delivery(by, received.delivery_id, again=received.again))


def _checked(feed: Feed | TableSet, path: Path) -> CheckReport | SetReport:
    if isinstance(feed, TableSet):
        return check_set(feed, path, today(), most=CHECKED)
    return check_file(feed, path, today(), most=CHECKED)


def _delivery(by: Actor, delivery_id: UUID, *, again: bool = False) -> schemas.DeliveryOut:
    found = selectors.delivery(by=by, delivery_id=delivery_id)
    parts = selectors.parts_of(by=by, delivery_id=delivery_id)
    return schemas.DeliveryOut.of(found, again=again, tables=parts)


@api.get(
    "/deliveries/{uuid:delivery_id}",
    response={200: schemas.DeliveryOut, **schemas.REFUSALS},
    url_name="api_delivery",
)
def delivery(request: HttpRequest, delivery_id: UUID) -> schemas.DeliveryOut:
    """How far a file is, and what became of its rows: never of whom they are."""
    return _delivery(_by(request), delivery_id)


@api.get(
    "/deliveries/{uuid:delivery_id}/refused",
    response={200: schemas.RefusedRows, **schemas.REFUSALS},
    url_name="api_refused",
)
def refused_rows(
    request: HttpRequest, delivery_id: UUID, page: Query[schemas.After]
) -> schemas.RefusedRows:
    """Rows that wait to be corrected, as they were sent, with every reason.

    Correct them where they come from and send them again under the same number: they then wait no
    longer. `next` is what to ask with as `after` for more.
    """
    by = _by(request)
    selectors.delivery(by=by, delivery_id=delivery_id)
    rows = selectors.refused_after(
        by=by, delivery_id=delivery_id, after=page.after, at_most=AT_ONCE + 1
    )
    shown = rows[:AT_ONCE]
    return schemas.RefusedRows(
        rows=[schemas.RefusedRow.of(row) for row in shown],
        next=shown[-1].row_number if len(rows) > AT_ONCE else None,
    )


def _plain_name(name: str) -> str:
    """Keep the last part of a path, whichever system wrote it: it is a label, and no place."""
    return name.replace("\\", "/").rpartition("/")[2] or "file"


@contextmanager
def _body(request: HttpRequest) -> Iterator[doors.Arrived]:
    """Take the body in, counted while it arrives, and hold it against what was signed."""
    announced = _announced(request)
    digest = signatures.announced_digest(request)
    if digest is None:
        raise Answered(400, "Content-Digest is not of the form sha-256=:…:.")

    def read(size: int) -> bytes:
        try:
            return request.read(size)
        except UnreadablePostError:
            return b""

    with doors.arriving(read) as arrived:
        if arrived.size < announced:
            raise Answered(400, "Only a part of the file arrived.", next="Send it again.")
        if not hmac.compare_digest(arrived.digest, digest):
            raise Answered(
                400,
                "What arrived is not what was signed: its SHA-256 is another.",
                next="Make the digest of the very bytes that are sent, and send it again.",
            )
        yield arrived


def _announced(request: HttpRequest) -> int:
    told = request.META.get("CONTENT_LENGTH") or ""
    if not told.isdecimal() or request.headers.get("Transfer-Encoding"):
        raise Answered(411, "The request does not say how long its body is.", next="Say it first.")
    if int(told) > DEFAULT.size:
        large = too_large(int(told), DEFAULT)
        raise Answered(413, large.sentence, kept=large.kept, next=large.next)
    return int(told)


def _status(error: ReachableError) -> int:
    if isinstance(error, Answered):
        return error.status
    if full_disk(error):
        return 507
    statuses = {NotSigned: 401, Forbidden: 403, NotFound: 404, Conflict: 409}
    return statuses.get(type(error), 422)


def _told(error: ReachableError, status: int) -> HttpResponse:
    said = {"sentence": error.sentence, "kept": error.kept or NOT_KEPT, "next": error.next}
    answer = JsonResponse(said, status=status)
    if status == 401:
        answer["WWW-Authenticate"] = "Signature"
    if status in (429, 503):
        answer["Retry-After"] = "60"
    return answer


@api.exception_handler(ReachableError)
def _refused(request: HttpRequest, error: ReachableError) -> HttpResponse:
    del request
    return _told(error, _status(error))


@api.exception_handler(ValidationError)
def _not_understood(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Say which part cannot be read, without repeating what somebody wrote."""
    del request
    places = sorted({str(each["loc"][-1]) for each in error.errors if each.get("loc")})
    return _told(
        BadInput(
            f"This cannot be read: {', '.join(places)}.",
            kept=NOT_KEPT,
            next="GET /api/openapi.json says what may stand there.",
        ),
        422,
    )


@api.exception_handler(Exception)
def _ours(request: HttpRequest, error: Exception) -> HttpResponse:
    del error
    told, status = error_pages.gone_wrong(request)
    return _told(told, status)


def openapi(request: HttpRequest) -> HttpResponse:
    """The document that programs and their makers read: it holds nothing of anybody."""
    del request
    return JsonResponse(api.get_openapi_schema(path_prefix="/api/"))


def addresses() -> list[URLPattern]:
    """Return the addresses for programs, each declared as one."""
    made, _, _ = api.urls
    return [
        for_programs(pattern, methods=("POST",) if pattern.name == SENDS else ("GET",))
        for pattern in made
        if isinstance(pattern, URLPattern) and pattern.name != "api-root"
    ]
