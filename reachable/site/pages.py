"""Addresses of the pages that belong to no other room."""

from __future__ import annotations

from reachable.foundation.urls import PUBLIC, SIGNED_IN, page
from reachable.site import views

urlpatterns = [
    page("", views.home, name="home", needs=SIGNED_IN),
    page("progress/", views.progress, name="progress", needs=PUBLIC),
    page("help/", views.help_page, name="help", needs=SIGNED_IN),
    page("what-this-follows/", views.practice, name="practice", needs="practice.read"),
]
