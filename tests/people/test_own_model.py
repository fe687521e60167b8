"""What a new model would change is said before it does; a model is learnt, and is not in force."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner

from reachable.foundation.errors import Conflict, Forbidden
from reachable.people import own_model
from reachable.people.cli import group
from reachable.people.linkage import learning, model, splinking
from reachable.people.linkage.deciding import Judge
from reachable.people.linkage.model import Refused
from reachable.people.linkage.people import PEOPLE
from reachable.people.linkage.standard import Said, frequencies_of
from reachable.people.linkage.training import Pattern
from reachable.people.models import LinkRun, Merge, Record, Review
from tests.support.linkage import apart, likely_model
from tests.support.people import SYSTEM, claim, identify_all
from tests.support.world import World

NAMES = "Thomas", "Tom", "Brannigan", "Tamsin", "Orrell"


@pytest.fixture
def register(agencies: tuple[Any, Any]) -> list[Any]:
    council, police = agencies
    found = apart(
        claim(council, "C1", given="Thomas", family="Brannigan", born="2011-05-06"),
        claim(police, "P1", given="Tom", family="Brannigan", born="2011-05-06"),
    )
    linked = identify_all(claim(council, "C2"), claim(police, "P2"))
    assert linked[1].outcome == "link"
    return [*found, *linked]


@pytest.mark.db
def test_a_preview_counts_and_changes_nothing(register: list[Any], judge: Judge) -> None:
    found = own_model.preview(by=SYSTEM, judge=judge, examples=5)
    assert found.counts == {"links": 1, "no_longer": 0, "opens": 0, "closes": 0}
    assert found.examples["links"] == [[str(register[1].record_id), str(register[0].record_id)]]
    strict = own_model.preview(by=SYSTEM, judge=Judge(likely_model(link=80.0)), examples=0)
    assert strict.counts == {"links": 0, "no_longer": 1, "opens": 1, "closes": 0}
    assert not any(strict.examples.values())
    for table in (LinkRun, Merge, Review):
        assert not table.objects.exists()


@pytest.mark.db
def test_a_review_that_would_not_be_opened_is_counted(register: list[Any], judge: Judge) -> None:
    del judge
    review = Review.objects.create(
        record_id=register[0].record_id,
        rule="likely",
        opened_at=Record.objects.earliest("detail_at").detail_at,
    )
    review.candidates.create(record_id=register[2].record_id)
    found = own_model.preview(by=SYSTEM, judge=Judge(likely_model()))
    assert found.counts["closes"] == 1


@pytest.mark.db
def test_the_shell_says_both_models_and_names_nobody(
    register: list[Any], judge: Judge, tmp_path: Path
) -> None:
    del register
    other, path = likely_model(link=80.0), tmp_path / "other.json"
    model.save(other, path)
    said = CliRunner().invoke(
        group, ["link", "--model", str(path), "--preview", "--examples", "3", "--json"]
    )
    assert said.exit_code == 0, said.output
    answer = json.loads(said.stdout.splitlines()[-1])
    assert (answer["in_force"], answer["model"]) == (judge.model.hash, other.hash)
    assert (answer["opens"], answer["no_longer"]) == (1, 1)
    assert not [name for name in NAMES if name.lower() in said.output.lower()]
    assert "compared: 1 of 1" in said.stderr


@pytest.mark.db
def test_the_shell_links(register: list[Any], judge: Judge) -> None:
    del register
    said = CliRunner().invoke(group, ["link", "--join", "--json"])
    answer = json.loads(said.stdout.splitlines()[-1])
    assert (answer["joined"], answer["opened"], answer["model"]) == (1, 0, judge.model.hash)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (["--preview", "--join"], "changes nothing"),
        (["--model", "other.json"], "Only a model in force links"),
    ],
)
def test_what_does_not_go_together_is_refused(given: list[str], says: str) -> None:
    said = CliRunner().invoke(group, ["link", *given])
    assert said.exit_code == 2
    assert says in said.output


@pytest.mark.db
def test_a_register_that_is_too_small_is_refused_and_no_file_is_written(
    register: list[Any], tmp_path: Path
) -> None:
    del register
    out = tmp_path / "own.json"
    said = CliRunner().invoke(group, ["train", "--out", str(out)])
    assert said.exit_code == 1
    assert "holds 4 records; a model is learnt from 2,000 or more." in said.output
    assert not out.exists()


def test_a_level_that_no_two_records_reach_is_named_in_the_refusal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody of these has a second postcode, a UPN or a rare name."""
    monkeypatch.setattr(learning, "FEWEST", 100)
    rng = Random(5)
    said = [
        Said(
            given=rng.choice(("Ada", "Ben", "Cal", "Dot")),
            family=rng.choice(("Khan", "Orrell", "Okafor")),
            birth_date=date(2010, rng.randint(1, 12), rng.randint(1, 28)),
            postcode=rng.choice(("FX1 1AA", "FX2 2BB")),
        )
        for _ in range(200)
    ]
    frequencies = frequencies_of(said)
    connection = splinking.database(memory_gb=1)
    splinking.fill(connection, "small", PEOPLE, learning.rows_of(said, frequencies))
    with pytest.raises(Refused, match="was not trained: no two records reach it"):
        learning.learn(connection, "small", records=200, frequencies=frequencies, trained_on={})


