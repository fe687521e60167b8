"""From what happened to what an agency's system holds: the versions of each record, with faults."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random

from reachable.practice.time import read_local
from reachable.synthetic.formats import (
    ATTENDANCE,
    CUSTODY,
    HEADINGS,
    LIVE,
    PLACEMENT,
    SEX,
    SOURCE_KEY,
    WITHDRAWN,
)
from reachable.synthetic.material import phone
from reachable.synthetic.noise import Blur, Noise
from reachable.synthetic.stories import Episode

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

    def __init__(self, rng: Random, noise: Noise, blur: Blur, cutoffs: list[datetime]) -> None:
        self._rng = rng
        self._noise = noise
        self._blur = blur
        self._cutoffs = cutoffs

    def submissions(self, serial: int, episode: Episode) -> Iterator[Submission]:
        """Yield the versions of one record in the order in which they are sent."""
        last = self._first(serial, episode)
        yield last
        if episode.end and not last.values["returned_date"]:
            last = self._next(last, self._returned(episode), ready=episode.end)
            yield last
        if last.wrong:
            if self._chance("wrong_date_corrected"):
                yield replace(self._next(last, self._times(episode)), wrong=False, version=1)
            return
        if self._chance("duplicated"):
            last = replace(last, delay=last.delay + self._rng.randint(0, 1))
            yield last
        if self._chance("corrected"):
            last = self._corrected(last)
            yield last
        if self._chance("withdrawn"):
            yield replace(self._next(last, {"record_status": WITHDRAWN}), withdrawn=True)

    def _first(self, serial: int, episode: Episode) -> Submission:
        rng = self._rng
        identity = self._blur.identity(episode.person, episode.start.date())
        faults = list(identity.faults)
        values: dict[str, Value] = {**identity.values}
        values["sex"] = SEX[str(values["sex"])]
        values["record_status"] = LIVE
        values["officer_contact"] = self._officer(rng.choice(["PC", "DC", "PS"]))
        key = self._source_key(serial, episode)
        values[SOURCE_KEY[episode.feed]] = key
        late = self._chance("late")
        delay = rng.randint(1, 4) if late else 0
        draft = Submission(
            episode.feed, key, episode, episode.start + _KEYED_IN, delay, 1, values,
            (), late=late,
        )  # fmt: skip
        sending = self._sending_of(draft)
        if episode.feed == CUSTODY:
            self._custody_details(episode, values, faults)
        else:
            self._missing_details(episode, values, faults)
            if episode.end:
                known = replace(draft, ready=episode.end + _KEYED_IN, delay=0)
                values |= self._returned(episode) if self._sending_of(known) <= sending else {}
        values |= self._times(episode)
        wrong = self._chance("wrong_date")
        if wrong:
            values["arrived_date" if episode.feed == CUSTODY else "missing_date"] = (
                self._wrong_date(episode, faults)
            )
        columns = HEADINGS[episode.feed]
        return replace(
            draft,
            values={name: values.get(name, "") for name in columns},
            faults=tuple(faults),
            wrong=wrong,
        )

    def _custody_details(
        self, episode: Episode, values: dict[str, Value], faults: list[str]
    ) -> None:
        values["attendance"] = ATTENDANCE[episode.attendance]
        values["station"] = episode.station
        values["offence_group"] = self._blur.formula(faults) or episode.offence_group
        values["arrest_place"] = episode.place

    def _missing_details(
        self, episode: Episode, values: dict[str, Value], faults: list[str]
    ) -> None:
        values["placement"] = PLACEMENT[episode.person.placement]
        values["missing_from"] = self._blur.formula(faults) or episode.missing_from

    def _times(self, episode: Episode) -> dict[str, Value]:
        day, clock = episode.start.date(), f"{episode.start:%H:%M}"
        if episode.feed == CUSTODY:
            return {"arrived_date": day, "arrived_time": clock}
        return {"missing_date": day, "missing_time": clock}

    def _returned(self, episode: Episode) -> dict[str, Value]:
        if episode.end is None:
            return {}
        return {
            "returned_date": episode.end.date(),
            "returned_time": f"{episode.end:%H:%M}",
            "found_place": episode.place,
        }

    def _wrong_date(self, episode: Episode, faults: list[str]) -> Value:
        """A date that has not come yet, or one that cannot be read."""
        if self._rng.random() < 0.5:
            faults.append("future_date")
            return episode.start.date() + timedelta(days=730)
        faults.append("unreadable_date")
        return self._rng.choice(_UNREADABLE)

    def _next(
        self, before: Submission, changes: dict[str, Value], ready: datetime | None = None
    ) -> Submission:
        """A later version: it goes out in a later file than the one before."""
        known = {name: value for name, value in changes.items() if name in before.values}
        delay = 0 if ready else before.delay + self._rng.randint(1, 3)
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
        birth_date: Value = person.birth_date
        changes: dict[str, Value] = {}
        if before.values["birth_date"] != birth_date:
            changes["birth_date"] = birth_date
        elif not before.values["postcode"]:
            changes["postcode"] = person.home_on(day).postcode
        elif not before.values["local_id"]:
            changes["local_id"] = person.police_ids[0]
        else:
            changes["officer_contact"] = self._officer("DS")
        return self._next(before, changes)

    def _officer(self, rank: str) -> str:
        return f"{rank} {self._rng.randint(1000, 6999)}, {phone(self._rng)}"

    def _source_key(self, serial: int, episode: Episode) -> str:
        year = f"{episode.start:%y}"
        if episode.feed == CUSTODY:
            return f"FX/CU/{year}/{serial:06d}"
        return f"FXMP{year}-{serial:06d}"

    def _sending_of(self, submission: Submission) -> int:
        return sending_of(self._cutoffs, submission)

    def _chance(self, share: str) -> bool:
        return self._rng.random() < float(getattr(self._noise, share))


def sending_of(cutoffs: list[datetime], submission: Submission) -> int:
    """Return which export carries the submission; `len(cutoffs)` and more come after the year."""
    return bisect_right(cutoffs, submission.ready) + submission.delay


def trigger_of(submission: Submission) -> tuple[str, str, bool]:
    """Return the rule that the row may set off, its instant in UTC, and whether it was a child."""
    episode = submission.episode
    if submission.wrong:
        return "", "", False
    if submission.feed == CUSTODY:
        rule, moment = f"custody.{episode.attendance}", episode.start
    elif submission.values["returned_date"] and episode.end:
        rule, moment = "missing.returned", episode.end
    else:
        return "", "", False
    when = read_local(moment.date(), moment.time())
    instant = when.instant.isoformat() if when.instant else ""
    return rule, instant, episode.person.age_on(when.day) < 18
