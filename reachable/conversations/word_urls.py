"""Addresses of what a child is told."""

from __future__ import annotations

from reachable.conversations import word_views
from reachable.conversations.child_words import ENTERS, READS
from reachable.foundation.urls import page

BOTH = ("GET", "POST")

urlpatterns = [
    page("words/", word_views.overview, name="child_words", needs=READS),
    page("words/show/", word_views.show, name="child_words_show", needs=READS),
    page("words/<slug:language>/", word_views.in_language, name="child_words_in", needs=READS),
    page(
        "words/<slug:language>/<slug:words_key>/",
        word_views.enter,
        name="child_words_enter",
        needs=ENTERS,
        methods=BOTH,
    ),
    page(
        "words/<slug:language>/<slug:words_key>/checked/",
        word_views.checked,
        name="child_words_checked",
        needs=ENTERS,
        methods=BOTH,
    ),
]
