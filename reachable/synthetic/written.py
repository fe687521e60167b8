"""What the agencies of one area hold of its people: from the feeds' rows to records and details."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from itertools import islice
from typing import NamedTuple

from reachable.practice.time import LONDON
from reachable.synthetic import identifiers
from reachable.synthetic.families import Person
from reachable.synthetic.feeds import Parcel, parcels_of, read_back
from reachable.synthetic.formats import Export, export_of, exports
from reachable.synthetic.material import stream
from reachable.synthetic.partnership import Partnership
from reachable.synthetic.social_care import each_row
from reachable.synthetic.ssd import Row

SOCIAL_CARE, COUNCIL = "social_care", "fenmarch-council"
_DATASET_SENT = time(6)
_SEX = {"F": "female", "M": "male", "U": "unknown"}
# Faults of a row that say nothing about who somebody is.
_OF_THE_EVENT = frozenset({"formula", "future_date", "unreadable_date", "other_word"})
_NHS_NUMBERS, _UPN_SERIALS = 909_000, 999_000


class Detail(NamedTuple):
    """Who somebody is, as one agency wrote it down at one time; all as text, empty if unknown.

    `record` is the agency's record to which it belongs, `reference` the agency's own number of the
    person, `newest` says whether nothing later stands in the record. Whatever begins with `true_`
    is the truth and for measuring only.
    """

    record: str
    agency: str
    feed: str
    reference: str
    source_key: str
    given_names: str
    family_name: str
    birth_date: str
    sex: str
    postcode: str
    address: str
    nhs_number: str
    upn: str
    previous_postcode: str
    received_at: str
    newest: str
    true_person: str
    true_faults: str


class Said(NamedTuple):
    """What makes one detail of a record differ from another."""

    given_names: str
    family_name: str
    birth_date: str
    sex: str
    postcode: str
    address: str
    nhs_number: str
    upn: str
    previous_postcode: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One row that an agency sent, as far as it tells who somebody is."""

    agency: str
    feed: str
    reference: str
    source_key: str
    received_at: datetime
    person: Person
    said: Said
    faults: tuple[str, ...]


