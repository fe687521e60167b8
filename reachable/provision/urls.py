from __future__ import annotations

from reachable.foundation.urls import PUBLIC, page
from reachable.provision import api, file_views, views
from reachable.provision.loading import KEEPS
from reachable.provision.selectors import READS
from reachable.provision.services import OPENS

BOTH, POST = ("GET", "POST"), ("POST",)
OPEN = "open-referral"
"""The standard's paths begin here, and have no stroke at their end."""

urlpatterns = [
    page("directory/", views.directory, name="directory", needs=READS),
    page("directory/add/", views.add, name="service_add", needs=KEEPS, methods=BOTH),
    page("directory/feed/", views.feed, name="open_feed", needs=OPENS, methods=BOTH),
    page("directory/<uuid:service_id>/", views.service, name="service", needs=READS),
    page(
        "directory/<uuid:service_id>/edit/",
        views.edit,
        name="service_edit",
        needs=KEEPS,
        methods=BOTH,
    ),
    page(
        "directory/<uuid:service_id>/checked/",
        views.checked,
        name="service_checked",
        needs=KEEPS,
        methods=BOTH,
    ),
    page("directory/file/", file_views.send, name="directory_send", needs=KEEPS, methods=BOTH),
    page(
        "directory/files/<uuid:file_id>/",
        file_views.file,
        name="directory_file",
        needs=KEEPS,
        methods=BOTH,
    ),
    page(
        "directory/<uuid:service_id>/places/",
        views.add_place,
        name="place_add",
        needs=KEEPS,
        methods=BOTH,
    ),
    page(
        "directory/<uuid:service_id>/places/<uuid:at_id>/",
        views.edit_place,
        name="place_edit",
        needs=KEEPS,
        methods=BOTH,
    ),
    page(
        "directory/places/<uuid:location_id>/",
        views.keep_back,
        name="place_kept_back",
        needs=KEEPS,
        methods=POST,
    ),
    page(f"{OPEN}/", api.about, name="open_about", needs=PUBLIC),
    page(f"{OPEN}/services", api.services, name="open_services", needs=PUBLIC),
    page(f"{OPEN}/services/<uuid:service_id>", api.service, name="open_service", needs=PUBLIC),
    page(
        f"{OPEN}/service_at_locations", api.service_at_locations, name="open_places", needs=PUBLIC
    ),
    page(
        f"{OPEN}/service_at_locations/<uuid:at_id>",
        api.service_at_location,
        name="open_place",
        needs=PUBLIC,
    ),
    page(f"{OPEN}/taxonomies", api.taxonomies, name="open_taxonomies", needs=PUBLIC),
    page(f"{OPEN}/taxonomies/<uuid:taxonomy_id>", api.taxonomy, name="open_taxonomy", needs=PUBLIC),
    page(f"{OPEN}/taxonomy_terms", api.terms, name="open_terms", needs=PUBLIC),
    page(f"{OPEN}/taxonomy_terms/<uuid:term_id>", api.term, name="open_term", needs=PUBLIC),
]
