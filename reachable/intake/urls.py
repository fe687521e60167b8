from __future__ import annotations

from django.urls import include, path

from reachable.foundation.urls import PUBLIC, page
from reachable.intake import (
    api,
    left_off_views,
    own_signals,
    returning_views,
    status_views,
    together_views,
)
from reachable.intake import file_views as files
from reachable.intake import key_views as keys
from reachable.intake import mapping_views as mappings
from reachable.intake import sending_views as sending
from reachable.intake import signal_views as signals
from reachable.intake.sender.edition import NAME as CHECKER

SEND, LOAD, KEYS, KEEP = "signals.send", "intake.load", "keys.manage", "panels.keep"
WATCH, WATCH_ALL = "intake.watch", "intake.watch_all"
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
    page(
        "signals/<uuid:signal_id>/who-looked/",
        signals.looked,
        name=own_signals.LOOKED,
        needs=SEND,
    ),
    page(
        "signals/<uuid:signal_id>/tasks/",
        signals.task_done,
        name="signal_task",
        needs=SEND,
        methods=POST,
    ),
    page("intake/", files.intake, name="intake", needs=LOAD),
    page("intake/feeds/<slug:key>/", sending.feed, name="feed", needs=LOAD, methods=BOTH),
    page("intake/feeds/<slug:key>/sample.<slug:kind>", sending.sample, name="sample", needs=LOAD),
    page("intake/feeds/<slug:key>/check/", sending.checker, name="checker", needs=LOAD),
    page(f"intake/{CHECKER}", sending.checker_file, name="checker_file", needs=LOAD),
    page(
        "intake/sets/<slug:set_key>/", sending.table_set, name="table_set", needs=LOAD, methods=BOTH
    ),
    page("intake/sets/<slug:set_key>/sample/", sending.set_sample, name="set_sample", needs=LOAD),
    page("intake/files/<uuid:delivery_id>/", files.delivery, name="delivery", needs=LOAD),
    page(
        "intake/files/<uuid:delivery_id>/gone/",
        files.gone,
        name="delivery_gone",
        needs=LOAD,
        methods=POST,
    ),
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
    page(
        "intake/files/<uuid:delivery_id>/together/",
        together_views.together,
        name="refused_together",
        needs=LOAD,
        methods=BOTH,
    ),
    page(
        "intake/files/<uuid:delivery_id>/refused.<slug:kind>",
        returning_views.download,
        name="refused_download",
        needs=LOAD,
    ),
    page("intake/status/", status_views.feeds, name="intake_status", needs=WATCH),
    page(
        "intake/status/<uuid:agency_id>/<slug:key>/",
        status_views.feed,
        name="intake_status_feed",
        needs=WATCH,
    ),
    page(
        "intake/status/<uuid:partner_id>/<slug:key>/expected/",
        status_views.expected,
        name="intake_expected",
        needs=WATCH_ALL,
        methods=POST,
    ),
    page(
        "intake/agencies/<uuid:partner_id>/contact/",
        status_views.contact,
        name="agency_contact",
        needs="agencies.contact",
        methods=BOTH,
    ),
    page("intake/minimum/", status_views.minimum, name="intake_minimum", needs=WATCH),
    page(
        "intake/minimum/<uuid:agency_id>/<slug:key>/",
        status_views.minimum_feed,
        name="intake_minimum_feed",
        needs=WATCH,
    ),
    page(
        "intake/files/<uuid:delivery_id>/columns/",
        mappings.columns,
        name="columns",
        needs=LOAD,
        methods=BOTH,
    ),
    page(
        "intake/files/<uuid:delivery_id>/columns/use/",
        mappings.use,
        name="columns_use",
        needs=LOAD,
        methods=POST,
    ),
    page(
        "intake/files/<uuid:delivery_id>/left-off/",
        left_off_views.page,
        name="left_off",
        needs=KEEP,
        methods=BOTH,
    ),
    page(
        "intake/files/<uuid:delivery_id>/children/",
        mappings.children,
        name="listed_children",
        needs=KEEP,
    ),
    page(
        "intake/mappings/<uuid:mapping_id>/",
        mappings.mapping,
        name="mapping",
        needs=LOAD,
        methods=BOTH,
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
