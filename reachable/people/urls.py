from __future__ import annotations

from reachable.foundation.urls import page
from reachable.people import views

urlpatterns = [
    page("children/<uuid:person_id>/", views.child, name="child", needs="people.read"),
    page(
        "children/<uuid:person_id>/who-looked/",
        views.who_looked,
        name="child_looked",
        needs="people.read",
    ),
]
