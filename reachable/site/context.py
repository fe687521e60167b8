"""What every page shows: the name of the partnership, the links, the notices not yet read."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.http import HttpRequest

from reachable.foundation import progress
from reachable.foundation.actor import ANONYMOUS, Actor
from reachable.foundation.registries import NavigationItem, navigation
from reachable.foundation.urls import PUBLIC, SIGNED_IN
from reachable.notices.selectors import unread_count
from reachable.people import emergency
from reachable.site.selectors import partnership


@lru_cache(maxsize=1)
def _links() -> tuple[NavigationItem, ...]:
    return tuple(sorted(navigation.items(), key=lambda item: item.order))


def common(request: HttpRequest) -> dict[str, Any]:
    by = getattr(request, "by", ANONYMOUS)
    here = partnership()
    links = [link for link in _links() if _may_open(link, by)]
    return {
        "by": by,
        "nav": [link for link in links if link.place == "header"],
        "footer_links": [link for link in links if link.place == "footer"],
        "emergencies": emergency.running(by=by),
        "unread_notices": unread_count(by=by) if by.is_person else 0,
        "partnership": here,
        "fictional": here.fictional,
        "long_work": progress.unfinished(),
    }


def _may_open(link: NavigationItem, by: Actor) -> bool:
    if link.needs == PUBLIC:
        return True
    return by.is_person and (link.needs == SIGNED_IN or by.can(link.needs))
