"""A form of the product, and how somebody who may answers it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Form:
    """Where a form is sent to, the page that shows it, who answers, and what they answer."""

    to: str
    on: str
    who: str
    answers: dict[str, Any]
    before: tuple[str, ...] = ()
    answered: int = 302
