"""Who is it? Standard forms and what is certain, on plain values.

Only trusted identifiers, or name, birth date and postcode together, link a record by themselves.
Everything that is merely likely is for a person to decide: a wrong link is worse than none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any
from unicodedata import category
from uuid import UUID

from anyascii import anyascii

LINK, REVIEW, NEW = "link", "review", "new"

WHY = {
    "same_record": "the same agency's own number, and the details agree",
    "nhs_number": "the same NHS number, and the name or the birth date agrees",
    "upn": "the same UPN, and the name or the birth date agrees",
    "name_birth_postcode": "the same name, birth date and postcode",
    "identifier_reused": "the same number, but neither the name nor the birth date agrees",
    "perhaps_relative": "the same number, but perhaps a twin’s or a parent’s: the given name or "
    "the birth date differs",
    "identifiers_differ": "the same name and birth date, but a different NHS number or UPN",
    "several_people": "more than one person fits equally well",
    "second_names_differ": "the same first name, birth date and postcode, but other second names",
    "name_birth": "the same name and birth date, but not the same postcode",
    "birth_postcode_similar": "the same birth date and postcode, and a similar name",
    "name_postcode": "the same name and postcode, but not the same birth date",
    "weighed": "all that is known of the two together leaves hardly any doubt",
    "likely": "all that is known of the two together makes it likely, but not certain",
    "near_relative": "it is likely, but may be a brother, a sister or a parent: a given name, a "
    "family name or the birth date is another, or is missing",
    "details_changed": "an agency's record now names somebody who looks different",
    "nobody_like": "nobody like this was known",
    "check": "drawn by chance: the computer has decided about these two, and does not say how",
    "check_found": "a check of records that were drawn by chance found that it may be one child",
    "linked_no_longer": "the computer has linked these two, and by what is known now it would ask",
    "decided": "a person decided it",
    "undone": "a person decided that it is somebody else after all",
    "split": "a person took it away from another child",
    "split_undone": "a person took it away, and brought it back",
}


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a record speaks of, in standard form; empty means not known.

    What it said earlier helps to find somebody, and makes nobody else of them.
    """

    family: str
    given: str
    birth_date: date | None
    postcode: str
    nhs_number: str = ""
    upn: str = ""
    sex: str = ""
    earlier_families: tuple[str, ...] = field(default=(), compare=False)
    earlier_postcodes: tuple[str, ...] = field(default=(), compare=False)

    @property
    def is_named(self) -> bool:
        """What gives no name never takes the place of what does."""
        return bool(self.family or self.given)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A known record that shares a key, and the person for whom it stands now.

    The two names may be in any form, as long as the same is always in the same form.
    """

    record_id: Hashable
    person_id: Hashable
    identity: Identity


MERELY_LIKELY = frozenset(("name_birth", "birth_postcode_similar", "name_postcode"))
"""Rules that ask because they cannot weigh: a model may settle it. Whatever else a rule asks about,
such as second names that differ, is for a person."""
BESIDE = 20
"""Records to look at in one review: nobody looks at more, and where a thousand rows of a file are
alike, as with a default birth date, to keep all pairs of them would fill the disk."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Link to `person_id`; or make a new person, for REVIEW with records to look at beside."""

    outcome: str
    rule: str
    person_id: Hashable | None = None
    beside: tuple[Hashable, ...] = ()


@lru_cache(maxsize=65536)
def standard_name(text: str) -> str:
    """Fold letters of every script, drop what is no letter, keep the words apart.

    A picture, which would be read out as words, says no name.
    """
    if not text.isascii():
        text = "".join(each for each in text if category(each)[0] != "S" or each == "´")
    folded = anyascii(text).casefold().replace("'", "").replace("`", "")
    return " ".join("".join(c if c.isalnum() else " " for c in folded).split())


@lru_cache(maxsize=65536)
def _words(name: str) -> frozenset[str]:
    return frozenset(name.split())


def reference_key(agency: str, reference: str) -> int:
    """Return a signed hash of 64 bits by which an agency's own number of somebody is found."""
    return _hashed(f"r{agency}|{reference}")


def _hashed(text: str) -> int:
    return int.from_bytes(
        hashlib.blake2b(text.encode(), digest_size=8).digest(), "big", signed=True
    )


def fingerprint(reference: str, identity: Identity) -> str:
    """Tell two people apart to whom an agency gave one number: 16 hexadecimal digits."""
    born = identity.birth_date.isoformat() if identity.birth_date else ""
    text = f"{reference}|{identity.family}|{identity.given}|{born}"
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _name_key(family: str, given: str) -> str:
    """First given name and last family name in either order: some systems swap them."""
    if not family or not given:
        return ""
    first, last = given.split(" ", 1)[0], family.rsplit(" ", 1)[-1]
    return f"{first}|{last}" if first <= last else f"{last}|{first}"


def same_name(one: Identity, other: Identity) -> bool:
    """The same first given name and last family name, in either order."""
    key = _name_key(one.family, one.given)
    return bool(key) and key == _name_key(other.family, other.given)


def similar_name(one: Identity, other: Identity) -> bool:
    """Share a word, or differ by one typing error in the given name under one family name."""
    if one.family == other.family:
        return _near(one.given.split(" ", 1)[0], other.given.split(" ", 1)[0])
    return bool(_words(one.given) & _words(other.given))


