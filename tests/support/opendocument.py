"""OpenDocument spreadsheets made by hand, part by part."""

from __future__ import annotations

import io
import zipfile

NAMESPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (
        *(("office", "office"), ("table", "table"), ("text", "text")),
        *(("style", "style"), ("draw", "drawing")),
    )
)
SPREADSHEET = "application/vnd.oasis.opendocument.spreadsheet"
FILL = '<table:table-cell table:number-columns-repeated="16380"/>'
"""What LibreOffice puts behind the cells of each row, and the row behind the last."""
LAST = f'<table:table-row table:number-rows-repeated="1048000">{FILL}</table:table-row>'


def cell(text: str, kind: str = "string", value: str = "", more: str = "") -> str:
    """Return a cell, with what it shows and, where that differs, its value."""
    value = f' office:{kind}-value="{value}"' if value else ""
    return (
        f'<table:table-cell office:value-type="{kind}"{value} {more}>'
        f"<text:p>{text}</text:p></table:table-cell>"
    )


def row(*cells: str, more: str = "") -> str:
    """Return a row, filled up as LibreOffice does."""
    return f"<table:table-row {more}>{''.join(cells)}{FILL}</table:table-row>"


def sheet(*rows: str, name: str = "Export", last: str = LAST) -> str:
    """Return a sheet."""
    return f'<table:table table:name="{name}">{"".join(rows)}{last}</table:table>'


def packed(
    *sheets: str,
    mimetype: str = SPREADSHEET,
    manifest: str = "<m/>",
    declared: str = "",
    before: str = "",
) -> bytes:
    """Return a spreadsheet with these sheets.

    `declared` comes before its first element, and `before` before its body.
    """
    content = (
        f'<?xml version="1.0"?>{declared}<office:document-content {NAMESPACES} '
        'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">'
        f"{before}<office:body><office:spreadsheet>{''.join(sheets)}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("mimetype", mimetype)
        parts.writestr("META-INF/manifest.xml", manifest)
        parts.writestr("content.xml", content)
    return made.getvalue()
