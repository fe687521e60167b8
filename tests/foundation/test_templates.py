"""Templates: strict in ours, nothing inline, and times in words."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import jinja2
import pytest
from django.template import engines

import reachable
from reachable.foundation import words
from reachable.foundation.time import travel
from reachable.practice.time import Precision, When

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TEMPLATES = sorted(Path(reachable.__file__).parent.glob("*/templates/**/*.html"))
INLINE = re.compile(r"""\s(?:style|on[a-z]+|hx-on[\w:.-]*)\s*=|<style|javascript:""", re.IGNORECASE)
SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)", re.IGNORECASE)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: "/".join(path.parts[-2:]))
def test_no_template_has_style_or_script_in_it(path: Path) -> None:
    text = re.sub(r"{#.*?#}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not INLINE.search(text)
    assert not SCRIPT.search(text)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: "/".join(path.parts[-2:]))
def test_every_template_compiles(path: Path) -> None:
    name = path.as_posix().split("/templates/", 1)[1]
    engines["jinja2"].get_template(name)


def test_a_name_that_nobody_set_is_an_error() -> None:
    template = engines["jinja2"].from_string("{{ nobody_set_this }}")
    with pytest.raises(jinja2.UndefinedError):
        template.render({})


def test_the_pages_frame_renders_without_a_request() -> None:
    template = engines["jinja2"].get_template("foundation/errors/500.html")
    html = template.render({"reference": "a81c22f0"})
    assert "a81c22f0" in html
    assert "Sign out" not in html


@pytest.mark.parametrize(
    ("due", "ended", "state", "said"),
    [
        (timedelta(hours=50), None, "running", "2 days 2 hours left"),
        (timedelta(hours=4), None, "soon", "4 hours left"),
        (timedelta(), None, "soon", "due now"),
        (timedelta(hours=-3), None, "missed", "missed by 3 hours"),
        (timedelta(hours=-3), timedelta(hours=-4), "met", "done in time"),
        (timedelta(hours=-3), timedelta(hours=-1), "late", "done 2 hours late"),
    ],
)
def test_a_clock_says_how_it_stands(
    due: timedelta, ended: timedelta | None, state: str, said: str
) -> None:
    with travel(NOW):
        shown = words.clock(NOW + due, NOW + ended if ended is not None else None)
    assert (shown.state, shown.words) == (state, said)


@pytest.mark.parametrize(
    ("when", "said"),
    [
        (When.at(NOW), "today 12:00"),
        (When.at(NOW - timedelta(days=1)), "yesterday 12:00"),
        (When.at(NOW + timedelta(days=1)), "tomorrow 12:00"),
        (When.at(NOW - timedelta(days=4)), "Fri 20 Nov 12:00"),
        (When.at(NOW - timedelta(days=400)), "Mon 20 Oct 2025 13:00"),
        (When.on(date(2026, 11, 20)), "Fri 20 Nov"),
        (When.on(date(2026, 11, 20), Precision.APPROXIMATE), "about Fri 20 Nov"),
    ],
)
def test_a_short_time_never_makes_a_date_a_midnight(when: When, said: str) -> None:
    with travel(NOW):
        assert words.short_when(when) == said


def test_small_words() -> None:
    assert words.plural(1, "child", "children") == "1 child"
    assert words.plural(1204, "child", "children") == "1,204 children"
    assert words.short_id(UUID("01a20bd4-c450-7285-ad8d-4d7ca9de706c")) == "a9de706c"
    assert words.day(None) == "not known"
    assert words.iso(When.on(date(2026, 10, 25))) == "2026-10-25"
    assert words.iso(datetime(2026, 7, 1, 12, tzinfo=UTC)) == "2026-07-01T13:00+01:00"
