"""The file of sign-in providers: what is wrong stops the start, with the line."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from reachable.access import providers
from reachable.access.rules.providers import ProvidersError, providers_from

GOOD = """\
# Who comes by their own organisation
[fenmarch]
name = "Fenmarch Council"
issuer = "https://login.fenmarch.example/tenant/v2.0"
client_id = "abc"
client_secret_variable = "FENMARCH_SECRET"
agencies = ["council", "youth-justice"]
second_factor_amr = ["mfa"]
also_calls = ["keys.fenmarch.example"]
"""


def read(text: str) -> Any:
    return providers_from(tomllib.loads(text), text)


def test_a_provider_as_the_file_has_it() -> None:
    (found,) = read(GOOD).values()
    assert found.hosts == {"login.fenmarch.example", "keys.fenmarch.example"}
    assert found.agencies == {"council", "youth-justice"}
    assert found.showed_second_factor({"amr": ["pwd", "mfa"]})


WRONG = (
    ("issuer = ", "isuer = ", "Line 4: fenmarch: “isuer” is not an entry"),
    ("https://login", "http://login", "Line 4: fenmarch: its issuer does not begin with https"),
    ("https://login.fenmarch.example/", "nonsense", "Line 4: fenmarch: its issuer is no address"),
    ('"abc"', '""', "Line 5: fenmarch: “client_id” is not a text in quotes"),
    ('"abc"', "7", "Line 5: fenmarch: “client_id” is not a text in quotes"),
    ('client_id = "abc"\n', "", "Line 2: fenmarch: “client_id” is missing"),
    ('["council", "youth-justice"]', "[]", "Line 7: fenmarch: “agencies” is missing"),
    ('["council", "youth-justice"]', '"council"', "Line 7: fenmarch: “agencies” is not a list"),
    (
        "client_secret_variable",
        "client_secret",
        "Line 6: fenmarch: “client_secret” is not an entry",
    ),
    ('client_secret_variable = "FENMARCH_SECRET"\n', "", "Line 2: fenmarch: it needs either"),
    ("[fenmarch]", "[Fen_March]", "Line 2: Fen_March: a key has small letters"),
    ("keys.fenmarch.example", "https://keys", "Line 9: fenmarch: “https://keys” is not the name"),
)


@pytest.mark.parametrize(("before", "after", "said"), WRONG)
def test_what_is_wrong_is_said_with_its_line(before: str, after: str, said: str) -> None:
    assert before in GOOD
    with pytest.raises(ProvidersError) as refused:
        read(GOOD.replace(before, after))
    assert said in str(refused.value)
    assert "Nothing was started." in str(refused.value)


def test_an_issuer_is_there_once() -> None:
    with pytest.raises(ProvidersError, match="its issuer is there twice"):
        read(GOOD + GOOD.replace("[fenmarch]", "[again]"))


@pytest.mark.parametrize(
    ("said", "counts"),
    [
        ({}, False),
        ({"amr": []}, False),
        ({"amr": "mfa"}, False),
        ({"amr": ["pwd"]}, False),
        ({"amr": [["mfa"], None]}, False),
        ({"amr": ["mfa"]}, True),
        ({"acr": "mfa"}, False),
    ],
)
def test_promise_19_what_counts_as_a_second_factor(said: dict[str, Any], counts: bool) -> None:
    (found,) = read(GOOD).values()
    assert found.showed_second_factor(said) is counts


def test_a_secret_that_is_not_there_stops_the_start(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SIGN_IN_PROVIDERS = tmp_path / "one.toml"
    settings.SIGN_IN_PROVIDERS.write_text(GOOD, encoding="utf-8")
    with pytest.raises(ProvidersError, match="its client secret is not there"):
        providers.providers()
    monkeypatch.setenv("FENMARCH_SECRET", "s3cret")
    (found,) = providers.providers().values()
    assert found.secret == "s3cret"
    assert "s3cret" not in repr(found)


def test_a_file_that_is_not_toml_says_the_line(tmp_path: Path, settings: Any) -> None:
    settings.SIGN_IN_PROVIDERS = tmp_path / "two.toml"
    settings.SIGN_IN_PROVIDERS.write_text("[a]\nname = \n", encoding="utf-8")
    with pytest.raises(ProvidersError, match="line 2"):
        providers.providers()
