"""Sets of tables that a program loads one after the other, small enough to be killed everywhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

AT = datetime(2026, 3, 24, 6, 0, tzinfo=UTC)


def write(folder: Path) -> list[Path]:
    """Write the dataset of two days, what changed after them, and a census.

    By the second, twenty days later: one child has become known, so that held rows are brought in;
    a row has changed and one has come right; the numbers of two rows are the same; few rows are
    gone from one table, and of another so many that somebody is asked; and what is still held is
    held for longer.
    """
    from reachable.intake.table_sets import SETS
    from tests.support.tables import changed, many, packed, twice, without

    first = changed(many(6), "ssd_cla_episodes", "LA1", clae_cla_episode_start_date="soon")
    second = changed(
        many(0), "ssd_missing", "M2", miss_missing_episode_end_date="2026-04-12 07:00:00.000"
    )
    second = changed(second, "ssd_person", "L1", pers_forename="Toby")
    second = twice(second, "ssd_cin_episodes", "R1", cine_referral_nfa="Y")
    second = without(second, "ssd_cp_plans", "CP1")
    changes = changed(second, "ssd_missing", "M2", miss_missing_rhi_offered="Y")
    changes = {table: changes[table] for table in ("ssd_person", "ssd_missing", "ssd_address")}
    census = (SETS / "cin_census" / "cin-census-sample.xml").read_bytes()
    paths = []
    for name, content in (
        ("ssd 0.zip", packed(first)),
        ("ssd 20.zip", packed(second)),
        ("ssd 21 changes.zip", packed(changes)),
        ("cin_census 60.xml", census),
    ):
        paths.append(folder / name)
        paths[-1].write_bytes(content)
    return paths


def load(files: list[Path]) -> None:
    """Load each on its day, a few rows at once; what somebody is asked about is gone indeed."""
    from reachable.access.selectors import agency_id
    from reachable.foundation.actor import system
    from reachable.foundation.time import travel
    from reachable.intake import gone, held, loading, preparing, services

    preparing.PIECE = loading.MOST = loading.LEAST = 4
    preparing.UNCHANGED, gone.AT_ONCE, gone.FEW, held.RENEWED = 6, 2, 3, 2
    vars(loading)["pace_of"] = lambda feed: loading.Pace(4)
    by = system("feed load")
    for path in files:
        feed, day, *changes = path.stem.split()
        with travel(AT + timedelta(days=int(day))):
            with path.open("rb") as content:
                received = services.receive(
                    by=by,
                    agency_id=agency_id("council"),
                    feed=feed,
                    file_name=path.name,
                    content=content,
                    whole=feed == "ssd" and not changes,
                )
            services.begin_loading(by=by, delivery_id=received.delivery_id)
            done = loading.load(by=by, delivery_id=received.delivery_id)
            if done.gone_asked:
                services.confirm_gone(by=by, delivery_id=done.id)
                loading.load(by=by, delivery_id=done.id)
