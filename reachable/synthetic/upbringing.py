"""Social care's rows about care, leaving it, and plans for education."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from reachable.synthetic.families import CHILDREN_HOME, FOSTER, Person
from reachable.synthetic.schools import STARTS_AT
from reachable.synthetic.ssd import Later, Row

_PLACEMENT = {CHILDREN_HOME: "K2", FOSTER: "U6"}
_NEEDS = {"Speech": "SLCN", "Autistic": "ASD", "Hearing": "HI", "Attention": "SEMH"}
_ACTIVITIES = ("F1", "F2", "P1", "F4", "G4", "G5")


def has_plan(person: Person) -> bool:
    """Say whether a child has an education, health and care plan; half of those with needs do."""
    needs = person.communication_needs.split(" ")[0]
    return needs in _NEEDS and int(person.council_id[2:]) % 2 == 0


def looked_after(rng: Random, child: Person, since: date) -> Iterator[Row]:
    """Yield the episode of care and the placement of a child who lives in a home or with carers."""
    if child.placement not in _PLACEMENT:
        return
    begins = max(child.birth_date, since - timedelta(days=rng.randint(0, 500)))
    number = child.id[1:]
    yield Row("ssd_cla_episodes", since, {
        "clae_cla_episode_id": f"LE{number}",
        "clae_person_id": child.council_id,
        "clae_cla_placement_id": f"PL{number}",
        "clae_cla_episode_start_date": begins,
        "clae_cla_episode_start_reason": "S",
        "clae_cla_primary_need_code": "N1",
        "clae_cla_id": f"LA{number}",
        "clae_entered_care_date": begins,
    })  # fmt: skip
    yield Row("ssd_cla_placement", since, {
        "clap_cla_placement_id": f"PL{number}",
        "clap_cla_id": f"LA{number}",
        "clap_person_id": child.council_id,
        "clap_cla_placement_start_date": begins,
        "clap_cla_placement_type": _PLACEMENT[child.placement],
        "clap_cla_placement_distance": round(rng.uniform(0.4, 40), 1),
        "clap_cla_placement_provider": "PR1" if rng.random() < 0.5 else "PR4",
        "clap_cla_placement_postcode": child.homes[-1][1].postcode,
    })  # fmt: skip


def leaving_care(rng: Random, person: Person, since: date, until: date) -> Iterator[Row]:
    """Yield the row of somebody who has left care, with the last time that they were met."""
    met = until - timedelta(days=rng.randint(3, 60))
    yield Row("ssd_care_leavers", since, {
        "clea_table_id": f"CL{person.id[1:]}",
        "clea_person_id": person.council_id,
        "clea_care_leaver_eligibility": "Former relevant",
        "clea_care_leaver_in_touch": "Yes",
        "clea_care_leaver_latest_contact": Later(met, met),
        "clea_care_leaver_accommodation": rng.choice(["B", "D", "E", "K", "V"]),
        "clea_care_leaver_accom_suitable": "1",
        "clea_care_leaver_activity": rng.choice(_ACTIVITIES),
    })  # fmt: skip


def education(rng: Random, child: Person, since: date, until: date) -> Iterator[Row]:
    """Yield the request, the assessment, and the plan, twenty weeks after the request."""
    if not has_plan(child) or child.age_on(until) <= STARTS_AT:
        return
    number = child.id[1:]
    asked = max(since, until - timedelta(days=rng.randint(30, 900)))
    agreed, assessed = asked + timedelta(days=42), asked + timedelta(days=112)
    planned, reviewed = asked + timedelta(days=140), asked + timedelta(days=500)
    need = _NEEDS[child.communication_needs.split(" ")[0]]
    yield Row("ssd_send", since, {
        "send_table_id": f"SE{number}",
        "send_person_id": child.council_id,
        "send_upn": child.upn,
    })  # fmt: skip
    yield Row("ssd_ehcp_requests", asked, {
        "ehcr_ehcp_request_id": f"RQ{number}",
        "ehcr_send_table_id": f"SE{number}",
        "ehcr_ehcp_req_date": asked,
        "ehcr_ehcp_req_outcome_date": Later(agreed, agreed),
        "ehcr_ehcp_req_outcome": Later(agreed, "Y"),
    })  # fmt: skip
    yield Row("ssd_ehcp_assessment", assessed, {
        "ehca_ehcp_assessment_id": f"AS{number}",
        "ehca_ehcp_request_id": f"RQ{number}",
        "ehca_ehcp_assessment_outcome_date": assessed,
        "ehca_ehcp_assessment_outcome": "Y",
    })  # fmt: skip
    yield Row("ssd_ehcp_named_plan", planned, {
        "ehcn_named_plan_id": f"NP{number}",
        "ehcn_ehcp_asmt_id": f"AS{number}",
        "ehcn_named_plan_start_date": planned,
    })  # fmt: skip
    yield Row("ssd_ehcp_active_plans", planned, {
        "ehcp_active_ehcp_id": f"AP{number}",
        "ehcp_ehcp_request_id": f"RQ{number}",
        "ehcp_active_ehcp_last_review_date": Later(reviewed, reviewed),
    })  # fmt: skip
    yield Row("ssd_sen_need", planned, {
        "senn_table_id": f"N{number}",
        "senn_active_ehcp_id": f"AP{number}",
        "senn_active_ehcp_need_type": need,
        "senn_active_ehcp_need_rank": "1",
    })  # fmt: skip
