"""What the phone asks for: its shell, its day, and to be rid of what was written on it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.contrib.auth import logout
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.middleware.csrf import get_token
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from reachable.access import sessions
from reachable.conversations import day as days
from reachable.conversations import devices, receiving, sealing
from reachable.conversations.devices import HOLDS, IDLE_SECONDS, VALID_FOR, Signed
from reachable.foundation.acting import ask_as
from reachable.foundation.errors import BadInput
from reachable.foundation.time import now
from reachable.foundation.views import actor, render

FILES = Path(__file__).parent / "app_files"
FOLDER = "conversations/app/"
LIBRARIES = ("vendor/lit-html.js", "vendor/idb.js")
_POLICY_MORE = "worker-src 'self'; manifest-src 'self'"
# It keeps files of ours and sends to us; it needs nothing else, and no page may frame it.
_POLICY_OF_WORKER = "default-src 'none'; connect-src 'self'; frame-ancestors 'none'"


def shell(request: HttpRequest) -> HttpResponse:
    """The app without anything in it: the phone keeps it, and opens it without signal."""
    response = render(request, "conversations/app.html")
    vars(response)["policy_more"] = _POLICY_MORE
    return response


def service_worker(request: HttpRequest) -> HttpResponse:
    """The script that keeps the app's own files on the phone, with the list of them."""
    del request
    files = shell_files()
    text = (FILES / "sw.js").read_text(encoding="utf-8")
    text = text.replace("/*FILES*/[]", json.dumps(sorted(files)))
    text = text.replace('/*VERSION*/""', json.dumps(_version(files)))
    response = HttpResponse(text, content_type="text/javascript")
    vars(response)["policy_alone"] = _POLICY_OF_WORKER
    return response


def manifest(request: HttpRequest) -> HttpResponse:
    del request
    text = (FILES / "manifest.webmanifest").read_text(encoding="utf-8")
    return HttpResponse(text, content_type="application/manifest+json")


def shell_files() -> dict[str, str]:
    """Return the address of each file of the app with the digest of what is in it."""
    listed = (path for finder in finders.get_finders() for path, _ in finder.list([]))
    names = [path for path in listed if path.startswith(FOLDER)]
    found: dict[str, str] = {}
    for name in [*names, *LIBRARIES]:
        path = finders.find(name)
        if path is not None:
            found[static(name)] = hashlib.sha256(Path(path).read_bytes()).hexdigest()
    return found


def _version(files: dict[str, str]) -> str:
    """Return what changes when any file of the app does, its shell included."""
    total = hashlib.sha256(json.dumps(sorted(files.items())).encode())
    for path in sorted((Path(__file__).parent / "templates" / "conversations").glob("app*.html")):
        total.update(path.read_bytes())
    total.update((FILES / "sw.js").read_bytes())
    return total.hexdigest()[:16]


def device(request: HttpRequest) -> HttpResponse:
    """Say who is signed in on this phone; with POST, make the phone known.

    The sign-in in its browser ends with that: from then on only the PIN opens anything on it. Who
    has signed in long ago confirms it first: whoever found a session has twelve hours by a phone.
    """
    by = actor(request)
    if not by.is_person:
        return _not_signed_in(status=200)
    confirm = None
    if not sessions.is_fresh(request.session):
        confirm = f"{reverse('confirm_sign_in')}?next={reverse('phone')}"
    if request.method != "POST" or not by.can(HOLDS):
        return JsonResponse(
            {
                "confirm": confirm,
                "signed_in": True,
                "may": by.can(HOLDS),
                "user": {"id": str(by.own_id), "name": by.name},
                "csrf": get_token(request),
                "server_now": now().isoformat(),
            }
        )
    if confirm:
        return JsonResponse({"signed_in": True, "confirm": confirm}, status=403)
    label = _body(request).get("label", "")
    made = devices.make_known(by=by, label=label if isinstance(label, str) else "")
    logout(request)
    return JsonResponse(
        {
            "device_id": str(made.device_id),
            "device_secret": made.send_secret,
            "read_secret": made.read_secret,
            "user": {"id": str(by.own_id), "name": by.name},
            "seal": sealing.public_seal(),
            "idle_seconds": IDLE_SECONDS,
            "valid_until": made.valid_until.isoformat(),
            "server_now": now().isoformat(),
        }
    )


