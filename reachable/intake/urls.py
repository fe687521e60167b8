from __future__ import annotations

from django.urls import include, path

from reachable.foundation.urls import PUBLIC, page
from reachable.intake import api
from reachable.intake import file_views as files
from reachable.intake import key_views as keys
from reachable.intake import signal_views as signals

SEND, LOAD, KEYS = "signals.send", "intake.load", "keys.manage"
BOTH, POST = ("GET", "POST"), ("POST",)

urlpatterns = [
    page(
        "signal/",
        signals.send_signal,
        name="send_signal",
        needs=SEND,
        methods=BOTH,
        keeps_typed=True,
    ),
    page("signals/", signals.my_signals, name="my_signals", needs=SEND),
    page("signals/<uuid:signal_id>/", signals.signal, name="signal", needs=SEND),
    page("intake/", files.intake, name="intake", needs=LOAD),
    page("intake/feeds/<slug:key>/", files.feed, name="feed", needs=LOAD, methods=BOTH),
    page("intake/feeds/<slug:key>/sample.<slug:kind>", files.sample, name="sample", needs=LOAD),
    page("intake/files/<uuid:delivery_id>/", files.delivery, name="delivery", needs=LOAD),
    page(
        "intake/files/<uuid:delivery_id>/load/",
        files.load,
        name="delivery_load",
        needs=LOAD,
        methods=POST,
    ),
    page(
        "intake/files/<uuid:delivery_id>/remove/",
        files.remove,
        name="delivery_remove",
        needs=LOAD,
        methods=POST,
    ),
    page("intake/rows/<uuid:row_id>/", files.row, name="refused_row", needs=LOAD, methods=BOTH),
    page(
        "intake/rows/<uuid:row_id>/set-aside/",
        files.set_aside,
        name="refused_row_set_aside",
        needs=LOAD,
        methods=POST,
    ),
    page("keys/", keys.all_keys, name="keys", needs=KEYS),
    page("keys/new/", keys.issue, name="key_issue", needs=KEYS, methods=BOTH),
    page("keys/<uuid:key_id>/", keys.key, name="key", needs=KEYS),
    page("keys/<uuid:key_id>/secret/", keys.secret, name="key_secret", needs=KEYS, methods=POST),
    page("keys/<uuid:key_id>/revoke/", keys.revoke, name="key_revoke", needs=KEYS, methods=BOTH),
    page("api/openapi.json", api.openapi, name="api_openapi", needs=PUBLIC),
    path("api/", include(api.addresses())),
]
