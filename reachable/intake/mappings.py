"""Which column is which in the files of an agency: said by a person, remembered, and changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.db import exclusive
from reachable.foundation.errors import BadInput, Conflict, NotFound
from reachable.foundation.files.kinds import NOTHING_KEPT
from reachable.foundation.files.rows import Cell
from reachable.foundation.time import now
from reachable.intake.arranging import LookedAt, Rows, look, which_fits
from reachable.intake.loading import mapping_of
from reachable.intake.models import Delivery, MappingVersion
from reachable.intake.owned import own_delivery
from reachable.intake.rules.guessing import (
    carried_over,
    guess_columns,
    guess_heading_rows,
    guess_mapping,
)
from reachable.intake.rules.headings import Mismatch, match_headings
from reachable.intake.rules.mapping import (
    SEARCHED,
    ColumnMapping,
    Found,
    feed_headings,
    find_headings,
    fingerprint,
    join_headings,
    key_of,
    read_mapping,
)
from reachable.intake.specification import Feed
from reachable.intake.specification import feed as feed_of
from reachable.intake.stored import stored_file

ALIKE = 3
"""Columns that are known from which a sheet looks like a table of the feed."""
LIKE_BEFORE = 0.5
"""The share of headings known from before from which earlier answers are offered again."""


@dataclass(frozen=True)
class MappingFacts:
    """One version of a mapping: who said it and when; `is_used` for files that come."""

    id: UUID
    feed: Feed
    mapping: ColumnMapping
    version: int
    made_by: str
    made_at: datetime
    is_used: bool


@dataclass(frozen=True)
class Draft:
    """What somebody is shown who says which column is which: a guess, and where it comes from."""

    mapping: ColumnMapping
    sheet: LookedAt | None = None
    row: int = 0
    sheets: tuple[str, ...] = ()
    """All the sheets of the file."""
    alike: tuple[str, ...] = ()
    """Sheets that have the same headings."""
    values: dict[str, list[Cell]] = field(default_factory=dict)
    """What stands below each heading, in the first rows."""
    last_row: int = 0
    """The second row of the headings, where they are two."""
    was_before: bool = False
    """Earlier answers are offered, as the headings have changed since."""
    beside: ColumnMapping | None = None
    """What was said of other sheets of the file, where this one has headings of its own."""
    replaces: tuple[str, ...] = ()
    """Fingerprints of what was said of this sheet before, under other headings."""


def used(*, by: Actor, agency_id: UUID, feed: str) -> list[MappingFacts]:
    """Return the mappings that are used for the files of an agency, newest first."""
    by.require("intake.load")
    if by.is_person and by.agency_id != agency_id:
        raise NotFound
    held = MappingVersion.objects.filter(
        agency_id=agency_id, feed=feed, used_from__isnull=False
    ).select_related("made_by")
    newest: dict[str, MappingVersion] = {}
    for version in held.order_by("used_from", "version"):
        newest[version.fingerprint] = version
    return sorted(map(_facts, newest.values()), key=lambda each: each.made_at, reverse=True)


def fitting(*, by: Actor, agency_id: UUID, feed: str, path: Path) -> MappingFacts | None:
    """Return the mapping that was remembered for the headings of a file."""
    held = used(by=by, agency_id=agency_id, feed=feed)
    place = which_fits(path, [each.mapping for each in held])
    return None if place is None else held[place]


def mapping(*, by: Actor, mapping_id: UUID) -> MappingFacts:
    """Return one version of a mapping of this person's own agency."""
    by.require("intake.load")
    found = (
        MappingVersion.objects.filter(id=mapping_id, agency_id=by.own_agency_id)
        .select_related("made_by")
        .first()
    )
    if found is None:
        raise NotFound
    return _facts(found)


