"""How a page is answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render as django_render

from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput, ReachableError


class Request(HttpRequest):
    """A request with the actor that the middleware found for it."""

    by: Actor


def actor(request: HttpRequest) -> Actor:
    """Return who asks."""
    return cast(Request, request).by


def render(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    return django_render(request, template, context or {}, status=status)


class add_errors:  # written as a verb, as `contextlib.suppress` is
    """Put the sentence of what is refused in the block on the form, and go on after the block.

    A view returns its redirect in the block, and shows the form again after it. Without `kinds` it
    is BadInput alone: another error answers with a page of its own.
    """

    def __init__(self, form: BaseForm, *kinds: type[ReachableError]) -> None:
        self.form = form
        self.kinds = kinds or (BadInput,)

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: object, error: BaseException | None, __: object) -> bool:
        if not isinstance(error, self.kinds):
            return False
        self.form.add_error(None, str(error))
        return True


def page_number(query: Mapping[str, str]) -> int:
    """Return which page of a long list was asked for; anything that is no number is the first."""
    asked = query.get("page", "1")
    return int(asked) if asked.isdecimal() and len(asked) < 6 else 1