class Numbers:
    """NHS numbers and UPNs that are nobody else's in the whole region.

    An area hands them out by itself from a part that is its own. A number is given to whoever has
    it written down somewhere: there are fewer for tests than a region has people.
    """

    def __init__(self, seed: int, area: int, areas: int) -> None:
        share = _NHS_NUMBERS // areas
        every = identifiers.nhs_numbers(stream(seed, "region NHS numbers"))
        self._fresh = islice(every, (area - 1) * share, area * share)
        self._first_serial = (area - 1) * (_UPN_SERIALS // areas)
        self._nhs: dict[str, str] = {}
        self._upns: dict[str, str] = {}
        self._in_year: dict[int, int] = {}

    def nhs_number(self, person: Person, written: str) -> str:
        if not written:
            return ""
        if person.id not in self._nhs:
            self._nhs[person.id] = next(self._fresh)
        return as_written(written, person.nhs_number, self._nhs[person.id])

    def upn(self, person: Person, written: str) -> str:
        if not written:
            return ""
        if person.id not in self._upns:
            year = person.birth_date.year + 5
            serial = self._in_year[year] = self._in_year.get(year, -1) + 1
            self._upns[person.id] = identifiers.upn_of(self._first_serial + serial, year)
        return as_written(written, person.upn, self._upns[person.id])


def as_written(written: str, own: str, other: str) -> str:
    """Write `other` down as `own` was: with the same digit mistyped, with the same spaces.

    One wrong digit makes any check digit of these numbers wrong, so the fault stays the fault.
    """
    plain = written.replace(" ", "")
    digits = [
        there if here == right else str((int(there) + int(here) - int(right)) % 10)
        for here, right, there in zip(plain, own, other, strict=True)
    ]
    text = "".join(digits)
    return f"{text[:3]} {text[3:6]} {text[6:]}" if " " in written else text


def details(made: Partnership, numbers: Numbers, area: str) -> list[Detail]:
    """Return everything that the agencies of an area hold, in the order in which it came."""
    entries = [
        *_social_care(made, numbers),
        *(
            entry
            for export in exports().values()
            for parcel in parcels_of(made, export)
            for entry in _of_parcel(parcel, numbers)
        ),
    ]
    entries.sort(key=lambda entry: entry.received_at)
    return _in_records(entries, area)


def _of_parcel(parcel: Parcel, numbers: Numbers) -> Iterator[Entry]:
    """Yield what a check accepts of a file."""
    export, layout = export_of(parcel.feed), parcel.layout
    sexes = _codes_of_sex(export)
    for submission in parcel.rows:
        if submission.wrong:
            continue
        person = submission.episode.person
        said = {name: read_back(str(value), layout) for name, value in submission.values.items()}
        yield Entry(
            agency=export.agency,
            feed=parcel.feed,
            reference=said.get("local_id", ""),
            source_key=submission.source_key,
            received_at=parcel.sent_at,
            person=person,
            said=Said(
                given_names=said["given_names"],
                family_name=said["family_name"],
                birth_date=said.get("birth_date", ""),
                sex=sexes[said["sex"]] if "sex" in said else "",
                postcode=said.get("postcode", ""),
                address=said.get("address", ""),
                nhs_number=numbers.nhs_number(person, said.get("nhs_number", "")),
                upn=numbers.upn(person, said.get("upn", "")),
                previous_postcode="",
            ),
            faults=tuple(fault for fault in submission.faults if fault not in _OF_THE_EVENT),
        )


def _codes_of_sex(export: Export) -> Mapping[str, str]:
    words = export.words.get("sex", {})
    return {"": ""} | {word: code for code, said in words.items() for word in said}


def _social_care(made: Partnership, numbers: Numbers) -> Iterator[Entry]:
    """Yield the people of social care's dataset as it is exported on the last day.

    Alone among what is sent it says where somebody lived before.
    """
    people: list[Row] = []
    homes: dict[str, list[Mapping[str, object]]] = {}
    for row in each_row(made):
        if row.since >= made.until:
            continue
        if row.table == "ssd_person":
            people.append(row)
        elif row.table == "ssd_address":
            homes.setdefault(str(row.values["addr_person_id"]), []).append(row.values)
    by_number = {person.council_id: person for person in (*made.children, *made.adults)}
    sent = datetime.combine(made.until, _DATASET_SENT, LONDON).astimezone(UTC)
    for row in people:
        reference = str(row.values["pers_person_id"])
        person = by_number[reference]
        lived = homes.get(reference, [])
        codes = [str(home["addr_address_postcode"]) for home in lived]
        yield Entry(
            agency=COUNCIL,
            feed=SOCIAL_CARE,
            reference=reference,
            source_key=reference,
            received_at=sent,
            person=person,
            said=Said(
                given_names=str(row.values["pers_forename"]),
                family_name=str(row.values["pers_surname"]),
                birth_date=str(row.values["pers_dob"]),
                sex=_SEX[str(row.values["pers_sex"])],
                postcode=codes[-1] if codes else "",
                address=person.home_on(made.until).line if codes else "",
                nhs_number="",
                upn=numbers.upn(person, str(row.values["pers_upn"])),
                previous_postcode=codes[-2] if len(codes) > 1 else "",
            ),
            faults=row.faults,
        )


def _in_records(entries: Sequence[Entry], area: str) -> list[Detail]:
    """Put entries into records, and leave out what a record says already.

    Two people under one number are two records: one of them was given the other's by mistake.
    """
    last_reference = {(e.feed, e.source_key): e.reference for e in entries}
    serials: dict[tuple[str, str, str], int] = {}
    newest: dict[int, int] = {}
    heard: dict[tuple[int, Said], int] = {}
    found: list[tuple[int, Entry]] = []
    for entry in entries:
        reference = last_reference[entry.feed, entry.source_key]
        own = f"number {reference}" if reference else f"{entry.feed} {entry.source_key}"
        serial = serials.setdefault((entry.agency, own, entry.person.id), len(serials) + 1)
        at = heard.setdefault((serial, entry.said), len(found))
        if at == len(found):
            found.append((serial, replace(entry, reference=reference)))
        newest[serial] = at
    standing = set(newest.values())
    return [
        _detail(f"{area}-{serial:06d}", entry, area, newest=at in standing)
        for at, (serial, entry) in enumerate(found)
    ]


def _detail(record: str, entry: Entry, area: str, *, newest: bool) -> Detail:
    said = entry.said
    return Detail(
        record=record,
        agency=f"{entry.agency}-{area}",
        feed=entry.feed,
        reference=entry.reference,
        source_key=entry.source_key,
        given_names=said.given_names,
        family_name=said.family_name,
        birth_date=said.birth_date,
        sex=said.sex,
        postcode=said.postcode,
        address=said.address,
        nhs_number=said.nhs_number,
        upn=said.upn,
        previous_postcode=said.previous_postcode,
        received_at=entry.received_at.isoformat(),
        newest="yes" if newest else "no",
        true_person=person_id(area, entry.person),
        true_faults=" ".join(entry.faults),
    )


def person_id(area: str, person: Person) -> str:
    """Return who somebody is in the whole region."""
    return f"{area}-{person.id}"
