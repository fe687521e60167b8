"""What the house promises about its own source, where no other tool looks.

Each contract is a function from a source file to the sentences it breaks; imports between rooms
are import-linter's, configured in pyproject.toml, which also says the order of the rooms.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from dev.paths import ROOT

FOLDERS = ("reachable", "dev", "tests", "benchmarks")
TEXTS = {".py", ".html", ".txt", ".js", ".css", ".toml"}
NOT_OURS = {"node_modules", "__pycache__"}

LONGEST_FILE = 500  # lines
LONGEST_FUNCTION = 60

SILENCED = re.compile(r"#\s*(?:noqa|type:\s*ignore|pragma:\s*no)\b")
UNFINISHED = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X)\b")
TEMPLATE_REFERENCE = re.compile(r"{%-?\s*(?:extends|include|import|from)\s+[\"']([\w-]+)/")
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)|<style\b|\sstyle=|\son[a-z]+=|\shx-on|javascript:|\|\s*safe\b",
    re.IGNORECASE,
)

PAGES_AND_PROGRAMS = {"views", "forms", "urls", "api", "cli"}
ASKED_FOR_SOMEBODY = {"services", "selectors"}
# Services and selectors without `by`, and why.
FOR_NOBODY = {
    "access.actor_for": "makes the actor",
    "access.demonstration_accounts": "shown on the sign-in page of a demonstration",
    "access.agency_id": "the agencies' names are on every page",
    "access.agency_names": "the agencies' names are on every page",
    "access.able": "who has which role is open to every worker",
    "access.on_duty": "the rota is open to every worker, and says nothing of children",
    "access.has_left": "who is in a team is open to every worker",
    "access.everybody_on_duty": "the rota is open to every worker, and says nothing of children",
    "access.holding_since": "who is in a team is open to every worker",
    "access.away_since": "that somebody is away is open to every worker; why is not in it",
    "access.members_to_tell": "who is in a team is open to every worker",
    "access.shifts_that_count": "the rota is open to every worker, and says nothing of children",
    "access.members": "who is in a team is open to every worker",
    "access.members_of": "who is in a team is open to every worker",
    "access.teams": "which teams there are is open to every worker",
    "access.team_now": "which teams there are is open to every worker",
    "access.names": "the names of workers are open to every worker",
    "access.workers": "the names of workers are open to every worker",
    "geography.areas_of": "areas are public",
    "geography.area_names": "areas are public",
    "geography.positions_of": "where a postcode lies is public",
    "geography.area_codes": "areas are public",
    "geography.postcodes_by_area": "areas are public",
    "site.partnership": "its name is on every page",
}
IMPURE_MODULES = {"os", "io", "pathlib", "random", "secrets", "time", "socket", "subprocess"}
CLOCKS = {("datetime", "now"), ("date", "today"), ("timezone", "now"), ("time", "time")}
CLOCK_KEEPER = "reachable/foundation/time.py"


@dataclass(frozen=True)
class Source:
    """One file of the repository."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def is_python(self) -> bool:
        return self.path.endswith(".py")

    @property
    def is_template(self) -> bool:
        return "/templates/" in self.path

    @property
    def room(self) -> str:
        """The room it is in, or nothing outside the rooms."""
        parts = self.path.split("/")
        return parts[1] if parts[0] == "reachable" and len(parts) > 2 else ""

    @property
    def furniture(self) -> str:
        """`services` for services.py and for everything in services/."""
        return self.path.split("/")[2].removesuffix(".py") if self.room else ""

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node


def sizes(source: Source) -> Iterator[str]:
    """Files and functions stay small enough to be read in one go."""
    if not (source.is_python or source.is_template):
        return
    lines = source.text.count("\n")
    if lines > LONGEST_FILE:
        yield f"{lines} lines; a file has {LONGEST_FILE} at most"
    for function in source.functions() if source.is_python else ():
        length = (function.end_lineno or function.lineno) - function.lineno + 1
        if length > LONGEST_FUNCTION:
            yield f"{function.name} has {length} lines; {LONGEST_FUNCTION} at most"


def nothing_silenced(source: Source) -> Iterator[str]:
    """No check is switched off in a line, and nothing is left for later."""
    for number, line in enumerate(source.text.splitlines(), start=1):
        if source.is_python and SILENCED.search(line):
            yield f"line {number} switches a check off"
        if UNFINISHED.search(line):
            yield f"line {number} leaves something for later"


