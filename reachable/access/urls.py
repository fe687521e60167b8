from __future__ import annotations

from reachable.access import views
from reachable.foundation.urls import PUBLIC, page

urlpatterns = [
    page("sign-in/", views.sign_in, name="sign_in", needs=PUBLIC, methods=("GET", "POST")),
    page("sign-out/", views.sign_out, name="sign_out", needs=PUBLIC, methods=("POST",)),
    page("who-looked/", views.who_looked, name="who_looked", needs="audit.read"),
]
