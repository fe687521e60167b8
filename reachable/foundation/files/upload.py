"""Uploads are counted while they arrive, and stop at the limit.

The settings name `CountingUploadHandler` as the only upload handler. A view that takes files begins
with `refusal(request)`: what it returns is told to the person with the status 413 (or 507 where the
disk is full).
"""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

from reachable.foundation.errors import BadInput
from reachable.foundation.files.limits import DEFAULT
from reachable.foundation.files.rows import too_large
from reachable.foundation.files.whole import full_disk, told_if_full

_ATTRIBUTE = "upload_refused"


class CountingUploadHandler(FileUploadHandler):
    """Write an upload to a temporary file; give up, and keep nothing, once it is over the limit."""

    limits = DEFAULT
    chunk_size = 1 << 18

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.announced = 0
        self.arriving: TemporaryUploadedFile | None = None

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, str],
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        """Remember how much is announced; it can only be refused once the file begins."""
        self.announced = content_length

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file, unless it has been announced to be too large."""
        super().new_file(*args, **kwargs)
        if self.announced > self.limits.size + self.chunk_size:
            self._refuse(too_large(self.announced, self.limits))
        try:
            with told_if_full():
                self.arriving = TemporaryUploadedFile(
                    self.file_name or "", self.content_type or "", 0, self.charset
                )
        except BadInput as error:
            self._refuse(error)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Count and write; nothing is passed on to another handler."""
        if start + len(raw_data) > self.limits.size:
            self._refuse(too_large(None, self.limits))
        if self.arriving is None:
            return
        try:
            with told_if_full():
                self.arriving.write(raw_data)
        except BadInput as error:
            self._refuse(error)

    def file_complete(self, file_size: int) -> UploadedFile | None:
        """Hand over the whole file."""
        if self.arriving is None:
            return None
        try:
            with told_if_full():
                self.arriving.flush()
        except BadInput as error:
            self._refuse(error)
        self.arriving.seek(0)
        self.arriving.size = file_size
        done, self.arriving = self.arriving, None
        return done

    def upload_interrupted(self) -> None:
        """Keep nothing of an upload that was cut short."""
        if self.arriving is not None:
            self.arriving.close()
            self.arriving = None

    def _refuse(self, error: BadInput) -> None:
        setattr(self.request, _ATTRIBUTE, error)
        self.upload_interrupted()
        raise StopUpload(connection_reset=True)


def refusal(request: HttpRequest) -> tuple[BadInput, int] | None:
    """Return why an upload was stopped, with the HTTP status to answer; None if it was not."""
    if request.FILES:
        return None
    error = getattr(request, _ATTRIBUTE, None)
    if error is None:
        return None
    return error, 507 if full_disk(error) else 413
