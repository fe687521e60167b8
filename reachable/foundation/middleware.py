"""Default deny for addresses, and errors as pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from reachable.foundation import error_pages
from reachable.foundation.errors import BadInput, Conflict, Forbidden, NotFound
from reachable.foundation.urls import declaration_of

Handler = Callable[[HttpRequest], HttpResponse]


class DefaultDeny:
    """Refuse each address that does not declare who may open it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if declaration_of(view) is None:
            return error_pages.refused(request, Forbidden("an undeclared address"))
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, (NotFound, Http404)):
            return error_pages.handler404(request, error)
        if isinstance(error, Forbidden):
            return error_pages.refused(request, error)
        if isinstance(error, (BadInput, Conflict)):
            return error_pages.bad_input(request, error)
        return None
