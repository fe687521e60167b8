"""What an organisation's own sign-in is asked, and what its answer proves (OpenID Connect).

Every check of the protocol is Authlib's: state, PKCE, nonce, signature, issuer, audience, expiry
and clock. What it may call is foundation/outbound's.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.base_client import MismatchingStateError, OAuthError
from authlib.integrations.django_client import DjangoIntegration, DjangoOAuth2App
from authlib.integrations.requests_client import OAuth2Session
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from joserfc.errors import (
    BadSignatureError,
    ClaimError,
    ExpiredTokenError,
    InvalidKeyIdError,
    JoseError,
)

from reachable.access.organisations import Proof, Stopped
from reachable.access.rules.providers import Provider
from reachable.foundation import outbound
from reachable.foundation.time import unmoved

log = logging.getLogger(__name__)

ALLOWED = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""How an answer may be signed: with a key that the provider alone has."""
READ = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
SIGNED_WITH, ASKED_WITH = (
    "id_token_signing_alg_values_supported",
    "token_endpoint_auth_methods_supported",
)
POSTED = "client_secret_post"
GONE_FOR = 15 * 60
"""Seconds in which somebody comes back from there."""
CLOCK_OFF = 120
"""Seconds by which the two clocks may differ."""
KNOWN_FOR, DOWN_FOR = 5 * 60, 15
"""Seconds in which a provider is not asked again where its pages are: it has said so, or has not,
and whoever likes could keep every thread of the server waiting for it."""
_STATE = "_state_"
_STRANGE = (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError)
_known: dict[Provider, tuple[float, dict[str, Any] | Stopped]] = {}


class _Session(OAuth2Session):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        outbound.harden(self)


class _App(DjangoOAuth2App):
    client_cls = _Session


def _app(provider: Provider) -> Any:
    """Return the library's client of a provider, which knows where its pages are."""
    app = _App(
        DjangoIntegration(provider.key),
        name=provider.key,
        client_id=provider.client_id,
        client_secret=provider.secret,
        server_metadata_url=configuration(provider),
        client_kwargs={"scope": "openid", "code_challenge_method": "S256"},
    )
    held = _pages_of(provider, app)
    app.server_metadata = dict(held)
    if "client_secret_basic" not in held[ASKED_WITH]:
        app.client_kwargs["token_endpoint_auth_method"] = POSTED
    return app


def _pages_of(provider: Provider, app: Any) -> dict[str, Any]:
    at, held = _known.get(provider, (0.0, None))
    lasts = DOWN_FOR if isinstance(held, Stopped) else KNOWN_FOR
    if held is None or not 0 <= unmoved() - at < lasts:
        try:
            held = _discovered(provider, app)
        except Exception as error:
            held = _stopped(provider, error)
        _known[provider] = unmoved(), held
    if isinstance(held, Stopped):
        raise Stopped(held.kind, held.sentence, held.next)
    return held


def _discovered(provider: Provider, app: Any) -> dict[str, Any]:
    """Ask a provider where its pages are. Of what it says only what is used is kept."""
    said = app.load_server_metadata()
    if said.get("issuer") != provider.issuer:
        raise Stopped(
            "issuer",
            f"{provider.name} says that it is another issuer than the one that is agreed.",
            "Tell whoever looks after Reachable.",
        )
    for each in READ[1:]:
        if each not in said:
            raise Stopped(
                "incomplete",
                f"{provider.name} does not say where its {each.replace('_', ' ')} is.",
                "Tell whoever looks after Reachable.",
            )
        outbound.check(said[each])
    signed_with = [each for each in said.get(SIGNED_WITH, ()) if each in ALLOWED]
    return {
        **{each: said[each] for each in READ},
        SIGNED_WITH: signed_with or ["RS256"],
        ASKED_WITH: list(said.get(ASKED_WITH, ["client_secret_basic"])),
        "_loaded_at": said["_loaded_at"],
    }


def forget() -> None:
    """Ask every provider anew where its pages are."""
    _known.clear()


def discovered(provider: Provider) -> None:
    """Raise Stopped unless a provider says now where its pages and keys are."""
    forget()
    try:
        app = _app(provider)
        if not app.fetch_jwk_set(force=True)["keys"]:
            raise ValueError("no keys")
    except Exception as error:
        raise _stopped(provider, error) from None


def configuration(provider: Provider) -> str:
    """Return the address at which a provider says where its pages are."""
    return provider.issuer.rstrip("/") + "/.well-known/openid-configuration"


def back_to(provider: Provider) -> str:
    """Return the address that is registered with a provider: people come back to it."""
    return settings.SITE_URL.rstrip("/") + reverse("organisation_back", args=[provider.key])


def leave_for(request: HttpRequest, provider: Provider, **begun: Any) -> str:
    """Return the address at which a provider signs somebody in, and remember for what.

    With `again` they show there anew who they are, though they may be signed in there.
    """
    held = list(request.session.keys())
    for key in filter(lambda key: key.startswith(_STATE), held):
        # The newest one counts: a forgotten window must not finish what another one began.
        del request.session[key]
    asked = {"prompt": "login", "max_age": "0"} if begun.get("again") else {}
    if provider.acr:
        asked["acr_values"] = " ".join(provider.acr)
    try:
        app = _app(provider)
        made = app.create_authorization_url(back_to(provider), **asked)
    except Exception as error:
        raise _stopped(provider, error) from None
    kept = {**begun, "left_at": int(unmoved())}
    app.save_authorize_data(request, redirect_uri=back_to(provider), **made, begun=kept)
    return str(made["url"])


