from __future__ import annotations

import pytest

from dev import assets
from dev.paths import REQUIREMENTS
from dev.setup import pinned_block
from dev.steps import Failed

LOCK = """\
uuid-utils==1.2.0 \\
    --hash=sha256:aa
uv==0.13.9 \\
    --hash=sha256:bb \\
    --hash=sha256:cc
    # via reachable (pyproject.toml:setup)
whitenoise==6.12.0 \\
    --hash=sha256:dd
"""


def test_the_lock_gives_one_package_with_its_hashes() -> None:
    block = pinned_block("uv", LOCK)
    assert block.startswith("uv==0.13.9 \\\n    --hash=sha256:bb")
    assert "sha256:cc" in block
    assert "whitenoise" not in block


def test_the_lock_must_name_the_package() -> None:
    with pytest.raises(Failed, match="does not name nosuch"):
        pinned_block("nosuch", LOCK)


def test_the_lock_names_no_index_and_no_file() -> None:
    text = REQUIREMENTS.read_text()
    assert "://" not in text
    assert "--index" not in text


def test_a_style_sheet_loses_what_is_govuks_own() -> None:
    given = (
        '@font-face{font-family:GDS Transport;src:url(/assets/fonts/a.woff2) format("woff2")}'
        ".a{font-family:GDS Transport,arial,sans-serif;color:red}"
        ".b:before{width:1px;background-image:url(/assets/images/govuk-crest.svg);height:1px}"
        "/*# sourceMappingURL=a.css.map */"
    )
    assert assets.style_sheet(given) == (
        ".a{font-family:arial,sans-serif;color:red}.b:before{width:1px;height:1px}"
    )


def test_a_style_sheet_with_something_unknown_of_govuks_is_refused() -> None:
    with pytest.raises(Failed, match="crown"):
        assets.style_sheet(".a{background:url(crown.svg)}")
