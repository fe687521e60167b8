"""What phones send: opened, put right by the clock of the server, and kept, each by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from reachable.conversations import devices, lone_working, sealing, services
from reachable.conversations.devices import Signed
from reachable.conversations.services import NOTHING_KEPT, Writing
from reachable.foundation.errors import BadInput, ReachableError
from reachable.foundation.time import now

CONVERSATION, LONE_WORKER = "conversation", "lone_worker"
MOST_ITEMS = 50
REFUSED = "refused"


@dataclass(frozen=True)
class Result:
    """What became of one thing that a phone sent."""

    id: str
    state: str
    sentence: str = ""
    beside: bool = False
    said: tuple[str, ...] = ()


def receive(*, device: Signed, items: Sequence[Any], device_now: str) -> list[Result]:
    """Keep each of what a phone sent in a transaction of its own: one that cannot be kept stops
    no other."""
    if len(items) > MOST_ITEMS:
        raise BadInput(
            f"A phone sends {MOST_ITEMS} things at once at most.",
            kept="Nothing was kept of them.",
            next="Send the others after these.",
        )
    ahead = _ahead(device_now)
    devices.seen(device_id=device.device.id)
    return [_one(device, item, ahead) for item in items]


def _ahead(device_now: str) -> timedelta:
    """Return how far the phone's clock is ahead of ours; nothing where it does not say."""
    said = _instant(device_now)
    return said - now() if said is not None else timedelta()


def _one(device: Signed, item: Any, ahead: timedelta) -> Result:
    item_id = str(item.get("id", "")) if isinstance(item, Mapping) else ""
    try:
        held = sealing.opened(
            item.get("envelope") if isinstance(item, Mapping) else None,
            item_id=item_id,
            device_id=str(device.device.id),
        )
        return _kept(device, item_id, held, ahead)
    except ReachableError as error:
        return Result(item_id, REFUSED, str(error))


def _kept(device: Signed, item_id: str, held: dict[str, Any], ahead: timedelta) -> Result:
    kind = held.get("kind")
    if kind == CONVERSATION:
        writing = _writing(held, item_id, ahead)
        kept = services.keep(by=device.by, writing=writing, device=device.device)
        return Result(item_id, kept.state, "", kept.beside, kept.said)
    if kind == LONE_WORKER:
        lone_working.note(
            by=device.by,
            note_id=_uuid(held, "note_id"),
            place=str(held.get("where", "")),
            expected_back=_time(held, "expected_back", ahead),
            tell=_uuid(held, "tell"),
            back=held.get("back") is True,
        )
        return Result(item_id, services.KEPT)
    raise BadInput("This phone’s app is newer or older than the server.", kept=NOTHING_KEPT)


def _writing(held: dict[str, Any], item_id: str, ahead: timedelta) -> Writing:
    if held.get("version_id") != item_id:
        raise BadInput("It was sealed as something else.", kept=NOTHING_KEPT)
    based_on = held.get("based_on")
    if not isinstance(based_on, list):
        raise BadInput("It does not say what it was written on.", kept=NOTHING_KEPT)
    return Writing(
        version_id=_uuid(held, "version_id"),
        conversation_id=_uuid(held, "conversation_id"),
        moment_id=_uuid(held, "moment_id"),
        guide=str(held.get("guide", "")),
        content=held.get("content") or {},
        finished=held.get("finished") is True,
        began_at=_time(held, "began_at", ahead),
        written_at=_time(held, "written_at", ahead),
        based_on=tuple(_uuid({"based_on": each}, "based_on") for each in based_on),
        device_said_at=str(held.get("written_at", "")),
    )


def _uuid(held: Mapping[str, Any], name: str) -> UUID:
    try:
        return UUID(str(held.get(name)))
    except ValueError:
        raise BadInput(f"“{name}” is no identifier.", kept=NOTHING_KEPT) from None


def _time(held: Mapping[str, Any], name: str, ahead: timedelta) -> datetime:
    """Return an instant by our clock, worked out from what the phone's clock said then.

    What lies behind is never later than now, whatever the phone's clock did in between.
    """
    said = _instant(held.get(name))
    if said is None:
        raise BadInput(f"“{name}” is no time.", kept=NOTHING_KEPT)
    try:
        right = said - ahead
    except OverflowError:
        raise BadInput(f"“{name}” is no time that can be.", kept=NOTHING_KEPT) from None
    return right if name == "expected_back" else min(right, now())


def _instant(said: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(said)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo is not None else None
