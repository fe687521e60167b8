"""In which compartments a row, or a whole file, is written, and who may write there."""

from __future__ import annotations

from collections.abc import Iterable

from reachable.foundation.actor import Actor
from reachable.foundation.errors import Forbidden
from reachable.intake.preparing import Incoming
from reachable.intake.specification import Feed
from reachable.intake.table_sets import compartments_of, specification_of

OTHERS = "Somebody of your agency whose role records that can do it."


def require_for_file(by: Actor, key: str, *, kept: str) -> None:
    """Refuse whoever records nothing in one of the compartments of which a feed says something.

    Which of them its rows fill is not known before they are read.
    """
    _require(by, compartments_of(specification_of(key)), what="Such a file", kept=kept)


def may_for_file(by: Actor, key: str) -> bool:
    """Say whether `require_for_file` would let somebody go on."""
    return not _missing(by, compartments_of(specification_of(key)))


def require_for_row(by: Actor, feed: Feed, row: Incoming, *, kept: str) -> None:
    """Refuse whoever records nothing in one of the compartments in which a row says something."""
    said = {str(column.compartment) for column in feed.columns if row.content.get(column.name)}
    said |= {made.compartment for made in row.made}
    _require(by, said, what="This row", kept=kept)


def _missing(by: Actor, compartments: Iterable[str]) -> list[str]:
    return sorted(each for each in compartments if not by.may_write(each, own=True))


def _require(by: Actor, compartments: Iterable[str], *, what: str, kept: str) -> None:
    missing = _missing(by, compartments)
    if missing:
        named = " and ".join([", ".join(missing[:-1]), missing[-1]]) if missing[1:] else missing[0]
        raise Forbidden(
            f"writing {missing[0]}",
            sentence=f"{what} says something of {named}, where your role records nothing.",
            kept=kept,
            next=OTHERS,
        )