def _facts(version: MappingVersion) -> MappingFacts:
    return MappingFacts(
        id=version.id,
        feed=feed_of(version.feed),
        mapping=read_mapping(version.content),
        version=version.version,
        made_by=version.made_by.name,
        made_at=version.made_at,
        is_used=version.used_from is not None,
    )


def draft(
    *, by: Actor, delivery_id: UUID, sheet: str = "", row: int | None = None, rows: int = 1
) -> Draft:
    """Return the best guess for a delivery, or for the headings that somebody says it has.

    Raise BadInput where the file is no table, or has no such row.
    """
    by.require("intake.load")
    delivery = _open_delivery(by, delivery_id)
    feed = feed_of(delivery.feed)
    sheets = look(stored_file(delivery.id))
    known = [each.mapping for each in used(by=by, agency_id=delivery.agency_id, feed=feed.key)]
    said = mapping_of(delivery)
    before_it = [*said.each, *known] if said else known
    if row is None:
        wanted = [one for one in sheets if one.name == sheet] if sheet else sheets
        for before in before_it:
            for one in wanted:
                if found := find_headings(one.rows[:SEARCHED], before):
                    own = replace(before.under(found.headings), others=())
                    return _beside(_drafted(sheets, one, own, found.first_row), sheets, said)
    chosen = next((one for one in sheets if one.name == sheet), None) or _likeliest(feed, sheets)
    if row is None:
        guess = guess_heading_rows(feed, chosen.rows)
        row, rows = guess.row, guess.rows
    return _beside(_guessed(feed, sheets, chosen, row, rows, known), sheets, said)


def _beside(drafted: Draft, sheets: Sequence[LookedAt], said: ColumnMapping | None) -> Draft:
    """Say whether a draft is of a sheet that what was said so far does not read."""
    if said is None or drafted.sheet is None:
        return drafted
    top = drafted.sheet.rows[:SEARCHED]
    elsewhere = any(
        find_headings(one.rows[:SEARCHED], said) for one in sheets if one is not drafted.sheet
    )
    if find_headings(top, said) or not elsewhere:
        return drafted
    replaces = tuple(each.fingerprint for each in said.others if find_headings(top, each))
    # One list is written in one way, as far as nobody says otherwise.
    own = replace(drafted.mapping, told_by=said.told_by, date_order=said.date_order)
    return replace(drafted, mapping=own, beside=said, replaces=replaces)


def unread(*, by: Actor, delivery_id: UUID) -> list[str]:
    """Return the sheets of a file that look like such a table and are not read with what was said.

    Of a file that has the feed's own headings, and of one that is no table, none.
    """
    by.require("intake.load")
    delivery = own_delivery(by, delivery_id)
    said = mapping_of(delivery)
    if said is None or delivery.state != "received":
        return []
    feed = feed_of(delivery.feed)
    try:
        sheets = look(stored_file(delivery.id))
    except BadInput:
        return []
    left_out = {name for each in said.each for name in each.left_out_sheets}
    return [
        one.name
        for one in sheets
        if one.name not in left_out
        and not any(find_headings(one.rows[:SEARCHED], each) for each in said.each)
        and _known_columns(feed, one) >= ALIKE
    ]


def _known_columns(feed: Feed, sheet: LookedAt) -> int:
    guess = guess_heading_rows(feed, sheet.rows)
    return len(guess_columns(feed, _joined(sheet, guess.row, guess.rows)[0]))


def _likeliest(feed: Feed, sheets: Sequence[LookedAt]) -> LookedAt:
    """Return the sheet whose headings look most like this feed's, the first of equals."""
    return max(sheets, key=lambda sheet: _known_columns(feed, sheet))


def _joined(sheet: LookedAt, row: int, rows: int) -> tuple[tuple[str, ...], Rows]:
    """Return the headings that stand in a row, or in it and the next, and what stands below."""
    place = next((at for at, (number, _) in enumerate(sheet.rows) if number == row), None)
    if place is None:
        return (), []
    headings = join_headings([cells for _, cells in sheet.rows[place : place + rows]])
    return headings, sheet.rows[place + rows :]


