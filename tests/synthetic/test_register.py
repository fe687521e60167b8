"""The register of a region: the same people and faults as the feeds', only more of them."""

import json
from collections import Counter, defaultdict
from random import Random

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from stdnum.gb import nhs, upn

from reachable.foundation.errors import BadInput
from reachable.synthetic import identifiers, register
from reachable.synthetic.cli import synthetic
from reachable.synthetic.feeds import parcels_of, read_back
from reachable.synthetic.formats import export_of, exports
from reachable.synthetic.households import Somebody, everybody
from reachable.synthetic.social_care import rows_of
from reachable.synthetic.written import COUNCIL, SOCIAL_CARE, Detail, Numbers, as_written
from reachable.synthetic.written import details as written_down
from tests.synthetic.conftest import UNTIL

PEOPLE, AREAS = 9000, 3
# What a share in the register may differ from the same in the full generator, beside a constant.
RELATIVE, ABSOLUTE = 0.12, 0.004
_SAID = ("family_name", "given_names", "birth_date", "sex", "postcode", "address", "nhs_number",
         "upn")  # fmt: skip


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("register")
    summary = register.write_register(
        folder, seed=7, people=PEOPLE, until=UNTIL, areas=AREAS, processes=2
    )
    return folder, summary


@pytest.fixture(scope="module")
def details(written):
    return list(register.read_register(written[0]).details())


@pytest.fixture(scope="module")
def people(written):
    return {each.person: each for each in register.read_register(written[0]).people()}


def files_of(folder):
    return {path.relative_to(folder): path.read_bytes() for path in sorted(folder.rglob("*.*"))}


def test_the_same_seed_gives_the_same_bytes_by_one_process_or_two(written, tmp_path):
    folder, summary = written
    again = register.write_register(tmp_path, seed=7, people=PEOPLE, until=UNTIL, areas=AREAS)
    assert again == summary
    assert files_of(tmp_path) == files_of(folder)


def test_another_seed_gives_other_people(tmp_path):
    first, second = (
        register.write_register(tmp_path / str(seed), seed=seed, people=60, months=1, until=UNTIL)
        for seed in (1, 2)
    )
    assert first.digest() != second.digest()


def test_what_is_read_is_what_was_counted(written, details, people):
    summary = register.read_register(written[0]).summary
    assert summary == written[1]
    assert len(people) == PEOPLE == sum(part.people for part in summary.parts)
    assert len(details) == summary.details
    assert sum(detail.newest == "yes" for detail in details) == summary.records


def test_each_record_is_of_one_person_who_exists_and_one_detail_stands(details, people):
    standing: Counter[str] = Counter()
    held: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for detail in details:
        assert detail.true_person in people
        held[detail.record].add((detail.agency, detail.true_person))
        standing[detail.record] += detail.newest == "yes"
    assert all(len(of) == 1 for of in held.values())
    assert set(standing.values()) == {1}
    known = {detail.true_person for detail in details}
    children = {person for person in people if "-C" in person}
    assert len(known & children) > 0.995 * len(children)


def test_one_number_stands_for_two_people_only_where_one_was_written_wrongly(details):
    holders: dict[tuple[str, str], set[str]] = defaultdict(set)
    for detail in details:
        if detail.reference and "local_id_wrong" not in detail.true_faults.split():
            holders[detail.agency, detail.reference].add(detail.true_person)
    assert all(len(persons) == 1 for persons in holders.values())


def test_a_record_comes_in_the_order_of_time_within_its_area(details):
    last: dict[str, str] = {}
    for detail in details:
        area = detail.record.partition("-")[0]
        assert detail.received_at >= last.get(area, "")
        last[area] = detail.received_at


def test_twins_and_siblings_are_who_they_say(people):
    twins = [person for person in people.values() if person.twin_of]
    assert len(twins) > 100
    for twin in twins:
        other = people[twin.twin_of]
        assert other.twin_of == twin.person
        assert (other.birth_date, other.family) == (twin.birth_date, twin.family)
        assert twin.given_names.split(" ")[0] != other.given_names.split(" ")[0]
        if {twin.placement, other.placement} <= {"home", "other"}:
            assert other.household == twin.household
    for person in people.values():
        siblings = person.sibling_of.split()
        assert all(person.person in people[other].sibling_of.split() for other in siblings)
        assert all(people[other].family == person.family for other in siblings)
        assert person.twin_of in ("", *siblings)


def test_a_household_is_one_postcode(people):
    postcodes: dict[str, set[str]] = defaultdict(set)
    for person in people.values():
        postcodes[person.household].add(person.postcode)
    assert all(len(codes) == 1 for codes in postcodes.values())


