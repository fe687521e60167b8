"""How pages say names."""

from __future__ import annotations

import pytest

from reachable.foundation.words import readable_name


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("KIERAN O’NEILL-SHARPE", "Kieran O’Neill-Sharpe"),
        ("ŁUCJA WÓJCIK", "Łucja Wójcik"),
        ("Ffion McAllister", "Ffion McAllister"),
        ("Mateusz de la Cruz", "Mateusz de la Cruz"),
        ("Jane SMITH-JONES", "Jane Smith-Jones"),
        ("Cerys ap RHYS", "Cerys ap Rhys"),
        ("JJ de SOUZA", "JJ de Souza"),
        ("", ""),
    ],
)
def test_a_name_in_capitals_is_shown_as_names_are_written(sent: str, shown: str) -> None:
    assert readable_name(sent) == shown