def _guessed(
    feed: Feed,
    sheets: Sequence[LookedAt],
    sheet: LookedAt,
    row: int,
    rows: int,
    known: Sequence[ColumnMapping],
) -> Draft:
    headings, below = _joined(sheet, row, rows)
    if not any(headings):
        raise BadInput(
            "There are no headings in that row.",
            kept="Nothing was changed.",
            next="Choose another.",
        )
    guess = guess_mapping(feed, headings, below, rows)
    before = _most_alike(known, headings)
    if before is not None:
        guess = carried_over(before, guess)
    return replace(_drafted(sheets, sheet, guess, row), was_before=before is not None)


def _most_alike(known: Sequence[ColumnMapping], headings: Sequence[str]) -> ColumnMapping | None:
    keys = {key_of(heading) for heading in headings if heading}
    shared = [(len(keys & {key_of(each) for each in one.headings}), one) for one in known]
    count, best = max(shared, key=lambda pair: pair[0], default=(0, None))
    return best if count >= LIKE_BEFORE * len(keys) else None


def _drafted(
    sheets: Sequence[LookedAt], sheet: LookedAt, mapping: ColumnMapping, row: int
) -> Draft:
    alike = {
        one.name: found for one in sheets if (found := find_headings(one.rows[:SEARCHED], mapping))
    }
    values: dict[str, list[Cell]] = {heading: [] for heading in mapping.headings if heading}
    for one in sheets:
        if one.name in alike:
            _gather(one, alike[one.name], values)
    return Draft(
        mapping=mapping,
        sheet=sheet,
        row=row,
        last_row=alike[sheet.name].row,
        sheets=tuple(one.name for one in sheets),
        alike=tuple(alike),
        values=values,
    )


def _gather(sheet: LookedAt, found: Found, values: dict[str, list[Cell]]) -> None:
    by_key = {key_of(heading): held for heading, held in values.items()}
    for number, cells in sheet.rows:
        if number > found.row:
            for heading, cell in zip(found.headings, cells, strict=False):
                if heading and cell != "" and (held := by_key.get(key_of(heading))) is not None:
                    held.append(cell)


@transaction.atomic
def say(
    *,
    by: Actor,
    delivery_id: UUID,
    mapping: ColumnMapping,
    beside: bool = False,
    replaces: Sequence[str] = (),
) -> UUID:
    """Let a delivery be read with a mapping; it is not used for others until it is remembered.

    One that stands `beside` is for a sheet with other headings than was spoken of so far, and
    `replaces` what was said of that sheet.
    """
    by.require("intake.load")
    delivery = _open_delivery(by, delivery_id, locked=True)
    before = mapping_of(delivery)
    if before is not None and beside:
        _check(feed_of(delivery.feed), mapping)
        _check_beside(before, mapping)
        gone = {mapping.fingerprint, *replaces}
        others = (each for each in before.others if each.fingerprint not in gone)
        mapping = replace(before, others=(*others, mapping))
    elif before is not None and before.fingerprint == mapping.fingerprint:
        for each in before.others:
            _check_beside(mapping, each)
        mapping = replace(mapping, others=before.others)
    version = _version(by, delivery.agency_id, delivery.feed, mapping)
    if delivery.read_as_id != version.id:
        delivery.read_as = version
        delivery.save(update_fields=["read_as"])
    audit.record(
        by=by,
        action="intake.columns_said",
        subject=("delivery", delivery.id),
        mapping=version.id,
    )
    return version.id


@transaction.atomic
def remember(*, by: Actor, delivery_id: UUID) -> None:
    """Use the mapping of a delivery from now on for files with the same headings."""
    by.require("intake.load")
    delivery = own_delivery(by, delivery_id)
    if delivery.read_as is None:
        raise Conflict("This file has the headings of its feed.", kept="Nothing was changed.")
    _use(by, delivery.read_as)
    for each in read_mapping(delivery.read_as.content).others:
        _use(by, _version(by, delivery.agency_id, delivery.feed, each))


