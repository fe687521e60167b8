"""Each change of a sign-in is told: by mail without a child's name, and on one's own page."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail

from reachable.access import moving, second_factors, sign_in_news, signing_in
from reachable.access.models import User
from reachable.foundation.actor import system
from reachable.notices.models import Mailing, Notice
from reachable.notices.rules import OF_SIGN_IN, WORDINGS
from reachable.notices.services import deliver
from tests.support.signing_in import with_app, with_passkey
from tests.support.world import World, html, make_world

pytestmark = pytest.mark.db
BY = system("outbox")
OLD, NEW = "fern@fenmarch.invalid", "moved@elsewhere.invalid"


@pytest.fixture
def world(db: None, settings: Any) -> World:
    settings.EMAIL_HOST = "mail.invalid"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox = []
    made = make_world()
    User.objects.filter(id=made.users["first"]).update(email=OLD)
    return made


def change(world: World, email: str) -> None:
    moving.change_details(
        by=world.actor("agency"),
        user_id=world.users["first"],
        name="Fern First",
        job_title="",
        email=email,
        phone="",
        staff_number="",
    )


def test_a_changed_address_is_told_to_the_one_before(world: World) -> None:
    change(world, NEW)
    assert deliver(by=BY) == 1
    (message,) = mail.outbox
    assert message.to == [OLD]
    assert message.subject == "The e-mail address of your account was changed"
    assert NEW not in f"{message.subject}{message.body}"
    assert not Mailing.objects.exclude(to="").exists(), "kept no longer than it is needed"
    assert deliver(by=BY) == 0
    change(world, NEW.upper())
    assert Notice.objects.count() == 1, "the same address, written otherwise"
    page = html(world.client("first").get("/my-sign-in/"))
    assert "Your e-mail address was changed, by an administrator" in page


def test_an_address_that_was_refused_is_tried_again_at_the_one_before(
    world: World, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "tests.access.test_joining.Mail"
    from tests.access.test_joining import Mail

    Mail.fails = True
    change(world, NEW)
    assert deliver(by=BY) == 0
    assert Mailing.objects.get().to == OLD
    Mail.fails = False
    Mailing.objects.update(next_try_at=Notice.objects.get().created_at)
    assert deliver(by=BY) == 1
    assert mail.outbox[-1].to == [OLD]


def test_each_change_has_words_of_its_own_and_is_on_the_own_page(world: World) -> None:
    by = world.actor("first")
    with_passkey("first")
    app = with_app("first")
    (first_code, *_) = second_factors.make_recovery_codes(by=by)
    assert second_factors.answer_code(by=by, code=first_code) == "recovery_code"
    second_factors.remove_app(by=by)
    signing_in.set_password(by=by, user_id=by.own_id, password="heron kettle lantern")
    del app
    told = set(Notice.objects.values_list("kind", flat=True))
    assert told >= {
        f"sign_in.{kind}"
        for kind in (
            "passkey_added",
            "recovery_codes_made",
            "recovery_code_used",
            "app_removed",
            "password_set",
        )
    }
    said = [news.what for news in sign_in_news.own(by=by)]
    assert said[:3] == [
        "Your password was set",
        "The app with codes was removed",
        "A recovery code was used",
    ]
    assert sign_in_news.own(by=world.actor("second")) == []


def test_without_a_mail_server_it_stands_on_the_own_page(world: World, settings: Any) -> None:
    settings.EMAIL_HOST = ""
    change(world, NEW)
    assert deliver(by=BY) == 0
    assert "Your e-mail address was changed" in html(world.client("first").get("/my-sign-in/"))


def test_everything_that_is_told_has_words_on_the_own_page() -> None:
    assert set(OF_SIGN_IN) <= set(sign_in_news.CHANGES)
    assert all(f"sign_in.{kind}" in WORDINGS for kind in OF_SIGN_IN)
