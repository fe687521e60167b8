"""Typed registries: how upper rooms reach into lower ones without being imported by them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

T = TypeVar("T")


class RegistryError(Exception):
    """A registry was filled twice for one key, or after the start."""


@dataclass(frozen=True)
class Listed(Generic[T]):
    """One item with its key and the room that brought it."""

    key: str
    room: str
    item: T


class Registry(Generic[T]):
    """Filled by `AppConfig.ready()`, then frozen; the generated page lists all of them."""

    everything: ClassVar[list[Registry[Any]]] = []

    def __init__(self, name: str, purpose: str) -> None:
        self.name = name
        self.purpose = purpose
        self._items: dict[str, Listed[T]] = {}
        self._frozen = False
        Registry.everything.append(self)

    def add(self, key: str, item: T, *, room: str) -> None:
        if self._frozen:
            raise RegistryError(f"{self.name} is frozen: {key} came after the start")
        if key in self._items:
            raise RegistryError(f"{self.name} already has {key}, from {self._items[key].room}")
        self._items[key] = Listed(key, room, item)

    def listed(self) -> list[Listed[T]]:
        return list(self._items.values())

    def items(self) -> Iterator[T]:
        return (listed.item for listed in self._items.values())

    def get(self, key: str) -> T:
        return self._items[key].item

    @classmethod
    def freeze_all(cls) -> None:
        for registry in cls.everything:
            registry._frozen = True
