"""One partnership of the default size and its files, made once for all tests here."""

from datetime import date

import pytest

from reachable.synthetic import feeds, partnership, truth
from reachable.synthetic.feeds import Manifest
from reachable.synthetic.partnership import Partnership
from reachable.synthetic.truth import TruthRow

UNTIL = date(2026, 11, 24)


def loaded_once(sent: Manifest) -> set[str]:
    """Return the files that count: one with the content of an earlier one is not loaded again."""
    first: dict[tuple[str, str], str] = {}
    for file in sent.files:
        first.setdefault((file.feed, file.sha256), file.path)
    return set(first.values())


@pytest.fixture(scope="session")
def fenmarch() -> Partnership:
    return partnership.make(until=UNTIL)


@pytest.fixture(scope="session")
def sent(fenmarch: Partnership, tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    return feeds.write(fenmarch, tmp_path_factory.mktemp("sent"))


@pytest.fixture(scope="session")
def true_rows(sent: Manifest) -> list[TruthRow]:
    return list(truth.read_rows(sent.folder))
