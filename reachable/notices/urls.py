from __future__ import annotations

from reachable.foundation.urls import SIGNED_IN, page
from reachable.notices import views

urlpatterns = [
    page("notices/", views.notices, name="notices", needs=SIGNED_IN),
    page("notices/read/", views.all_read, name="notices_read", needs=SIGNED_IN, methods=("POST",)),
    page("mail/", views.mail, name="mail", needs="accounts.manage"),
    page("notices/<uuid:notice_id>/", views.notice, name="notice", needs=SIGNED_IN),
]
