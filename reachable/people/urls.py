from __future__ import annotations

from reachable.foundation.urls import page
from reachable.people import review_views, views

REVIEW = "people.review"
BOTH = ("GET", "POST")

urlpatterns = [
    page("children/<uuid:person_id>/", views.child, name="child", needs="people.read"),
    page(
        "children/<uuid:person_id>/who-looked/",
        views.who_looked,
        name="child_looked",
        needs="people.read",
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
]
