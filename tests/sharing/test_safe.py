"""A safe address: encrypted, for named readers, each look noted, and nowhere else."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db import connection

from reachable.access import services as access
from reachable.audit.models import Entry
from reachable.foundation.actor import system
from reachable.foundation.errors import BadInput, Conflict, NotFound
from reachable.moments import services as moments
from reachable.sharing import safe
from reachable.sharing.models import SafeAddress
from reachable.sharing.pieces import can_be_shared
from tests.support.offers import child_of
from tests.support.world import World, html

pytestmark = pytest.mark.db
ADDRESS = "12 Heronsafe Row, Osier"


@pytest.fixture
def moment_id(world: World) -> UUID:
    moment_id = world.signal()
    moments.take(by=world.actor("first"), moment_id=moment_id)
    return moment_id


@pytest.fixture
def child(moment_id: UUID) -> UUID:
    return child_of(moment_id)


@pytest.fixture
def kept(world: World, child: UUID) -> UUID:
    return safe.keep(
        by=world.actor("first"),
        person_id=child,
        of="child",
        address=ADDRESS,
        readers=[world.users["lead"]],
    )


def test_the_database_holds_no_word_of_it(kept: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT address FROM sharing_safeaddress")
        (held,) = cursor.fetchone()
    assert b"Heron" not in bytes(held)
    assert SafeAddress.objects.get(id=kept).address == ADDRESS


def test_promise_22_a_reader_opens_it_and_the_look_is_noted(world: World, kept: UUID) -> None:
    for username in ("first", "lead"):
        assert "Heronsafe" in html(world.client(username).get(f"/safe-addresses/{kept}/"))
    looks = Entry.objects.filter(subject_kind="safe_address", subject_id=kept, action="looked")
    assert set(looks.values_list("actor_id", flat=True)) == {
        world.users["first"],
        world.users["lead"],
    }
    assert "Heron" not in repr(list(Entry.objects.values_list("details", flat=True)))


def test_promise_09_for_everybody_else_it_is_not_there(world: World, kept: UUID) -> None:
    for username in ("second", "outsider", "coordinator"):
        client = world.client(username)
        for end, method in (
            ("", "get"),
            ("readers/", "get"),
            ("readers/", "post"),
            ("end/", "post"),
        ):
            answer = getattr(client, method)(f"/safe-addresses/{kept}/{end}")
            assert answer.status_code == 404, (username, end, method)
    assert SafeAddress.objects.get().ended_at is None


def test_promise_12_nothing_else_shows_it(
    world: World, moment_id: UUID, child: UUID, kept: UUID
) -> None:
    assert "Heron" not in repr(can_be_shared(by=world.actor("first"), person_id=child))
    pages = [
        *(
            "/worklist/",
            "/worklist/print/",
            f"/moments/{moment_id}/",
            f"/moments/{moment_id}/print/",
        ),
        *(f"/children/{child}/", f"/children/{child}/who-looked/", f"/children/{child}/share/"),
        *("/shared-with-me/", "/directory/"),
    ]
    for username in ("first", "second"):
        client = world.client(username)
        for page in pages:
            assert "Heron" not in html(client.get(page)), page
    page = html(world.client("second").get(f"/children/{child}/"))
    assert "A safe address is kept (the child). Ask Fern First, Lu Lead." in page
    assert str(kept) not in page


def test_promise_13_a_reader_who_is_not_named_any_more_reads_it_no_more(
    world: World, kept: UUID
) -> None:
    safe.name_readers(by=world.actor("first"), safe_id=kept, readers=[world.users["second"]])
    with pytest.raises(NotFound):
        safe.safe_address(by=world.actor("lead"), safe_id=kept)
    facts = safe.safe_address(by=world.actor("second"), safe_id=kept)
    assert [name for _, name in facts.readers] == ["Fern First", "Sol Second"]
    access.end_membership(by=system("tests"), user_id=world.users["second"], team_id=world.team)
    with pytest.raises(NotFound):
        safe.safe_address(by=world.actor("second"), safe_id=kept)


def test_only_whoever_works_with_the_child_is_named(world: World, child: UUID, kept: UUID) -> None:
    for wrong in ("outsider", "teacher", "administrator"):
        with pytest.raises(Conflict, match="works with the child"):
            safe.name_readers(by=world.actor("first"), safe_id=kept, readers=[world.users[wrong]])
    by = world.actor("first")
    for address, of, said in (
        (" ", "child", "at most"),
        ("x" * 401, "child", "at most"),
        ("x", "y", "whose"),
    ):
        with pytest.raises(BadInput, match=said):
            safe.keep(by=by, person_id=child, of=of, address=address)
    with pytest.raises(NotFound):
        safe.keep(by=world.actor("outsider"), person_id=child, of="child", address="x")


def test_what_is_ended_is_really_gone(world: World, child: UUID, kept: UUID) -> None:
    client = world.client("first")
    assert client.post(f"/safe-addresses/{kept}/end/").status_code == 302
    assert client.get(f"/safe-addresses/{kept}/").status_code == 404
    assert SafeAddress.objects.get().address == ""
    assert "A safe address is kept" not in html(client.get(f"/children/{child}/"))


def test_it_is_entered_on_a_page(world: World, child: UUID) -> None:
    client = world.client("first")
    form = f"/children/{child}/safe-address/"
    assert "needs an answer" in html(client.post(form, {}), 422)
    said = {"of": "family", "address": ADDRESS, "readers": [str(world.users["second"])]}
    answer = client.post(form, said)
    assert answer.status_code == 302, html(answer, answer.status_code)
    page = html(client.get(answer["Location"]))
    assert "Fern First, Sol Second" in page
    readers = f"{answer['Location']}readers/"
    assert "Sol Second" in html(client.get(readers))
    assert client.post(readers, {}).status_code == 302
    assert "Sol Second" not in html(client.get(answer["Location"]))
