"""Puts the check for senders into one file that runs with Python alone.

It is made from the installed files, without a network, and the same files always give the same
bytes: entries are sorted, carry no date and are not compressed.
"""

from __future__ import annotations

import ast
import importlib.util
import io
import sys
import zipfile
from collections.abc import Iterator
from functools import cache
from importlib.metadata import distribution, packages_distributions
from itertools import chain
from pathlib import Path

from reachable.foundation.files.whole import whole_file
from reachable.intake.sender.edition import version

ENTRANCE = "reachable.intake.sender.program"
STAND_INS_IN = "reachable.intake.sender.standins"
STAND_INS = ("orjson", "python_calamine")
"""What is carried under the name of a library whose wheels hold machine code."""
NEVER = ("django", "psycopg", "jinja2", "sqlite3")
"""What a sender's computer need not have: none of it may be reached."""
ZONE = "Europe/London"
"""Windows has no time zones of its own that Python reads."""

_FIRST_LINE = b"#!/usr/bin/env python3\n"
# Old Pythons must still be able to read this, so that they get the sentence.
_MAIN = f"""\
import sys

if sys.version_info < (3, 11):
    sys.exit(
        "This check needs Python 3.11 or later; here is Python %d.%d." % tuple(sys.version_info[:2])
    )

from {ENTRANCE} import main

main()
"""


class NotCarried(Exception):
    """Something that the check imports cannot go into one file."""


@cache
def one_file() -> bytes:
    """Return the file."""
    return pack()


def pack() -> bytes:
    """Make the file."""
    content = io.BytesIO()
    content.write(_FIRST_LINE)
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as packed:
        for name, part in sorted(_parts().items()):
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o644 << 16
            entry.create_system = 3
            packed.writestr(entry, part)
    return content.getvalue()


def _parts() -> dict[str, bytes]:
    """Return what stands in the file, by its name there."""
    parts = {"__main__.py": _MAIN.encode()}
    found = _reached()
    for name in STAND_INS:
        parts[f"{name}.py"] = found.pop(f"{STAND_INS_IN}.{name}").read_bytes()
    for name, source in found.items():
        parts[_place(name, source)] = source.read_bytes()
    parts.update(_specifications())
    parts.update(_zone())
    tops = {name.partition(".")[0] for name in found} | {"tzdata"}
    parts.update(_licences(tops))
    described = f"Metadata-Version: 2.1\nName: reachable\nVersion: {version()}\n"
    parts[f"reachable-{version()}.dist-info/METADATA"] = described.encode()
    return parts


def _reached() -> dict[str, Path]:
    """Return every module that the check imports, at any time, with its source."""
    found: dict[str, Path] = {}
    waiting = [ENTRANCE, *(f"{STAND_INS_IN}.{name}" for name in STAND_INS)]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        source = _source(name)
        if source is None:
            raise NotCarried(f"{name} is not there in Python alone: it needs a stand-in.")
        found[name] = source
        waiting.extend(_wanted(name, source))
    return found


def _wanted(name: str, source: Path) -> Iterator[str]:
    """Yield what a module imports that is to be carried too."""
    own = name.partition(".")[0]
    for wanted, certain in _imports(name, source):
        top = wanted.partition(".")[0]
        if top in NEVER:
            raise NotCarried(f"{name} imports {wanted}, which a sender need not have.")
        if top in sys.stdlib_module_names or top in STAND_INS:
            continue
        ours = own == "reachable"
        # Libraries try other libraries, and machine code, that they can do without.
        if (ours or own == top) and (_source(wanted) or (ours and certain)):
            yield wanted


def _imports(name: str, source: Path) -> Iterator[tuple[str, bool]]:
    """Yield the names that a module imports, and whether each is certain to be a module."""
    package = name if source.name == "__init__.py" else name.rpartition(".")[0]
    for node in _running(ast.parse(source.read_bytes())):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _with_packages(alias.name)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                base = importlib.util.resolve_name("." * node.level + base, package)
            yield from _with_packages(base)
            for alias in node.names:
                yield f"{base}.{alias.name}", False


def _running(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield what runs: not what stands there for a checker of types."""
    if isinstance(tree, ast.If) and ast.unparse(tree.test).endswith("TYPE_CHECKING"):
        for other in tree.orelse:
            yield from _running(other)
        return
    yield tree
    for node in ast.iter_child_nodes(tree):
        yield from _running(node)


def _with_packages(name: str) -> Iterator[tuple[str, bool]]:
    parts = name.split(".")
    for count in range(1, len(parts) + 1):
        yield ".".join(parts[:count]), True


@cache
def _source(name: str) -> Path | None:
    """Return the source of a module, if it is in Python; nothing is imported to find it."""
    top, *inside = name.split(".")
    spec = importlib.util.find_spec(top)
    if spec is None or spec.origin is None or not spec.origin.endswith(".py"):
        return None
    place = Path(spec.origin)
    if not inside:
        return place
    *packages, last = inside
    folder = place.parent.joinpath(*packages)
    paths = (folder / last / "__init__.py", folder / f"{last}.py")
    return next((path for path in paths if path.is_file()), None)


def _place(name: str, source: Path) -> str:
    folder = name.replace(".", "/")
    return f"{folder}/__init__.py" if source.name == "__init__.py" else f"{folder}.py"


def _specifications() -> Iterator[tuple[str, bytes]]:
    room = _folder("reachable.intake")
    samples = (path for path in (room / "sets").glob("*/*") if path.is_file())
    for path in chain(room.rglob("*.toml"), samples):
        yield f"reachable/intake/{path.relative_to(room).as_posix()}", path.read_bytes()


def _zone() -> Iterator[tuple[str, bytes]]:
    region, _, city = ZONE.partition("/")
    for package in ("tzdata", "tzdata.zoneinfo", f"tzdata.zoneinfo.{region}"):
        yield f"{package.replace('.', '/')}/__init__.py", b""
    folder = _folder(f"tzdata.zoneinfo.{region}")
    yield f"tzdata/zoneinfo/{ZONE}", (folder / city).read_bytes()


def _folder(package: str) -> Path:
    source = _source(package)
    if source is None:
        raise NotCarried(f"{package} is not installed.")
    return source.parent


def _licences(tops: set[str]) -> Iterator[tuple[str, bytes]]:
    """Yield the licences of what is carried, each in a folder of its package."""
    known = packages_distributions()
    for package in {name for top in tops for name in known.get(top, [])} - {"reachable"}:
        yield from _licences_of(package)
    # Where the repository itself is installed, its licence lies beside it.
    own = _folder("reachable").parent / "LICENSE"
    if own.is_file():
        yield "licences/reachable/LICENSE", own.read_bytes()
    else:
        yield from _licences_of("reachable")


def _licences_of(package: str) -> Iterator[tuple[str, bytes]]:
    for file in distribution(package).files or ():
        if "licenses" in file.parts:
            path = Path(str(file.locate()))
            yield f"licences/{package}/{path.name}", path.read_bytes()


def main(arguments: list[str]) -> None:
    """Write the file to the path that is named."""
    path = Path(arguments[0])
    with whole_file(path) as part:
        part.write_bytes(one_file())
        part.chmod(0o755)


if __name__ == "__main__":
    main(sys.argv[1:])
