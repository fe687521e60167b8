"""The pairs on the page are weighed by the model itself, and their steps add up."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reachable.people import worked
from reachable.people.linkage.deciding import Judge
from tests.people.linkage.models import plausible


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(worked, "_judge", lambda: Judge(plausible()))
    monkeypatch.setattr(worked, "OURS", Path(__file__))
    return list(worked.lines())


def test_the_steps_add_up_to_what_is_said(page: list[str]) -> None:
    said = [line for line in page if "bits in all" in line]
    assert len(said) == len(worked.CASES)
    tables = "\n".join(page).split("### ")[1:]
    for table, sentence in zip(tables, said, strict=True):
        start = float(re.findall(r"Before anything is compared \| \| \| ([+-][\d.]+)", table)[0])
        steps = [float(each) for each in re.findall(r"\| ([+-][\d.]+) \| [+-][\d.]+ \|", table)]
        total = float(sentence.split(" bits")[0])
        assert len(steps) >= 4
        assert start + sum(steps) == pytest.approx(total, abs=0.3)


def test_the_page_says_what_was_decided_and_why(page: list[str]) -> None:
    linked, asked = (line for line in page if "bits in all" in line)
    assert "The computer links: " in linked
    assert "A person is asked: it is likely, but may be a brother" in asked
    assert "From 8.0 bits on the computer may link, from 0.0 bits on it asks" in page[2]


def test_without_a_model_the_page_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(worked, "OURS", tmp_path / "none.json")
    assert "carries no trained model" in "\n".join(worked.lines())
