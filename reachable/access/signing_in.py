"""How somebody shows who they are: the password of an account."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from reachable.access.models import User
from reachable.audit import services as audit
from reachable.foundation.actor import Actor
from reachable.foundation.errors import BadInput, Forbidden, NotFound


@transaction.atomic
def set_password(*, by: Actor, user_id: UUID, password: str) -> None:
    """Set one's own password, as at the end of an invitation; every other session of theirs ends.

    Nobody sets it for somebody else: whoever does would know it.
    """
    if not (by.is_system or by.own_id == user_id):
        raise Forbidden("the password of one's own account")
    user = User.objects.select_for_update().filter(id=user_id, is_active=True).first()
    if user is None:
        raise NotFound
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise BadInput(
            " ".join(error.messages), kept="The password was not changed.", next="Choose another."
        ) from None
    user.set_password(password)
    user.save(update_fields=["password"])
    audit.record(by=by, action="access.password_set", subject=("user", user_id))
