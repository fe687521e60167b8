from __future__ import annotations

from collections.abc import Callable, Sequence

from django.http import HttpResponse
from django.urls import URLPattern

from reachable.foundation.urls import page
from reachable.moments import draft_views, pathway_views
from reachable.moments.own_pathways import DECIDES, WRITES
from reachable.moments.pathway_reading import READS

BOTH, POST = ("GET", "POST"), ("POST",)


def _of_draft(
    end: str, view: Callable[..., HttpResponse], name: str, methods: Sequence[str] = POST
) -> URLPattern:
    route = f"pathways/<slug:pathway_kind>/draft/{end}"
    return page(route, view, name=name, needs=WRITES, methods=methods)


urlpatterns = [
    page("pathways/", pathway_views.pathways, name="pathways", needs=READS),
    page("pathways/<slug:pathway_kind>/", pathway_views.pathway, name="pathway", needs=READS),
    _of_draft("", draft_views.draft, "draft", ("GET",)),
    _of_draft("begin/", draft_views.begin, "draft_begin"),
    _of_draft("add/", draft_views.add, "draft_add", BOTH),
    _of_draft("give-up/", draft_views.give_up, "draft_give_up"),
    _of_draft("steps/<slug:step_key>/", draft_views.reword, "draft_step", BOTH),
    _of_draft("steps/<slug:step_key>/move/", draft_views.move, "draft_move"),
    _of_draft("steps/<slug:step_key>/leave-out/", draft_views.leave_out, "draft_leave_out"),
    _of_draft("steps/<slug:step_key>/put-back/", draft_views.put_back, "draft_put_back"),
    page(
        "pathways/<slug:pathway_kind>/versions/<slug:version>/",
        pathway_views.version,
        name="pathway_version",
        needs=READS,
    ),
    page(
        "pathways/<slug:pathway_kind>/versions/<slug:version>/compare/",
        pathway_views.compare,
        name="pathway_compare",
        needs=READS,
    ),
    page(
        "pathways/<slug:pathway_kind>/versions/<slug:version>/in-force/",
        pathway_views.put_in_force,
        name="pathway_in_force",
        needs=DECIDES,
        methods=BOTH,
    ),
]
