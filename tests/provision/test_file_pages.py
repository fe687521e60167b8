"""A file of services from the page: seen before anything changes, then loaded or left."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from reachable.audit.models import Entry
from reachable.provision import sent_files
from reachable.provision.models import DirectoryFile, Service
from tests.support.directory import fill_directory, in_file, offer
from tests.support.world import World, html

pytestmark = pytest.mark.db

SEND = "/directory/file/"


def send(world: World, content: bytes, who: str = "coordinator") -> Any:
    return world.client(who).post(SEND, {"file": SimpleUploadedFile("d.json", content)})


def names() -> list[str]:
    listed = Service.objects.filter(ended_at=None).order_by("name")
    return list(listed.values_list("name", flat=True))


def test_a_file_changes_nothing_until_somebody_has_seen_it_and_loads_it(world: World) -> None:
    fill_directory(4)
    before = names()
    last = Service.objects.order_by("-id").values_list("id", flat=True)[0]
    sent = in_file(
        offer(1, name="Renamed"),
        offer(2, email="at the desk"),
        offer(3),
        offer(9, name="Brand New"),
        {"id": "no identifier"},
    )
    answer = send(world, sent)
    assert answer.status_code == 302
    address = answer["Location"]
    coordinator = world.client("coordinator")
    page = html(coordinator.get(address))
    for said in (
        "It waits for a decision. Nothing was changed.",
        "New: 1",
        "<li>Brand New</li>",
        "Changed: 1",
        "<li>Renamed</li>",
        "No longer listed: 1",
        Service.objects.get(id=last).name.strip(),
        "“email” is not an e-mail address. It was left out.",
        "has no usable id",
    ):
        assert said in page, said
    assert "Half of what is listed would go" not in page
    assert names() == before
    assert "waits for a decision" in html(world.client("lead").get("/directory/"))
    loaded = html(world.client("lead").post(address, {"then": "load"}, follow=True))
    assert "The file was loaded: 1 new, 1 changed, 1 no longer listed." in loaded
    assert "by Lu Lead" in loaded
    assert "Load it" not in loaded
    assert names() == ["Brand New", "Invented Service 2", "Invented Service 3", "Renamed"]
    assert world.client("lead").post(address, {"then": "load"}).status_code == 404
    assert "waits for a decision" not in html(world.client("lead").get("/directory/"))


def test_a_file_that_shrinks_by_half_says_so_and_can_be_left(world: World) -> None:
    fill_directory(10)
    fill_directory(3)
    file = DirectoryFile.objects.get(state="held")
    lead = world.client("lead")
    page = html(lead.get(f"/directory/files/{file.id}/"))
    assert "Half of what is listed would go, or more" in page
    assert "Ask Fenmarch Council whether the file is right" in page
    assert "No longer listed: 7" in page
    assert "the shell" in page
    left = html(lead.post(f"/directory/files/{file.id}/", {"then": "leave"}, follow=True))
    assert "The file was left. The directory stands as it was." in left
    assert len(names()) == 10


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"name,status\nLantern,active\n", "This file is not JSON: line 1 cannot be read"),
        (in_file(offer(1))[:-3], "This file was cut short: it ends in the middle."),
        (b"", "This file is empty."),
        (b'"services"', "This file holds no list of services."),
        (b"[{}]", "No entry of this file could be kept."),
    ],
)
def test_what_is_no_directory_is_said_and_nothing_is_kept(
    world: World, content: bytes, said: str
) -> None:
    fill_directory(3)
    before = names()
    answer = send(world, content)
    assert answer.status_code == 422
    page = html(answer, 422)
    assert said in page
    assert "Nothing in the directory was changed." in page
    assert names() == before
    assert DirectoryFile.objects.count() == 1


def test_a_file_that_is_too_large_is_refused_unread(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sent_files, "LARGEST", 2000)
    answer = send(world, in_file(*(offer(number) for number in range(1, 9))))
    assert answer.status_code == 422
    assert "is the most" in html(answer, 422)
    assert not DirectoryFile.objects.exists()


def test_the_same_file_again_is_the_one_that_waits_and_an_older_one_says_so(world: World) -> None:
    first, again = send(world, in_file(offer(1))), send(world, in_file(offer(1)), "lead")
    assert first["Location"] == again["Location"]
    newer = send(world, in_file(offer(1), offer(2)))
    assert DirectoryFile.objects.count() == 2
    lead = world.client("lead")
    page = html(lead.get(first["Location"]))
    assert "A newer file came from Fenmarch Council" in page
    assert newer["Location"] in page
    assert "A newer file came" not in html(lead.get(newer["Location"]))
    lead.post(newer["Location"], {"then": "leave"})
    assert "A newer file came" not in html(lead.get(first["Location"]))


def test_an_entry_without_age_or_place_is_kept_and_named(world: World) -> None:
    nothing = {"minimum_age": None, "maximum_age": None, "service_areas": None}
    little = offer(2, name="Little Said", service_at_locations=[], **nothing)
    answer = send(world, in_file(offer(1), little))
    page = html(world.client("lead").get(answer["Location"]))
    assert "Kept, but of little use until somebody asks: 1" in page
    assert "Little Said: The entry does not say for which ages and where." in page
    world.client("lead").post(answer["Location"], {"then": "load"})
    assert names() == ["Invented Service 1", "Little Said"]


def test_no_file_at_all_is_said(world: World) -> None:
    answer = world.client("lead").post(SEND, {})
    assert "Choose a file first" in html(answer, 422)


def test_the_mark_of_a_windows_file_is_no_fault(world: World) -> None:
    answer = send(world, b"\xef\xbb\xbf" + in_file(offer(1)))
    world.client("lead").post(answer["Location"], {"then": "load"})
    assert names() == ["Invented Service 1"]


def test_a_name_that_cannot_be_printed_is_said_without_it(world: World) -> None:
    answer = send(world, in_file(offer(1), offer(2, name="Night\0Bus")))
    assert answer.status_code == 302
    page = html(world.client("lead").get(answer["Location"]))
    assert "Entry 2 (Night Bus): “name” is not text." in page


def test_things_within_things_without_end_are_left_out(world: World) -> None:
    deep: Any = 1
    for _ in range(400):
        deep = [deep]
    answer = send(world, in_file(offer(1), offer(2, local_note=deep)))
    page = html(world.client("lead").get(answer["Location"]))
    assert "it holds things within things without end. It was left out." in page
    assert "New: 1" in page


def test_only_whoever_keeps_the_directory_sends_and_decides(world: World) -> None:
    fill_directory(10)
    fill_directory(3)
    file = DirectoryFile.objects.get(state="held")
    for name in ("first", "sergeant", "clerk"):
        client = world.client(name)
        assert client.get(SEND).status_code == 403
        assert client.get(f"/directory/files/{file.id}/").status_code == 403
        assert send(world, in_file(offer(1)), name).status_code == 403
    assert "Bring in a file" not in html(world.client("first").get("/directory/"))
    assert "Bring in a file" in html(world.client("lead").get("/directory/"))


def test_who_sent_and_who_decided_is_in_the_audit(world: World) -> None:
    answer = send(world, in_file(offer(1)))
    world.client("lead").post(answer["Location"], {"then": "load"})
    entries = Entry.objects.filter(action__startswith="provision.").order_by("id")
    assert [(entry.action, entry.actor_id) for entry in entries] == [
        ("provision.file_kept", world.users["coordinator"]),
        ("provision.loaded", world.users["lead"]),
    ]
