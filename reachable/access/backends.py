"""Finds the account of whoever is signed in."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend

from reachable.access import managing
from reachable.access.models import User


class AccountBackend(ModelBackend):
    """Reads the agency with the account: every request names it.

    Nobody is let in after their last day, though whatever ends accounts may stand still.
    """

    def get_user(self, user_id: Any) -> User | None:
        found = User.objects.select_related("agency").filter(id=user_id).first()
        return found if found and self.user_can_authenticate(found) else None

    def user_can_authenticate(self, user: Any) -> bool:
        return super().user_can_authenticate(user) and not managing.is_over(user)
