"""What row-level security shows, beside the one-screen rule asked of every row in Python."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from reachable.access.models import ConflictOfInterest, Involvement, Restriction
from reachable.access.rules.seeing import Conflicted, Involved, Restricted, Worker, sees
from reachable.foundation.acting import asked_by
from reachable.foundation.actor import Actor
from reachable.foundation.time import now
from reachable.people.models import CurrentPerson
from reachable.site.row_security import protected


@dataclass(frozen=True)
class Reference:
    """The one-screen rule, and what rooms declare, asked of every row in Python."""

    by: Actor
    at: datetime = field(default_factory=now)

    @cached_property
    def people(self) -> set[UUID]:
        """Every identifier of whom they see."""
        current = dict(CurrentPerson.objects.values_list("person_id", "current_id"))
        worker = Worker(
            self.by.id or "",
            frozenset(self.by.team_ids),
            self.by.can("people.read") and self.by.reads("identity"),
        )
        involved = [
            Involved(each.user_id or each.team_id or "", each.subject_id, each.until)
            for each in Involvement.objects.filter(subject_kind="person", ended_at=None)
        ]
        restricted = [
            Restricted(
                each.subject_id,
                frozenset(each.readers.filter(ended_at=None).values_list("user_id", flat=True)),
            )
            for each in Restriction.objects.filter(subject_kind="person", ended_at=None)
        ]
        conflicted = [
            Conflicted(each.user_id, each.subject_id)
            for each in ConflictOfInterest.objects.filter(subject_kind="person", ended_at=None)
        ]
        seen = {
            one
            for one in set(current.values())
            if sees(
                worker,
                same=[person for person in current if current[person] == one],
                involved=involved,
                restricted=restricted,
                conflicted=conflicted,
                at=self.at,
            )
        }
        return {person for person, one in current.items() if one in seen}

    def shown(self, table: str) -> set[Any]:
        model, said = protected()[table]
        return {
            row.pk
            for row in model._default_manager.all()
            if any(self._holds(row, each) for each in said.shown)
        }

    def _holds(self, row: Any, conditions: Mapping[str, str]) -> bool:
        return all(self._one_holds(row, name, value) for name, value in conditions.items())

    def _one_holds(self, row: Any, name: str, value: str) -> bool:
        if name == "may":
            return self.by.can(value)
        if name == "reads":
            return self.by.reads(value)
        column = row._meta.get_field(value)
        held = getattr(row, column.attname)
        if name == "through":
            return held in self.shown_before(column.remote_field.model._meta.db_table)
        wanted: dict[str, Any] = {
            "person": self.people,
            "user": {self.by.id},
            "agency": {self.by.agency_id},
            "compartment": self.by.compartments(),
        }
        return held in wanted[name]

    def shown_before(self, table: str) -> set[Any]:
        if table not in self._shown:
            self._shown[table] = self.shown(table)
        return self._shown[table]

    @cached_property
    def _shown(self) -> dict[str, set[Any]]:
        return {}


def shown_to(by: Actor) -> dict[str, set[Any]]:
    """Ask the database for everything, as nothing but a forgotten filter would."""
    with asked_by(by):
        return {
            table: {row.pk for row in model._default_manager.all()}
            for table, (model, _) in protected().items()
        }


def compare(by: Actor) -> dict[str, set[Any]]:
    reference, shown = Reference(by), shown_to(by)
    for table in protected():
        assert shown[table] == reference.shown_before(table), (table, by.name)
    return shown
