"""Every form of the product, and how somebody who may answers it."""

from __future__ import annotations

from reachable.practice.items import OWN_FROM
from tests.access.conversation_forms import CONVERSATION_FORMS
from tests.access.form import Form
from tests.access.joins_forms import JOINS_FORMS
from tests.access.linkage_forms import LINKAGE_FORMS
from tests.access.opening_forms import OPENING_FORMS
from tests.access.place import MAPPING
from tests.access.sharing_forms import SHARING_FORMS
from tests.access.staff_forms import STAFF_FORMS

SIGNAL = {
    "token": "9d7c0c5e-5f0e-4b43-8c10-3c9f4f5d1a11",
    "kind": "in_custody_now",
    "given_names": "Wren",
    "family_name": "Lark",
    "where": "Fenmarch Police Station",
    "reach": "07700 900123",
}
COLUMNS = {
    **{f"column-{place}": name for place, (_, name) in enumerate(MAPPING.columns)},
    "name_order": "family first",
    "date_order": "day-month-year",
    "told_by": "number",
}
FROM, UNTIL = (
    {f"{name}-{part}": value for part, value in zip(("day", "month", "year"), day, strict=True)}
    for name, day in (("day", ("1", "12", "2026")), ("until_day", ("2", "12", "2026")))
)
SHIFT = {"user": "{supervisor}", "position": "2", **FROM, "starts": "09:00", "ends": "17:00"}
WEEKS = {
    "user": "{supervisor}",
    "position": "3",
    "weekdays": "0",
    "starts": "20:00",
    "ends": "08:00",
    "first_day-day": "1",
    "first_day-month": "12",
    "first_day-year": "2026",
    "last_day-day": "28",
    "last_day-month": "12",
    "last_day-year": "2026",
}
ROTA, OF_SHIFT = "/rota/{team_id}/", "/rota/shifts/{shift_id}/"
MOMENT, TAKEN = "/moments/{moment_id}/", ("/moments/{moment_id}/take/",)
COURT, DRAFT = "/pathways/court/draft/", "/pathways/custody/draft/"
IN_FORCE = f"/pathways/custody/versions/{OWN_FROM}/in-force/"
LEFT_OUT = ("a step left out",)
SERVICES = "/directory/{service_id}/"
FITS, OFFER, GAP = "/children/{person_id}/fits/", "/offers/{offer_id}/", "/gaps/{gap_id}/"
OFFERED = {"answer": "wants", "note": "“All right.”"}
SERVICE = {
    "name": "Night Bus",
    "description": "Somebody to talk to on the way home.",
    "status": "active",
    "minimum_age": "11",
    "maximum_age": "17",
    "help": "mentoring",
}
PLACE = {
    "address": "9 Invented Row",
    "town": "Fenmarch",
    "postcode": "fx11aa",
    "kept_back": "on",
    "seen": "{seen}",
}
FILE = "/directory/files/{file_id}/"
STEP = {
    "revision": "1",
    "title": "Give the child the night number",
    "detail": "A card with the number.",
    "owner": "The worker of the Hub",
    "amount": "2",
    "unit": "hours",
    "start": "received",
    "good": "The child has it.",
    "avoid": "A number that nobody answers.",
    "certainty": "agreed here",
}
ASKED_ABOUT = {"day": "1", "month": "10", "year": "2026"}
WATCHED = {
    "worker": "{practitioner}",
    "day": "{looked_on}",
    "kind": "person",
    "subject": "{person_id}",
}
LOOKS = "/watch/looks/?worker={practitioner}&day={looked_on}&kind=person&subject={person_id}"
FORMS = {
    "ask about a look": Form(
        "/watch/ask/", LOOKS, "information_governance", {**WATCHED, "question": "Why, please?"}
    ),
    "what was found": Form(
        "/watch/questions/{question_id}/",
        "/watch/questions/{question_id}/",
        "information_governance",
        {"outcome": "elsewhere", "reference": "HR-12", "text": "Talked about."},
    ),
    "answer about a look": Form(
        "/your-looks/{asked_id}/",
        "/your-looks/{asked_id}/",
        "practitioner",
        {"text": "I was on call."},
    ),
    "an answer to a family": Form(
        "/families/new/",
        "/families/new/",
        "information_governance",
        {
            "person_id": "{person_id}",
            "asked_by_whom": "child",
            "identity_checked": "Known to the worker.",
            **{f"first-{part}": value for part, value in ASKED_ABOUT.items()},
            **{f"last-{part}": value for part, value in ASKED_ABOUT.items()},
            "weighed": "Nothing is held back.",
        },
    ),
    "an answer released": Form(
        "/families/{family_request_id}/",
        "/families/{family_request_id}/",
        "information_governance",
        {"decision": "release", "reason": "Read, and right."},
    ),
    "how looks are watched": Form(
        "/watch/rules/",
        "/watch/rules/",
        "information_governance",
        {"opens": "07:00", "closes": "19:00", "many_records": "9", "days_after": "2"},
    ),
    "a signal": Form("/signal/", "/signal/", "custody", SIGNAL),
    "a task": Form(
        "/signals/{signal_id}/tasks/", "/signals/{signal_id}/", "custody", {"step": "{step}"}
    ),
    "take": Form(MOMENT + "take/", MOMENT, "practitioner", {}),
    "a step": Form(MOMENT + "steps/", MOMENT, "practitioner", {"step": "{step}"}, TAKEN),
    "an attempt": Form(
        MOMENT + "attempt/", MOMENT + "attempt/", "practitioner", {"how": "visited"}, TAKEN
    ),
    "reached": Form(
        MOMENT + "reached/", MOMENT + "reached/", "practitioner", {"how": "seen"}, TAKEN
    ),
    "offered": Form(
        MOMENT + "offered/", MOMENT + "offered/", "practitioner", {"how": "in_person"}, TAKEN
    ),
    "accepted": Form(
        MOMENT + "accepted/", MOMENT + "accepted/", "practitioner", {"how": "spoken"}, TAKEN
    ),
    "declined": Form(
        MOMENT + "declined/",
        MOMENT + "declined/",
        "practitioner",
        {
            "how": "message",
            "note": "Not now",
            "again_on-day": "20",
            "again_on-month": "11",
            "again_on-year": "2026",
            "by_whom": "{supervisor}",
        },
        TAKEN,
    ),
    "still in touch": Form(
        MOMENT + "still-in-touch/",
        MOMENT + "still-in-touch/",
        "practitioner",
        {"check": "28_days", "how": "kept", "note": "Mo"},
        (*TAKEN, "reached long ago"),
    ),
    "why it was missed": Form(
        MOMENT + "missed/",
        MOMENT + "missed/",
        "practitioner",
        {"how": "not_found", "note": "Nobody at home"},
        (*TAKEN, "missed"),
    ),
    "pass on": Form(
        MOMENT + "pass-on/", MOMENT + "pass-on/", "practitioner", {"reason": "Off sick"}, TAKEN
    ),
    "hand over": Form(
        MOMENT + "hand-over/",
        MOMENT + "hand-over/",
        "practitioner",
        {"to_user": "{supervisor}", "reason": "Knows her"},
        TAKEN,
    ),
    "pause": Form(
        MOMENT + "pause/",
        MOMENT + "pause/",
        "practitioner",
        {
            "how": "hospital",
            "note": "Under anaesthetic",
            "day-day": "11",
            "day-month": "11",
            "day-year": "2026",
            "at": "09:00",
        },
        TAKEN,
    ),
    "resume": Form(
        MOMENT + "resume/",
        MOMENT + "resume/",
        "practitioner",
        {"note": "Awake"},
        (*TAKEN, "pause"),
    ),
    "enter a term": Form(
        "/school-terms/",
        "/school-terms/",
        "supervisor",
        {
            "kind": "term",
            "name": "Summer term",
            "first-day": "12",
            "first-month": "4",
            "first-year": "2027",
            "last-day": "21",
            "last-month": "7",
            "last-year": "2027",
        },
    ),
    "take a term out": Form(
        "/school-terms/{dates_id}/take-out/", "/school-terms/", "supervisor", {}
    ),
    "empty a phone": Form("/phones/{device_id}/wipe/", "/phones/", "practitioner", {}),
    "run a rule dry": Form("/rules/arrest/dry-run/", "/rules/arrest/", "supervisor", {}),
    "switch a rule": Form(
        "/rules/arrest/switch/",
        "/rules/arrest/",
        "supervisor",
        {"then": "off", "reason": "It calls too often"},
    ),
    "make a calendar address": Form(
        "/calendar/make/", "/calendar/", "practitioner", {}, answered=200
    ),
    "revoke a calendar address": Form("/calendar/revoke/", "/calendar/", "practitioner", {}),
    "begin a pathway": Form(COURT + "begin/", "/pathways/court/", "practitioner", {}),
    "add a step": Form(DRAFT + "add/", DRAFT + "add/", "practitioner", STEP),
    "reword a step": Form(DRAFT + "steps/visit/", DRAFT + "steps/visit/", "practitioner", STEP),
    "move a step": Form(
        DRAFT + "steps/visit/move/", DRAFT, "practitioner", {"revision": "1", "to": "up"}
    ),
    "leave a step out": Form(
        DRAFT + "steps/visit/leave-out/", DRAFT, "practitioner", {"revision": "1"}
    ),
    "put a step back": Form(
        DRAFT + "steps/visit/put-back/", DRAFT, "practitioner", {"revision": "2"}, LEFT_OUT
    ),
    "give a draft up": Form(DRAFT + "give-up/", DRAFT, "practitioner", {"revision": "1"}),
    "put in force": Form(
        IN_FORCE, IN_FORCE, "supervisor", {"revision": "2", "reason": "Agreed"}, LEFT_OUT
    ),
    "close": Form(
        MOMENT + "close/",
        MOMENT + "close/?outcome=declined",
        "practitioner",
        {"outcome": "declined", "reason": "No for now", "not_again": "others_ask"},
        TAKEN,
    ),
    "add a service": Form("/directory/add/", "/directory/add/", "supervisor", SERVICE),
    "write a service": Form(
        SERVICES + "edit/", SERVICES + "edit/", "supervisor", SERVICE | {"seen": "{seen}"}
    ),
    "check a service": Form(
        SERVICES + "checked/",
        SERVICES + "checked/",
        "panel_coordinator",
        {"capacity": "waiting_list", "waiting_days": "21", "referral": "Ring", "evidence": "None"},
    ),
    "a place": Form(SERVICES + "places/", SERVICES + "places/", "supervisor", PLACE),
    "write a place": Form(
        SERVICES + "places/{at_id}/", SERVICES + "places/{at_id}/", "supervisor", PLACE
    ),
    "a directory": Form(
        "/directory/file/", "/directory/file/", "panel_coordinator", {"file": "directory"}
    ),
    "decide on a directory": Form(FILE, FILE, "supervisor", {"then": "load"}),
    "keep a place back": Form("/directory/places/{location_id}/", SERVICES, "supervisor", {}),
    "the open feed": Form(
        "/directory/feed/", "/directory/feed/", "panel_coordinator", {"then": "close"}
    ),
    "offer a service": Form(
        FITS + "{service_id}/", FITS + "{service_id}/", "practitioner", OFFERED
    ),
    "nothing fits": Form("/children/{person_id}/gap/", FITS, "practitioner", {}),
    "nothing fits after a refusal": Form(
        OFFER + "gap/", OFFER, "practitioner", {}, ("offer sent", "offer refused")
    ),
    "the child says": Form(
        OFFER + "answered/", OFFER + "answered/", "practitioner", {"answer": "no"}
    ),
    "referral sent": Form(OFFER + "sent/", OFFER + "sent/", "practitioner", {"how": "spoken"}),
    "on the waiting list": Form(
        OFFER + "waiting/", OFFER + "waiting/", "practitioner", {"note": "Ten"}, ("offer sent",)
    ),
    "accepted by the service": Form(
        OFFER + "accepted/", OFFER + "accepted/", "practitioner", {"note": "Yes"}, ("offer sent",)
    ),
    "refused by the service": Form(
        OFFER + "refused/", OFFER + "refused/", "practitioner", {"how": "full"}, ("offer sent",)
    ),
    "first attended": Form(
        OFFER + "attended/", OFFER + "attended/", "practitioner", {"note": "Ten"}
    ),
    "still attending": Form(
        OFFER + "still/",
        OFFER + "still/",
        "practitioner",
        {"after": "28_days", "how": "not_known"},
        ("offer attended",),
    ),
    "an offer ended": Form(
        OFFER + "ended/", OFFER + "ended/", "practitioner", {"how": "done"}, ("offer attended",)
    ),
    "more of a gap": Form(
        GAP + "more/", GAP + "more/", "panel_coordinator", {"note": "On Mondays"}
    ),
    "a service was found": Form(
        GAP + "answer/", GAP + "answer/", "panel_coordinator", {"note": "Lanterns"}
    ),
    "a gap is open again": Form(
        GAP + "reopen/",
        GAP + "reopen/",
        "panel_coordinator",
        {"note": "It closed"},
        ("gap answered",),
    ),
    "a file": Form(
        "/intake/feeds/police_custody/",
        "/intake/feeds/police_custody/",
        "intake_worker",
        {"file": ""},
    ),
    "a set": Form(
        "/intake/sets/ssd/",
        "/intake/sets/ssd/",
        "intake_worker",
        {"file": "", "holds": "everything"},
    ),
    "what is gone": Form(
        "/intake/files/{gone_id}/gone/", "/intake/files/{gone_id}/", "intake_worker", {}
    ),
    "who left a list": Form(
        "/intake/files/{left_off_id}/left-off/",
        "/intake/files/{left_off_id}/left-off/",
        "panel_coordinator",
        {
            "child-{left_off}": "closed",
            "closed_on-day": "9",
            "closed_on-month": "11",
            "closed_on-year": "2026",
        },
        ("next month's list",),
    ),
    "load": Form(
        "/intake/files/{delivery_id}/load/", "/intake/files/{delivery_id}/", "intake_worker", {}
    ),
    "remove": Form(
        "/intake/files/{delivery_id}/remove/", "/intake/files/{delivery_id}/", "intake_worker", {}
    ),
    "which column is which": Form(
        "/intake/files/{delivery_id}/columns/",
        "/intake/files/{delivery_id}/columns/",
        "intake_worker",
        COLUMNS | {"left_out_rows": "Total"},
    ),
    "use it from now on": Form(
        "/intake/files/{delivery_id}/columns/use/",
        "/intake/files/{delivery_id}/",
        "intake_worker",
        {},
    ),
    "a mapping": Form(
        "/intake/mappings/{mapping_id}/", "/intake/mappings/{mapping_id}/", "intake_worker", COLUMNS
    ),
    "a row": Form(
        "/intake/rows/{row_id}/",
        "/intake/rows/{row_id}/",
        "intake_worker",
        {"cell-2": "02/09/2024"},
    ),
    "set a row aside": Form(
        "/intake/rows/{row_id}/set-aside/",
        "/intake/rows/{row_id}/",
        "intake_worker",
        {"reason": "A test entry"},
    ),
    "rows together": Form(
        "/intake/files/{refused_id}/together/",
        "/intake/files/{refused_id}/together/?fault=date_unreadable-arrived_date-",
        "intake_worker",
        {
            "fault": "date_unreadable-arrived_date-",
            "answer": "leave_out",
            "reason": "A test entry",
            "confirm": "yes",
        },
    ),
    "how often": Form(
        "/intake/status/{partner_id}/police_custody/expected/",
        "/intake/status/{partner_id}/police_custody/",
        "information_governance",
        {"every_days": "7"},
    ),
    "whom to ask": Form(
        "/intake/agencies/{partner_id}/contact/",
        "/intake/agencies/{partner_id}/contact/",
        "system_administrator",
        {"contact": "Data team", "email": "data@example.org", "phone": "07700 900555"},
    ),
    "issue a key": Form(
        "/keys/new/",
        "/keys/new/",
        "system_administrator",
        {
            "agency": "{agency}",
            "name": "Nightly export",
            "feeds": "police_custody",
            "last_day-day": "31",
            "last_day-month": "12",
            "last_day-year": "2026",
        },
    ),
    "show a secret": Form(
        "/keys/{key_id}/secret/", "/keys/{key_id}/", "system_administrator", {}, answered=200
    ),
    "revoke a key": Form(
        "/keys/{key_id}/revoke/",
        "/keys/{key_id}/revoke/",
        "system_administrator",
        {"reason": "The program is gone"},
    ),
    "plan a shift": Form(ROTA + "shift/", ROTA + "shift/", "supervisor", SHIFT),
    "plan week by week": Form(ROTA + "pattern/", ROTA + "pattern/", "supervisor", WEEKS),
    "change a shift": Form(OF_SHIFT, OF_SHIFT, "supervisor", SHIFT),
    "end a shift": Form(OF_SHIFT + "end/", OF_SHIFT, "supervisor", {"which": "this"}),
    "hand over a shift": Form(
        OF_SHIFT + "hand-over/",
        OF_SHIFT + "hand-over/",
        "practitioner",
        {"user": "{supervisor}"},
    ),
    "I am away": Form("/rota/away/", "/rota/away/", "practitioner", {"reason": "sickness"}),
    "somebody is away": Form(
        ROTA + "away/",
        ROTA + "away/",
        "supervisor",
        {"user": "{practitioner}", "reason": "sickness", **FROM, **UNTIL},
    ),
    "back": Form("/rota/away/{absence_id}/back/", ROTA, "supervisor", {}),
    "recovery codes": Form(
        "/my-sign-in/recovery-codes/", "/my-sign-in/recovery-codes/", "practitioner", {}, (), 200
    ),
    "remove a passkey": Form(
        "/my-sign-in/passkeys/{passkey_id}/remove/", "/my-sign-in/", "practitioner", {}
    ),
    "remove the app": Form("/my-sign-in/app/remove/", "/my-sign-in/", "practitioner", {}),
    "end one’s own link": Form(
        "/my-sign-in/organisation/end/",
        "/my-sign-in/organisation/",
        "practitioner",
        {"provider": "fenmarch"},
    ),
    "one’s own password": Form(
        "/my-sign-in/password/",
        "/my-sign-in/password/",
        "practitioner",
        {"password": "heron kettle lantern", "again": "heron kettle lantern"},
    ),
    "sign out there": Form("/my-sign-in/{sign_in_id}/end/", "/my-sign-in/", "practitioner", {}),
    "sign out everywhere else": Form("/my-sign-in/others/end/", "/my-sign-in/", "practitioner", {}),
    "give a sign-in back": Form(
        "/give-sign-in-back/",
        "/give-sign-in-back/",
        "system_administrator",
        {"username": "practitioner-involved", "lost": "factor", "seen": "on"},
        (),
        200,
    ),
    "notices read": Form("/notices/read/", "/notices/", "practitioner", {}),
}
FORMS |= CONVERSATION_FORMS | JOINS_FORMS | LINKAGE_FORMS | OPENING_FORMS | SHARING_FORMS
FORMS |= STAFF_FORMS
