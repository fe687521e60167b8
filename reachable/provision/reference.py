"""Writes which services fit, by example, as a page of the reference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reachable.practice.tables import cell, in_markdown
from reachable.provision import taxonomy
from reachable.provision.examples import all_examples

_ABOUT = (
    "Which services are offered for a child, and the words by which services are described. The "
    "tables are the specification: the tests run every row of them."
)
_UNSAID = {
    "age": "ages",
    "area": "areas",
    "form": "forms of exploitation",
    "moment": "kinds of moment",
    "needs": "all communication needs",
    "hours": "hours",
}
_SAYS = {"area": "lives in", "areas": "serves", "full": "it is full", "active": "it is not active"}
_TAXONOMY = {"forms": "form", "moments": "moment", "helps": "help"}


def render() -> str:
    """Return the page: the same tables that the tests run, and the words."""
    lines = [
        "<!-- Written by `reachable docs` from reachable/provision. Do not edit. -->",
        "# What is on offer, by example",
        "",
        _ABOUT,
        "",
    ]
    for table in all_examples():
        lines += in_markdown(table, _say)
    return "\n".join([*lines, *_words()])


def _words() -> Iterator[str]:
    yield from ("## The words for services", "")
    yield "Beside the fields of Open Referral UK, a service is described by these terms."
    yield ""
    for held in taxonomy.taxonomies().values():
        yield from (f"### {held.title}", "", f"Taxonomy `{held.id}`.", "")
        yield from ("| Term | Key | Identifier |", "| --- | --- | --- |")
        for term in held.terms:
            yield f"| {term.name} | `{term.key}` | `{term.id}` |"
        yield ""


def _say(column: str, value: object) -> str:
    if column in ("service", "child"):
        assert isinstance(value, Mapping)
        return "; ".join(_part(str(key), said) for key, said in value.items()) or "nothing"
    if column == "unsaid":
        assert isinstance(value, list)
        return ", ".join(_UNSAID[str(each)] for each in value) or "nothing"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return cell(column, value)


def _part(key: str, said: object) -> str:
    if isinstance(said, bool):
        return _SAYS[key]
    if key == "age":
        return f"aged {said}"
    if key == "ages":
        assert isinstance(said, list)
        return f"ages {said[0]} to {said[1]}"
    each = [str(one) for one in said] if isinstance(said, list) else [str(said)]
    of = _TAXONOMY.get(key, "need" if key == "needs" else key)
    if of in taxonomy.taxonomies():
        return ", ".join(_named(of, one) for one in each)
    return f"{_SAYS[key]} {', '.join(each)}"


def _named(of: str, key: str) -> str:
    term = taxonomy.term(of, key)
    assert term is not None
    return term.name
