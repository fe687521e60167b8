import csv
import time
from collections import Counter
from datetime import date

from stdnum.gb import nhs

from reachable.synthetic import bulk
from reachable.synthetic.formats import CUSTODY_HEADINGS

UNTIL = date(2026, 11, 24)


def test_the_register_is_deterministic_and_of_different_people():
    first, second = (list(bulk.register(1, 3000, UNTIL)) for _ in range(2))
    assert first == second
    assert len({known.nhs_number for known in first}) == 3000
    assert all(nhs.is_valid(known.nhs_number) for known in first)
    ages = {UNTIL.year - int(known.birth_date[:4]) for known in first}
    assert min(ages) >= 9
    assert max(ages) <= 18


def test_custody_rows_concern_the_register_in_the_shares_asked_for():
    known = list(bulk.register(1, 2000, UNTIL))
    rows = list(bulk.custody(1, known, 4000, UNTIL, bulk.Shares(0.5, 0.3, with_local_id=1.0)))
    columns = list(CUSTODY_HEADINGS)
    by_id = {person.local_id: person for person in known}
    kinds: Counter[str] = Counter()
    for row in rows:
        values = dict(zip(columns, row, strict=True))
        person = by_id.get(values["local_id"])
        if person is None:
            kinds["unknown"] += 1
        else:
            told = values["family_name"], values["given_names"], values["birth_date"]
            same = told == (person.family_name, person.given_names, person.birth_date)
            kinds["exact" if same else "typo"] += 1
    assert 1850 <= kinds["exact"] <= 2250
    assert 1000 <= kinds["typo"] <= 1350
    assert 700 <= kinds["unknown"] <= 900


def test_files_read_back(tmp_path):
    known = list(bulk.register(2, 100, UNTIL))
    path = tmp_path / "custody.csv"
    assert bulk.write_custody(path, bulk.custody(2, known, 250, UNTIL)) == 250
    with path.open(encoding="utf-8", newline="") as text:
        rows = list(csv.reader(text))
    assert rows[0] == list(CUSTODY_HEADINGS.values())
    assert len({row[0] for row in rows[1:]}) == 250
    assert bulk.write_register(tmp_path / "register.csv", known) == 100


def test_twenty_thousand_rows_take_no_more_than_a_few_seconds():
    started = time.perf_counter()
    known = list(bulk.register(1, 10_000, UNTIL))
    assert len(list(bulk.custody(1, known, 10_000, UNTIL))) == 10_000
    assert time.perf_counter() - started < 5
