"""E-mail to somebody who is invited: a link, and the name of no child and no agency's work."""

from __future__ import annotations

import smtplib
from uuid import UUID

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage

from reachable.access import invitations
from reachable.foundation.actor import Actor
from reachable.foundation.ids import new_id
from reachable.foundation.time import now
from reachable.notices.rules import next_try
from reachable.notices.services import SURELY_NOT_SENT

SUBJECT = "You are invited to Reachable"
BODY = """\
Somebody who looks after the accounts of your agency has invited you.

Open this link, choose a password, and sign in. It works once, for seven days:

{link}

If you do not know what this is about, ask at your agency before you open it. Do not pass it on.
"""


def deliver_invitations(*, by: Actor) -> int:
    """Send the invitations that are to leave; return how many left.

    The secret of a link is made just before and committed as a digest. One that the mail server
    refused is tried again as other mail is, with another link; one that may have left is not
    repeated. Whoever invited sees either, and can hand the link over.
    """
    if not settings.EMAIL_HOST:
        return 0
    waiting = invitations.due(by=by)
    if not waiting:
        return 0
    with get_connection() as mail:
        return sum(_deliver_one(by, invitation_id, mail) for invitation_id in waiting)


def _deliver_one(by: Actor, invitation_id: UUID, mail: BaseEmailBackend) -> bool:
    letter = invitations.make_link(by=by, invitation_id=invitation_id)
    if letter is None:
        return False
    message = EmailMessage(
        subject=SUBJECT,
        body=BODY.format(link=letter.link),
        to=[letter.email],
        headers={"Message-ID": f"<{new_id()}@reachable>", "Auto-Submitted": "auto-generated"},
        connection=mail,
    )
    try:
        message.send()
    except (smtplib.SMTPException, OSError) as failure:
        mail.close()
        surely = isinstance(failure, SURELY_NOT_SENT)
        invitations.did_not_leave(
            by=by,
            invitation_id=invitation_id,
            error=type(failure).__name__,
            surely=surely,
            again_at=next_try(letter.tries + 1, now()) if surely else None,
        )
        return False
    return True
