"""Keys of agencies' programs: who issues them, what is shown once, and how they end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from reachable.access import keys
from reachable.access.models import Agency, AgencyKey
from reachable.audit.models import Entry
from reachable.foundation.errors import BadInput, Conflict, Forbidden, NotFound
from reachable.foundation.time import now, today, travel
from tests.support.world import World, html

pytestmark = pytest.mark.db


def issued(world: World, **changed: Any) -> UUID:
    given: dict[str, Any] = {
        "agency_id": Agency.objects.get(key="police").id,
        "name": "Nightly export",
        "feeds": [],
        "last_day": today() + timedelta(days=30),
        **changed,
    }
    return keys.issue(by=world.actor("administrator"), **given)


def test_a_key_is_issued_shown_once_and_revoked_each_with_its_entry(world: World) -> None:
    by = world.actor("administrator")
    key_id = issued(world)
    secret = keys.show_secret(by=by, key_id=key_id)
    assert secret.startswith("rk_")
    with pytest.raises(Conflict):
        keys.show_secret(by=by, key_id=key_id)
    keys.revoke(by=by, key_id=key_id, reason="Lost")
    with pytest.raises(Conflict):
        keys.revoke(by=by, key_id=key_id, reason="Lost again")
    acts = list(Entry.objects.filter(subject_id=key_id).order_by("id").values_list("action"))
    assert acts == [("access.key_issued",), ("access.key_shown",), ("access.key_revoked",)]
    found = keys.key(by=by, key_id=key_id)
    assert (found.state, found.reason, found.issued_by) == ("revoked", "Lost", "Ade Min")


def test_the_secret_of_a_revoked_key_is_not_shown(world: World) -> None:
    by, key_id = world.actor("administrator"), issued(world)
    keys.revoke(by=by, key_id=key_id, reason="Issued by mistake")
    with pytest.raises(Conflict):
        keys.show_secret(by=by, key_id=key_id)


def test_every_key_has_a_secret_of_its_own_and_keeps_it(world: World) -> None:
    found = [keys.signing(str(issued(world))) for _ in range(3)]
    assert len({each.secret for each in found if each}) == 3
    by, key_id = world.actor("administrator"), issued(world)
    signing = keys.signing(str(key_id))
    assert signing is not None
    assert keys.show_secret(by=by, key_id=key_id) == signing.secret


@pytest.mark.parametrize("username", ["clerk", "first", "lead", "steward", "governance"])
def test_nobody_else_issues_shows_revokes_or_sees_keys(world: World, username: str) -> None:
    key_id, by = issued(world), world.actor(username)
    for attempt in (
        lambda: keys.listed(by=by),
        lambda: keys.key(by=by, key_id=key_id),
        lambda: keys.show_secret(by=by, key_id=key_id),
        lambda: keys.revoke(by=by, key_id=key_id, reason="No"),
        lambda: keys.issue(by=by, agency_id=by.own_agency_id, name="x", feeds=[], last_day=today()),
    ):
        with pytest.raises(Forbidden):
            attempt()
    assert AgencyKey.objects.get().revoked_at is None


@pytest.mark.parametrize("days", [-1, 732])
def test_a_key_works_from_today_and_for_two_years_at_most(world: World, days: int) -> None:
    with pytest.raises(BadInput):
        issued(world, last_day=today() + timedelta(days=days))
    assert not AgencyKey.objects.exists()


def test_a_key_works_to_the_end_of_its_last_day(world: World) -> None:
    last_day = today() + timedelta(days=30)
    key_id = issued(world, last_day=last_day)
    found = keys.key(by=world.actor("administrator"), key_id=key_id)
    assert found.last_day == last_day
    with travel(found.expires_at - timedelta(seconds=1)):
        assert keys.signing(str(key_id))
        assert found.state == "in force"
    with travel(found.expires_at):
        assert keys.signing(str(key_id)) is None
        assert found.state == "expired"
        assert keys.stands(key_id=key_id), "what it sent in time is still loaded"


def test_what_is_no_key_is_not_found(world: World) -> None:
    by = world.actor("administrator")
    with pytest.raises(NotFound):
        keys.key(by=by, key_id=uuid4())
    with pytest.raises(NotFound):
        keys.revoke(by=by, key_id=uuid4(), reason="x")
    assert keys.signing("x") is None
    assert keys.signing(str(uuid4())) is None


def test_a_reason_is_needed(world: World) -> None:
    by, key_id = world.actor("administrator"), issued(world)
    with pytest.raises(BadInput):
        keys.revoke(by=by, key_id=key_id, reason="  ")
    assert AgencyKey.objects.get().revoked_at is None


def test_the_pages_say_what_is_so(world: World) -> None:
    client = world.client("administrator")
    assert "No key is in force." in html(client.get("/keys/"))
    lasts = today() + timedelta(days=40)
    given = {
        "agency": str(Agency.objects.get(key="police").id),
        "name": "Nightly <export>",
        "feeds": ["police_custody", "police_missing"],
        "last_day-day": str(lasts.day),
        "last_day-month": str(lasts.month),
        "last_day-year": str(lasts.year),
    }
    late = html(client.post("/keys/new/", {**given, "last_day-year": "2099"}), 422)
    assert "for two years at most" in late
    assert "Nightly &lt;export&gt;" in late
    page = client.post("/keys/new/", given)["Location"]
    shown = html(client.post(f"{page}secret/"))
    key = AgencyKey.objects.get()
    signing = keys.signing(str(key.id))
    assert signing is not None
    assert signing.secret in shown
    assert str(key.id) in shown
    again = html(client.post(f"{page}secret/", follow=True))
    assert "was shown already" in again
    assert signing.secret not in again + html(client.get(page)) + html(client.get("/keys/"))
    assert "Not used yet" in html(client.get("/keys/"))
    with travel(now()):
        keys.note_use(by=signing.actor)
    assert "Last used" in html(client.get("/keys/"))
    assert "needs an answer" in html(client.post(f"{page}revoke/", {"reason": ""}), 422)
    done = html(client.post(f"{page}revoke/", {"reason": "Lost"}, follow=True))
    assert "It opens nothing" in done
    twice = html(client.post(f"{page}revoke/", {"reason": "Lost"}, follow=True))
    assert "revoked already" in twice