def test_identifiers_are_one_person_s_in_the_whole_region(details):
    for name, fault, rule in (("nhs_number", "nhs_number_wrong", nhs), ("upn", "upn_wrong", upn)):
        holders: dict[str, set[str]] = defaultdict(set)
        for detail in details:
            number = getattr(detail, name).replace(" ", "")
            if number:
                right = rule.is_valid(number)
                assert right or fault in detail.true_faults.split()
                if right:
                    holders[number].add(detail.true_person)
        assert len(holders) > 100
        assert all(len(persons) == 1 for persons in holders.values())
        assert len({next(iter(persons)) for persons in holders.values()}) == len(holders)


@given(st.integers(0, 10**6), st.booleans(), st.booleans())
def test_another_number_is_written_down_with_the_same_fault(seed, wrong, spaced):
    rng = Random(seed)
    numbers = identifiers.nhs_numbers(rng)
    own, other = next(numbers), next(numbers)
    written = identifiers.wrong_check(own, rng) if wrong else own
    if spaced:
        written = f"{written[:3]} {written[3:6]} {written[6:]}"
    told = as_written(written, own, other)
    assert nhs.is_valid(told) is not wrong
    assert (" " in told) is spaced
    changed = [a != b for a, b in zip(told.replace(" ", ""), other, strict=True)]
    assert sum(changed) == wrong


_TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12)


