"""Governance documents say what is in force, mark what only a partnership knows, and are read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from docx import Document

from dev.paths import ROOT
from reachable.access.policy import policy
from reachable.governance import papers
from reachable.governance.cli import group
from reachable.intake.specification import feeds
from tests.support.reading import reading_age
from tests.support.world import World, html

KEPT = ROOT / "docs" / "governance"
BLANK = "To fill in"
LAW = re.compile(r"UK GDPR|Data Protection Act|Article \d|Equality Act|section 16LA|one month")


@pytest.mark.parametrize("key", papers.DOCUMENTS)
def test_a_document_that_is_kept_is_what_is_in_force_now(key: str) -> None:
    assert (KEPT / f"{key}.md").read_text(encoding="utf-8") == papers.written(key)
    assert "[[" not in papers.written(key)


@pytest.mark.parametrize("key", [key for key in papers.DOCUMENTS if key != "sign-off"])
def test_a_document_marks_what_only_a_partnership_knows(key: str) -> None:
    assert BLANK in papers.written(key)
    assert papers.NOBODY in papers.written(key)


@pytest.mark.parametrize("key", papers.DOCUMENTS)
def test_law_that_is_named_is_marked_as_not_confirmed(key: str) -> None:
    """A paragraph that names an act says that nobody has confirmed it here."""
    text = papers.written(key)
    paragraphs = re.split(r"\n\n|\n(?=- )", text)
    named = [
        each for each in paragraphs if LAW.search(each) and each not in papers._PARTS["open"]()
    ]
    if key in {"dpia", "appropriate-policy-document", "joint-controllers"}:
        assert named
    for each in named:
        assert "confirmed" in re.sub(r"\s+", " ", each), each


def test_documents_name_every_role_and_every_feed() -> None:
    for role in policy().roles.values():
        assert f"| {role.title} |" in papers.written("dpia")
    for feed in feeds().values():
        assert feed.title in papers.written("information-sharing-agreement")


def test_a_notice_for_young_people_is_read_at_twelve() -> None:
    text = papers.written("privacy-notice-young", partnership="Fenmarch")
    said = [
        line.lstrip("- ")
        for line in re.split(r"\n\n|\n(?=- )", text)
        if not line.startswith("#") and BLANK not in line
    ]
    sentences = [
        each for line in said for each in re.split(r"(?<=[.?!:])\s+", " ".join(line.split()))
    ]
    assert reading_age(" ".join(re.sub(r"[.:]?$", ".", each) for each in sentences)) <= 12
    for each in sentences:
        assert len(each.split()) <= 20, each


@pytest.mark.db
def test_documents_are_written_for_a_partnership_and_never_over_what_was_filled_in(
    world: World, tmp_path: Path
) -> None:
    done = CliRunner().invoke(group, ["documents", "--out", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert {path.stem for path in tmp_path.glob("*.docx")} == set(papers.DOCUMENTS)
    text = "\n".join(each.text for each in Document(str(tmp_path / "dpia.docx")).paragraphs)
    assert "For Reachable." in text
    assert papers.NOBODY not in text
    assert "Justice: children with whom they work then" in text
    assert "**" not in text
    (tmp_path / "dpia.docx").write_bytes(b"filled in")
    again = CliRunner().invoke(group, ["documents", "--out", str(tmp_path)])
    assert "was left as it is" in again.output
    assert (tmp_path / "dpia.docx").read_bytes() == b"filled in"


@pytest.mark.db
def test_whoever_signs_off_sees_what_is_promised_proved_and_missing(world: World) -> None:
    page = html(world.client("governance").get("/sign-off/"))
    assert papers.counts() in page
    assert "Do not put real children into it" in page
    for each in papers.promised():
        assert f"{each.number}." in page
        if each.open_yet:
            assert each.open_yet in page.replace("&#39;", "'")
    assert len(papers.duties()) >= 10
    for duty in papers.duties():
        assert duty.endswith("."), "a duty is shown whole"
    assert world.client("first").get("/sign-off/").status_code == 403


def test_what_is_promised_is_what_the_tests_of_this_repository_keep() -> None:
    from dev import promises

    assert promises.is_current()
    assert {each.standing for each in papers.promised()} <= {"kept", "kept in part", "open"}
