"""Signing in through one's own organisation: going there, coming back, linking and ending."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from reachable.access import (
    account_forms,
    invitations,
    organisations,
    providers,
    proving,
    services,
    sessions,
    signing_in,
    staff,
    throttle,
)
from reachable.access.leaving_views import KEPT_FOR, leave, stopped
from reachable.access.organisations import Proof, Stopped
from reachable.access.own_sign_in_views import fresh
from reachable.access.sign_in_views import STEPS, asked_for, go_on, safe
from reachable.access.throttle import Source
from reachable.foundation.crypto import key_ring
from reachable.foundation.errors import BadInput, NotFound
from reachable.foundation.views import actor, render


def sign_in(request: HttpRequest, provider_key: str) -> HttpResponse:
    """Say where somebody signs in, and go there: a page that an intranet can link to."""
    provider, (after, sent) = providers.provider(provider_key), asked_for(request)
    if actor(request).is_person:
        return go_on(request, after, sent)
    if request.method == "POST":
        return leave(request, provider, purpose="sign_in", after=after[:500], sent=sent[:10])
    context = {"provider": provider, "next": after, "sent": sent}
    return render(request, "access/organisation.html", context)


def back(request: HttpRequest, provider_key: str) -> HttpResponse:
    """Somebody comes back from a provider."""
    provider = providers.provider(provider_key)
    begun = proving.begun_with(request, provider)
    if begun is None:
        return stopped(request, provider, proving.not_begun_here())
    # By address alone: there is no name yet, and a provider is everybody's.
    source = Source("address", throttle.address_of(request))
    try:
        throttle.count(source)
        proof = proving.come_back(request, provider, begun)
        answer = _AFTER[begun["purpose"]](request, proof)
    except BadInput as error:
        return stopped(request, provider, error)
    throttle.forgive(source)
    return answer


def _sign_in(request: HttpRequest, proof: Proof) -> HttpResponse:
    after, sent = proof.begun["after"], proof.begun["sent"]
    if actor(request).is_person:
        return go_on(request, after, sent)
    user = organisations.account_of(proof=proof)
    return _shown(request, proof, user.id, after=after, sent=sent)


def _shown(
    request: HttpRequest, proof: Proof, user_id: UUID, *, after: str = "", sent: str = ""
) -> HttpResponse:
    """Sign somebody in whose second factor was shown there, or ask for their own here."""
    through = proof.provider.key
    half = signing_in.begin(request, user_id=user_id, through=through, after=after, sent=sent)
    if not proof.second_factor:
        return redirect(STEPS[half.asks])
    found = signing_in.half_of(request)
    if found is None:
        raise proving.not_begun_here()
    signing_in.finish(request, user=found[1], how="organisation", through=through)
    return go_on(request, half.after, half.sent)


def _join(request: HttpRequest, proof: Proof) -> HttpResponse:
    kept = key_ring().decrypt(KEPT_FOR, b64decode(proof.begun["secret"])).decode()
    invitation_id = UUID(proof.begun["invitation"])
    try:
        user_id = invitations.accept_through(invitation_id=invitation_id, secret=kept, proof=proof)
    except NotFound:
        return render(request, "access/join_gone.html", status=404)
    by = actor(request)
    if by.is_person:
        services.signed_out(by=by)
    sessions.forget_session(request.session.session_key)
    logout(request)
    return _shown(request, proof, user_id)


def _link(request: HttpRequest, proof: Proof) -> HttpResponse:
    _same_person(request, proof.begun)
    organisations.link(by=actor(request), proof=proof)
    messages.success(request, f"Linked. From now on you can sign in through {proof.provider.name}.")
    return redirect("own_sign_in")


def _confirm(request: HttpRequest, proof: Proof) -> HttpResponse:
    _same_person(request, proof.begun)
    if not organisations.is_own(by=actor(request), proof=proof):
        raise Stopped(
            "another",
            f"Whoever signed in at {proof.provider.name} is not who is signed in here.",
            "Sign in there as yourself.",
        )
    if not proof.second_factor:
        raise Stopped(
            "no factor",
            f"{proof.provider.name} does not say that you showed a second factor there.",
            "Confirm with your passkey or a code.",
        )
    sessions.confirm(request.session)
    return redirect(safe(request, proof.begun["after"] or reverse("own_sign_in")))


def _same_person(request: HttpRequest, begun: Mapping[str, Any]) -> None:
    by = actor(request)
    if not by.is_person or by.own_id.hex != begun["user"]:
        raise proving.not_begun_here()


_AFTER: dict[str, Callable[[HttpRequest, Proof], HttpResponse]] = {
    "sign_in": _sign_in,
    "join": _join,
    "link": _link,
    "confirm": _confirm,
}


@fresh
def own(request: HttpRequest) -> HttpResponse:
    """Link one's own sign-in, as an administrator has offered it."""
    by, error = actor(request), None
    links = organisations.of_account(by=by, user_id=by.own_id)
    if request.method == "POST":
        key = request.POST.get("provider", "")
        offered = [each.provider for each in links if each.offered_until]
        for provider in (each for each in offered if each.key == key):
            begun = {"purpose": "link", "user": by.own_id.hex}
            return leave(request, provider, again=True, **begun)
        error = organisations.not_offered()
    context = {"links": links, "error": error}
    return render(request, "access/own_organisation.html", context, status=422 if error else 200)


@fresh
def end_own(request: HttpRequest) -> HttpResponse:
    """End one's own link."""
    try:
        organisations.unlink_own(by=actor(request), provider_key=request.POST.get("provider", ""))
    except BadInput as error:
        messages.warning(request, str(error))
    except NotFound:
        messages.warning(request, "There is no such link. Nothing was changed.")
    else:
        messages.success(request, "The link was ended. That sign-in opens nothing here any more.")
    return redirect("own_sign_in")


def of_account(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Let somebody link their organisation's sign-in, take that back, or end it."""
    by = actor(request)
    found = staff.person(by=by, user_id=account_id)
    if not found.may_change:
        return redirect("account", account_id)
    offered = organisations.for_account(by=by, user_id=account_id)
    links = organisations.of_account(by=by, user_id=account_id)
    choices = [(each.key, each.name) for each in offered]
    choices += [(each.provider.key, each.provider.name) for each in links]
    form = account_forms.OrganisationForm(request.POST or None, choices=dict(choices).items())
    if request.method == "POST" and form.is_valid():
        key, ends = form.cleaned_data["provider"], form.cleaned_data["what"] == "end"
        try:
            verb = organisations.unlink if ends else organisations.offer
            verb(by=by, user_id=account_id, provider_key=key)
        except BadInput as error:
            form.add_error(None, str(error))
        except NotFound:
            form.add_error(None, "There is no such link. Nothing was changed.")
        else:
            said = "It opens nothing here any more." if ends else "They can link it for two weeks."
            messages.success(request, said)
            return redirect("account_organisation", account_id)
    context = {
        "person": found,
        "form": form,
        "offered": offered,
        "links": {each.provider.key: each for each in links},
        "left": [each for each in links if each.provider not in offered],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "access/account_organisation.html", context, status=status)