@given(st.lists(st.tuples(*[_TEXT] * len(Detail._fields)), max_size=20))
def test_any_text_is_read_as_it_was_written(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("rows") / "some.csv.gz"
    held = [Detail(*row) for row in rows]
    register.write_rows(path, Detail, held)
    assert list(register.read_rows(path, Detail)) == held


def rows_of_feeds(made):
    """Return the rows that a check accepts, as they come, each with its layout."""
    parcels = [parcel for export in exports().values() for parcel in parcels_of(made, export)]
    return [
        (row, parcel.layout)
        for parcel in sorted(parcels, key=lambda each: each.sent_at)
        for row in parcel.rows
        if not row.wrong
    ]


def said_in(row, layout):
    """Return who a row says that somebody is; two words for one sex are not two details."""
    words = export_of(row.feed).words["sex"].items()
    sexes = {word: code for code, of in words for word in of}
    values = {**row.values, "sex": sexes.get(row.values["sex"], "")}
    return tuple(read_back(str(values.get(name, "")), layout) for name in _SAID)


def shares_of_full(made):
    """Measure the full generator's rows, in records and details of the same meaning."""
    rows = rows_of_feeds(made)
    latest = {(row.feed, row.source_key): str(row.values["local_id"]) for row, _ in rows}
    records: set[tuple[str, object, str]] = set()
    heard: dict[object, tuple[str, tuple[str, ...], tuple[str, ...]]] = {}
    for row, layout in rows:
        person, agency = row.episode.person.id, export_of(row.feed).agency
        number = latest[row.feed, row.source_key]
        record = (agency, number or (row.feed, row.source_key), person)
        records.add((agency, record, person))
        said = said_in(row, layout)
        heard.setdefault((record, said), (number, said, row.faults))
    by_number = {person.council_id: person.id for person in (*made.children, *made.adults)}
    for of_table in rows_of(made):
        if of_table.table == "ssd_person" and of_table.since < made.until:
            number = str(of_table.values["pers_person_id"])
            person = by_number[number]
            records.add((COUNCIL, (COUNCIL, number, person), person))
    people = (*made.children, *made.adults)
    of_feeds = list(heard.values())
    return {
        **records_a_person(records, len(people)),
        **faults(
            [
                (number, dict(zip(_SAID, said, strict=True)), wrong)
                for number, said, wrong in of_feeds
            ]
        ),
        **of_people(
            moved=[len(p.homes) > 1 for p in people],
            twins=[p.twin for p in people],
            boys=[p.sex == "male" for p in people],
            adults=[not p.is_child for p in people],
            known_as=[bool(p.known_as) for p in people],
        ),
    }


def shares_of_register(details, people):
    records = {
        (detail.agency.rpartition("-")[0], detail.record, detail.true_person) for detail in details
    }
    of_feeds = [
        (detail.reference, detail._asdict(), detail.true_faults.split())
        for detail in details
        if detail.feed != SOCIAL_CARE
    ]
    return {
        **records_a_person(records, len(people)),
        **faults(of_feeds),
        **of_people(
            moved=[p.homes != "1" for p in people.values()],
            twins=[bool(p.twin_of) for p in people.values()],
            boys=[p.sex == "male" for p in people.values()],
            adults=["-A" in p.person for p in people.values()],
            known_as=[bool(p.known_as) for p in people.values()],
        ),
    }


def records_a_person(records, people):
    agencies = sorted({agency for agency, _, _ in records})
    found = {"records a person": len(records) / people}
    for agency in agencies:
        of = [person for by, _, person in records if by == agency]
        found[f"records of {agency}"] = len(of) / people
        found[f"known to {agency}"] = len(set(of)) / people
    many = Counter(person for _, _, person in records)
    found |= {f"{n} records": sum(m == n for m in many.values()) / people for n in range(1, 6)}
    return found


def faults(rows):
    found = {
        f"{name} missing": sum(not said[name] for _, said, _ in rows) / len(rows)
        for name in ("birth_date", "postcode", "nhs_number", "upn")
    }
    found["number missing"] = sum(not number for number, _, _ in rows) / len(rows)
    named = Counter(fault for _, _, wrong in rows for fault in wrong)
    for fault in (
        "family_typo", "given_typo", "nickname", "accents_lost", "swapped_order",
        "swapped_family_first", "half_double_name", "capitals", "birth_day_month_swapped",
        "birth_date_typo", "sex_unknown", "postcode_typo", "old_address", "no_address",
        "local_id_wrong", "nhs_number_wrong", "upn_wrong",
    ):  # fmt: skip
        found[fault] = named[fault] / len(rows)
    return found


def of_people(**of):
    return {name: sum(held) / len(held) for name, held in of.items()}


def test_every_row_of_a_partnership_is_in_its_register(fenmarch):
    held = written_down(fenmarch, Numbers(1, 1, 1), "01")
    people = {each.person: each for each in everybody(fenmarch, "01")}
    assert shares_of_register(held, people) == pytest.approx(shares_of_full(fenmarch))


def test_the_register_is_as_the_full_generator_only_bigger(fenmarch, details, people):
    """Every share is within 12 per cent, or 0.4 of a point, of the default partnership's."""
    full, ours = shares_of_full(fenmarch), shares_of_register(details, people)
    assert ours.keys() == full.keys()
    far = {
        name: (round(full[name], 4), round(ours[name], 4))
        for name in full
        if abs(ours[name] - full[name]) > RELATIVE * full[name] + ABSOLUTE
    }
    assert far == {}
    assert all(full.values())


def test_only_social_care_says_where_somebody_lived_before(details, people):
    told = [detail for detail in details if detail.previous_postcode]
    assert {detail.feed for detail in told} == {SOCIAL_CARE}
    assert all(people[detail.true_person].homes == "2" for detail in told)
    assert len(told) > 0.1 * len(people)


def test_the_command_writes_a_register_and_says_how_much(tmp_path):
    out = tmp_path / "register"
    arguments = ["register", "--seed", "7", "--people", "80", "--months", "1"]
    arguments += ["--until", "2026-11-24", "--out", str(out), "--json"]
    result = CliRunner().invoke(synthetic, arguments)
    assert result.exit_code == 0, result.output
    told = json.loads(result.output.splitlines()[-1])
    read = register.read_register(out)
    assert told["people"] == 80 == len(list(read.people()))
    assert told["details"] == len(list(read.details()))
    assert told["digest"] == read.summary.digest()
    refused = CliRunner().invoke(synthetic, arguments)
    assert refused.exit_code == 2
    assert "Nothing was written" in refused.output


def test_the_command_refuses_more_people_than_there_are_districts(tmp_path):
    arguments = ["register", "--people", "9000000", "--out", str(tmp_path / "register")]
    result = CliRunner().invoke(synthetic, arguments)
    assert result.exit_code == 1
    assert "from 1 to 1,200,000 people" in result.output
    assert not (tmp_path / "register").exists()


@pytest.mark.parametrize("content", [None, "", "{}", "[]", '{"parts": [], "until": "soon"}'])
def test_a_folder_without_a_finished_register_is_refused(tmp_path, content):
    if content is not None:
        (tmp_path / register.SUMMARY_FILE).write_text(content)
    with pytest.raises(BadInput, match="no finished register"):
        register.read_register(tmp_path)


def test_a_register_is_read_as_it_is_asked_for(written):
    """The first row comes before the second area's file is opened."""
    folder, _ = written
    rows = register.read_register(folder).details()
    assert next(rows).record.startswith("01-")
    somebody = next(register.read_register(folder).people())
    assert isinstance(somebody, Somebody)
