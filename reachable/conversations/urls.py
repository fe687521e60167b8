from __future__ import annotations

from reachable.conversations import api, card_views, views, word_urls
from reachable.foundation.urls import PUBLIC, SIGNED_IN, WITH_A_PHONE, page

HOLD = "moments.hold"
BOTH, POST = ("GET", "POST"), ("POST",)

urlpatterns = [
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
