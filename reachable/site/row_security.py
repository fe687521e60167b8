"""Row-level security on PostgreSQL: a second line behind a selector that forgets to ask.

The owner installs it beside the rights of the application's role. The database finds out by itself
what somebody may see, from who acts (`reachable.foundation.acting`), from its own tables, and from
the policy and the rows that rooms declare, which are written into its functions and policies.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.apps import apps
from django.db import connection, models

from reachable.access.models import (
    ConflictOfInterest,
    Involvement,
    Restriction,
    RestrictionReader,
    Role,
    TeamMembership,
    User,
)
from reachable.access.policy import policy
from reachable.access.registries import rows
from reachable.access.rows import Rows
from reachable.foundation.actor import WORKS_WITH
from reachable.foundation.postgresql.base import ACTOR, ON, WORK
from reachable.people.models import CurrentPerson

WORKS = f"(SELECT current_setting('{WORK}', true) = '{ON}')"
FUNCTIONS = (
    "reachable_actor()",
    "reachable_holds(text[])",
    "reachable_compartments()",
    "reachable_agency()",
    "reachable_people()",
)
POLICIES = ("shown", "added", "changed", "removed")


def functions() -> Iterable[str]:
    """Yield what makes the functions. They see every row: each answers for who acts alone."""
    head = "CREATE OR REPLACE FUNCTION {schema}."
    # A plan that is kept: to plan the question anew takes longer than to answer it.
    tail = (
        " LANGUAGE plpgsql STABLE PARALLEL RESTRICTED SECURITY DEFINER"
        " SET search_path = {schema}, pg_temp AS $$ "
    )
    yield (
        f"{head}reachable_actor() RETURNS uuid LANGUAGE sql STABLE AS "
        f"$$ SELECT nullif(current_setting('{ACTOR}', true), '')::uuid $$"
    )
    yield (
        f"{head}reachable_holds(wanted text[]) RETURNS boolean{tail}BEGIN RETURN EXISTS ("
        f"SELECT FROM {_table(Role)} r JOIN {_table(User)} u ON u.id = r.user_id WHERE u.is_active "
        "AND r.ended_at IS NULL AND r.user_id = {schema}.reachable_actor() "
        "AND r.role = ANY (wanted)); END $$"
    )
    yield (
        f"{head}reachable_compartments() RETURNS SETOF text{tail}BEGIN RETURN QUERY SELECT DISTINCT "
        f"reads.compartment FROM {_table(Role)} r JOIN (VALUES {_reading()}) "
        "AS reads (role, compartment) ON reads.role = r.role "
        "WHERE r.ended_at IS NULL AND r.user_id = {schema}.reachable_actor(); END $$"
    )
    yield (
        f"{head}reachable_agency() RETURNS uuid{tail}BEGIN RETURN (SELECT u.agency_id FROM "
        f"{_table(User)} u WHERE u.is_active AND u.id = {{schema}}.reachable_actor()); END $$"
    )
    yield f"{head}reachable_people() RETURNS SETOF uuid{tail}{_people()} $$"


def _people() -> str:
    """`access/rules/seeing.py` in SQL: every identifier of whom this person sees."""
    current, me = _table(CurrentPerson), "{schema}.reachable_actor()"

    def one_of(table: str, condition: str) -> str:
        return (
            f"SELECT c.current_id FROM {table} t JOIN {current} c ON c.person_id = t.subject_id "
            f"WHERE t.subject_kind = 'person' AND t.ended_at IS NULL AND {condition}"
        )

    teams = (
        f"SELECT m.team_id FROM {_table(TeamMembership)} m "
        f"WHERE m.user_id = {me} AND m.ended_at IS NULL"
    )
    involved = one_of(
        _table(Involvement),
        "(t.until IS NULL OR t.until > statement_timestamp()) "
        f"AND (t.user_id = {me} OR t.team_id IN ({teams}))",
    )
    conflict = one_of(_table(ConflictOfInterest), f"t.user_id = {me}")
    restricted = one_of(
        _table(Restriction),
        f"NOT EXISTS (SELECT FROM {_table(RestrictionReader)} reads WHERE "
        f"reads.restriction_id = t.id AND reads.user_id = {me} AND reads.ended_at IS NULL)",
    )
    return (
        f"BEGIN IF NOT {_holds(_may('people.read'))} OR NOT {_holds(_reads('identity'))} "
        "THEN RETURN; END IF; RETURN QUERY "
        f"WITH seen AS ({involved} EXCEPT ({conflict} UNION {restricted})) "
        f"SELECT same.person_id FROM seen JOIN {current} same USING (current_id); END"
    )


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _may(capability: str) -> list[str]:
    return [role.key for role in policy().roles.values() if capability in role.may]


def _reads(compartment: str) -> list[str]:
    roles = policy().roles.values()
    return [role.key for role in roles if role.reads[compartment] in WORKS_WITH]


def _reading() -> str:
    pairs = [(role, each) for each in policy().compartments for role in _reads(each)]
    return ", ".join(f"('{role}', '{compartment}')" for role, compartment in pairs)


def _holds(roles: Iterable[str]) -> str:
    """Once a question, not once a row: nothing in it depends on the row."""
    named = ", ".join(f"'{role}'" for role in roles)
    return f"(SELECT {{schema}}.reachable_holds(ARRAY[{named}]::text[]))"


def policies(model: type[models.Model], said: Rows) -> dict[str, str]:
    """Return policy → what makes it, for a table under row-level security.

    What is shown may not be changed by that: who tries is told so, in place of changing no row.
    """
    shown = " OR ".join([WORKS, *(_alternative(model, each) for each in said.shown)])
    begin = "CREATE POLICY {policy} ON {schema}.{table} FOR"
    return {
        "shown": f"{begin} SELECT TO {{role}} USING ({shown})",
        "added": f"{begin} INSERT TO {{role}} WITH CHECK ({WORKS})",
        "changed": f"{begin} UPDATE TO {{role}} USING (true) WITH CHECK ({WORKS})",
        "removed": f"{begin} DELETE TO {{role}} USING ({WORKS})",
    }


def _alternative(model: type[models.Model], conditions: Mapping[str, str]) -> str:
    said = [_condition(model, name, value) for name, value in conditions.items()]
    return f"({' AND '.join(said)})"


def _condition(model: type[models.Model], name: str, value: str) -> str:
    if name == "may":
        return _holds(_may(value))
    if name == "reads":
        return _holds(_reads(value))
    field: Any = model._meta.get_field(value)
    column = f"{_table(model)}.{connection.ops.quote_name(field.column)}"
    if name == "through":
        # What it hangs on is under row-level security too, and so decides.
        parent = _table(field.remote_field.model)
        return f"EXISTS (SELECT FROM {{schema}}.{parent} parent WHERE parent.id = {column})"
    return f"{column} {_OF_WHO_ACTS[name]}"


_OF_WHO_ACTS = {
    "person": "IN (SELECT {schema}.reachable_people())",
    "compartment": "IN (SELECT {schema}.reachable_compartments())",
    "user": "= (SELECT {schema}.reachable_actor())",
    "agency": "= (SELECT {schema}.reachable_agency())",
}


def protected() -> dict[str, tuple[type[models.Model], Rows]]:
    """Return table → its model and what its room says, for all that is not open."""
    return {
        model._meta.db_table: (model, said)
        for listed in rows.listed()
        for name, said in listed.item.items()
        if not said.open
        for model in [apps.get_model(listed.key, name)]
    }
