from __future__ import annotations

from pathlib import Path

import pytest

from reachable.intake.sender.packing import main


@pytest.fixture(scope="session")
def one_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The one file for senders, in a folder with nothing else."""
    path = tmp_path_factory.mktemp("one file") / "reachable-check.pyz"
    main([str(path)])
    return path
