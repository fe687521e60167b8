"""Forms about who a record is, and how they are answered."""

from __future__ import annotations

from tests.access.form import Form

LINKAGE_FORMS = {
    "review": Form(
        "/review/{review_id}/",
        "/review/{review_id}/",
        "linkage_steward",
        {"same_as": "nobody", "reason": "Two girls"},
    ),
    "what two could not settle": Form(
        "/review/{review_id}/third/",
        "/review/{review_id}/",
        "linkage_steward",
        {"way": "apart", "reason": "Nobody knows"},
        ("two not of one mind",),
    ),
    "kept apart no more": Form(
        "/review/apart/{apart_id}/",
        "/review/apart/{apart_id}/",
        "linkage_steward",
        {"reason": "A letter from the GP"},
    ),
    "a record checked": Form(
        "/records/to-check/{record_check_id}/",
        "/records/to-check/{record_check_id}/",
        "intake_worker",
        {"answer": "right"},
    ),
    "undo a merge": Form(
        "/review/{review_id}/undo/",
        "/review/{review_id}/undo/",
        "linkage_steward",
        {"reason": "Two girls"},
        ("merge",),
    ),
}