def no_model_in_pages(source: Source) -> Iterator[str]:
    """Pages and programs go through services and selectors."""
    if source.furniture in PAGES_AND_PROGRAMS or source.is_template:
        for number, line in enumerate(source.text.splitlines(), start=1):
            if re.search(r"\.objects\b", line):
                yield f"line {number} reaches past the services and selectors"


def somebody_asks(source: Source) -> Iterator[str]:
    """Services and selectors act for somebody, named `by`; services name every argument."""
    if source.furniture not in ASKED_FOR_SOMEBODY or not source.is_python:
        return
    for node in source.tree.body:
        if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
            continue
        if f"{source.room}.{node.name}" in FOR_NOBODY:
            continue
        if "by" not in {argument.arg for argument in node.args.kwonlyargs}:
            yield f"{node.name} does not take by= as a keyword"
        if source.furniture == "services" and (node.args.args or node.args.posonlyargs):
            yield f"{node.name} can be called without naming its arguments"


def pure_rules(source: Source) -> Iterator[str]:
    """Rules decide on the values they are given and on nothing else."""
    if source.furniture != "rules" or not source.is_python:
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            names = {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names = {(node.module or "").split(".")[0]}
        else:
            continue
        for name in sorted(names & IMPURE_MODULES):
            yield f"line {node.lineno} imports {name}"
    for call in _calls(source.tree):
        if isinstance(call.func, ast.Name) and call.func.id == "open":
            yield f"line {call.lineno} opens a file"


def one_clock(source: Source) -> Iterator[str]:
    """Only foundation.time reads the clock, so that tests and replay can move it."""
    if not (source.room and source.is_python) or source.path == CLOCK_KEEPER:
        return
    for call in _calls(source.tree):
        function = call.func
        if not isinstance(function, ast.Attribute) or not isinstance(function.value, ast.Name):
            continue
        if (function.value.id, function.attr) in CLOCKS:
            yield f"line {call.lineno} reads the clock past foundation.time"


def templates_look_down(source: Source) -> Iterator[str]:
    """A template uses templates of its own room and of rooms below."""
    if not source.is_template:
        return
    order = rooms()
    for match in TEMPLATE_REFERENCE.finditer(source.text):
        room = match.group(1)
        if room in order and order.index(room) < order.index(source.room):
            yield f"uses a template of {room}, which is above {source.room}"


def nothing_inline(source: Source) -> Iterator[str]:
    """The Content-Security-Policy would refuse it, and `safe` would let anything in."""
    if source.is_template and source.path.endswith(".html"):
        for match in INLINE.finditer(source.text):
            number = source.text.count("\n", 0, match.start()) + 1
            yield f"line {number} holds {match.group().strip()}"


def journeys_wait(source: Source) -> Iterator[str]:
    """A journey waits for what it looks for (`expect`): a page that is still coming shows less."""
    if not (source.is_python and source.path.startswith("tests/journeys/")):
        return
    for number, line in enumerate(source.text.splitlines(), start=1):
        if re.match(r"\s*assert\b.*\.(is_visible|is_hidden|count)\(\)", line) and (
            ".objects" not in line
        ):
            yield f"line {number} looks once"


CONTRACTS: tuple[Callable[[Source], Iterator[str]], ...] = (
    sizes,
    nothing_silenced,
    no_model_in_pages,
    somebody_asks,
    pure_rules,
    one_clock,
    templates_look_down,
    nothing_inline,
    journeys_wait,
)


def rooms() -> list[str]:
    """The rooms from the top down, as the import contract lists them."""
    with open(ROOT / "pyproject.toml", "rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    return [room.strip() for layer in layers for room in re.split("[:|]", layer)]


def broken(source: Source) -> list[str]:
    """Return what is wrong with one file, each with the contract's own words."""
    return [
        f"{source.path}: {sentence}. {(contract.__doc__ or '').splitlines()[0]}"
        for contract in CONTRACTS
        for sentence in contract(source)
    ]


def sources() -> Iterator[Source]:
    """Every text file of ours, but for what is installed or made."""
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            inside = path.relative_to(ROOT)
            if path.suffix in TEXTS and not NOT_OURS.intersection(inside.parts):
                yield Source(inside.as_posix(), path.read_text(encoding="utf-8"))


def all_broken() -> list[str]:
    return [sentence for source in sources() for sentence in broken(source)]


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))
