"""From what happened to what an agency's system holds: the versions of each record, with faults."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random

from reachable.synthetic.cadence import CORRECTED_WITHIN, LATEST
from reachable.synthetic.formats import DAY, HALF_WEEK, LIVE, WEEK, WITHDRAWN, Export
from reachable.synthetic.identifiers import agency_numbers
from reachable.synthetic.material import phone
from reachable.synthetic.noise import Blur, Noise
from reachable.synthetic.telling import Episode

Value = str | date | datetime
_KEYED_IN = timedelta(minutes=45)
_UNREADABLE = ("31/02/2026", "00/00/0000", "yesterday", "2?/11/2026", "n/k")


@dataclass(frozen=True, slots=True)
class Submission:
    """One version of a record, as it leaves the agency's system in a file.

    `values` are the canonical columns; dates are dates, times "HH:MM", and what somebody mistyped
    is text. `ready` is the local time from which an export carries it, `delay` how many exports
    it misses after that.
    """

    feed: str
    source_key: str
    episode: Episode
    ready: datetime
    delay: int
    version: int
    values: dict[str, Value]
    faults: tuple[str, ...]
    wrong: bool = False
    late: bool = False
    withdrawn: bool = False


class Recorder:
    """Writes episodes down; one for each feed."""

    def __init__(
        self, rng: Random, export: Export, noise: Noise, blur: Blur, cutoffs: list[datetime]
    ) -> None:
        self._rng = rng
        self._export = export
        self._noise = noise
        self._blur = blur
        self._cutoffs = cutoffs

    def submissions(self, serial: int, episode: Episode) -> Iterator[Submission]:
        """Yield the versions of one record in the order in which they are sent."""
        last = self._first(serial, episode)
        yield last
        if episode.end and not last.values[self._export.end_date]:
            last = self._next(last, self._ended(episode), ready=episode.end)
            yield last
        if last.wrong:
            if self._chance("wrong_date_corrected"):
                yield replace(self._next(last, self._right(episode)), wrong=False, version=1)
            return
        if self._chance("duplicated"):
            # A copy a month later would meet a partnership that has forgotten the first.
            soon = self._export.every in (DAY, HALF_WEEK, WEEK)
            last = replace(last, delay=last.delay + (self._rng.randint(0, 1) if soon else 0))
            yield last
        if self._chance("corrected"):
            last = self._corrected(last)
            yield last
        if self._chance("withdrawn"):
            yield replace(self._next(last, {"record_status": WITHDRAWN}), withdrawn=True)

    def _first(self, serial: int, episode: Episode) -> Submission:
        rng, export = self._rng, self._export
        identity = self._blur.identity(episode.person, episode.start.date())
        faults = list(identity.faults)
        values: dict[str, Value] = {**identity.values, **self._said(episode)}
        values["sex"] = self._word("sex", str(values["sex"]))
        values["record_status"] = LIVE
        values[export.contact] = self._contact(episode)
        key = self._source_key(serial, episode)
        values[export.key_column] = key
        late = self._chance("late")
        delay = rng.randint(1, LATEST[export.every]) if late else 0
        draft = Submission(
            episode.feed, key, episode, episode.start + _KEYED_IN, delay, 1, values,
            (), late=late,
        )  # fmt: skip
        if formula := self._blur.formula(faults):
            values[export.free_text] = formula
        if episode.end:
            known = replace(draft, ready=episode.end + _KEYED_IN, delay=0)
            before = self._sending_of(known) <= self._sending_of(draft)
            values |= self._ended(episode) if before else {}
            if not before:
                values["found_place"] = ""
        values |= self._times(episode)
        wrong = self._make_wrong(episode, values, faults)
        return replace(
            draft,
            values={name: values.get(name, "") for name in self._columns()},
            faults=tuple(faults),
            wrong=wrong,
        )

    def _columns(self) -> Iterator[str]:
        """Yield the columns of the export; a time may stand behind its date, without a heading."""
        for name in self._export.headings:
            yield name
            if self._export.together and name == self._export.date:
                yield self._export.time

    def _said(self, episode: Episode) -> dict[str, Value]:
        """Return what the episode says, codes in the agency's words."""
        said: dict[str, Value] = {
            name: self._word(name, value) for name, value in episode.says.items() if value
        }
        if self._export.what:
            said[self._export.what] = self._word(self._export.what, episode.what)
        return said

    def _word(self, column: str, value: str) -> str:
        words = self._export.words.get(column)
        return self._rng.choice(words[value]) if words else value

    def _times(self, episode: Episode) -> dict[str, Value]:
        clock = f"{episode.start:%H:%M}" if episode.clocked else ""
        return {self._export.date: episode.start.date(), self._export.time: clock}

    def _ended(self, episode: Episode) -> dict[str, Value]:
        if episode.end is None:
            return {}
        return {
            self._export.end_date: episode.end.date(),
            self._export.end_time: f"{episode.end:%H:%M}",
            "found_place": episode.says["found_place"],
        }

    def _make_wrong(self, episode: Episode, values: dict[str, Value], faults: list[str]) -> bool:
        """Sometimes give the row a date that cannot be, or a word that nobody agreed on."""
        if self._chance("wrong_date"):
            values[self._export.date] = self._wrong_date(episode, faults)
            return True
        if self._export.other_word and self._chance("other_word"):
            faults.append("other_word")
            values[self._export.what] = self._export.other_word
            return True
        return False

    def _wrong_date(self, episode: Episode, faults: list[str]) -> Value:
        """A date that has not come yet, or one that cannot be read."""
        if self._rng.random() < 0.5:
            faults.append("future_date")
            return episode.start.date() + timedelta(days=730)
        faults.append("unreadable_date")
        return self._rng.choice(_UNREADABLE)

    def _right(self, episode: Episode) -> dict[str, Value]:
        said = self._said(episode)
        what = self._export.what
        return self._times(episode) | ({what: said[what]} if what else {})

    def _next(
        self, before: Submission, changes: dict[str, Value], ready: datetime | None = None
    ) -> Submission:
        """A later version: it goes out in a later file than the one before."""
        known = {name: value for name, value in changes.items() if name in before.values}
        within = CORRECTED_WITHIN[self._export.every]
        delay = 0 if ready else before.delay + self._rng.randint(1, within)
        after = replace(
            before,
            values={**before.values, **known},
            version=before.version + 1,
            ready=(ready + _KEYED_IN) if ready else before.ready,
            delay=delay,
            late=False,
        )
        if ready and self._sending_of(after) <= self._sending_of(before):
            after = replace(after, ready=before.ready, delay=before.delay + 1)
        return after

    def _corrected(self, before: Submission) -> Submission:
        """Somebody looks at the record again and puts something right."""
        person, day = before.episode.person, before.episode.start.date()
        right: dict[str, Value] = {
            "birth_date": person.birth_date,
            "postcode": person.home_on(day).postcode,
            "local_id": agency_numbers(self._export.person_number, person)[0],
        }
        changes: dict[str, Value] = {}
        if before.values["birth_date"] != person.birth_date:
            changes["birth_date"] = right["birth_date"]
        else:
            empty = [name for name in ("postcode", "local_id") if not before.values[name]]
            for name in empty[:1]:
                changes[name] = right[name]
        if not changes:
            changes[self._export.contact] = self._contact(before.episode)
        return self._next(before, changes)

    def _contact(self, episode: Episode) -> str:
        words = self._rng.choice(self._export.contacts)
        said = words.format(number=self._rng.randint(1000, 6999), **episode.says)
        return f"{said}, {phone(self._rng)}"

    def _source_key(self, serial: int, episode: Episode) -> str:
        return self._export.source_key.format(
            year=f"{episode.start:%y}",
            serial=serial,
            source=episode.says.get(self._export.key_column, ""),
        )

    def _sending_of(self, submission: Submission) -> int:
        return sending_of(self._cutoffs, submission)

    def _chance(self, share: str) -> bool:
        return self._rng.random() < float(getattr(self._noise, share))


def sending_of(cutoffs: list[datetime], submission: Submission) -> int:
    """Return which export carries the submission; `len(cutoffs)` and more come after the year."""
    return bisect_right(cutoffs, submission.ready) + submission.delay
