"""Where files wait until they are loaded; afterwards they are removed."""

from __future__ import annotations

import shutil
from pathlib import Path
from uuid import UUID

from django.conf import settings

TABLES = ".tables"
"""What the name of a folder of tables ends with."""
ARRIVING = ".arriving"
"""The like, while they are unpacked."""


def stored_file(delivery_id: UUID) -> Path:
    """Where the file of a delivery waits.

    Each delivery has its own, also where two agencies sent the same content.
    """
    return Path(settings.UPLOAD_DIR) / delivery_id.hex[-2:] / delivery_id.hex


def tables_folder(delivery_id: UUID) -> Path:
    """Where the tables of a set lie while they are loaded."""
    return stored_file(delivery_id).with_suffix(TABLES)


def remove_stored(delivery_id: UUID) -> None:
    """Remove all that waits of a delivery."""
    stored_file(delivery_id).unlink(missing_ok=True)
    shutil.rmtree(tables_folder(delivery_id), ignore_errors=True)
