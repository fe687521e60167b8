"""Text that is encrypted in its column, for what a stolen database must not tell."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import FieldError
from django.db import models

from reachable.foundation.crypto import key_ring


class EncryptedText(models.Field[str, str]):
    """A text as everybody who asks through the model; bytes that nobody can read in the database.

    `purpose` parts the keys of one kind of secret from those of another, and never changes. Such a
    column cannot be searched.
    """

    def __init__(self, *args: Any, purpose: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.purpose = purpose

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "purpose": self.purpose}

    def get_internal_type(self) -> str:
        return "BinaryField"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is None:
            return None
        return connection.Database.Binary(key_ring().encrypt(self.purpose, value.encode()))

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> str | None:
        return None if value is None else key_ring().decrypt(self.purpose, bytes(value)).decode()

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is encrypted: nothing can be found by it.")
        return super().get_lookup(lookup_name)