@pytest.mark.db
def test_training_writes_over_no_file_and_only_for_a_steward(world: World, tmp_path: Path) -> None:
    out = tmp_path / "own.json"
    with pytest.raises(Forbidden):
        own_model.train(by=world.actor("lead"), out=out)
    out.write_text("kept")
    with pytest.raises(Conflict):
        own_model.train(by=SYSTEM, out=out)
    assert out.read_text() == "kept"


def test_from_where_on_the_computer_links_one_in_five_thousand_is_wrong_at_most() -> None:
    made = likely_model()
    rng = Random(1)
    seen = [
        Pattern(
            tuple(rng.randrange(-1, len(each.names)) for each in PEOPLE.comparisons),
            rng.randrange(1, 100),
        )
        for _ in range(20_000)
    ]
    seen = [each for each in seen if learning.may_link(each.outcomes)]
    found = learning.link_threshold(made.prior, made.chances, seen)

    def wrong_from(weight: float) -> float:
        held = [(_weight(made, each), each.pairs) for each in seen]
        above = [(bits, pairs) for bits, pairs in held if bits >= weight - 1e-9]
        return sum(pairs / (1 + 2**bits) for bits, pairs in above) / sum(p for _, p in above)

    assert wrong_from(found) <= learning.WRONG_AT_MOST
    below = max(bits for bits in (_weight(made, each) for each in seen) if bits < found - 1e-9)
    assert wrong_from(below) > learning.WRONG_AT_MOST


def _weight(made: model.Model, pattern: Pattern) -> float:
    return made.prior_weight + sum(
        made.chances[each.name][each.names[outcome]].weight
        for each, outcome in zip(PEOPLE.comparisons, pattern.outcomes, strict=True)
        if outcome >= 0
    )


def test_where_no_pair_is_sure_enough_it_is_refused() -> None:
    made = likely_model()
    different = tuple(len(each.names) - 1 for each in PEOPLE.comparisons)
    with pytest.raises(Refused, match="No two records are alike enough"):
        learning.link_threshold(made.prior, made.chances, [Pattern(different, 9)])


@pytest.mark.parametrize(
    ("levels", "may"),
    [
        ({"given": "same_rare", "family": "same_rare", "born": "same", "home": "other"}, True),
        ({"given": "other", "family": "same_rare", "born": "same", "home": "same"}, False),
        ({"given": "same_rare", "family": "same_rare", "born": "other"}, False),
        ({"given": "same_rare", "born": "same", "nhs_number": "other"}, False),
        ({"given": "elsewhere", "family": "same_rare", "born": "same"}, False),
        ({"given": "elsewhere", "family": "elsewhere", "born": "same"}, True),
    ],
)
def test_levels_from_which_the_computer_may_link(levels: dict[str, str], may: bool) -> None:
    outcomes = [
        each.names.index(levels[each.name]) if each.name in levels else -1
        for each in PEOPLE.comparisons
    ]
    assert learning.may_link(outcomes) is may
