"""The forms of sharing."""

from __future__ import annotations

from tests.access.form import Form

CHILD, DECISION = "/children/{person_id}/share/", "/sharing/{sharing_id}/"
DECIDE = CHILD + "decide/?way=worker&piece=name"
REASONS = {
    "purpose": "A meeting",
    "told": "child",
    "told_note": "Which two things.",
    "engaged": "Fine.",
    "harm_if_shared": "None.",
    "harm_if_not": "Some.",
}
TO = {"to_name": "Pat Asker, officer", "to_organisation": "Housing Osier", "to_address": "2 Lane"}
SHARING_FORMS: dict[str, Form] = {
    "somebody asks": Form(
        CHILD + "asked/",
        CHILD + "asked/",
        "practitioner",
        {**TO, "what": "Where the child lives", "purpose": "To write"},
    ),
    "share": Form(
        DECIDE,
        DECIDE,
        "practitioner",
        {
            **REASONS,
            "to_user": "{supervisor}",
            "bases": "public_task",
            "proportion": "Less would not do.",
            "until-day": "1",
            "until-month": "12",
            "until-year": "2026",
            "conditions": "Tell nobody.",
            "why-0": "To greet her.",
        },
    ),
    "do not share": Form(
        CHILD + "refuse/",
        CHILD + "refuse/",
        "practitioner",
        {**REASONS, **TO, "reason": "They do not need it."},
    ),
    "end what is shared": Form(
        DECISION + "end/", DECISION + "end/", "practitioner", {"reason": "The meeting was held."}
    ),
    "a second person answers": Form(
        "/sharing/{waiting_id}/agree/",
        "/sharing/{waiting_id}/agree/",
        "supervisor",
        {"answer": "yes", "note": "It is little."},
    ),
    "make a document": Form(
        "/sharing/{outside_id}/document/",
        "/sharing/{outside_id}/",
        "practitioner",
        {"how": "word"},
        answered=200,
    ),
    "hand a document over": Form(
        "/sharing/{outside_id}/handed-over/",
        "/sharing/{outside_id}/handed-over/",
        "practitioner",
        {"how": "in_person", "note": "To Pat."},
    ),
    "keep a safe address": Form(
        "/children/{person_id}/safe-address/",
        "/children/{person_id}/safe-address/",
        "practitioner",
        {"of": "family", "address": "1 Kept Row", "readers": "{supervisor}"},
    ),
    "who reads a safe address": Form(
        "/safe-addresses/{safe_id}/readers/",
        "/safe-addresses/{safe_id}/readers/",
        "practitioner",
        {"readers": "{supervisor}"},
    ),
    "remove a safe address": Form(
        "/safe-addresses/{safe_id}/end/", "/safe-addresses/{safe_id}/", "practitioner", {}
    ),
    "the duty to share": Form(
        "/sharing/duty/",
        "/sharing/duty/",
        "information_governance",
        {"on": "yes", "reason": "Our lawyers"},
    ),
}
