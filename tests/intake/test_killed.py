"""A load that is killed at any checkpoint and run again leaves what an unbroken run leaves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

CUSTODY = """\
Custody No,Attendance,Arrived Date,Arrived Time,Station,Surname,Forename(s),DOB,Postcode,Person No
CU/1,Arrest,24/10/2026,21:40,Fenmarch,Orrell,Tamsin,03/03/2012,FX1 1AA,P1
CU/2,Arrest,24/10/2026,20:15,Fenmarch,Vane,Idris,14/07/2010,FX1 1AB,P2
CU/3,Voluntary,23/10/2026,10:00,Fenmarch,Okafor,Chidi,01/02/2011,FX1 1AD,P3
CU/4,Arrest,31/12/2026,10:00,Fenmarch,Marsh,Ebony,01/02/2011,FX1 1AD,P4
CU/5,Arrest,23/10/2026,10:00,Fenmarch,Orrell,Tamsyn,03/03/2012,FX1 1AA,
CU/6,Arrest,23/10/2026,11:00,Fenmarch,Adult,Somebody,01/02/1999,FX1 1AE,P6
CU/2,Arrest,24/10/2026,20:25,Fenmarch,Vane,Idris,14/07/2010,FX1 1AB,P2
CU/1,Arrest,24/10/2026,21:40,Fenmarch,Orrell,Tamsin,03/03/2012,FX1 1AA,P1
CU/7,Arrest,24/10/2026,12:00,Fenmarch,Solano,Reyes,09/09/2011,FX1 1AF,P7
"""
MISSING = """\
Report No,Missing Date,Missing Time,Returned Date,Returned Time,Missing From,Surname,\
Forename(s),DOB,Postcode,Person No
MI/1,22/10/2026,18:00,24/10/2026,20:00,Home,Orrell,Tamsin,03/03/2012,FX1 1AA,P1
MI/2,23/10/2026,18:00,,,Home,Nobody,Known,04/04/2012,FX1 1AG,P8
MI/3,23/10/2026,18:00,24/10/2026,07:30,Home,Lark,Wren,05/05/2013,FX1 1AH,P9
"""
CORRECTED = CUSTODY.replace("31/12/2026", "23/10/2026").replace("CU/3,Voluntary", "CU/3,Arrest")


@pytest.mark.db
def test_promise_30_a_load_killed_at_any_checkpoint_ends_as_if_it_had_not_been(
    tmp_path: Path, on_postgres: bool
) -> None:
    files = []
    for name, content in (
        ("custody.csv", CUSTODY),
        ("missing.csv", MISSING),
        ("custody-again.csv", CORRECTED),
    ):
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        files.append(str(path))
    # Each checkpoint costs a database and two loads: all of them, when asked for, take minutes.
    every = os.environ.get("REACHABLE_EVERY_CHECKPOINT") or ("9" if on_postgres else "5")
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.killing", every, *files],
        env={**os.environ, "PYTEST_XDIST_WORKER": f"{os.environ.get('PYTEST_XDIST_WORKER')}k"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout.splitlines()[-1])
    assert result["differing"] == {}
    assert result["checkpoints"] > 150
