from __future__ import annotations

from reachable.foundation.urls import page
from reachable.intake import file_views as files
from reachable.intake import mapping_views as mappings
from reachable.intake import set_views as sets
from reachable.intake import signal_views as signals
from reachable.intake.sender.edition import NAME as CHECKER

SEND, LOAD, KEEP = "signals.send", "intake.load", "panels.keep"
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
    page("intake/feeds/<slug:key>/check/", files.checker, name="checker", needs=LOAD),
    page(f"intake/{CHECKER}", files.checker_file, name="checker_file", needs=LOAD),
    page("intake/sets/<slug:key>/", sets.table_set, name="table_set", needs=LOAD, methods=BOTH),
    page("intake/sets/<slug:key>/sample/", sets.sample, name="set_sample", needs=LOAD),
    page("intake/files/<uuid:delivery_id>/", files.delivery, name="delivery", needs=LOAD),
    page(
        "intake/files/<uuid:delivery_id>/gone/",
        sets.gone,
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
]
