"""Addresses of signing in. allauth's own are not there: nobody resets a password by a mail."""

from __future__ import annotations

from reachable.access import organisation_views, own_sign_in_views, sign_in_views, views
from reachable.foundation.urls import PUBLIC, SIGNED_IN, page

BOTH = ("GET", "POST")
# What is public here and asks for a second half leads whoever has shown none to the sign-in page.
urlpatterns = [
    page("sign-in/", views.sign_in, name="sign_in", needs=PUBLIC, methods=BOTH),
    page("sign-out/", views.sign_out, name="sign_out", needs=PUBLIC, methods=("POST",)),
    page(
        "sign-in/passkey/",
        sign_in_views.passkey,
        name="sign_in_passkey",
        needs=PUBLIC,
        methods=BOTH,
    ),
    page(
        "sign-in/second/",
        sign_in_views.second_factor,
        name="second_factor",
        needs=PUBLIC,
        methods=BOTH,
    ),
    page("sign-in/set-up/", sign_in_views.set_up, name="set_up", needs=PUBLIC),
    page(
        "sign-in/set-up/app/",
        sign_in_views.set_up_app,
        name="set_up_app",
        needs=PUBLIC,
        methods=BOTH,
    ),
    page(
        "sign-in/set-up/passkey/",
        sign_in_views.set_up_passkey,
        name="set_up_passkey",
        needs=PUBLIC,
        methods=BOTH,
    ),
    page("sign-in/lost/", sign_in_views.lost, name="lost_factor", needs=PUBLIC, methods=BOTH),
    page(
        "sign-in/forgotten/",
        sign_in_views.forgotten,
        name="forgotten",
        needs=PUBLIC,
        methods=BOTH,
    ),
    page(
        "sign-in/new-password/",
        sign_in_views.new_password,
        name="new_password",
        needs=PUBLIC,
        methods=BOTH,
    ),
    page(
        "sign-in/organisation/<str:provider_key>/",
        organisation_views.sign_in,
        name="organisation_sign_in",
        needs=PUBLIC,
        methods=BOTH,
    ),
    page(
        "sign-in/organisation/<str:provider_key>/back/",
        organisation_views.back,
        name="organisation_back",
        needs=PUBLIC,
    ),
    page(
        "sign-in/confirm/",
        own_sign_in_views.confirm,
        name="confirm_sign_in",
        needs=PUBLIC,
        methods=BOTH,
    ),
    page("my-sign-in/", own_sign_in_views.own, name="own_sign_in", needs=SIGNED_IN),
    page(
        "my-sign-in/recovery-codes/",
        own_sign_in_views.recovery_codes,
        name="recovery_codes",
        needs=SIGNED_IN,
        methods=BOTH,
    ),
    page(
        "my-sign-in/passkeys/<uuid:passkey_id>/remove/",
        own_sign_in_views.remove_passkey,
        name="remove_passkey",
        needs=SIGNED_IN,
        methods=("POST",),
    ),
    page(
        "my-sign-in/app/remove/",
        own_sign_in_views.remove_app,
        name="remove_app",
        needs=SIGNED_IN,
        methods=("POST",),
    ),
    page(
        "my-sign-in/organisation/",
        organisation_views.own,
        name="own_organisation",
        needs=SIGNED_IN,
        methods=BOTH,
    ),
    page(
        "my-sign-in/organisation/end/",
        organisation_views.end_own,
        name="end_own_organisation",
        needs=SIGNED_IN,
        methods=("POST",),
    ),
    page(
        "my-sign-in/password/",
        own_sign_in_views.password,
        name="own_password",
        needs=SIGNED_IN,
        methods=BOTH,
    ),
    page(
        "my-sign-in/still-here/", own_sign_in_views.still_here, name="still_here", needs=SIGNED_IN
    ),
    page(
        "my-sign-in/others/end/",
        own_sign_in_views.end_others,
        name="end_others",
        needs=SIGNED_IN,
        methods=("POST",),
    ),
    page(
        "my-sign-in/<uuid:sign_in_id>/end/",
        own_sign_in_views.end_one,
        name="end_sign_in",
        needs=SIGNED_IN,
        methods=("POST",),
    ),
    page(
        "give-sign-in-back/",
        own_sign_in_views.give_back,
        name="give_sign_in_back",
        needs="accounts.manage",
        methods=BOTH,
    ),
]
