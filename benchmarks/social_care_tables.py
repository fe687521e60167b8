"""A council's export as the Standard Safeguarding Dataset, of any size: ten years, all invented.

The numbers of rows for a child are round ones of ours, chosen for some 50 a child. One teenager
in five goes missing, again and again; one assessment in fifty finds exploitation.
"""

from __future__ import annotations

import csv
import io
import random
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

YEARS = 10
_AWAY = 0.2
_EXPLOITED = 0.02
_FAMILY = ("Marwick", "Adeyemi", "Sample", "Osei", "Kowal", "Bright", "Hassan", "Nowak", "Lark")
_GIVEN = ("Tobin", "Ruth", "Kacper", "Amira", "Daniel", "Wren", "Idris", "Tamsin", "Chidi", "Ebony")

_HEADINGS = {
    "ssd_person": "pers_person_id pers_forename pers_surname pers_sex pers_dob pers_ethnicity",
    "ssd_address": (
        "addr_table_id addr_person_id addr_address_start_date addr_address_end_date "
        "addr_address_postcode addr_address_json addr_address_type"
    ),
    "ssd_contacts": (
        "cont_contact_id cont_person_id cont_contact_date cont_contact_outcome_json "
        "cont_contact_source_desc"
    ),
    "ssd_cin_episodes": (
        "cine_referral_id cine_person_id cine_referral_date cine_cin_primary_need_code "
        "cine_referral_source_desc cine_referral_outcome_json cine_referral_nfa "
        "cine_close_reason cine_close_date cine_referral_team"
    ),
    "ssd_cin_assessments": (
        "cina_assessment_id cina_person_id cina_assessment_start_date "
        "cina_assessment_child_seen cina_assessment_auth_date "
        "cina_assessment_outcome_json cina_assessment_team"
    ),
    "ssd_assessment_factors": "cinf_table_id cinf_assessment_id cinf_assessment_factors_json",
    "ssd_s47_enquiry": (
        "s47e_s47_enquiry_id s47e_person_id s47e_s47_start_date s47e_s47_end_date "
        "s47e_s47_nfa s47e_s47_outcome_json s47e_s47_completed_by_team"
    ),
    "ssd_cp_plans": (
        "cppl_cp_plan_id cppl_person_id cppl_cp_plan_start_date cppl_cp_plan_end_date "
        "cppl_cp_plan_initial_category cppl_cp_plan_latest_category cppl_referral_id"
    ),
    "ssd_cla_placement": (
        "clap_cla_placement_id clap_person_id clap_cla_placement_start_date "
        "clap_cla_placement_end_date clap_cla_placement_distance "
        "clap_cla_placement_postcode clap_cla_placement_type"
    ),
    "ssd_missing": (
        "miss_table_id miss_person_id miss_missing_episode_start_date "
        "miss_missing_episode_end_date miss_missing_rhi_offered miss_missing_rhi_accepted "
        "miss_missing_episode_type"
    ),
    "ssd_involvements": (
        "invo_involvements_id invo_person_id invo_professional_id "
        "invo_involvement_start_date invo_involvement_end_date invo_professional_role_id "
        "invo_professional_team"
    ),
    "ssd_professionals": (
        "prof_professional_id prof_staff_id prof_professional_name prof_professional_job_title"
    ),
}
"""The columns of each table that is written."""

Rows = Iterator[tuple[str, ...]]


