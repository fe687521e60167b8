"""How the invented constabulary's two systems write their files.

Headings, code words and layouts of the exports, in one place: the specifications of the feeds
name the same headings as aliases, and a test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass

CUSTODY = "police_custody"
MISSING = "police_missing"

# Canonical column to the heading that the agency's system prints, in the order of the export.
CUSTODY_HEADINGS: dict[str, str] = {
    "custody_number": "Custody No",
    "attendance": "Attendance Type",
    "arrived_date": "Arrival Date",
    "arrived_time": "Arrival Time",
    "station": "Station",
    "offence_group": "Offence Group",
    "arrest_place": "Place of Arrest",
    "local_id": "Person No",
    "family_name": "Surname",
    "given_names": "Forename(s)",
    "birth_date": "DOB",
    "sex": "Sex",
    "address": "Address",
    "postcode": "Post Code",
    "nhs_number": "NHS No",
    "upn": "UPN",
    "communication_needs": "Communication Needs",
    "officer_contact": "OIC Contact",
    "record_status": "Record Status",
}

MISSING_HEADINGS: dict[str, str] = {
    "report_number": "Misper Report No",
    "missing_date": "Date Missing",
    "missing_time": "Time Missing",
    "returned_date": "Date Returned",
    "returned_time": "Time Returned",
    "missing_from": "Missing From",
    "placement": "Placement Type",
    "found_place": "Place Found",
    "local_id": "Person No",
    "family_name": "Surname",
    "given_names": "Forename(s)",
    "birth_date": "DOB",
    "sex": "Sex",
    "address": "Home Address",
    "postcode": "Post Code",
    "communication_needs": "Communication Needs",
    "officer_contact": "OIC Contact",
    "record_status": "Record Status",
}

HEADINGS: dict[str, dict[str, str]] = {CUSTODY: CUSTODY_HEADINGS, MISSING: MISSING_HEADINGS}
SOURCE_KEY: dict[str, str] = {CUSTODY: "custody_number", MISSING: "report_number"}

# Canonical value to the word of the agency's system.
ATTENDANCE: dict[str, str] = {
    "arrest": "Arrest",
    "voluntary_attendance": "Voluntary Attendance",
}
PLACEMENT: dict[str, str] = {
    "home": "Home",
    "children_home": "Children's Home",
    "foster": "Foster",
    "other": "Other",
}
SEX: dict[str, str] = {"female": "Female", "male": "Male", "unknown": "Not Known"}
LIVE, WITHDRAWN = "Live", "Withdrawn"


@dataclass(frozen=True)
class Layout:
    """How one file of a feed is written; dates are always day, month, year or ISO."""

    container: str
    encoding: str = ""
    delimiter: str = ""
    date_format: str = "%d/%m/%Y"
    time_format: str = "%H:%M"

    @property
    def suffix(self) -> str:
        return "." + self.container


WORKBOOK = Layout("xlsx")
OLD_EXPORT = Layout("csv", "cp1252", ",")
NEW_EXPORT = Layout("csv", "utf-8-sig", ",")
ISO_EXPORT = Layout("csv", "utf-8", ",", "%Y-%m-%d")
SEMICOLON_EXPORT = Layout("csv", "utf-8", ";")


def layout_of(feed: str, turn: int, turns: int) -> Layout:
    """Return how the file number `turn` of `turns` is written.

    Custody changed its system in the middle of the year; now and then somebody opens the export
    in a spreadsheet first and saves it with semicolons. Missing is a workbook kept by hand until
    its own change, later in the year.
    """
    if feed == CUSTODY:
        if turn % 9 == 7:
            return SEMICOLON_EXPORT
        return OLD_EXPORT if turn < turns // 2 else NEW_EXPORT
    return WORKBOOK if turn < turns * 2 // 3 else ISO_EXPORT