def day(request: HttpRequest) -> HttpResponse:
    """The day of whoever's phone shows the secret that the PIN opens."""
    signed = devices.signed_by(request.headers.get("Authorization", ""))
    if signed is None or not signed.may_read:
        return _not_signed_in()
    ask_as(signed.by)
    until = signed.reads_until
    if signed.is_ended or until <= now():
        return _not_signed_in()
    held = days.day(by=signed.by, valid_until=min(until, now() + VALID_FOR))
    devices.hand_out(by=signed.by, device_id=signed.device.id, moment_ids=days.moment_ids(held))
    return JsonResponse(held)


@csrf_exempt
def send(request: HttpRequest) -> HttpResponse:
    """Take in what a phone sealed, whoever is signed in by now."""
    signed = devices.signed_by(request.headers.get("Authorization", ""))
    if signed is None:
        # A server brought back from a copy of last night does not know a phone of this morning:
        # what was written on it must not go because of that.
        return JsonResponse({"wipe": False, "unknown": True, "results": []}, status=401)
    if signed.is_wiped:
        return JsonResponse({"wipe": True, "results": []}, status=401)
    ask_as(signed.by)
    try:
        sent = _body(request)
        items = sent.get("items")
        results = receiving.receive(
            device=signed,
            items=items if isinstance(items, list) else [],
            device_now=str(sent.get("device_now", "")),
        )
    except BadInput as error:
        return JsonResponse({"detail": str(error), "wipe": False, "results": []}, status=422)
    if sent.get("wiped") is True:
        devices.wiped(by=signed.by, device_id=signed.device.id)
    return JsonResponse(
        {
            "server_now": now().isoformat(),
            "wipe": signed.is_to_be_wiped,
            "session": "ended" if _is_over(signed) else "open",
            "results": [asdict(each) for each in results],
            "gone": days.gone(by=signed.by, device=signed.device, held=_holds(sent)),
        }
    )


def _holds(sent: dict[str, Any]) -> list[Any]:
    """Return which moments the phone says that it has, as far as that can be read."""
    holds = sent.get("holds")
    return [each for each in holds if isinstance(each, str)] if isinstance(holds, list) else []


def _is_over(signed: Signed) -> bool:
    return signed.is_ended or signed.reads_until < now() - timedelta(seconds=1)


@csrf_exempt
def sign_out(request: HttpRequest) -> HttpResponse:
    """End a phone, and the session of the same person in its browser."""
    signed = devices.signed_by(request.headers.get("Authorization", ""))
    if signed is None or signed.is_wiped:
        return JsonResponse({"ok": False}, status=401)
    devices.end(by=signed.by, device_id=signed.device.id)
    if actor(request).id == signed.by.id:
        logout(request)
    return JsonResponse({"ok": True})


def _not_signed_in(status: int = 401) -> HttpResponse:
    sign_in = f"{reverse('sign_in')}?next={reverse('phone')}"
    return JsonResponse({"signed_in": False, "sign_in": sign_in}, status=status)


def _body(request: HttpRequest) -> dict[str, Any]:
    try:
        held = json.loads(request.body or b"{}")
    except (ValueError, UnreadablePostError, RecursionError):
        raise BadInput(
            "What the phone sent could not be read.",
            kept="Nothing was kept of it; it stays on the phone.",
        ) from None
    if not isinstance(held, dict):
        raise BadInput("What the phone sent is no list of things.", kept="It stays on the phone.")
    return held
