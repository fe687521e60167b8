"""People invited by a table: each row is accepted, or told why not, before anybody is invited."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from reachable.access import invitations, managing
from reachable.access.rules.joining import Asked, Row, Words, read_table, twice
from reachable.foundation.actor import Actor
from reachable.foundation.crypto import digest
from reachable.foundation.errors import BadInput

NOBODY_INVITED = "Nobody was invited."


@dataclass(frozen=True)
class Verdict:
    """A row and why it cannot be invited, if it cannot."""

    number: int
    shown: str
    asked: Asked | None
    wrong: str


@dataclass(frozen=True)
class Checked:
    """A table as it was checked; `seen` is the same as long as the table and its verdicts are."""

    rows: tuple[Verdict, ...]
    seen: str

    @property
    def right(self) -> list[Asked]:
        return [row.asked for row in self.rows if row.asked is not None and not row.wrong]

    @property
    def wrong(self) -> list[Verdict]:
        return [row for row in self.rows if row.wrong]


def check(*, by: Actor, agency_id: UUID, text: str) -> Checked:
    """Read a pasted table and say of each row whether it can be invited, and if not, why."""
    managing.require(by)
    roles = [role for role in managing.roles_to_give(by) if not role.second_person]
    words = Words(
        roles={name.casefold(): role.key for role in roles for name in (role.title, role.key)},
        teams={name.casefold(): str(team) for team, name in managing.teams_to_give(by)},
    )
    read = read_table(text, words)
    if isinstance(read, str):
        raise BadInput(read, kept=NOBODY_INVITED, next="Look at the table and paste it again.")
    asked = [row.asked for row in read if row.asked is not None]
    names, numbers = twice(each.username for each in asked), twice(_number(each) for each in asked)
    rows = tuple(_judge(by, agency_id, row, names, numbers) for row in read)
    said = [f"{row.number} {row.wrong}" for row in rows]
    return Checked(rows, digest(str(agency_id), text, *said).hex())


def _number(asked: Asked) -> str:
    return "".join(asked.staff_number.split())


def _judge(by: Actor, agency_id: UUID, row: Row, names: set[str], numbers: set[str]) -> Verdict:
    wrong = list(row.wrong)
    asked = row.asked
    if asked is not None and asked.username.casefold() in names:
        wrong.append("The same user name stands in another row.")
    if asked is not None and _number(asked).casefold() in numbers:
        wrong.append("The same staff number stands in another row.")
    if asked is not None and not wrong:
        try:
            invitations.check(by, agency_id, asked)
        except BadInput as error:
            wrong.append(error.sentence)
    return Verdict(row.number, row.shown, asked, " ".join(wrong))


def invite(*, by: Actor, agency_id: UUID, checked: Checked) -> int:
    """Invite everybody of the table whose row is right: all of them, or nobody."""
    return invitations.invite_all(by=by, agency_id=agency_id, everybody=checked.right)