@transaction.atomic
def change(*, by: Actor, mapping_id: UUID, mapping: ColumnMapping) -> UUID:
    """Use other answers for the same headings from now on; what was read before stays as it was."""
    by.require("intake.load")
    held = MappingVersion.objects.filter(id=mapping_id, agency_id=by.own_agency_id).first()
    if held is None:
        raise NotFound
    if fingerprint(mapping.headings) != held.fingerprint:
        raise BadInput("These are other headings.", kept="Nothing was changed.")
    before = read_mapping(held.content)
    for each in before.others:
        _check_beside(mapping, each)
    version = _version(by, held.agency_id, held.feed, replace(mapping, others=before.others))
    _use(by, version)
    _follow(by, held, mapping)
    return version.id


def _follow(by: Actor, changed: MappingVersion, mapping: ColumnMapping) -> None:
    """Change it also where it is used for one of several sheets."""
    for each in used(by=by, agency_id=changed.agency_id, feed=changed.feed):
        if any(other.fingerprint == changed.fingerprint for other in each.mapping.others):
            _check_beside(each.mapping, mapping)
            others = tuple(
                mapping if other.fingerprint == changed.fingerprint else other
                for other in each.mapping.others
            )
            whole = replace(each.mapping, others=others)
            _use(by, _version(by, changed.agency_id, changed.feed, whole))


def _check_beside(first: ColumnMapping, other: ColumnMapping) -> None:
    """Refuse what cannot be told of sheets that are read as one list."""
    for same, what in (
        (first.told_by == other.told_by, "tell its rows from one another"),
        (first.date_order == other.date_order, "write its dates"),
    ):
        if not same:
            raise BadInput(
                f"The worksheets of one file have to {what} in the same way: they are one list.",
                kept="Nothing was changed.",
                next="Choose the same for both, or send this worksheet as a file of its own.",
            )


def _use(by: Actor, version: MappingVersion) -> None:
    version.used_from = now()
    version.save(update_fields=["used_from"])
    audit.record(by=by, action="intake.columns_remembered", subject=("mapping", version.id))


def _version(by: Actor, agency_id: UUID, feed: str, mapping: ColumnMapping) -> MappingVersion:
    """Return the newest version if it says the same, or a new one."""
    _check(feed_of(feed), mapping)
    exclusive("intake.mapping")
    held = MappingVersion.objects.filter(
        agency_id=agency_id, feed=feed, fingerprint=mapping.fingerprint
    )
    newest = held.order_by("-version").first()
    if newest is not None:
        before = read_mapping(newest.content)
        if before == mapping.under(before.headings):
            return newest
    last = held.aggregate(last=Max("version"))["last"] or 0
    return MappingVersion.objects.create(
        agency_id=agency_id,
        feed=feed,
        fingerprint=mapping.fingerprint,
        version=last + 1,
        content=mapping.as_dict(),
        made_by_id=by.own_id,
        made_at=now(),
    )


def _check(feed: Feed, mapping: ColumnMapping) -> None:
    """Refuse a mapping with which no row could be read."""
    headings = [column.heading for column in feed_headings(feed, mapping)]
    outcome = match_headings(feed, headings)
    if isinstance(outcome, Mismatch):
        raise BadInput(outcome.sentence, kept=NOTHING_KEPT, next="Say which column it is.")


def _open_delivery(by: Actor, delivery_id: UUID, *, locked: bool = False) -> Delivery:
    """Return a delivery of which nothing counts yet."""
    delivery = own_delivery(by, delivery_id, locked=locked)
    if delivery.state not in ("received", "failed") or delivery.last_row:
        raise Conflict(
            "This file is being loaded, or was loaded: it stays as it was read.",
            kept="Nothing was changed.",
        )
    return delivery
