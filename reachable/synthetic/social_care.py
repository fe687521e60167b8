"""What the invented council's social care has written down about the known children.

Referrals, enquiries and plans follow England's rates for an area of the size that the known
children stand for, and factors England's shares of assessments (`data/ssd.toml`); an assessment
of a child whom a line has drawn in mostly finds exploitation. The rest is ours.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

from reachable.synthetic import upbringing
from reachable.synthetic.families import Person
from reachable.synthetic.formats import COUNCIL_NUMBER, MISSING
from reachable.synthetic.identifiers import agency_numbers
from reachable.synthetic.lines import Drawn
from reachable.synthetic.material import material, stream
from reachable.synthetic.names import child_name, family_name, pick_group
from reachable.synthetic.noise import NORMAL, Blur
from reachable.synthetic.partnership import Partnership
from reachable.synthetic.ssd import Later, Row, write
from reachable.synthetic.telling import Episode

# Of 4,000 children in need: 519.4 referrals and 189.3 enquiries a year for 10,000 children in an
# area of 69,000, and 40.6 of them with a protection plan on a day.
_REFERRED_THIS_YEAR, _ENQUIRED, _PLANNED = 0.9, 0.36, 0.3
_NO_ACTION, _REFERRED_EARLIER = 0.065, 0.35
_FOUND = {"24A": 0.85, "10A": 0.6, "13A": 0.4, "12A": 0.15, "11A": 0.15, "2A": 0.4, "14A": 0.3}
_SOURCES = {
    "6": ("Police", 30), "2A": ("School", 19), "3E": ("A&E", 5), "3A": ("GP", 6),
    "1B": ("Family member", 9), "5A": ("Social care", 14), "4": ("Housing", 2),
    "9": ("Anonymous", 4), "5B": ("Youth justice", 3), "8": ("Other", 8),
}  # fmt: skip
_CLOSED = {"RC8": 35, "RC7": 40, "RC9": 20, "RC1": 1, "RC4": 4}
_NEEDS = {"N1": 58, "N2": 8, "N3": 3, "N4": 8, "N5": 14, "N6": 3, "N7": 1, "N8": 5}
_ETHNICITY = {
    "english": "WBRI", "plain": "WBRI", "caribbean": "BCRB", "pakistani": "APKN",
    "bangladeshi": "ABAN", "indian": "AIND", "punjabi": "AIND", "yoruba": "BAFR",
    "ghanaian": "BAFR", "somali": "BAFR", "eritrean": "BAFR", "chinese": "CHNE",
    "vietnamese": "AOTH", "arabic": "OOTH", "kurdish": "OOTH",
}  # fmt: skip
_TEAMS = ("Assessment East", "Assessment West", "Family support", "Exploitation and missing hub")
_CASELOAD = 70
# The faults of what a person's row holds; where they live stands in another table, without any.
_IN_THIS_TABLE = frozenset({
    "family_typo", "given_typo", "nickname", "accents_lost", "swapped_order",
    "swapped_family_first", "half_double_name", "birth_day_month_swapped", "birth_date_typo",
    "sex_unknown",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Referral:
    """One time that social care worked with a child; `ends` may lie after the year."""

    id: str
    day: date
    ends: date
    acted_on: bool


def write_export(path: Path, made: Partnership, day: date, *, null: str = "") -> None:
    """Write the whole Standard Safeguarding Dataset as of the night before `day`."""
    write(path, rows_of(made), day, null=null)


def rows_of(made: Partnership) -> list[Row]:
    """Return every row that social care writes, in no order, and always the same ones."""
    return list(each_row(made))


def each_row(made: Partnership) -> Iterator[Row]:
    """Yield the same rows one by one."""
    return _SocialCare(made).rows()


class _SocialCare:
    def __init__(self, made: Partnership) -> None:
        self._made = made
        self._rng = stream(made.seed, "social care")
        # A council spells a child's name one way and keeps it so; it seldom moves late.
        noise = replace(NORMAL, birth_date_missing=0.0, capitals=0.0, swapped_order=0.002)
        everybody = (*made.children, *made.adults)
        self._blur = Blur(self._rng, noise, everybody, COUNCIL_NUMBER)
        self._drawn = {drawn.child.id: drawn for line in made.lines for drawn in line.children}
        self._missing: dict[str, list[Episode]] = {}
        for episode in made.episodes:
            if episode.feed == MISSING:
                self._missing.setdefault(episode.person.id, []).append(episode)
        self._workers = [f"W{at:03d}" for at in range(max(2, len(made.children) // _CASELOAD))]

    def rows(self) -> Iterator[Row]:
        yield from self._professionals()
        for child in self._made.children:
            yield from self._child(child)
        for adult in self._made.adults[::6]:
            since = self._made.starts - timedelta(days=400)
            yield self._person(adult, since)
            yield from upbringing.leaving_care(self._rng, adult, since, self._made.until)

    def _professionals(self) -> Iterator[Row]:
        rng = stream(self._made.seed, "social workers")
        # Some of them have an account here, and the number that stands there too.
        here = [worker for worker in self._made.workers if worker.staff_number]
        for at, number in enumerate(self._workers):
            group = pick_group(rng)
            name = child_name(rng, group, "female", family_name(rng, group))
            account = here[at] if at < len(here) else None
            yield Row("ssd_professionals", date.min, {
                "prof_professional_id": number,
                "prof_staff_id": account.staff_number if account else f"S{number}",
                "prof_professional_name": (
                    account.name if account else f"{name.given} {name.family}"
                ),
                "prof_social_worker_registration_no": f"SWX{number}",
                "prof_agency_worker_flag": "Y" if rng.random() < 0.17 else "N",
                "prof_professional_job_title": "Social worker",
                "prof_professional_caseload": rng.randint(9, 24),
            })  # fmt: skip

    def _child(self, child: Person) -> Iterator[Row]:
        """Social care knows a child from the first referral on, and forgets nobody."""
        referrals = self._referrals(child)
        known_from = min(each.day for each in referrals)
        yield self._person(child, known_from)
        yield from self._addresses(child, known_from)
        for referral in referrals:
            yield from self._referral(child, referral)
        for episode in self._missing.get(child.id, []):
            if episode.start.date() >= known_from:
                yield self._missing_row(episode)
        yield from upbringing.looked_after(self._rng, child, known_from)
        yield from upbringing.education(self._rng, child, known_from, self._made.until)

    def _referrals(self, child: Person) -> list[_Referral]:
        """Each child was referred this year or before it, some of them both."""
        rng, starts = self._rng, self._made.starts
        days = []
        if rng.random() >= _REFERRED_THIS_YEAR or rng.random() < _REFERRED_EARLIER:
            days.append(starts - timedelta(days=rng.randint(20, 700)))
        if not days or rng.random() < _REFERRED_THIS_YEAR:
            days.append(starts + timedelta(days=rng.randrange(self._made.months * 30)))
        if child.id in self._drawn:
            days.append(self._drawn[child.id].since + timedelta(days=rng.randint(15, 60)))
        found: list[_Referral] = []
        for at, day in enumerate(sorted(max(day, child.birth_date) for day in days)):
            acted_on = child.id in self._drawn or rng.random() >= _NO_ACTION
            ends = day + timedelta(days=rng.randint(30, 400) if acted_on else 2)
            if found and found[-1].ends >= day:
                # A child has one open referral at a time: the earlier one goes on.
                continue
            found.append(_Referral(f"R{child.id[1:]}-{at + 1}", day, ends, acted_on))
        return found

    def _person(self, person: Person, since: date) -> Row:
        blurred = self._blur.identity(person, since)
        written = blurred.values
        upn = person.upn if self._rng.random() < 0.8 else ""
        white = "WOTH" if self._rng.random() < 0.97 else "NOBT"
        return Row("ssd_person", since, {
            "pers_person_id": person.council_id,
            "pers_upn": upn,
            "pers_forename": str(written["given_names"]),
            "pers_surname": str(written["family_name"]),
            "pers_sex": {"female": "F", "male": "M"}.get(str(written["sex"]), "U"),
            "pers_ethnicity": _ETHNICITY.get(person.name.group, white),
            "pers_dob": written["birth_date"],
            "pers_upn_unknown": "" if person.upn else "UN1",
            "pers_send_flag": "Y" if upbringing.has_plan(person) else "N",
        }, tuple(fault for fault in blurred.faults if fault in _IN_THIS_TABLE))  # fmt: skip

    def _addresses(self, child: Person, since: date) -> Iterator[Row]:
        ends: Sequence[date | None] = [*(moved for moved, _ in child.homes[1:]), None]
        for at, ((moved, home), left) in enumerate(zip(child.homes, ends, strict=True)):
            street, _, town = home.line.rpartition(", ")
            yield Row("ssd_address", max(moved, since), {
                "addr_table_id": f"A{child.id[1:]}-{at + 1}",
                "addr_person_id": child.council_id,
                "addr_address_type": "Home" if child.placement == "home" else "Placement",
                "addr_address_start_date": max(moved, child.birth_date),
                "addr_address_end_date": Later(left, left) if left else None,
                "addr_address_postcode": home.postcode,
                "addr_address_json": json.dumps({"STREET": street, "TOWN": town}),
            })  # fmt: skip

    def _referral(self, child: Person, referral: _Referral) -> Iterator[Row]:
        rng, day, ends = self._rng, referral.day, referral.ends
        code = rng.choices(list(_SOURCES), [share for _, share in _SOURCES.values()])[0]
        source, worker, team = _SOURCES[code][0], rng.choice(self._workers), rng.choice(_TEAMS)
        yield self._contact(child, referral, code, source)
        yield Row("ssd_cin_episodes", day, {
            "cine_referral_id": referral.id,
            "cine_person_id": child.council_id,
            "cine_referral_date": day,
            "cine_cin_primary_need_code": _choose(rng, _NEEDS) if referral.acted_on else "",
            "cine_referral_source_code": code,
            "cine_referral_source_desc": source,
            "cine_referral_nfa": "N" if referral.acted_on else "Y",
            "cine_close_reason": Later(ends, _choose(rng, _CLOSED)) if referral.acted_on else "",
            "cine_close_date": Later(ends, ends) if referral.acted_on else None,
            "cine_referral_team": team,
            "cine_referral_worker_id": worker,
        })  # fmt: skip
        if referral.acted_on:
            yield from self._assessed(child, referral, worker, team)
            yield from self._enquired(child, referral)
            yield Row("ssd_involvements", day, {
                "invo_involvements_id": f"I{referral.id}",
                "invo_professional_id": worker,
                "invo_professional_role_id": "Allocated social worker",
                "invo_professional_team": team,
                "invo_person_id": child.council_id,
                "invo_involvement_start_date": day,
                "invo_involvement_end_date": Later(ends, ends),
                "invo_referral_id": referral.id,
            })  # fmt: skip

    def _contact(self, child: Person, referral: _Referral, code: str, source: str) -> Row:
        outcome = {"OUTCOME_NEW_REFERRAL_FLAG": "Y", "OUTCOME_NFA_FLAG": "N"}
        return Row("ssd_contacts", referral.day, {
            "cont_contact_id": f"C{referral.id}",
            "cont_person_id": child.council_id,
            "cont_contact_date": referral.day,
            "cont_contact_source_code": code,
            "cont_contact_source_desc": source,
            "cont_contact_outcome_json": json.dumps(outcome),
        })  # fmt: skip

    def _assessed(
        self, child: Person, referral: _Referral, worker: str, team: str
    ) -> Iterator[Row]:
        """An assessment takes up to 45 working days, nine weeks; its factors are known then."""
        begins = referral.day + timedelta(days=self._rng.randint(0, 3))
        done = begins + timedelta(days=self._rng.randint(10, 63))
        number = f"S{referral.id}"
        yield Row("ssd_cin_assessments", begins, {
            "cina_assessment_id": number,
            "cina_person_id": child.council_id,
            "cina_referral_id": referral.id,
            "cina_assessment_start_date": begins,
            "cina_assessment_child_seen": "Y" if self._rng.random() < 0.95 else "N",
            "cina_assessment_auth_date": Later(done, done),
            "cina_assessment_outcome_nfa": Later(done, "N"),
            "cina_assessment_team": team,
            "cina_assessment_worker_id": worker,
        })  # fmt: skip
        factors = self._factors(self._drawn.get(child.id), done)
        yield Row("ssd_assessment_factors", done, {
            "cinf_table_id": f"F{referral.id}",
            "cinf_assessment_id": number,
            "cinf_assessment_factors_json": json.dumps(factors),
        })  # fmt: skip

    def _factors(self, drawn: Drawn | None, day: date) -> list[str]:
        """Return what an assessment finds; "21" stands alone where it finds nothing."""
        shares = {code: share / 1000 for code, share in material("ssd")["factors"].items()}
        if drawn and day >= drawn.since:
            shares |= _FOUND
        elif drawn is None:
            # England's share is of all children; most of it is found where a line is.
            shares["24A"] /= 3
        found = [code for code, share in shares.items() if self._rng.random() < share]
        return found or ["21"]

    def _enquired(self, child: Person, referral: _Referral) -> Iterator[Row]:
        rng = self._rng
        if rng.random() >= _ENQUIRED:
            return
        begins = referral.day + timedelta(days=rng.randint(0, 8))
        done = begins + timedelta(days=rng.randint(2, 14))
        planned = rng.random() < _PLANNED
        yield Row("ssd_s47_enquiry", begins, {
            "s47e_s47_enquiry_id": f"E{referral.id}",
            "s47e_referral_id": referral.id,
            "s47e_person_id": child.council_id,
            "s47e_s47_start_date": begins,
            "s47e_s47_end_date": Later(done, done),
            "s47e_s47_nfa": Later(done, "N" if planned else "Y"),
            "s47e_s47_outcome_json": Later(
                done, json.dumps({"OUTCOME_CP_CONFERENCE_FLAG": "Y" if planned else "N"})
            ),
        })  # fmt: skip
        if planned:
            day = begins + timedelta(days=21 - (begins.weekday() > 4) * 2)
            ends = max(referral.ends, day + timedelta(days=rng.randint(120, 440)))
            category = rng.choice(["NEG", "EMO", "EMO", "NEG", "PHY", "SAB", "MUL"])
            yield Row("ssd_cp_plans", day, {
                "cppl_cp_plan_id": f"P{referral.id}",
                "cppl_referral_id": referral.id,
                "cppl_person_id": child.council_id,
                "cppl_cp_plan_start_date": day,
                "cppl_cp_plan_end_date": Later(ends, ends),
                "cppl_cp_plan_ola": "N",
                "cppl_cp_plan_initial_category": category,
                "cppl_cp_plan_latest_category": category,
            })  # fmt: skip

    def _missing_row(self, episode: Episode) -> Row:
        """The offer of a conversation is written down within days of the return."""
        rng, end = self._rng, episode.end
        offered = rng.random() < 0.9
        accepted = "Y" if rng.random() < 0.7 else "N"
        asked = end.date() + timedelta(days=rng.randint(1, 4)) if end else date.max
        return Row("ssd_missing", episode.start.date(), {
            "miss_table_id": f"M{episode.id[1:]}",
            "miss_person_id": agency_numbers(COUNCIL_NUMBER, episode.person)[0],
            "miss_missing_episode_start_date": _minute(episode.start),
            "miss_missing_episode_type": "Missing",
            "miss_missing_episode_end_date": Later(end.date(), _minute(end)) if end else None,
            "miss_missing_rhi_offered": Later(asked, "Y" if offered else "N"),
            "miss_missing_rhi_accepted": Later(asked, accepted if offered else "NA"),
        })  # fmt: skip


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _choose(rng: Random, weighted: dict[str, int]) -> str:
    return rng.choices(list(weighted), list(weighted.values()))[0]