class Export:
    """Everything that the council holds on a day, table by table."""

    def __init__(self, seed: int, children: int, until: date) -> None:
        self.seed = seed
        self.children = children
        self.until = until

    def write(self, path: Path, changed: float = 0.0) -> int:
        """Write the zip file and return how many rows it has; a share of children `changed`."""
        total = 0
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
            for name, headings, rows_of in self._tables():
                with packed.open(f"{name}.csv", "w") as part:
                    text = io.TextIOWrapper(part, encoding="utf-8", newline="")
                    writer = csv.writer(text)
                    writer.writerow(headings.split())
                    for child in range(self.children):
                        rng = random.Random(f"{self.seed} {name} {child}")
                        rows = list(rows_of(child, rng))
                        if random.Random(f"{self.seed} changed {child}").random() < changed:
                            rows = [(*row[:-1], row[-1] + " again") for row in rows]
                        writer.writerows(rows)
                        total += len(rows)
                    text.flush()
                    text.detach()
        return total

    def _tables(self) -> list[tuple[str, str, Callable[[int, random.Random], Rows]]]:
        rows_of: list[Callable[[int, random.Random], Rows]] = [
            self._person,
            self._addresses,
            self._contacts,
            self._referrals,
            self._assessments,
            self._factors,
            self._enquiries,
            self._plans,
            self._placements,
            self._missing,
            self._involvements,
            self._professionals,
        ]
        return [
            (name, headings, rows)
            for (name, headings), rows in zip(_HEADINGS.items(), rows_of, strict=True)
        ]

    def _day(self, rng: random.Random) -> date:
        return self.until - timedelta(days=rng.randrange(30, 365 * YEARS))

    def _person(self, child: int, rng: random.Random) -> Rows:
        family = f"{rng.choice(_FAMILY)}-{rng.choice(_FAMILY)}"
        born = _at(self._born(child))
        yield f"P{child}", rng.choice(_GIVEN), family, rng.choice("MF"), born, "WBRI"

    def _born(self, child: int) -> date:
        days = random.Random(f"{self.seed} born {child}").randrange(365, 365 * 18)
        return self.until - timedelta(days=days)

    def _addresses(self, child: int, rng: random.Random) -> Rows:
        days = sorted(self._day(rng) for _ in range(5))
        for number, (began, ended) in enumerate(zip(days, [*days[1:], None], strict=True)):
            street = f'{{"HOUSE": "{rng.randrange(200)}", "STREET": "Curlew Row", "TOWN": "X"}}'
            postcode = f"FX{rng.randrange(1, 10)} {rng.randrange(1, 10)}AA"
            yield (
                *(f"A{child}-{number}", f"P{child}", _at(began), _at(ended) if ended else ""),
                *(postcode, street, "Home"),
            )

    def _contacts(self, child: int, rng: random.Random) -> Rows:
        for number in range(14):
            said = '{"OUTCOME_NFA_FLAG": "Y", "OUTCOME_NEW_REFERRAL_FLAG": "N"}'
            yield f"C{child}-{number}", f"P{child}", _at(self._day(rng)), said, "School"

    def _referrals(self, child: int, rng: random.Random) -> Rows:
        for number in range(5):
            day = self._day(rng)
            yield (
                *(f"R{child}-{number}", f"P{child}", _at(day), "N1", "Police", "", "N", "RC1"),
                *(_at(day + timedelta(days=25)), "Assessment team"),
            )

    def _assessments(self, child: int, rng: random.Random) -> Rows:
        for number in range(4):
            day = self._day(rng)
            yield (
                *(f"S{child}-{number}", f"P{child}", _at(day), "Y", _at(day + timedelta(days=25))),
                *('{"OUTCOME_NFA_FLAG": "Y"}', "Assessment team"),
            )

    def _factors(self, child: int, rng: random.Random) -> Rows:
        for number in range(4):
            codes = '["24A", "10A"]' if rng.random() < _EXPLOITED else '["3B", "4B", "16A"]'
            yield f"F{child}-{number}", f"S{child}-{number}", codes

    def _enquiries(self, child: int, rng: random.Random) -> Rows:
        day = self._day(rng)
        ended = _at(day + timedelta(days=10))
        yield f"E{child}", f"P{child}", _at(day), ended, "N", "", "Assessment team"

    def _plans(self, child: int, rng: random.Random) -> Rows:
        if rng.random() < 0.3:
            yield f"L{child}", f"P{child}", _at(self._day(rng)), "", "NEG", "EMO", f"R{child}-0"

    def _placements(self, child: int, rng: random.Random) -> Rows:
        for number in range(2 if rng.random() < 0.4 else 0):
            yield (
                *(f"H{child}-{number}", f"P{child}", _at(self._day(rng)), "", "12.4"),
                *("FX6 2AA", "K2"),
            )

    def _missing(self, child: int, rng: random.Random) -> Rows:
        old_enough = (self.until - self._born(child)).days > 365 * (YEARS + 3)
        for number in range(20 if old_enough and rng.random() < _AWAY else 0):
            day = self._day(rng)
            began = f"{day} {rng.randrange(18, 24)}:15:00.000"
            ended = f"{day + timedelta(days=1)} 08:30:00.000"
            yield f"M{child}-{number}", f"P{child}", began, ended, "Y", "NA", "Missing"

    def _involvements(self, child: int, rng: random.Random) -> Rows:
        for number in range(12):
            yield (
                *(f"I{child}-{number}", f"P{child}", f"W{rng.randrange(400)}"),
                *(_at(self._day(rng)), "", "Social worker", "Assessment team"),
            )

    def _professionals(self, child: int, rng: random.Random) -> Rows:
        if child < 400:
            name = f"{rng.choice(_GIVEN)} Sample-{child}"
            yield f"W{child}", f"S{child}", name, "Social worker"


def _at(day: date) -> str:
    """A day as SQL Server prints it."""
    return f"{day} 00:00:00.000"
