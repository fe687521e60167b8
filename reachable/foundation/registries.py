"""The registries that every room may fill."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reachable.foundation.actor import Actor
from reachable.foundation.registry import Registry


@dataclass(frozen=True)
class NavigationItem:
    """A link in the header or footer, shown to whoever may open it."""

    label: str
    url_name: str
    needs: str
    order: int
    place: str = "header"


@dataclass(frozen=True)
class Right:
    """A capability in words, and the titles of the roles that include it."""

    words: str
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Schedule:
    """Recurring work, ticked by the worker and run at most once per period by one of them.

    Schedules that name the same lane wait for each other. One that names none waits for nobody, and
    nobody for it: a mail server that does not answer must not keep a moment from being passed on.
    """

    name: str
    every_seconds: float
    run: Callable[[Actor], object]
    lane: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "lane", self.lane or self.name)


@dataclass(frozen=True)
class Reference:
    """A reference page generated from the product itself; stale pages fail the check."""

    path: str
    render: Callable[[], str]


navigation: Registry[NavigationItem] = Registry("Navigation", "links in the header and footer")
rights: Registry[Right] = Registry("Rights", "what each capability is called on a page")
schedules: Registry[Schedule] = Registry("Schedules", "recurring work of the worker")
references: Registry[Reference] = Registry("Reference pages", "pages of docs/ that are generated")
rebuilders: Registry[Callable[[Actor], int]] = Registry(
    "Rebuild", "derived facts that `reachable rebuild` makes again"
)
