"""Forms that open a child's record to somebody, or close it, and how they are answered."""

from __future__ import annotations

from tests.access.form import Form

CHILD, RESTRICTION = "/children/{person_id}/", "/restrictions/{restriction_id}/"
KEPT = "/oversight/restrictions/{kept_id}/"
ACCESS = CHILD + "access/"
REVIEWED = "/oversight/emergencies/{emergency_id}/"
SENTENCE = "She is threatened tonight and nobody answers."


def _day(name: str, day: int, month: int, year: int) -> dict[str, str]:
    return {f"{name}-day": str(day), f"{name}-month": str(month), f"{name}-year": str(year)}


def _same(address: str, who: str, answers: dict[str, str], before: tuple[str, ...] = ()) -> Form:
    return Form(address, address, who, answers, before)


OPENING_FORMS = {
    "an invitation": _same(
        CHILD + "invite/",
        "practitioner",
        {"whom": "{colleague}", "reason": "Knows her", **_day("last_day", 20, 11, 2026)},
    ),
    "an invitation ended": Form(
        "/children/{person_id}/invitations/{invited_id}/end/", ACCESS, "practitioner", {}
    ),
    "a restriction": _same(
        CHILD + "restrict/",
        "supervisor",
        {
            "kind": "high_risk",
            "reason": "Her uncle asks around",
            "first": "{practitioner}",
            "second": "{supervisor}",
            **_day("review_on", 1, 3, 2027),
        },
    ),
    "one more reader": _same(RESTRICTION + "readers/", "supervisor", {"whom": "{colleague}"}),
    "lifting a restriction": _same(RESTRICTION + "lift/", "supervisor", {"reason": "It is over"}),
    "a conflict": _same(CHILD + "conflict/", "practitioner", {"reason": "My niece"}),
    "a conflict of a colleague": _same(
        CHILD + "conflict/", "supervisor", {"whose": "{practitioner}", "reason": "Her neighbour"}
    ),
    "a conflict ended": Form(
        "/children/{person_id}/conflicts/{conflict_id}/end/", ACCESS, "supervisor", {}
    ),
    "is somebody working with this child": _same(
        "/somebody/",
        "custody",
        {
            "given_names": "Wren",
            "family_name": "Lark",
            "reason": SENTENCE,
            **_day("birth_date", 3, 3, 2012),
        },
    ),
    "an emergency": _same(
        "/somebody/{enquiry_id}/emergency/",
        "practitioner",
        {"reason": SENTENCE, "hours": "4"},
    ),
    "an emergency ended": Form(
        "/somebody/emergencies/{own_emergency_id}/end/", "/worklist/", "practitioner", {}
    ),
    "an emergency reviewed": _same(
        REVIEWED,
        "information_governance",
        {"justified": "yes", "note": "Nobody answered that night"},
        ("emergency over",),
    ),
    "a reader named by governance": _same(
        KEPT + "readers/", "information_governance", {"whom": "{colleague}"}
    ),
    "a restriction lifted by governance": _same(
        KEPT + "lift/", "information_governance", {"reason": "It is over"}, ("lifting asked",)
    ),
}
