from __future__ import annotations

from reachable.foundation.urls import page
from reachable.people import (
    access_views,
    asking_views,
    joins_views,
    linkage_views,
    oversight_views,
    review_views,
    views,
)

REVIEW = "people.review"
LOAD = "intake.load"
BOTH = ("GET", "POST")
READ = "people.read"
RESTRICT = "people.restrict"
EMERGENCY = "people.emergency"
OVERSEE = "people.oversee"
CHILD = "children/<uuid:person_id>/"
RESTRICTION = "restrictions/<uuid:restriction_id>/"

urlpatterns = [
    page("children/<uuid:person_id>/", views.child, name="child", needs="people.read"),
    page(
        "children/<uuid:person_id>/who-looked/",
        views.who_looked,
        name="child_looked",
        needs="people.read",
    ),
    page(f"{CHILD}access/", access_views.who_may_open, name="child_access", needs=READ),
    page(f"{CHILD}invite/", access_views.invite, name="child_invite", needs=READ, methods=BOTH),
    page(
        f"{CHILD}invitations/<uuid:invited_id>/end/",
        access_views.end_invitation,
        name="invitation_end",
        needs=READ,
        methods=("POST",),
    ),
    page(
        f"{CHILD}restrict/",
        access_views.restrict,
        name="child_restrict",
        needs=RESTRICT,
        methods=BOTH,
    ),
    page(
        f"{RESTRICTION}readers/",
        access_views.add_reader,
        name="restriction_reader",
        needs=RESTRICT,
        methods=BOTH,
    ),
    page(
        f"{RESTRICTION}lift/",
        access_views.lift,
        name="restriction_lift",
        needs=RESTRICT,
        methods=BOTH,
    ),
    page(
        f"{CHILD}conflict/", access_views.conflict, name="child_conflict", needs=READ, methods=BOTH
    ),
    page(
        f"{CHILD}conflicts/<uuid:conflict_id>/end/",
        access_views.end_conflict,
        name="conflict_end",
        needs=RESTRICT,
        methods=("POST",),
    ),
    page("somebody/", asking_views.ask, name="ask", needs="people.ask", methods=BOTH),
    page("somebody/<uuid:enquiry_id>/", asking_views.asked, name="asked", needs="people.ask"),
    page(
        "somebody/<uuid:enquiry_id>/emergency/",
        asking_views.open_record,
        name="emergency",
        needs=EMERGENCY,
        methods=BOTH,
    ),
    page(
        "somebody/emergencies/<uuid:own_emergency_id>/end/",
        asking_views.end,
        name="emergency_end",
        needs=EMERGENCY,
        methods=("POST",),
    ),
    page("oversight/", oversight_views.oversight, name="oversight", needs=OVERSEE),
    page(
        "oversight/emergencies/<uuid:emergency_id>/",
        oversight_views.review,
        name="emergency_review",
        needs=OVERSEE,
        methods=BOTH,
    ),
    page(
        "oversight/restrictions/<uuid:kept_id>/readers/",
        oversight_views.name_reader,
        name="oversight_reader",
        needs=OVERSEE,
        methods=BOTH,
    ),
    page(
        "oversight/restrictions/<uuid:kept_id>/lift/",
        oversight_views.lift,
        name="oversight_lift",
        needs=OVERSEE,
        methods=BOTH,
    ),
    page("review/apart/", linkage_views.kept_apart, name="kept_apart", needs=REVIEW),
    page(
        "review/apart/<uuid:apart_id>/",
        linkage_views.lift,
        name="apart_lift",
        needs=REVIEW,
        methods=BOTH,
    ),
    page("linkage/", linkage_views.figures, name="linkage", needs="people.figures"),
    page("records/to-check/", linkage_views.to_check, name="to_check", needs=LOAD),
    page(
        "records/to-check/<uuid:record_check_id>/",
        linkage_views.record_check,
        name="record_check",
        needs=LOAD,
        methods=BOTH,
    ),
    page("joins/", joins_views.joins, name="joins", needs=REVIEW),
    page(
        "joins/records/<uuid:record_id>/",
        joins_views.apart,
        name="apart",
        needs=REVIEW,
        methods=BOTH,
    ),
    page(
        "joins/records/<uuid:record_id>/who-looked/",
        joins_views.record_looked,
        name="record_looked",
        needs=REVIEW,
    ),
    page("joins/merges/<uuid:merge_id>/", joins_views.merge, name="merge_changed", needs=REVIEW),
    page(
        "joins/merges/<uuid:merge_id>/who-looked/",
        joins_views.merge_looked,
        name="merge_looked",
        needs=REVIEW,
    ),
    page(
        "joins/splits/<uuid:split_id>/who-looked/",
        joins_views.split_looked,
        name="split_looked",
        needs=REVIEW,
    ),
    page("joins/splits/<uuid:split_id>/", joins_views.split, name="split_changed", needs=REVIEW),
    page(
        "joins/splits/<uuid:split_id>/undo/",
        joins_views.undo_split,
        name="split_undo",
        needs=REVIEW,
        methods=BOTH,
    ),
    page("review/", review_views.reviews, name="reviews", needs=REVIEW),
    page(
        "review/<uuid:review_id>/",
        review_views.review,
        name="review",
        needs=REVIEW,
        methods=BOTH,
    ),
    page(
        "review/<uuid:review_id>/who-looked/",
        review_views.who_looked,
        name="review_looked",
        needs=REVIEW,
    ),
    page("review/<uuid:review_id>/next/", review_views.skip, name="review_skip", needs=REVIEW),
    page(
        "review/<uuid:review_id>/undo/",
        review_views.undo,
        name="review_undo",
        needs=REVIEW,
        methods=BOTH,
    ),
    page(
        "review/<uuid:review_id>/third/",
        review_views.third_way,
        name="review_third",
        needs=REVIEW,
        methods=("POST",),
    ),
]
