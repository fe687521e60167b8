from __future__ import annotations

import pytest

from dev.contracts import Source, broken, rooms

LONG = "def long() -> None:\n" + "    print()\n" * 60


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        ("reachable/people/rules.py", "x = 1\n" * 501, "501 lines"),
        ("reachable/people/rules.py", LONG, "long has 61 lines"),
        ("dev/a.py", "import os  #" + " noqa: F401\n", "line 1 switches a check off"),
        ("dev/a.py", "# TO" + "DO: more\n", "leaves something for later"),
        ("reachable/people/views.py", "Person.objects.all()\n", "reaches past"),
        ("reachable/people/views/one.py", "Person.objects.all()\n", "reaches past"),
        ("reachable/people/services.py", "def link(*, one): ...\n", "link does not take by="),
        ("reachable/people/services.py", "def link(one, *, by): ...\n", "without naming"),
        ("reachable/people/selectors.py", "def child(one): ...\n", "child does not take by="),
        ("reachable/people/rules.py", "import random\n", "imports random"),
        ("reachable/people/rules.py", "from pathlib import Path\n", "imports pathlib"),
        ("reachable/people/rules.py", "open('x')\n", "opens a file"),
        ("reachable/people/services.py", "datetime.now(UTC)\n", "reads the clock"),
        (
            "reachable/people/templates/people/child.html",
            '{% include "moments/card.html" %}\n',
            "uses a template of moments, which is above people",
        ),
        ("reachable/people/templates/people/a.html", "<p onclick='x'>\n", "holds onclick="),
        ("tests/journeys/test_a.py", "assert page.get_by_text(1).is_visible()\n", "looks once"),
        ("tests/journeys/test_a.py", "assert not page.get_by_role(1).count()\n", "looks once"),
        ("reachable/people/templates/people/a.html", "<script>x</script>\n", "holds <script"),
        ("reachable/people/templates/people/a.html", "{{ x | safe }}\n", "holds | safe"),
    ],
)
def test_what_a_contract_refuses(path: str, text: str, said: str) -> None:
    assert any(said in sentence for sentence in broken(Source(path, text)))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("reachable/people/services.py", "def link(*, one, by): ...\ndef _own(x): ...\n"),
        ("reachable/people/selectors.py", "def child(one, *, by): ...\n"),
        ("reachable/foundation/time.py", "datetime.now(UTC)\n"),
        (
            "reachable/moments/templates/moments/one.html",
            '{% extends "foundation/page.html" %}{% from "govuk_frontend_jinja/x" import y %}'
            '<script src="/static/a.js" type="module"></script>\n',
        ),
        ("docs/a.md", "x\n" * 600),
        ("tests/journeys/test_a.py", "assert Gap.objects.count() == 1\n"),
        ("tests/journeys/test_a.py", "shown = page.get_by_text(1).is_visible()\n"),
    ],
)
def test_what_a_contract_lets_through(path: str, text: str) -> None:
    assert broken(Source(path, text)) == []


def test_the_rooms_are_read_from_the_import_contract() -> None:
    assert rooms()[:4] == ["__main__", "site", "synthetic", "governance"]
    assert rooms()[-1] == "practice"
