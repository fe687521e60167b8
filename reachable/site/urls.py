"""Every room's addresses."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("reachable.access.urls")),
    path("", include("reachable.notices.urls")),
    path("", include("reachable.provision.urls")),
    path("", include("reachable.people.urls")),
    path("", include("reachable.moments.urls")),
    path("", include("reachable.intake.urls")),
    path("", include("reachable.conversations.urls")),
    path("", include("reachable.offers.urls")),
    path("", include("reachable.sharing.urls")),
    path("", include("reachable.governance.urls")),
    path("", include("reachable.site.pages")),
]
handler400 = "reachable.foundation.error_pages.handler400"
handler403 = "reachable.foundation.error_pages.handler403"
handler404 = "reachable.foundation.error_pages.handler404"
handler500 = "reachable.foundation.error_pages.handler500"
