"""Forms by which records are taken apart, and by which it is assessed who read a wrong one."""

from __future__ import annotations

from tests.access.form import Form

JOINS_FORMS = {
    "take records apart": Form(
        "/joins/records/{record_id}/",
        "/joins/records/{record_id}/",
        "linkage_steward",
        {"records": "{record_id}", "into": "new", "reason": "Cousins"},
    ),
    "bring records back": Form(
        "/joins/splits/{split_id}/undo/",
        "/joins/splits/{split_id}/undo/",
        "linkage_steward",
        {"reason": "One girl"},
    ),
    "an assessment": Form(
        "/breaches/{breach_id}/",
        "/breaches/{breach_id}/",
        "information_governance",
        {
            "severity": "unlikely",
            "severity_why": "The same team",
            "regulator_told": "no",
            "regulator_why": "No risk",
            "family_told": "no",
            "family_why": "Nothing to say",
            "done": "Talked with them",
            "closes": "close",
        },
    ),
}
