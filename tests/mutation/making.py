"""Every small change to a module that its tests have to notice.

The changes are those of mutmut, which makes them of a syntax tree: another comparison, an argument
left out, a number one higher. To them comes that a refusal is left out. Words that are only said to
somebody stay as they are: they decide nothing.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators, operator_string

NEVER = {"len", "isinstance"}
"""Calls whose changes can only crash. One that is told what was `kept` says something only."""


@dataclass(frozen=True)
class Mutant:
    """One change: lines before and after, in which function, and the whole source with it."""

    path: str
    where: str
    before: str
    after: str
    source: str

    @property
    def name(self) -> tuple[str, str, str, str]:
        return self.path, self.where, self.before, self.after

    @property
    def digest(self) -> str:
        return hashlib.sha256(f"{self.path}\n{self.source}".encode()).hexdigest()


def mutants(root: Path, path: str, only: Collection[str] = ()) -> Iterator[Mutant]:
    """Yield each change of a module once, or of these functions of it."""
    source = (root / path).read_text(encoding="utf-8")
    wrapper = MetadataWrapper(cst.parse_module(source))
    found = _Changes()
    wrapper.visit(found)
    seen = {source}
    for where, node, changed in found.changes:
        if only and where.partition(".")[0] not in only:
            continue
        mutated = cst.ensure_type(wrapper.module.deep_replace(node, changed), cst.Module).code
        if mutated in seen:
            continue
        seen.add(mutated)
        before, after = _difference(source, mutated)
        yield Mutant(path, where, before, after, mutated)


def _difference(source: str, mutated: str) -> tuple[str, str]:
    _, _, *lines = difflib.unified_diff(source.splitlines(), mutated.splitlines(), n=0)
    return _said(lines, "-"), _said(lines, "+")


def _said(lines: list[str], sign: str) -> str:
    return " ".join(line[1:].strip() for line in lines if line.startswith(sign))


class _Changes(cst.CSTVisitor):
    """Collects the changes of every node that decides something."""

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self) -> None:
        super().__init__()
        self.changes: list[tuple[str, cst.CSTNode, cst.CSTNode]] = []
        self._inside: list[str] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.FunctionDef | cst.ClassDef):
            self._inside.append(node.name.value)
        if _decides_nothing(node):
            return False
        if isinstance(node, cst.SimpleStatementLine) and isinstance(node.body[0], cst.Raise):
            nothing = node.with_changes(body=[cst.Pass()])
            self.changes.append((".".join(self._inside), node, nothing))
            return False
        for changed in _changed(node):
            self.changes.append((".".join(self._inside), node, changed))
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        if isinstance(original_node, cst.FunctionDef | cst.ClassDef):
            self._inside.pop()


def _decides_nothing(node: cst.CSTNode) -> bool:
    if isinstance(node, cst.Annotation | cst.Decorator | cst.Import | cst.ImportFrom):
        return True
    if isinstance(node, cst.Call):
        named = {argument.keyword.value for argument in node.args if argument.keyword}
        return (isinstance(node.func, cst.Name) and node.func.value in NEVER) or "kept" in named
    return isinstance(node, cst.BaseString) and _is_said(node)


def _is_said(node: cst.BaseString) -> bool:
    """A sentence has several words; a short one begins with a capital letter."""
    if isinstance(node, cst.ConcatenatedString):
        return _is_said(node.left)
    text = node.raw_value if isinstance(node, cst.SimpleString) else ""
    if isinstance(node, cst.FormattedString) and node.parts:
        first = node.parts[0]
        text = first.value if isinstance(first, cst.FormattedStringText) else ""
    return text.count(" ") > (0 if text[:1].isupper() else 2)


def _changed(node: cst.CSTNode) -> Iterable[cst.CSTNode]:
    for kind, operator in mutation_operators:
        if isinstance(node, kind):
            made = list(operator(node))
            # Whoever notices one change of a text notices the others.
            yield from made[:1] if operator is operator_string else made
