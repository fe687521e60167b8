"""An upload stops at the limit while it arrives, and leaves nothing behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.http import HttpRequest
from django.test import RequestFactory

from reachable.foundation.files.limits import Limits
from reachable.foundation.files.upload import CountingUploadHandler, refusal

NAME = "reachable.foundation.files.upload.CountingUploadHandler"


@pytest.fixture(autouse=True)
def small(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A limit of 1,000,000 bytes, and a folder of our own for what arrives."""
    settings.FILE_UPLOAD_HANDLERS = [NAME]
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    monkeypatch.setattr(CountingUploadHandler, "limits", Limits(size=1_000_000))
    yield tmp_path
    assert list(tmp_path.iterdir()) == []


def sent(content: bytes) -> HttpRequest:
    return RequestFactory().post("/", {"file": SimpleUploadedFile("a.csv", content), "x": "1"})


def arrived(request: HttpRequest) -> UploadedFile:
    file = request.FILES["file"]
    assert isinstance(file, UploadedFile)
    return file


def test_a_small_upload_arrives_whole() -> None:
    request = sent(b"a,b\n1,2\n")
    assert refusal(request) is None
    file = arrived(request)
    assert file.read() == b"a,b\n1,2\n"
    assert (file.name, file.size) == ("a.csv", 8)
    file.close()


def test_an_empty_upload_arrives() -> None:
    request = sent(b"")
    assert refusal(request) is None
    arrived(request).close()


@pytest.mark.parametrize("size", [1_000_001, 1_100_000, 5_000_000])
def test_promise_25_an_upload_over_the_limit_stops(size: int) -> None:
    request = sent(b"x" * size)
    refused = refusal(request)
    assert refused is not None
    error, status = refused
    assert status == 413
    assert "we take up to 1 MB" in error.sentence
    assert error.kept == "Nothing was kept."
    assert "file" not in request.FILES


def test_promise_25_a_huge_upload_is_refused_before_it_is_read() -> None:
    request = sent(b"x" * 10_000)
    request.META["CONTENT_LENGTH"] = "2000000000"
    refused = refusal(request)
    assert refused is not None
    assert refused[0].sentence.startswith("The file has 2 GB")
