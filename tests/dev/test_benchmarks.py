from __future__ import annotations

import importlib
import json

from benchmarks.__main__ import KEPT, PAGE, available, missed
from benchmarks.report import page

RESULT = {
    "benchmark": "loading",
    "about": "A file to moments",
    "baseline": "bulk insert of the same rows",
    "database": "SQLite",
    "rows_per_second": 3412.5,
    "least_rows_per_second": 3000,
    "ratio": 4.2,
    "target_ratio": 5,
    "rows": 100_000,
    "missed": [],
    "seconds": 40.0,
}


def test_a_number_beyond_its_target_is_missed() -> None:
    assert missed({"ratio": 5.1, "target_ratio": 5, "rows": 1, "least_rows": 2}) == [
        "ratio",
        "rows",
    ]
    assert missed({"ratio": 5, "target_ratio": 5, "rows": 2, "least_rows": 2}) == []


def test_the_page_says_number_and_target() -> None:
    written = page([RESULT])
    assert "## A file to moments, on SQLite" in written
    assert "Baseline: bulk insert of the same rows." in written
    assert "| rows per second | 3,412.5 | at least 3,000 |" in written
    assert "| ratio | 4.2 | at most 5 |" in written
    assert "| rows | 100,000 |  |" in written


def test_the_page_says_what_bounds_a_number_that_is_missed() -> None:
    noted = {**RESULT, "note": "What bounds it: the disk."}
    assert "What bounds it" not in page([noted])
    assert "| rows | 100,000 |  |\n\nWhat bounds it: the disk.\n" in page(
        [{**noted, "missed": ["ratio"]}]
    )


def test_every_benchmark_says_what_it_measures() -> None:
    for name in available():
        module = importlib.import_module(f"benchmarks.{name}")
        assert module.NAME
        assert module.BASELINE
        assert callable(module.run)


def test_the_page_is_what_the_newest_results_say() -> None:
    """Under its head, which names the computer."""
    kept = list(json.loads(KEPT.read_text(encoding="utf-8")).values())
    written = PAGE.read_text(encoding="utf-8")
    assert written.partition("\n## ")[2] == page(kept).partition("\n## ")[2]
    for result in kept:
        assert result["missed"] == missed(result)
