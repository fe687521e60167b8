from __future__ import annotations

from reachable.foundation.urls import SIGNED_IN, page
from reachable.governance import breach_views, family_views, views
from reachable.governance.families import ANSWERS
from reachable.governance.keeping import ASKS, READS

BOTH, POST = ("GET", "POST"), ("POST",)

urlpatterns = [
    page("watch/", views.watch, name="watch", needs=READS),
    page("watch/looks/", views.looks, name="watch_looks", needs=READS),
    page("watch/ask/", views.ask, name="watch_ask", needs=ASKS, methods=POST),
    page("watch/rules/", views.rules, name="watch_rules", needs=ASKS, methods=BOTH),
    page("watch/questions/", views.questions, name="look_questions", needs=READS),
    page(
        "watch/questions/<uuid:question_id>/",
        views.question,
        name="look_question",
        needs=ASKS,
        methods=BOTH,
    ),
    page("your-looks/", views.asked_of_me, name="asked_of_me", needs=SIGNED_IN),
    page(
        "your-looks/<uuid:asked_id>/",
        views.look_asked,
        name="look_asked",
        needs=SIGNED_IN,
        methods=BOTH,
    ),
    page("breaches/", breach_views.breaches, name="breaches", needs=ASKS),
    page(
        "breaches/<uuid:breach_id>/",
        breach_views.breach,
        name="breach",
        needs=ASKS,
        methods=BOTH,
    ),
    page("sign-off/", views.sign_off, name="sign_off", needs=READS),
    page("families/", family_views.requests, name="family_requests", needs=ANSWERS),
    page("families/new/", family_views.new, name="family_new", needs=ANSWERS, methods=BOTH),
    page(
        "families/<uuid:family_request_id>/",
        family_views.one,
        name="family_request",
        needs=ANSWERS,
        methods=BOTH,
    ),
    page(
        "families/<uuid:family_request_id>/answer.docx",
        family_views.as_word,
        name="family_word",
        needs=ANSWERS,
    ),
    page(
        "families/<uuid:family_request_id>/answer.pdf",
        family_views.as_pdf,
        name="family_pdf",
        needs=ANSWERS,
    ),
]
