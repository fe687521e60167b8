"""What a request carries is waited for before anything works on it, and of few at once.

The server reads a body when it is asked to, ends only with all of it, and sets no time for that. So
whoever sends slowly is waited for beside those that work, which are never kept from working by it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from threading import BoundedSemaphore, Lock
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from django.conf import settings
from django.http import HttpRequest

AT_WORK = 4
"""Requests that are worked on at once: more would only wait for each other."""
WAITED_FOR = 20
FROM_ONE_ADDRESS = 10
THREADS = 32
"""Enough for all of these, so that some are left for whoever only asks for a page."""

_REFUSED = (
    b"Too much is on its way here at this moment. Nothing was kept of what you sent. Go back, wait "
    b"a minute, and send it again.\n"
)
_HEADERS = [
    ("Content-Type", "text/plain; charset=utf-8"),
    ("Content-Length", str(len(_REFUSED))),
    ("Retry-After", "60"),
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("X-Content-Type-Options", "nosniff"),
]


class WholeBodies:
    """Lets an application work on few requests at once, with forms that have come whole.

    A file may be larger than memory: it is read at work, which then takes nobody else's place.
    """

    def __init__(self, application: WSGIApplication) -> None:
        self.application = application
        self.at_work = BoundedSemaphore(AT_WORK)
        self.waiting = Waiting()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        announced = _announced(environ)
        if announced:
            with self.waiting.one_more(_address(environ)) as may:
                if not may:
                    start_response("503 Service Unavailable", _HEADERS)
                    return [_REFUSED]
                if announced > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
                    return self.application(environ, start_response)
                whole = environ["wsgi.input"].read(announced)
            environ = {**environ, "wsgi.input": BytesIO(whole)}
        with self.at_work:
            return self.application(environ, start_response)


class Waiting:
    """Of how many requests the rest is waited for, in all and from each address."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._from: Counter[str] = Counter()

    @contextmanager
    def one_more(self, address: str) -> Iterator[bool]:
        """Say whether one more can be waited for; if so, it counts until the block ends."""
        with self._lock:
            may = self._from.total() < WAITED_FOR and self._from[address] < FROM_ONE_ADDRESS
            self._from[address] += may
        try:
            yield may
        finally:
            with self._lock:
                self._from[address] -= may
                if not self._from[address]:
                    del self._from[address]


def _announced(environ: WSGIEnvironment) -> int:
    """Return how many bytes follow, as Django reads it; nothing of a body without a length."""
    try:
        return max(0, int(environ.get("CONTENT_LENGTH") or 0))
    except ValueError:
        return 0


def _address(environ: WSGIEnvironment) -> str:
    # It reads models, which are there only once the application is.
    from reachable.access.throttle import address_of

    request = HttpRequest()
    request.META = environ
    return address_of(request)
