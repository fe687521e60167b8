"""`reachable sign-in-providers check`, against a real provider on loopback."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner

from dev.paths import ROOT
from reachable.access import proving
from reachable.access.cli import provider_group
from tests.support.provider import BACK, KEY, NAME, Organisation, running
from tests.support.world import make_world

pytestmark = pytest.mark.db
CONFIGURATION = "/.well-known/openid-configuration"


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Organisation]:
    with running(tmp_path_factory.mktemp("organisation")) as organisation:
        yield organisation


@pytest.fixture
def there(db: None, started: Organisation, settings: Any) -> Iterator[Organisation]:
    make_world()
    settings.OUTBOUND_LOOPBACK = True
    settings.SITE_URL = "https://reachable.example"
    yield started
    started.spoil()
    proving.forget()


def write(there: Organisation, settings: Any, folder: Path, **changes: str) -> None:
    there.file = folder / "sign_in_providers.toml"
    settings.SIGN_IN_PROVIDERS = there.write(**changes)


def check() -> tuple[int, str]:
    result = CliRunner().invoke(provider_group, ["check"])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_a_good_file_says_what_its_it_registers_and_who_comes(
    there: Organisation, settings: Any, tmp_path: Path
) -> None:
    write(there, settings, tmp_path)
    status, said = check()
    assert status == 0
    assert said.splitlines() == [
        f"{NAME} ({KEY}) answers, and its keys are there.",
        f"  It has to send people back to https://reachable.example{BACK}",
        "  Who may come: people of council",
        "  A second factor that was shown there counts, where it says so as the file has it.",
    ]
    assert there.secret not in said


def test_what_does_not_count_and_an_agency_that_is_not_there_are_said(
    there: Organisation, settings: Any, tmp_path: Path
) -> None:
    write(there, settings, tmp_path, second_factor_amr="[]", agencies='["council", "fenmarhc"]')
    status, said = check()
    assert status == 1
    assert "There is no agency fenmarhc: nobody comes by it." in said
    assert "Everybody shows a second factor of their own here." in said


def test_without_a_file_there_is_no_provider(
    there: Organisation, settings: Any, tmp_path: Path
) -> None:
    settings.SIGN_IN_PROVIDERS = tmp_path / "none.toml"
    status, said = check()
    assert (status, said) == (
        0,
        f"There is no sign-in provider: {tmp_path}/none.toml is not there.\n",
    )


def test_an_issuer_that_cannot_be_reached(
    there: Organisation, settings: Any, tmp_path: Path
) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    write(there, settings, tmp_path, issuer=f'"http://127.0.0.1:{port}"')
    status, said = check()
    assert status == 1
    assert f"{NAME} ({KEY}): {NAME} does not answer now." in said
    assert "this computer reaches it" in said
    assert f"Its configuration: http://127.0.0.1:{port}{CONFIGURATION}" in said
    assert "answers, and its keys" not in said


def changed(there: Organisation, **changes: str | None) -> dict[str, Any]:
    """Its own configuration, with what is None left out."""
    real = requests.get(there.url + CONFIGURATION, timeout=10).json() | changes
    body = json.dumps({name: value for name, value in real.items() if value is not None})
    return {CONFIGURATION: {"body": body}}


WRONG: list[tuple[dict[str, str | None], str, str]] = [
    ({"issuer": "https://else.example"}, "another issuer", "to the last slash"),
    ({"issuer": None}, "another issuer", "to the last slash"),
    ({"token_endpoint": None}, "where its token endpoint is", "one of OpenID Connect"),
    (
        {"authorization_endpoint": None},
        "where its authorization endpoint is",
        "one of OpenID Connect",
    ),
    ({"jwks_uri": None}, "where its jwks uri is", "one of OpenID Connect"),
    ({"token_endpoint": "https://else.example/t"}, "a call that is not allowed", "also_calls"),
]


@pytest.mark.parametrize(("changes", "said", "mends"), WRONG)
def test_what_a_configuration_has_wrong_is_said_with_what_mends_it(
    there: Organisation,
    settings: Any,
    tmp_path: Path,
    changes: dict[str, str | None],
    said: str,
    mends: str,
) -> None:
    write(there, settings, tmp_path)
    there.spoil(paths=changed(there, **changes))
    status, output = check()
    assert status == 1
    assert said in output
    assert mends in output
    # It is checked anew each time, so that it is seen at once when it is mended.
    there.spoil()
    assert check()[0] == 0


def test_no_keys_and_no_json_are_said(there: Organisation, settings: Any, tmp_path: Path) -> None:
    write(there, settings, tmp_path)
    for path, body in (("/jwks", '{"keys": []}'), (CONFIGURATION, "<p>")):
        there.spoil(paths={path: {"body": body}})
        status, said = check()
        assert status == 1
        assert "gave an answer that cannot be read" in said


def test_without_its_secret_the_command_ends_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "sign_in_providers.toml").write_text(
        '[fenmarch]\nname = "Fenmarch"\nissuer = "https://login.fenmarch.example"\n'
        'client_id = "x"\nclient_secret_file = "fenmarch.secret"\nagencies = ["fenmarch"]\n',
        encoding="utf-8",
    )
    command = [str(Path(sys.executable).with_name("reachable")), "sign-in-providers", "check"]
    environment = os.environ | {"REACHABLE_VAR": str(tmp_path)}
    environment.pop("REACHABLE_SIGN_IN_PROVIDERS", None)
    ended = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert ended.returncode == 1
    assert "fenmarch: its client secret is not there (fenmarch.secret)." in ended.stderr
    assert "Mend the file and try again." in ended.stderr
    assert "Traceback" not in ended.stderr