def begun_with(request: HttpRequest, provider: Provider) -> Mapping[str, Any] | None:
    """Return what this browser left for, unless it did not, or is back too late or again."""
    framework = DjangoIntegration(provider.key)
    held = framework.get_state_data(request.session, request.GET.get("state", ""))
    begun = held["begun"] if held else None
    if begun is None or not 0 <= unmoved() - begun["left_at"] < GONE_FOR:
        return None
    return dict(begun)


def forget_begun(request: HttpRequest, provider: Provider) -> None:
    framework = DjangoIntegration(provider.key)
    framework.clear_state_data(request.session, request.GET.get("state", ""))


def come_back(request: HttpRequest, provider: Provider, begun: Mapping[str, Any]) -> Proof:
    """Return whom a provider has signed in; its answer counts once, whatever it proves."""
    try:
        token = _app(provider).authorize_access_token(
            request, claims_options=_wanted(provider, begun), leeway=CLOCK_OFF
        )
        said = token["userinfo"]
        subject = said["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= 255:
            raise ValueError("no subject")
    except Exception as error:
        raise _stopped(provider, error) from None
    finally:
        forget_begun(request, provider)
    return Proof(provider, subject, provider.showed_second_factor(said), begun)


def _wanted(provider: Provider, begun: Mapping[str, Any]) -> dict[str, Any]:
    wanted: dict[str, Any] = {
        "iss": {"essential": True, "value": provider.issuer},
        "aud": {"essential": True, "value": provider.client_id},
    }
    if begun.get("again"):
        since = begun["left_at"] - CLOCK_OFF
        wanted["auth_time"] = {"essential": True, "validate": lambda _, said: said >= since}
    return wanted


def _stopped(provider: Provider, error: Exception) -> Stopped:
    """Say in a sentence what went wrong; of what a provider said nothing is logged or shown."""
    known = error if isinstance(error, Stopped) else _in_words(provider, error)
    log.warning("Signing in through %s stopped: %s", provider.key, known.kind)
    return known


def _in_words(provider: Provider, error: Exception) -> Stopped:
    name, ask = provider.name, "Tell whoever looks after Reachable."
    if isinstance(error, MismatchingStateError):
        return not_begun_here()
    if isinstance(error, OAuthError):
        return _refused_there(provider, str(error.error))
    if isinstance(error, (JoseError, AuthlibBaseError)):
        return _not_proved(provider, error)
    if isinstance(error, outbound.NotCalled):
        sentence = f"{name} asks for a call that is not allowed ({error})."
        return Stopped("not allowed", sentence, ask)
    if isinstance(error, requests.Timeout):
        sentence = f"{name} did not answer in time."
        return Stopped("slow", sentence, "Try again in a few minutes, or sign in another way.")
    if isinstance(error, requests.exceptions.SSLError):
        return Stopped("certificate", f"The certificate of {name} is not right.", ask)
    if isinstance(error, (requests.ConnectionError, requests.HTTPError)):
        sentence = f"{name} does not answer now."
        return Stopped("down", sentence, "Try again in a few minutes, or sign in another way.")
    if isinstance(error, (requests.RequestException, *_STRANGE)):
        return Stopped("unreadable", f"{name} gave an answer that cannot be read.", ask)
    raise error


def not_begun_here() -> Stopped:
    return Stopped(
        "state",
        "This sign-in was not begun in this browser, was used already, or took longer than a "
        "quarter of an hour.",
        "Begin again from the sign-in page.",
    )


def _refused_there(provider: Provider, said: str) -> Stopped:
    name = provider.name
    if said in {"access_denied", "login_required", "interaction_required", "consent_required"}:
        return Stopped("cancelled", f"You were not signed in at {name}: it was cancelled there.")
    if said == "invalid_grant":
        sentence = f"{name} takes this answer no more: it was used already, or is too old."
        return Stopped("used", sentence, "Begin again from the sign-in page.")
    sentence = f"{name} refused to sign anybody in for Reachable."
    return Stopped("refused", sentence, "Tell whoever looks after Reachable.")


def _not_proved(provider: Provider, error: Exception) -> Stopped:
    name, ask = provider.name, "Tell whoever looks after Reachable."
    claim = error.claim if isinstance(error, ClaimError) else ""
    if isinstance(error, (BadSignatureError, InvalidKeyIdError)):
        return Stopped("signature", f"The answer is not signed by {name}.", ask)
    if isinstance(error, ExpiredTokenError) or claim in {"exp", "iat", "nbf"}:
        sentence = f"The clock of {name} and the clock here differ by more than two minutes."
        return Stopped("clock", sentence, ask)
    if claim == "auth_time":
        sentence = f"{name} did not ask you anew who you are."
        return Stopped("not anew", sentence, "Sign out there, then try again.")
    if claim in {"iss", "aud", "azp", "nonce"}:
        sentence = f"The answer of {name} was not made for this sign-in."
        return Stopped(claim, sentence, "Begin again from the sign-in page.")
    return Stopped("unreadable", f"{name} gave an answer that cannot be read.", ask)
