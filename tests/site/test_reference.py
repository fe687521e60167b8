"""The pages that the product writes about itself say what is so now."""

from __future__ import annotations

import pytest

from dev.paths import ROOT
from reachable.access.policy import policy
from reachable.foundation.registries import references
from reachable.foundation.registry import Registry, RegistryError
from reachable.site import reference
from reachable.site.addresses import IDENTIFIERS, addresses


@pytest.mark.parametrize("path", [page.path for page in references.items()])
def test_a_generated_page_is_current(path: str) -> None:
    render = next(page.render for page in references.items() if page.path == path)
    written = (ROOT / path).read_text(encoding="utf-8")
    assert written == render(), f"{path} is stale: run `reachable docs`"


def test_every_page_of_reference_is_generated() -> None:
    held = {
        f"{folder}/{path.name}"
        for folder in ("docs/reference", "docs/how-to/send", "docs/governance")
        for path in (ROOT / folder).glob("*.md")
    }
    assert held == {page.path for page in references.items()}


def test_every_registry_and_what_each_room_put_in_is_listed() -> None:
    page = reference.render_registries()
    assert len(Registry.everything) > 8
    for registry in Registry.everything:
        assert f"## {registry.name}\n" in page
        for listed in registry.listed():
            assert f"| {listed.key} | {listed.room}/ |" in page


def test_every_registry_is_frozen_after_the_start() -> None:
    for registry in Registry.everything:
        with pytest.raises(RegistryError, match="is frozen"):
            registry.add("late", None, room="tests")


def test_a_key_is_taken_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Registry, "everything", [])
    registry: Registry[int] = Registry("Numbers", "for this test")
    registry.add("one", 1, room="people")
    with pytest.raises(RegistryError, match="already has one, from people"):
        registry.add("one", 2, room="moments")
    assert registry.get("one") == 1
    Registry.freeze_all()
    with pytest.raises(RegistryError, match="came after the start"):
        registry.add("two", 2, room="people")


def test_every_address_and_identifier_is_listed() -> None:
    page = reference.render_addresses()
    for address in addresses():
        assert f"| `/{address.route}` |" in page
    for name in IDENTIFIERS:
        assert f"| `{name}` |" in page


def test_every_role_capability_and_compartment_is_listed() -> None:
    page = reference.render_roles()
    in_force = policy()
    for role in in_force.roles.values():
        for scopes in (role.reads, role.writes, role.shares):
            row = " | ".join(
                "–" if scopes[name] == "none" else scopes[name] for name in in_force.compartments
            )
            assert f"| {role.title} | {row} |" in page
        for capability in role.may:
            assert in_force.capabilities[capability] in page
