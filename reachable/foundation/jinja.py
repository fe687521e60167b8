"""Templates: strict in ours, lenient in the GOV.UK macros, which read parameters nobody gave.

Both are true at once because each template keeps the environment that compiled it: an import of a
GOV.UK macro is answered by a second environment that differs only in what "undefined" means.
"""

from __future__ import annotations

from typing import Any

import jinja2
from django.contrib.messages import get_messages
from django.templatetags.static import static
from django.urls import reverse

from reachable.foundation import words
from reachable.foundation.form_glue import error_list, field_parts

VENDOR = "govuk_frontend_jinja"


class Environment(jinja2.Environment):
    """An environment that takes GOV.UK templates from its lenient twin."""

    lenient: jinja2.Environment

    def get_template(
        self, name: Any, parent: str | None = None, globals: Any = None
    ) -> jinja2.Template:
        if isinstance(name, str) and name.startswith(VENDOR + "/"):
            return self.lenient.get_template(name, globals=globals)
        return super().get_template(name, parent, globals)


def environment(**options: Any) -> Environment:
    """Make the environment for Django's Jinja2 backend; a name nobody set is an error."""
    loader = options.pop("loader")
    options |= {"autoescape": True, "trim_blocks": True, "lstrip_blocks": True}
    made = Environment(loader=loader, **(options | {"undefined": jinja2.StrictUndefined}))
    made.lenient = jinja2.Environment(
        loader=jinja2.PrefixLoader({VENDOR: jinja2.PackageLoader(VENDOR)}),
        **(options | {"undefined": jinja2.ChainableUndefined}),
    )
    made.globals |= {
        "url": url,
        "static": static,
        "get_messages": get_messages,
        "clock": words.clock,
        "field_parts": field_parts,
        "error_list": error_list,
        "same_day": words.same_day,
        **OUTSIDE_A_REQUEST,
    }
    made.filters |= FILTERS
    return made


# What the page frame reads when there is no request, as in the page for a server error.
OUTSIDE_A_REQUEST: dict[str, Any] = {
    "request": None,
    "long_work": None,
    "by": None,
    "nav": (),
    "footer_links": (),
    "emergencies": (),
    "unread_notices": 0,
    "fictional": False,
    "partnership": None,
    "csrf_input": "",
}

FILTERS: dict[str, Any] = {
    "when": words.when,
    "short_when": words.short_when,
    "iso": words.iso,
    "day": words.day,
    "due": words.due,
    "left": words.left,
    "plural": words.plural,
    "short_id": words.short_id,
    "number": words.number,
    "plain": words.plain,
}


def url(name: str, *args: Any, **query: Any) -> str:
    """Return the address of a page; keywords become its query, without those that are empty."""
    kept = {key: value for key, value in query.items() if value not in (None, "")}
    return reverse(name, args=args, query=kept or None)
