"""The plan and the model as Splink takes them, on DuckDB or Spark, and tables of records."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import orjson
from splink import DuckDBAPI, Linker

from reachable.people.linkage.conditions import DUCKDB, both
from reachable.people.linkage.model import Chances, Model
from reachable.people.linkage.plan import NUMBER, NUMBERS, TEXT, TEXTS, Comparison, Plan

RECORD, KEYS = "record", "keys"
_KINDS = {TEXT: "VARCHAR", NUMBER: "INTEGER", TEXTS: "VARCHAR[]", NUMBERS: "BIGINT[]"}


def settings(plan: Plan, model: Model | None = None, *, dialect: str = DUCKDB) -> dict[str, Any]:
    """Return Splink's settings; without a model, those that training starts from."""
    made: dict[str, Any] = {
        "link_type": "dedupe_only",
        "unique_id_column_name": RECORD,
        "sql_dialect": dialect,
        "blocking_rules_to_generate_predictions": [
            {
                "blocking_rule": f"l.{KEYS} = r.{KEYS}",
                "sql_dialect": dialect,
                "arrays_to_explode": [KEYS],
            }
        ],
        "comparisons": [_comparison(each, model, dialect) for each in plan.comparisons],
        "retain_matching_columns": False,
        "retain_intermediate_calculation_columns": False,
    }
    if model is not None:
        made["probability_two_random_records_match"] = model.prior
    return made


def _comparison(comparison: Comparison, model: Model | None, dialect: str) -> dict[str, Any]:
    needed = [column for each in comparison.needs for column in both(each, dialect)]
    missing = " OR ".join(f"{column} IS NULL" for column in needed)
    conditions = [level.condition.sql(dialect) for level in comparison.levels] + ["ELSE"]
    levels: list[dict[str, Any]] = [
        {"sql_condition": missing, "label_for_charts": "unknown", "is_null_level": True}
    ]
    for name, condition in zip(comparison.names, conditions, strict=True):
        level: dict[str, Any] = {"sql_condition": condition, "label_for_charts": name}
        if model is not None:
            chances = model.chances[comparison.name][name]
            level |= {"m_probability": chances.m, "u_probability": chances.u}
        levels.append(level)
    return {"output_column_name": comparison.name, "comparison_levels": levels}


def chances_in(saved: Mapping[str, Any], plan: Plan) -> dict[str, dict[str, Chances]]:
    """Read m and u from what Splink saves; a level that neither saw is left out here."""
    found: dict[str, dict[str, Chances]] = {}
    for comparison in saved["comparisons"]:
        levels = found.setdefault(comparison["output_column_name"], {})
        for level in comparison["comparison_levels"]:
            m, u = level.get("m_probability"), level.get("u_probability")
            if m is not None or u is not None:
                levels[level["label_for_charts"]] = Chances(m or 0.0, u or 0.0)
    return {each.name: found.get(each.name, {}) for each in plan.comparisons}


def database(*, threads: int = 2, memory_gb: float = 6) -> duckdb.DuckDBPyConnection:
    """Open a database in memory that spills to a folder of its own when it must."""
    connection = duckdb.connect()
    connection.execute(f"SET threads TO {threads}")
    connection.execute("SET enable_progress_bar = false")
    connection.execute(f"SET memory_limit = '{memory_gb}GB'")
    return connection


def fill(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    plan: Plan,
    rows: Iterable[Mapping[str, Any]],
) -> None:
    """Make a table of standard records: `record`, the plan's columns and `keys`."""
    columns = {RECORD: "BIGINT", **{each.name: _KINDS[each.kind] for each in plan.columns}}
    load(connection, table, columns | {KEYS: "BIGINT[]"}, rows)


def load(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    columns: Mapping[str, str],
    rows: Iterable[Mapping[str, Any]],
) -> None:
    """Make a table of these columns and DuckDB types."""
    said = ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items())
    with _lines(rows) as path:
        connection.execute(
            f"CREATE OR REPLACE TABLE {table} AS "
            f"SELECT * FROM read_json(?, format='newline_delimited', columns={{{said}}})",
            [str(path)],
        )


@contextmanager
def _lines(rows: Iterable[Mapping[str, Any]]) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="reachable-linkage-") as folder:
        path = Path(folder) / "records.jsonl"
        with path.open("wb") as file:
            for row in rows:
                file.write(orjson.dumps(row, default=list, option=orjson.OPT_APPEND_NEWLINE))
        yield path


def linker(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    plan: Plan,
    model: Model | None = None,
    *,
    keep_levels: bool = False,
) -> Linker:
    """Return Splink on this table; with `keep_levels` it tells at which level each pair stands."""
    api = DuckDBAPI(connection=connection)
    # Levels stand with the columns that were compared, not with the weights.
    made = settings(plan, model) | {"retain_matching_columns": keep_levels}
    # Its own logging would speak between our lines, and to the worker's log.
    return Linker(api.register(table, dataset_display_name=table), made, log_level=logging.ERROR)
