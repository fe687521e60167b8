from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse
from django.urls import URLPattern

from reachable.conversations import after_views, api, candidate_views, card_views, views, word_urls
from reachable.foundation.urls import PUBLIC, SIGNED_IN, WITH_A_PHONE, page

HOLD = "moments.hold"
BOTH, POST = ("GET", "POST"), ("POST",)

CANDIDATES = "conversations/<uuid:conversation_id>/candidates/"
CANDIDATE = f"{CANDIDATES}<uuid:candidate_id>/"


def _of_candidate(
    end: str, view: Callable[..., HttpResponse], methods: tuple[str, ...] = BOTH
) -> URLPattern:
    name = f"candidate_{end.replace('-', '_')}"
    return page(f"{CANDIDATE}{end}/", view, name=name, needs=HOLD, methods=methods)


urlpatterns = [
    page("to-confirm/", candidate_views.waiting, name="candidates", needs=HOLD),
    page("to-confirm/confirmed/", candidate_views.confirmed, name="confirmed", needs=HOLD),
    page(CANDIDATES, candidate_views.of_conversation, name="candidates_of", needs=HOLD),
    page(CANDIDATE, candidate_views.candidate, name="candidate", needs=HOLD),
    _of_candidate("confirm", candidate_views.confirm),
    _of_candidate("same", candidate_views.same, POST),
    _of_candidate("set-aside", candidate_views.set_aside),
    _of_candidate("later", candidate_views.later),
    _of_candidate("take-back", candidate_views.take_back),
    *word_urls.urlpatterns,
    page(
        "moments/<uuid:moment_id>/conversation/",
        views.begin,
        name="conversation_begin",
        needs=HOLD,
        methods=BOTH,
    ),
    page(
        "conversations/<uuid:conversation_id>/",
        views.conversation,
        name="conversation",
        needs="people.read",
    ),
    page(
        "conversations/<uuid:conversation_id>/write/",
        views.go_on,
        name="conversation_go_on",
        needs=HOLD,
        methods=BOTH,
    ),
    page(
        "conversations/<uuid:conversation_id>/after/",
        after_views.after,
        name="conversation_after",
        needs=HOLD,
        methods=BOTH,
    ),
    page(
        "passed-on/<uuid:passed_id>/",
        after_views.passed_on,
        name="passed_on",
        needs=SIGNED_IN,
    ),
    page(
        "passed-on/<uuid:passed_id>/who-looked/",
        after_views.passed_looked,
        name="passed_looked",
        needs=SIGNED_IN,
    ),
    page(
        "conversations/<uuid:conversation_id>/share/",
        views.share,
        name="conversation_share",
        needs=HOLD,
        methods=BOTH,
    ),
    page(
        "conversations/<uuid:conversation_id>/document.docx",
        views.as_word,
        name="conversation_word",
        needs="people.read",
    ),
    page(
        "conversations/<uuid:conversation_id>/document.pdf",
        views.as_pdf,
        name="conversation_pdf",
        needs="people.read",
    ),
    page(
        "conversations/<uuid:conversation_id>/card/",
        card_views.card,
        name="conversation_card",
        needs=HOLD,
        methods=BOTH,
    ),
    page("out-alone/", views.out_alone, name="out_alone", needs=HOLD),
    page("phones/", views.phones, name="phones", needs=SIGNED_IN),
    page(
        "phones/<uuid:device_id>/wipe/",
        views.wipe,
        name="phone_wipe",
        needs=SIGNED_IN,
        methods=POST,
    ),
    page("app/", api.shell, name="phone", needs=PUBLIC),
    page("app/sw.js", api.service_worker, name="phone_worker", needs=PUBLIC),
    page("app/manifest.webmanifest", api.manifest, name="phone_manifest", needs=PUBLIC),
    page("app/device/", api.device, name="phone_device", needs=PUBLIC, methods=BOTH),
    page("app/day/", api.day, name="phone_day", needs=WITH_A_PHONE),
    page("app/send/", api.send, name="phone_send", needs=WITH_A_PHONE, methods=POST),
    page(
        "app/sign-out/",
        api.sign_out,
        name="phone_sign_out",
        needs=WITH_A_PHONE,
        methods=POST,
    ),
]
