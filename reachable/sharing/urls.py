from __future__ import annotations

from reachable.foundation.urls import SIGNED_IN, page
from reachable.sharing import given, given_views, safe_views, views
from reachable.sharing.seeing import AGREES, DECIDES, SWITCHES, WATCHES

SAFE = "safe-addresses/<uuid:safe_id>/"
BOTH, POST = ("GET", "POST"), ("POST",)
CHILD, DECISION = "children/<uuid:person_id>/share/", "sharing/<uuid:sharing_id>/"

urlpatterns = [
    page(CHILD, views.choose, name="sharing_choose", needs=DECIDES),
    page(f"{CHILD}decide/", views.decide, name="sharing_decide", needs=DECIDES, methods=BOTH),
    page(f"{CHILD}refuse/", views.refuse, name="sharing_refuse", needs=DECIDES, methods=BOTH),
    page(f"{CHILD}asked/", views.record_request, name="sharing_asked", needs=DECIDES, methods=BOTH),
    page(
        "sharing/requests/<uuid:sharing_request_id>/",
        views.one_request,
        name="sharing_request",
        needs=DECIDES,
    ),
    page(
        "children/<uuid:person_id>/safe-address/",
        safe_views.keep,
        name="safe_keep",
        needs=DECIDES,
        methods=BOTH,
    ),
    page(SAFE, safe_views.address, name="safe_address", needs=DECIDES),
    page(f"{SAFE}readers/", safe_views.readers, name="safe_readers", needs=DECIDES, methods=BOTH),
    page(f"{SAFE}end/", safe_views.end, name="safe_end", needs=DECIDES, methods=POST),
    page("sharing/", given_views.watched, name="sharings", needs=WATCHES),
    page("sharing/duty/", given_views.switch, name="sharing_duty", needs=SWITCHES, methods=BOTH),
    page(DECISION, views.decision, name="sharing", needs=DECIDES),
    page(f"{DECISION}end/", views.end, name="sharing_end", needs=DECIDES, methods=BOTH),
    page(f"{DECISION}agree/", views.agree, name="sharing_agree", needs=AGREES, methods=BOTH),
    page(
        f"{DECISION}document/",
        given_views.document,
        name="sharing_document",
        needs=DECIDES,
        methods=POST,
    ),
    page(
        f"{DECISION}handed-over/", views.handed, name="sharing_handed", needs=DECIDES, methods=BOTH
    ),
    page("shared-with-me/", given_views.shared_with_me, name="shared_with_me", needs=SIGNED_IN),
    page("shared-with-me/<uuid:shared_id>/", given_views.shared, name="shared", needs=SIGNED_IN),
    page(
        "shared-with-me/<uuid:shared_id>/who-looked/",
        given_views.looked,
        name=given.LOOKED,
        needs=SIGNED_IN,
    ),
]
