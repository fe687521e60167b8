"""The invented year against what is published, and the report that says so."""

import json

import pytest
from click.testing import CliRunner

from reachable.synthetic import feeds, partnership, report
from reachable.synthetic.cli import synthetic
from tests.synthetic.conftest import UNTIL


@pytest.fixture(scope="module", params=[1, 2, 3])
def compared(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(f"year{request.param}")
    feeds.write(partnership.make(request.param, until=UNTIL), folder)
    return report.compare(folder)


def test_each_rate_is_near_its_published_figure_or_says_why_not(compared):
    apart = {each.published.key: each.apart for each in compared if not each.agrees}
    on_purpose = {each.published.key for each in compared if each.why}
    assert apart.keys() <= on_purpose, apart
    assert all(each.tolerance <= 0.35 for each in compared)
    assert sum(not each.why for each in compared) >= 7


def test_every_figure_is_used_and_has_its_source_and_year(compared):
    figures = report.published()
    assert figures.keys() == {each.published.key for each in compared} | {"in_need"}
    for figure in figures.values():
        assert figure.source
        assert figure.year[:2] == "20"
        assert figure.figure > 0


def test_the_report_is_for_people_and_for_programs(sent):
    said = CliRunner().invoke(synthetic, ["report", str(sent.folder)])
    assert said.exit_code == 0, said.output
    assert "published 11.31 (2023 to 2024)" in said.output
    assert "different on purpose. Girls are found less often" in said.output
    told = CliRunner().invoke(synthetic, ["report", str(sent.folder), "--json"])
    figures = {each["key"]: each for each in json.loads(told.output.splitlines()[-1])}
    assert figures["suspensions"]["agrees"]
    assert figures["suspensions"]["source"].startswith("Department for Education")


def test_a_rate_that_is_too_far_off_ends_the_report_badly(sent, monkeypatch):
    figures = report.published()
    wrong = figures | {"suspensions": report.Published(**{**_fields(figures), "figure": 99.0})}
    monkeypatch.setattr(report, "published", lambda: wrong)
    said = CliRunner().invoke(synthetic, ["report", str(sent.folder)])
    assert said.exit_code == 1
    assert "does not agree, not within 10%" in said.output


def _fields(figures):
    return {name: getattr(figures["suspensions"], name) for name in report.Published.__slots__}


def test_a_folder_without_a_year_is_told_in_a_sentence(tmp_path):
    said = CliRunner().invoke(synthetic, ["report", str(tmp_path)])
    assert said.exit_code == 1
    assert "holds no invented year" in said.output


def test_a_year_without_anybody_exploited_is_too_small(tmp_path):
    feeds.write(partnership.make(1, 3, 1, until=UNTIL), tmp_path)
    said = CliRunner().invoke(synthetic, ["report", str(tmp_path)])
    assert said.exit_code == 1
    assert "too small" in said.output
