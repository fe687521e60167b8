"""What access/ offers to the rooms above it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from reachable.access.fields import Fields
from reachable.access.rows import Rows
from reachable.foundation.actor import Actor
from reachable.foundation.registry import Registry


@dataclass(frozen=True)
class RightsEnded:
    """Somebody's account or role has ended, or their membership of `team_id`."""

    user_id: UUID
    team_id: UUID | None = None


class FollowsRights(Protocol):
    """Passes on what a worker has who can no longer do it, in the transaction that is open."""

    def __call__(self, *, by: Actor, ended: RightsEnded) -> None: ...


class FollowsAbsence(Protocol):
    """Asks others for what somebody has who is away now, in the transaction that is open."""

    def __call__(self, *, by: Actor, user_id: UUID) -> None: ...


@dataclass(frozen=True)
class RotaNews:
    """Something about a team's rota that somebody is told; `key` keeps it from being told twice.

    `kind` is planned, changed, handed_to, handed_away, away, gap or gap_unanswered.
    """

    user_id: UUID
    kind: str
    team_id: UUID
    key: str


class TellsOfRota(Protocol):
    """Tells people about their rota, in the transaction that is open."""

    def __call__(self, *, by: Actor, news: Sequence[RotaNews]) -> None: ...


class FollowsKeys(Protocol):
    """Stops what a key has begun once it is revoked, in the transaction that is open."""

    def __call__(self, *, by: Actor, key_id: UUID) -> None: ...


class FollowsStaffNumbers(Protocol):
    """Opens or closes what an agency said of these staff numbers, in the open transaction."""

    def __call__(self, *, by: Actor, agency_id: UUID, numbers: Collection[str]) -> None: ...


fields: Registry[Fields] = Registry(
    "Fields", "in which compartment each field of a room’s records is, by its fields.toml"
)
rows: Registry[Mapping[str, Rows]] = Registry(
    "Rows", "to whom the database shows rows of a room’s records, by its rows.toml"
)


@dataclass(frozen=True)
class Held:
    """What somebody has that goes on without them: how much of it, and who could take it.

    It is said in numbers: whoever looks after accounts sees nothing of any child. `otherwise` says
    what becomes of it where nobody is named.
    """

    title: str
    count: int
    team_id: UUID | None
    to: tuple[tuple[UUID, str], ...]
    otherwise: str


class FindsHeld(Protocol):
    """Returns what somebody has of one kind, or of it with one team."""

    def __call__(self, *, by: Actor, user_id: UUID, team_id: UUID | None) -> Sequence[Held]: ...


class HandsOn(Protocol):
    """Gives what somebody has with a team to a colleague, in the transaction that is open."""

    def __call__(
        self, *, by: Actor, user_id: UUID, team_id: UUID | None, to_user: UUID
    ) -> None: ...


@dataclass(frozen=True)
class Holding:
    """A kind of thing that people have; without `hand_on` it is only said."""

    key: str
    find: FindsHeld
    hand_on: HandsOn | None = None


class FindsTeamHeld(Protocol):
    """Returns what a team has of one kind, which somebody has to go on with once it ends."""

    def __call__(self, *, by: Actor, team_id: UUID) -> Sequence[Held]: ...


class HandsTeamOn(Protocol):
    """Gives what a team has to another, in the transaction that is open."""

    def __call__(self, *, by: Actor, team_id: UUID, to_team: UUID) -> None: ...


@dataclass(frozen=True)
class TeamHolding:
    """A kind of thing that teams have, and how it goes to another team."""

    key: str
    find: FindsTeamHeld
    hand_on: HandsTeamOn


class NamesAreas(Protocol):
    """Returns code → name of the areas that a team can answer for."""

    def __call__(self) -> Mapping[str, str]: ...


class CarriesOut(Protocol):
    """Does what was approved, in the transaction that is open."""

    def __call__(self, *, by: Actor, subject_id: UUID, details: dict[str, Any]) -> None: ...


class GivesUp(Protocol):
    """Ends what was refused or taken back, in the transaction that is open."""

    def __call__(self, *, by: Actor, subject_id: UUID) -> None: ...


class InWords(Protocol):
    """Says what is asked for."""

    def __call__(self, *, subject_id: UUID, details: dict[str, Any]) -> str: ...


@dataclass(frozen=True)
class TakesTwo:
    """Something that takes two people who both may do what `needs` says."""

    key: str
    needs: str
    words: InWords
    carry_out: CarriesOut
    give_up: GivesUp


holdings: Registry[Holding] = Registry(
    "What somebody holds", "what a worker hands over before they move or leave"
)
team_holdings: Registry[TeamHolding] = Registry(
    "What a team holds", "what goes to another team when a team ends"
)
areas: Registry[NamesAreas] = Registry(
    "Areas of a team", "which areas there are, of which a team can say that it answers for them"
)
two_people: Registry[TakesTwo] = Registry(
    "What takes two people", "what one person asks for and another has to approve"
)


class TellsOfSignIn(Protocol):
    """Tells somebody about their own sign-in, in the transaction that is open.

    `kind` is given_back, or what was changed: `access.sign_in_news.CHANGES` has them. `to` is the
    address that it goes to if that is not the account's own: the one before a change of it.
    """

    def __call__(self, *, by: Actor, user_id: UUID, kind: str, to: str = "") -> None: ...


class FollowsSessions(Protocol):
    """Ends what somebody's sign-ins have opened elsewhere, in the transaction that is open."""

    def __call__(self, *, by: Actor, user_id: UUID) -> None: ...


sessions_ended: Registry[FollowsSessions] = Registry(
    "Sessions ended", "who follows when all of somebody’s sign-ins end at once"
)
sign_in_changed: Registry[TellsOfSignIn] = Registry(
    "Sign-in changed", "who tells somebody that how they sign in was changed or given back"
)
staff_number_given: Registry[FollowsStaffNumbers] = Registry(
    "Staff number given", "who follows when a number leads to another account than before"
)
key_revoked: Registry[FollowsKeys] = Registry(
    "Key revoked", "who follows when the key of an agency’s program is revoked"
)
rights_ended: Registry[FollowsRights] = Registry(
    "Rights ended", "who follows when a worker's account, role or membership of a team ends"
)
absence_began: Registry[FollowsAbsence] = Registry(
    "Absence began", "who asks others for what a worker has who is away from now on"
)
rota_news: Registry[TellsOfRota] = Registry(
    "News of a rota", "who tells workers what changed in their rota, and where nobody is on it"
)
