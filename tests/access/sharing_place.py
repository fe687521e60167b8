"""What is shared in the place: with a colleague, outside, outside and not agreed to yet; asked."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from reachable.foundation.time import now, today
from reachable.sharing import acting, safe, services
from reachable.sharing.models import SharingUnanswered
from reachable.sharing.rules.pieces import PieceKey
from reachable.sharing.services import Recipient
from tests.support.sharing import ASKED, OUTSIDE, REASONS

if TYPE_CHECKING:
    from tests.access.place import Account, Place


def put_sharing(place: Place, account: Account) -> None:
    person_id = place.rows["person_id"][0].id
    assert isinstance(person_id, UUID)
    told = type(account)("school_lead", account.standing)
    with_colleague = _share(place, account, person_id, Recipient(user_id=place.user(told)))
    place.add("sharing_id", with_colleague, account)
    place.add("shared_id", with_colleague, told)
    outside = _share(place, account, person_id, OUTSIDE)
    second = type(account)("supervisor", account.standing)
    acting.agree(by=second.actor(), sharing_id=outside, agreed=True)
    acting.make_document(by=account.actor(), sharing_id=outside, how="word")
    SharingUnanswered.objects.create(decision_id=outside, since=now())
    _share(place, account, person_id, OUTSIDE)
    request_id = services.record_request(
        by=account.actor(), person_id=person_id, asked_by=ASKED, what="Where", purpose="To write"
    )
    place.add("sharing_request_id", request_id, account)
    safe_id = safe.keep(
        by=account.actor(), person_id=person_id, of="child", address="12 Heronsafe Row"
    )
    place.add("safe_id", safe_id, account)


def _share(place: Place, account: Account, person_id: UUID, to: Recipient) -> UUID:
    return services.share(
        by=account.actor(),
        person_id=person_id,
        to=to,
        pieces={PieceKey("name"): "To greet the child."},
        reasons=REASONS,
        proportion="Less would not do.",
        until=today() + timedelta(days=20),
        conditions="Tell nobody else.",
    )
