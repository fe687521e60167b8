import json

import pytest
from click.testing import CliRunner

from reachable.synthetic import feeds
from reachable.synthetic.cli import synthetic

SMALL = ["make", "--seed", "7", "--children", "60", "--months", "1", "--until", "2026-11-24"]


def test_make_writes_files_and_a_summary(tmp_path):
    out = tmp_path / "made"
    result = CliRunner().invoke(synthetic, [*SMALL, "--out", str(out), "--json"])
    assert result.exit_code == 0, result.output
    summary = json.loads(result.output.splitlines()[-1])
    manifest = feeds.read_manifest(out)
    assert summary["digest"] == manifest.digest()
    assert summary["rows"] == manifest.rows
    assert summary["children"] == 60


def test_make_does_not_write_into_a_full_folder(tmp_path):
    (tmp_path / "mine.txt").write_text("keep")
    result = CliRunner().invoke(synthetic, [*SMALL, "--out", str(tmp_path)])
    assert result.exit_code == 2
    assert "Nothing was written" in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_make_refuses_nobody(tmp_path):
    arguments = ["make", "--children", "0", "--out", str(tmp_path / "made")]
    result = CliRunner().invoke(synthetic, arguments)
    assert result.exit_code == 2
    assert "at least 1" in result.output


@pytest.mark.db
def test_replay_lets_the_year_happen_once(tmp_path, settings):
    settings.UPLOAD_DIR = tmp_path / "uploads"
    out = tmp_path / "made"
    CliRunner().invoke(synthetic, [*SMALL, "--out", str(out)])
    arguments = ["replay", str(out), "--password", "only-for-a-demonstration", "--json"]
    first, second = (CliRunner().invoke(synthetic, arguments) for _ in range(2))
    assert first.exit_code == second.exit_code == 0, first.output
    manifest = feeds.read_manifest(out)
    counts = json.loads(first.output.splitlines()[-1])
    assert counts["files"] > 0
    assert counts["accepted"] + counts["quarantined"] + counts["duplicates"] <= manifest.rows
    assert json.loads(second.output.splitlines()[-1])["files"] == 0
