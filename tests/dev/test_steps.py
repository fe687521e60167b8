from __future__ import annotations

from pathlib import Path

import pytest

from dev.steps import Failed, Stamp, digest, run


def test_a_stamp_is_fresh_until_what_it_was_made_from_changes(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    lock.write_text("a==1")
    stamp = tmp_path / "made" / "stamp"
    assert not Stamp(stamp, lock).is_fresh()
    Stamp(stamp, lock).press()
    assert Stamp(stamp, lock).is_fresh()
    lock.write_text("a==2")
    assert not Stamp(stamp, lock).is_fresh()


def test_a_digest_keeps_its_parts_apart() -> None:
    assert digest("ab", "c") != digest("a", "bc")


def test_a_failed_step_says_its_sentence_and_the_end_of_the_output() -> None:
    with pytest.raises(Failed, match=r"It could not be done\.\n\nwhy"):
        run(["sh", "-c", "echo why; exit 3"], failing="It could not be done.")
