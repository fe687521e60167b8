"""What somebody hostile, or a broken program, sends: values, names, bodies, headers, files."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any
from urllib.parse import quote_from_bytes

from hypothesis import strategies as st

from dev.paths import ROOT
from tests.support.files import CUSTODY

CANARY = "Canaria"
MARKUP = f"<canaria onclick=1>{CANARY}</canaria>"
"""Never in a page as it stands here: it would be markup that somebody else wrote."""

WORDS = (
    "",
    " ",
    CANARY,
    MARKUP,
    f"\"'><script>{CANARY}</script>",
    f"{{{{ {CANARY} }}}}{{% raw %}}${{7*7}}",
    f"{CANARY}\x00{CANARY}",
    "\x00",
    "\ud800" + CANARY,
    "\udfff",
    "\ufffe\uffff",
    f"\u202e{CANARY}\u2066\u200f",
    "Z\u0351\u036b\u0343" * 40,
    "\U000e0041\u200b\ufeff",
    f"=cmd|'/C {CANARY}'!A1",
    f"@{CANARY}",
    f"%s %d %(name)s {{0}} {{name.__class__}} {CANARY}",
    f"\r\nSet-Cookie: {CANARY}=1",
    f"../../../{CANARY}/etc/passwd",
    f"' OR 1=1; -- {CANARY}",
    "x" * 5_000,
    "9" * 400,
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "javascript:alert(1)",
    "NaN",
    "Infinity",
    "-1",
    "0",
    "1",
    "1e999",
    "9223372036854775808",
    "-9223372036854775809",
    "2147483648",
    "١٢",
    "²",
    "½",
    "on",
    "true",
    "null",
    "[]",
    "{}",
    "system_administrator",
    "00000000-0000-0000-0000-000000000000",
    "{00000000000000000000000000000001}",
    "0001-01-01",
    "9999-12-31",
    "0000-00-00",
    "2023-02-29",
    "10000-01-01",
    "-0001-12-31",
    "9999-12-31T23:59:59+14:00",
    "0001-01-01T00:00:00-14:00",
    "2026-10-25T01:30",
    "2026-03-29T01:30:00[Europe/London]",
    "24:00",
    "23:60:60",
    "31",
    "29",
    "February",
    "99999",
    "a" * 65 + "@example.org",
    "FX1 1AA",
    "sr@Latn",
)
values = st.one_of(
    st.sampled_from(WORDS),
    st.text(st.characters(), max_size=30),
    st.integers(-(10**30), 10**30).map(str),
    st.datetimes().map(str),
    st.times().map(str),
)

SLUGS = ("no-such", "x" * 500, "..", "%2e%2e%2f", "\x00", CANARY, "-", "٣", "a b")
identifiers = st.one_of(
    st.uuids().map(str),
    st.sampled_from(
        (*SLUGS, "1", "00000000-0000-0000-0000-000000000000", "0" * 32, "ffffffff" * 4, "' OR ''='")
    ),
    st.text(st.characters(exclude_characters="/?#"), min_size=1, max_size=12),
)

scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.sampled_from(WORDS), st.text()
)
anything = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
"""Whatever JSON can say, and what only Python's reader takes for JSON."""

DEEP = b'{"items":' * 3_000 + b"1" + b"}" * 3_000
LISTS = b"[" * 100_000 + b"]" * 100_000

