"""The invented directory: every service is kept whole, and the standard accepts it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

import pytest

from reachable.conversations import child_words
from reachable.foundation.actor import system
from reachable.foundation.time import travel
from reachable.provision import selectors
from reachable.provision.models import DirectoryFile
from reachable.provision.rules.standard import kept_of
from reachable.synthetic import atlas, partnership
from reachable.synthetic.arrival import set_up
from reachable.synthetic.directory import fill_directory
from reachable.synthetic.places import make_places
from reachable.synthetic.translating import enter_words
from tests.support.directory import validator

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def test_every_invented_service_is_kept_whole_and_valid(shared: Path) -> None:
    judge = validator(shared)
    for service in atlas.services(make_places(Random(1))):
        assert kept_of(service) == (service, [])
        assert judge.is_valid(service)
        assert {"Who may refer", "Kind of help"} <= {
            each["taxonomy_term"]["taxonomy"] for each in service["attributes"]
        }


@pytest.mark.db
def test_the_demonstration_fills_its_directory_once(db: None) -> None:
    made = partnership.make(11, 20, 12, until=date(2026, 11, 23))
    by = system("tests")
    with travel(AT):
        set_up(made, password="not a secret in a test")
        assert fill_directory(made) == len(atlas.services(made.places))
        assert fill_directory(made) == 0
    assert DirectoryFile.objects.count() == 1
    assert json.loads(selectors.export(by=by))["contents"] == sorted(
        atlas.services(made.places), key=lambda each: each["id"]
    )
    found = selectors.services(by=by)
    assert sum(each.last_checked_at is None for each in found) == 3
    assert all(not each.missing for each in found)


@pytest.mark.db
def test_the_demonstration_enters_words_in_a_language_once(db: None) -> None:
    made = partnership.make(11, 20, 12, until=date(2026, 11, 23))
    by = system("tests")
    with travel(AT):
        set_up(made, password="not a secret in a test")
        assert enter_words(made) == 6
        assert enter_words(made) == 0
    held = child_words.in_language(by=by, language="pl")
    assert (held.count("checked"), held.count("not_checked")) == (4, 2)
    shown = child_words.shown(by=by, language="pl", told=["childrens_social_care"])
    assert {each.key: each.language for each in shown}["stop"] == "pl"
    assert {each.key: each.language for each in shown}["told_social_worker"] == "en"