def _near(one: str, other: str) -> bool:
    """At most one letter more, less or different, or two neighbours swapped; or one begins the
    other, as Tom does Thomas."""
    if not one or not other or one == other:
        return True
    if len(one) > len(other):
        one, other = other, one
    if len(one) >= 3 and other.startswith(one):
        return True
    if len(other) - len(one) > 1:
        return False
    at = next((i for i, c in enumerate(one) if c != other[i]), len(one))
    if len(one) < len(other):
        return one[at:] == other[at + 1 :]
    rest = one[at + 1 :] == other[at + 1 :]
    swapped = one[at : at + 2] == other[at : at + 2][::-1] and one[at + 2 :] == other[at + 2 :]
    return rest or swapped


def conflicting(one: Identity, other: Identity) -> bool:
    """Both hold an NHS number, or both a UPN, and these differ."""
    return bool(
        (one.nhs_number and other.nhs_number and one.nhs_number != other.nhs_number)
        or (one.upn and other.upn and one.upn != other.upn)
    )


def same_birth(one: Identity, other: Identity) -> bool:
    return one.birth_date is not None and one.birth_date == other.birth_date


def agree(one: Identity, other: Identity) -> bool:
    """Do name and birth date go with the same number? Relatives are given each other’s numbers.

    Name and birth date; or the birth date, unless it looks like a twin’s; or the name, unless
    two known birth dates are as far apart as a parent’s.
    """
    name, born = same_name(one, other), same_birth(one, other)
    if name:
        return born or dates_near(one.birth_date, other.birth_date)
    return born and (one.family != other.family or similar_name(one, other))


def compare(claim: Identity, candidate: Identity) -> tuple[str, str]:
    """Return the outcome and the rule for one candidate alone."""
    name, born = same_name(claim, candidate), same_birth(claim, candidate)
    home = bool(claim.postcode) and claim.postcode == candidate.postcode
    for number, rule in (("nhs_number", "nhs_number"), ("upn", "upn")):
        held = getattr(claim, number)
        if held and held == getattr(candidate, number):
            if not (name or born):
                return REVIEW, "identifier_reused"
            if not agree(claim, candidate):
                return REVIEW, "perhaps_relative"
            return (REVIEW, "identifiers_differ") if conflicting(claim, candidate) else (LINK, rule)
    if name and born and conflicting(claim, candidate):
        return REVIEW, "identifiers_differ"
    if name and born and home:
        if _second_names_differ(claim, candidate):
            return REVIEW, "second_names_differ"
        return LINK, "name_birth_postcode"
    if name and born:
        return REVIEW, "name_birth"
    if born and home and similar_name(claim, candidate):
        return REVIEW, "birth_postcode_similar"
    if name and home and (claim.birth_date is None or candidate.birth_date is None):
        return REVIEW, "name_postcode"
    if name and home and dates_near(claim.birth_date, candidate.birth_date):
        return REVIEW, "name_postcode"
    return NEW, "nobody_like"


def _second_names_differ(one: Identity, other: Identity) -> bool:
    """Both hold names that the other lacks: twins may share their first name."""
    mine, theirs = _words(f"{one.given} {one.family}"), _words(f"{other.given} {other.family}")
    return not (mine <= theirs or theirs <= mine)


def dates_near(one: date | None, other: date | None) -> bool:
    """One of them is not known, one part differs, or day and month are swapped."""
    if one is None or other is None:
        return True
    same = (one.year == other.year) + (one.month == other.month) + (one.day == other.day)
    swapped = one.month == other.day and one.day == other.month
    return same == 2 or (one.year == other.year and swapped)


def decide(claim: Identity, candidates: Sequence[Candidate]) -> Decision:
    """Link, review or new, from everybody who shares a key with the claim.

    Records are looked at by their identifiers, oldest first: the database gives them in any order.
    """
    candidates = sorted(candidates, key=_by_age)
    links: dict[Hashable, str] = {}
    reviews: dict[Hashable, tuple[str, Hashable]] = {}
    for candidate in candidates:
        outcome, rule = compare(claim, candidate.identity)
        if outcome == LINK:
            links.setdefault(candidate.person_id, rule)
        elif outcome == REVIEW:
            reviews.setdefault(candidate.person_id, (rule, candidate.record_id))
    if len(links) == 1:
        person_id, rule = next(iter(links.items()))
        against = [c for c in candidates if c.person_id == person_id]
        if not any(conflicting(claim, c.identity) for c in against):
            return Decision(LINK, rule, person_id)
        return Decision(REVIEW, "identifiers_differ", None, _one_each(against, [person_id]))
    if links:
        beside = _one_each(candidates, links)
        return Decision(REVIEW, "several_people", None, beside[:BESIDE])
    if reviews:
        rule = next(iter(reviews.values()))[0]
        beside = tuple(record for _, record in reviews.values())
        return Decision(REVIEW, rule, None, beside[:BESIDE])
    return Decision(NEW, "nobody_like")


def _by_age(candidate: Candidate) -> Any:
    return candidate.record_id


def _one_each(candidates: Sequence[Candidate], people: Iterable[Hashable]) -> tuple[Hashable, ...]:
    first: dict[Hashable, Hashable] = {}
    for candidate in candidates:
        first.setdefault(candidate.person_id, candidate.record_id)
    return tuple(first[person] for person in people)


def current_people(merges: Iterable[tuple[UUID, UUID]]) -> dict[UUID, UUID]:
    """Return person → who stands for them now, for all that merges (kept, joined) touch."""
    into = {joined: kept for kept, joined in merges}
    found: dict[UUID, UUID] = {}
    for start in {*into, *into.values()}:
        person = start
        while person in into:
            person = into[person]
        found[start] = person
    return found


def age_on(birth_date: date, day: date) -> int:
    """Return the age in whole years; born on 29 February, one is a year older on 1 March."""
    before = (day.month, day.day) < (birth_date.month, birth_date.day)
    return day.year - birth_date.year - before
