"""A model is used as it was trained or not at all, and each level has a trained weight."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reachable.people.linkage.model import (
    Chances,
    Model,
    Refused,
    Thresholds,
    check,
    load,
    save,
)
from reachable.people.linkage.people import PEOPLE
from reachable.people.linkage.scorer import compile_scorer
from tests.people.linkage.models import invented


def test_a_saved_model_is_read_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    save(invented(), path)
    assert load(path, PEOPLE) == invented()
    assert json.loads(path.read_text())["hash"] == invented().hash


def edited(content: dict[str, Any]) -> None:
    content["chances"]["nhs_number"]["same"] = [0.9, 0.5]


def of_another_format(content: dict[str, Any]) -> None:
    content["format"] = 2


def without_a_part(content: dict[str, Any]) -> None:
    del content["chances"]


def half_a_level(content: dict[str, Any]) -> None:
    content["chances"]["sex"]["same"] = [0.9]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (edited, "was changed after it was trained"),
        (of_another_format, "format 2; this version reads 1"),
        (without_a_part, "is not a whole linkage model"),
        (half_a_level, "is not a whole linkage model"),
    ],
)
def test_a_file_that_is_not_what_was_trained_is_refused(
    change: Any, said: str, tmp_path: Path
) -> None:
    path = tmp_path / "model.json"
    save(invented(), path)
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))
    with pytest.raises(Refused, match=said):
        load(path, PEOPLE)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"hash": 1}', "\x00"])
def test_what_is_no_model_is_refused_in_a_sentence(text: str, tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_text(text)
    with pytest.raises(Refused, match=r"model\.json is not a whole linkage model"):
        load(path, PEOPLE)


def without(comparison: str, level: str) -> Model:
    model = invented()
    levels = {k: v for k, v in model.chances[comparison].items() if k != level}
    return replace(model, chances=model.chances | {comparison: levels})


def never_seen(comparison: str, level: str) -> Model:
    model = invented()
    levels = model.chances[comparison] | {level: Chances(0.0, 0.1)}
    return replace(model, chances=model.chances | {comparison: levels})


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (without("given", "sound"), "The level “sound” of “given” was not trained"),
        (never_seen("born", "crossed"), "The level “crossed” of “born” was not trained"),
        (replace(invented(), fingerprint="0" * 16), "Train it again"),
        (replace(invented(), plan="fish"), "Train it again"),
        (replace(invented(), prior=0.0), "must lie between 0 and 1"),
        (replace(invented(), thresholds=Thresholds(1.0, 2.0)), "below the weight from which"),
    ],
)
def test_no_scorer_is_made_of_a_model_that_does_not_fit(model: Model, said: str) -> None:
    with pytest.raises(Refused, match=said):
        check(model, PEOPLE)
    with pytest.raises(Refused, match=said):
        compile_scorer(PEOPLE, model)


def test_the_hash_is_of_everything_that_counts() -> None:
    model = invented()
    others = [
        replace(model, prior=0.0002),
        replace(model, thresholds=Thresholds(13.0, 0.0)),
        replace(model, frequencies={"given": {}, "family": {}}),
        never_seen("sex", "same"),
    ]
    assert len({each.hash for each in (model, *others)}) == 5


def test_a_plan_that_changed_has_another_fingerprint() -> None:
    changed = replace(PEOPLE, standardiser="2.1")
    fewer = replace(PEOPLE, comparisons=PEOPLE.comparisons[:-1])
    assert len({PEOPLE.fingerprint, changed.fingerprint, fewer.fingerprint}) == 3
