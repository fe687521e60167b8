"""Which two people of a register may be one: pairs of a part of it, each judged from both sides."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from splink import Linker

from reachable.people.linkage import batch, keys, splinking
from reachable.people.linkage.deciding import Judge, Known, Weighed
from reachable.people.linkage.people import NUMBERS_OF_ONE, PEOPLE
from reachable.people.linkage.standard import COLUMNS, Said, Standard, standardise
from reachable.people.rules import LINK, NEW, REVIEW

REGISTER, WHOSE, KEYED, FOUND = "register", "whose", "keyed", "found_of_part"
A_PART = 50_000
"""Records whose pairs are scored at once: some two million pairs, of which few are kept."""
AT_ONCE = 1_000
"""Pairs of people that are judged at once, with all who are like them."""
MOST_OF_ONE = 50
"""Records of one person that are looked at: hundreds stand together only by a fault."""


@dataclass(frozen=True, slots=True)
class Found:
    """Two records of two people, and what the judge says of them: link, or ask."""

    one: Any
    other: Any
    weight: float
    outcome: str
    rule: str
    evidence: dict[str, Any]


def parts_of(records: int) -> int:
    return max(1, -(-records // A_PART))


def decide_two(
    judge: Judge,
    one: Known,
    other: Known,
    people: Mapping[Hashable, Sequence[Known]],
    around: Mapping[Hashable, Sequence[Known]],
) -> Weighed | None:
    """Say whether the persons of two records are one; None where they are nobody alike.

    Only what holds from both sides is a link. `people` are all records of either person, `around`
    the records that share a key with one of the two.
    """
    first = _one_way(judge, one, other, people, around.get(one.record_id, ()))
    second = _one_way(judge, other, one, people, around.get(other.record_id, ()))
    said = [each for each in (first, second) if each.outcome != NEW]
    if not said:
        return None
    asked = next((each for each in said if each.outcome == REVIEW), None)
    if asked is not None:
        return asked
    if len(said) == 1:
        return Weighed(REVIEW, "near_relative", None, (), said[0].evidence)
    if _numbers_differ(people.get(one.person_id, ()), people.get(other.person_id, ())):
        return Weighed(REVIEW, "identifiers_differ", None, (), first.evidence)
    return first


def _one_way(
    judge: Judge,
    claim: Known,
    wanted: Known,
    people: Mapping[Hashable, Sequence[Known]],
    around: Sequence[Known],
) -> Weighed:
    """Decide for one record as if it came in now, and its person were not known."""
    whole = people.get(wanted.person_id, (wanted,))
    others = [each for each in around if each.person_id not in (claim.person_id, wanted.person_id)]
    weighed = judge.decide(claim.who, [*whole, *others])
    if weighed.outcome == LINK and weighed.person_id == wanted.person_id:
        return weighed
    alone = judge.decide(claim.who, whole)
    if alone.outcome != LINK:
        return alone
    # Whoever is the same as the other anyway is no rival of theirs.
    same = {each.person_id for each in others if judge.decide(wanted.who, [each]).outcome == LINK}
    rivals = [each for each in others if each.person_id not in same]
    weighed = judge.decide(claim.who, [*whole, *rivals])
    if weighed.outcome == LINK and weighed.person_id == wanted.person_id:
        return weighed
    return Weighed(REVIEW, "several_people", None, weighed.beside, alone.evidence)


def _numbers_differ(one: Iterable[Known], other: Iterable[Known]) -> bool:
    """Of the two together, a number of which everybody has one would be held twice."""
    for number in NUMBERS_OF_ONE:
        mine = {getattr(each.who, number) for each in one} - {None}
        theirs = {getattr(each.who, number) for each in other} - {None}
        if mine and theirs and len(mine | theirs) > 1:
            return True
    return False


class Register:
    """A register in DuckDB, blocked, of which one part after the other is looked at.

    What Python keeps of a record are two identifiers; DuckDB keeps the rest, and spills to disk
    beyond its limit.
    """

    def __init__(
        self, judge: Judge, rows: Iterable[tuple[Hashable, Hashable, Said]], *, memory_gb: float = 6
    ) -> None:
        self.judge = judge
        self.connection = splinking.database(memory_gb=memory_gb)
        self.records: list[Hashable] = []
        self._people: list[Hashable] = []
        splinking.fill(self.connection, REGISTER, PEOPLE, self._standard(rows))
        self.parts = parts_of(len(self.records))
        self._linker: Linker | None = None
        if self.records:
            self._block()

    def _standard(
        self, rows: Iterable[tuple[Hashable, Hashable, Said]]
    ) -> Iterator[dict[str, Any]]:
        frequencies = self.judge.model.frequencies
        for number, (record_id, person_id, said) in enumerate(rows):
            self.records.append(record_id)
            self._people.append(person_id)
            who = standardise(said, frequencies)
            yield {splinking.RECORD: number, **who.row(), splinking.KEYS: keys.keys_of(who)}

    def _block(self) -> None:
        numbers: dict[Hashable, int] = {}
        splinking.load(
            self.connection,
            WHOSE,
            {"record": "BIGINT", "person": "BIGINT"},
            (
                {"record": number, "person": numbers.setdefault(person, len(numbers))}
                for number, person in enumerate(self._people)
            ),
        )
        batch.block(self.connection, REGISTER, most=keys.BLOCK)
        self.connection.execute(
            f"CREATE TABLE {KEYED} AS SELECT record, unnest(keys) AS key FROM {batch.BLOCKED}"
        )

    def part(self, part: int) -> Iterator[Found]:
        """Give what is found among the pairs whose first record is of this part, from 1 on."""
        if not self.records:
            return
        rows = self._pairs(part)
        for start in range(0, len(rows), AT_ONCE):
            yield from self._judged(rows[start : start + AT_ONCE])

    def together(self) -> Iterator[list[Known]]:
        """Give the records of everybody who has more than one."""
        numbers = self.connection.execute(
            f"SELECT min(record) FROM {WHOSE} GROUP BY person HAVING count(*) > 1 ORDER BY ALL"
        ).fetchall()
        for start in range(0, len(numbers), AT_ONCE):
            whole = self._whole([row[0] for row in numbers[start : start + AT_ONCE]])
            known = self._known({each for found in whole.values() for each in found})
            for found in whole.values():
                yield [known[each] for each in found]

    def _pairs(self, part: int) -> list[tuple[int, int, float]]:
        """Return, of each two people who are alike, the two records that are most alike."""
        if self._linker is None:
            model = self.judge.model
            self._linker = splinking.linker(self.connection, batch.BLOCKED, PEOPLE, model)
        least = self.judge.model.thresholds.review
        scored = self._linker.inference.predict_chunk(
            left_chunk=(part, self.parts), right_chunk=(1, 1), threshold_match_weight=least
        )
        numbers = " UNION ALL ".join(
            f"SELECT a.record AS one, b.record AS other, {least} AS weight FROM {REGISTER} a "
            f"JOIN {REGISTER} b ON a.{number} = b.{number} AND a.record < b.record "
            f"JOIN (SELECT {number} AS held FROM {REGISTER} GROUP BY ALL "
            f"HAVING count(*) <= {MOST_OF_ONE}) ON held = a.{number} "
            f"WHERE a.record % {self.parts} = {part - 1}"
            for number in NUMBERS_OF_ONE
        )
        rows = self.connection.execute(
            f"SELECT one, other, weight FROM (SELECT record_l AS one, record_r AS other, "
            f"match_weight AS weight FROM {scored.physical_name} UNION ALL {numbers}) "
            f"JOIN {WHOSE} w ON w.record = one JOIN {WHOSE} v ON v.record = other "
            f"WHERE w.person <> v.person QUALIFY row_number() OVER (PARTITION BY "
            f"least(w.person, v.person), greatest(w.person, v.person) "
            f"ORDER BY weight DESC, one, other) = 1 ORDER BY weight DESC, one, other"
        ).fetchall()
        scored.drop_table_from_database_and_remove_from_cache()
        return rows

    def _judged(self, rows: Sequence[tuple[int, int, float]]) -> Iterator[Found]:
        claims = sorted({number for row in rows for number in row[:2]})
        beside = self._beside(claims)
        whole = self._whole(claims)
        wanted = {*claims, *(each for found in beside.values() for each in found)}
        known = self._known({*wanted, *(each for found in whole.values() for each in found)})
        around = {
            known[claim].record_id: [known[each] for each in found]
            for claim, found in beside.items()
        }
        people = {
            known[claim].person_id: [known[each] for each in found]
            for claim, found in whole.items()
        }
        for one, other, weight in rows:
            first, second = known[one], known[other]
            weighed = decide_two(self.judge, first, second, people, around)
            if weighed is not None:
                said = weighed.evidence.weight if weighed.evidence else weight
                evidence = self.judge.explained(weighed.evidence)
                yield Found(
                    *(second.record_id, first.record_id, said),
                    *(weighed.outcome, weighed.rule, evidence),
                )

    def _beside(self, claims: Sequence[int]) -> dict[int, list[int]]:
        """Return for each of these who shares a key with it."""
        rows = self.connection.execute(
            f"SELECT DISTINCT c.record, o.record FROM {KEYED} c JOIN {KEYED} o USING (key) "
            "WHERE c.record IN (SELECT unnest(?)) AND c.record <> o.record ORDER BY ALL",
            [list(claims)],
        ).fetchall()
        return _grouped(rows)

    def _whole(self, claims: Sequence[int]) -> dict[int, list[int]]:
        """Return for each of these all records of its person, itself among them."""
        rows = self.connection.execute(
            f"SELECT c.record, o.record FROM {WHOSE} c JOIN {WHOSE} o USING (person) "
            "WHERE c.record IN (SELECT unnest(?)) QUALIFY row_number() OVER "
            f"(PARTITION BY c.record ORDER BY o.record <> c.record, o.record) <= {MOST_OF_ONE}",
            [list(claims)],
        ).fetchall()
        return _grouped(rows)

    def _known(self, numbers: Iterable[int]) -> dict[int, Known]:
        rows = self.connection.execute(
            f"SELECT record, {', '.join(COLUMNS)} FROM {REGISTER} "
            "WHERE record IN (SELECT unnest(?))",
            [list(numbers)],
        ).fetchall()
        return {
            row[0]: Known(self.records[row[0]], self._people[row[0]], _standard_of(row[1:]))
            for row in rows
        }


def _standard_of(row: Sequence[Any]) -> Standard:
    held: list[Any] = [frozenset(each) if isinstance(each, list) else each for each in row]
    return Standard(*held)


def _grouped(rows: Iterable[tuple[int, int]]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for one, other in rows:
        found.setdefault(one, []).append(other)
    return found
