"""What each event of a row tells, where a row makes several."""

from __future__ import annotations

from reachable.intake.rules.making import event_details, made_by
from reachable.intake.specification import feed

TRACKER, CUSTODY = feed("panel_tracker"), feed("police_custody")
ROW = {
    "family_name": "Sample",
    "added_date": "2026-01-12",
    "added_by": "School",
    "school": "Osier",
    "level_of_concern": "Significant",
    "outcome": "Safe",
}


def told(**more: str) -> dict[str, dict[str, str]]:
    """Return what each event of the row above tells."""
    content = ROW | more
    details = event_details(TRACKER, content)
    return {made.kind: made.details(details) for made in made_by(TRACKER, content)}


def test_a_level_of_concern_belongs_to_the_day_on_which_the_panel_gave_it() -> None:
    assert told(discussed_date="2026-03-02") == {
        "panel_added": {"added_by": "School", "school": "Osier"},
        "panel_discussed": {"level_of_concern": "Significant", "outcome": "Safe"},
    }


def test_where_the_panel_has_not_met_nothing_that_the_row_says_is_lost() -> None:
    assert told() == {
        "panel_added": {
            "added_by": "School",
            "school": "Osier",
            "level_of_concern": "Significant",
            "outcome": "Safe",
        }
    }


def test_what_two_events_name_both_tell() -> None:
    both = told(discussed_date="2026-03-02", closed_date="2026-03-02")
    assert both["panel_closed"] == {"outcome": "Safe"}
    assert both["panel_discussed"]["outcome"] == "Safe"


def test_an_event_of_a_feed_that_names_nothing_tells_all() -> None:
    content = {"attendance": "arrest", "arrived_date": "2026-03-01", "station": "Mill"}
    (made,) = made_by(CUSTODY, content)
    assert made.details({"station": "Mill"}) == {"station": "Mill"}