FILES = (
    ("a.csv", b""),
    ("a.csv", b"\x00" * 64),
    ("a.csv", CUSTODY.encode()),
    ("a.xlsx", CUSTODY.encode()),
    ("a.csv", b"PK\x03\x04" + b"\xff" * 64),
    ("a.zip", b"PK\x05\x06" + b"\x00" * 18),
    ("a.pdf", b"%PDF-1.7\n%%EOF"),
    ("a.json", b'{"a":' * 2_000),
    ("a.json", b"[1, NaN, 1e999]"),
    ("a.json", b'"\\ud800"'),
    ("a.xml", b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'),
    ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
    ("../../etc/passwd", b"x"),
    ("a\x00b\r\nX: y.csv", CUSTODY.encode()),
    (MARKUP, CUSTODY.encode("utf-16")),
    ("\u202evsc.exe", b"MZ"),
    ("x" * 400 + ".csv", CUSTODY.encode()),
    ("", b"x"),
    (".", b"x"),
    ("CON", b"x"),
)

HEADERS: tuple[dict[str, str], ...] = (
    {},
    {"X-Forwarded-For": "127.0.0.1, ::1"},
    {"X-Forwarded-For": f"{CANARY}\t"},
    {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"},
    {"Host": "evil.example"},
    {"Host": "[::1"},
    {"Host": "127.0.0.1:99999999"},
    {"X-HTTP-Method-Override": "DELETE", "X-Method-Override": "POST"},
    {"X-Original-URL": "/staff/", "X-Rewrite-URL": "/staff/"},
    {"HX-Request": "true", "HX-Current-URL": "https://evil.example/"},
    {"Referer": "https://evil.example/", "Origin": "null"},
    {"Accept": "\x7f", "Accept-Language": "x" * 3_000, "Accept-Charset": "utf-7"},
    {"Accept-Encoding": "br;q=1.0, *;q=0"},
    {"Range": "bytes=0-,5-1", "If-None-Match": "*", "If-Modified-Since": "yesterday"},
    {"Authorization": "Device x:y"},
    {"Authorization": "Bearer " + "9" * 4_000},
    {"Authorization": "Device \xff\xfe:"},
    {"Signature-Input": "sig1=(;;", "Signature": "sig1=::", "Content-Digest": "sha-256=:"},
    {"Cookie": "sessionid=" + "0" * 32 + "; csrftoken=x"},
    {"Cookie": "sessionid=\xff; =; ;;; messages=[[1]]; sessionid=../../etc/passwd"},
    {"Cookie": "messages=" + quote_from_bytes(MARKUP.encode())},
    {"Content-Length": "0"},
    {"Content-Length": "-1"},
    {"Transfer-Encoding": "chunked"},
)
# What names another set of characters is refused below Django: test_only_utf8.py.
LIES = (
    "application/json",
    "application/x-www-form-urlencoded; charset=no-such",
    "multipart/form-data",
    "multipart/form-data; boundary=" + "x" * 300,
    "multipart/form-data; boundary=\xff",
    "text/html",
    "",
    ";;;",
)

READ_BY_NAME = re.compile(r"""\.get(?:list)?\(\s*["'](\w+)["']""")
OFFERED = re.compile(r'\bname="([^"]+)"|[?;&](\w+)=')


@cache
def names_read() -> tuple[str, ...]:
    """Return every name that some page of the product may read from what is sent."""
    sources = (ROOT / "reachable").glob("**/*.py")
    found = {name for path in sources for name in READ_BY_NAME.findall(path.read_text("utf-8"))}
    return tuple(sorted(found))


def names_offered(page: str) -> set[str]:
    return {one or other for one, other in OFFERED.findall(page)}


def octets(text: str) -> bytes:
    """As a program sends it that knows nothing of Unicode’s rules: a lone surrogate too."""
    return text.encode("utf-8", "surrogatepass")


def quoted(text: str) -> str:
    return quote_from_bytes(octets(text), safe="")


def encoded(pairs: list[tuple[str, str]]) -> str:
    return "&".join(f"{quoted(name)}={quoted(value)}" for name, value in pairs)


def multipart(pairs: list[tuple[str, str]], files: list[tuple[str, str, bytes]]) -> bytes:
    """Return a body with the boundary b, whatever is in its names."""
    parts = [
        b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
        % (octets(name), octets(value))
        for name, value in pairs
    ]
    parts += [
        b'--b\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\n'
        b"Content-Type: text/csv\r\n\r\n%s\r\n" % (octets(name), octets(file_name), content)
        for name, file_name, content in files
    ]
    return b"".join(parts) + b"--b--\r\n"


@st.composite
def spoilt(draw: st.DrawFn, good: dict[str, Any], names: list[str]) -> list[tuple[str, str]]:
    """A form answered rightly, then spoilt in a place or two: also left out, repeated, added."""
    pairs = [(name, str(value)) for name, value in good.items()]
    for _ in range(draw(st.integers(1, 3))):
        how = draw(st.sampled_from(("change", "change", "change", "leave out", "twice", "add")))
        at = draw(st.integers(0, len(pairs) - 1)) if pairs else 0
        if how == "add" or not pairs:
            pairs.append((draw(st.sampled_from(names) | values), draw(values)))
        elif how == "change":
            pairs[at] = (pairs[at][0], draw(values))
        elif how == "leave out":
            del pairs[at]
        else:
            pairs.append((pairs[at][0], draw(values)))
    return pairs


@st.composite
def bodies(draw: st.DrawFn, names: list[str]) -> tuple[bytes, str]:
    """A body and what it says of itself, which may be a lie."""
    pairs = draw(st.lists(st.tuples(st.sampled_from(names), values), max_size=8))
    how = draw(st.sampled_from(("form", "form", "multipart", "json", "deep", "bytes", "lie")))
    if how == "form":
        return encoded(pairs).encode(), "application/x-www-form-urlencoded"
    if how == "multipart":
        file = draw(st.sampled_from(FILES))
        name = draw(st.sampled_from(["file", *names]))
        return multipart(pairs, [(name, *file)]), "multipart/form-data; boundary=b"
    if how == "json":
        return json.dumps(draw(anything)).encode(), "application/json"
    if how == "deep":
        return draw(st.sampled_from((DEEP, LISTS))), "application/json"
    if how == "bytes":
        return draw(st.binary(max_size=60)), "application/x-www-form-urlencoded"
    return encoded(pairs).encode(), draw(st.sampled_from(LIES))
