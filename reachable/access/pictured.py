"""An address as a picture that a phone reads, drawn without a style or a script."""

from __future__ import annotations

from dataclasses import dataclass

import qrcode


@dataclass(frozen=True)
class Squares:
    """The dark squares as the path of an SVG, and how many squares wide the picture is."""

    path: str
    size: int


def squares(text: str) -> Squares:
    drawn = qrcode.QRCode(border=4)
    drawn.add_data(text)
    rows = drawn.get_matrix()
    path = "".join(
        f"M{across} {down}h1v1h-1z"
        for down, row in enumerate(rows)
        for across, dark in enumerate(row)
        if dark
    )
    return Squares(path, len(rows))
