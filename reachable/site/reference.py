"""Pages of docs/reference about the whole product: addresses, roles and registries."""

from __future__ import annotations

from collections.abc import Iterable

from reachable.access.fields import BESIDE
from reachable.access.policy import policy
from reachable.access.registries import fields
from reachable.access.rules import ACTIONS, SCOPES, USUAL, Policy
from reachable.foundation.actor import WORKS_WITH
from reachable.foundation.registry import Registry
from reachable.foundation.urls import PUBLIC, SIGNED_IN, WITH_A_KEY, WITH_A_PHONE
from reachable.site.addresses import IDENTIFIERS, Address, addresses

SCOPE_WORDS = {
    "none": "nothing",
    "own": "what this person’s own agency sent, or what they send themselves",
    "involved": "children with whom this person or their team works at this moment",
    "all": "every child in the partnership",
}
ACTION_WORDS = {
    "reads": "What is shown to them of a child.",
    "writes": "What they may record of a child.",
    "shares": "What they may decide to let somebody else have: never more than they read.",
}


def render_addresses() -> str:
    """Every address with its methods and who may open it."""
    declared = list(addresses())
    return page(
        "Addresses",
        "reachable/*/urls.py",
        "Each address declares who may open it. One that declares nothing stops the build, and is "
        "refused by the server. Somebody who is not signed in is led to the sign-in page; somebody "
        "whose role does not include what an address needs is refused in words; another method "
        "than those listed is refused; HEAD goes wherever GET goes. A test walks all addresses as "
        "every role, with every method.",
        "",
        "## Without signing in",
        "",
        *_addresses(one for one in declared if one.needs == PUBLIC),
        "",
        "The files that pages are made with (`/static/`) are open too. They hold no data.",
        "",
        "## With an agency’s key",
        "",
        "Programs sign each request: [Send files by HTTP](../how-to/send-by-http.md). Everything "
        "else is refused with one sentence. An identifier leads to what the key’s own agency sent, "
        "of the feeds that the key is for.",
        "",
        *_addresses(one for one in declared if one.needs == WITH_A_KEY),
        "",
        "## With a phone’s secret",
        "",
        "The app on a phone shows it with each request. One secret may only send what was sealed "
        "on that phone; the other, which the PIN opens, fetches the day of whose phone it is.",
        "",
        *_addresses(one for one in declared if one.needs == WITH_A_PHONE),
        "",
        "## Signed in",
        "",
        *_addresses(one for one in declared if one.needs == SIGNED_IN),
        *_by_capability(declared),
        "",
        "## What an identifier leads to",
        "",
        "For everybody else an identifier answers “not found”, exactly as one that does not exist.",
        "",
        "| In the address | It is | Found by |",
        "|---|---|---|",
        *(
            f"| `{name}` | {leads.to} | {leads.found_by} |"
            for name, leads in sorted(IDENTIFIERS.items())
        ),
    )


def _by_capability(declared: list[Address]) -> Iterable[str]:
    for capability, words in policy().capabilities.items():
        needing = [one for one in declared if one.needs == capability]
        if not needing:
            continue
        titles = [role.title for role in policy().roles.values() if capability in role.may]
        yield from ("", f"## Who may {words}", "", f"`{capability}`: {', '.join(titles)}.", "")
        yield from _addresses(needing)


def _addresses(declared: Iterable[Address]) -> list[str]:
    rows = [
        f"| `/{one.route}` | {', '.join(each for each in one.methods if each != 'HEAD')} |"
        for one in sorted(declared, key=lambda one: one.route)
    ]
    return ["| Address | Methods |", "|---|---|", *rows]


def render_roles() -> str:
    """What each role may do, and how far it sees into each compartment."""
    in_force = policy()
    roles = list(in_force.roles.values())
    unused = [
        capability
        for capability in in_force.capabilities
        if not any(one.needs == capability for one in addresses())
    ]
    return page(
        "Roles",
        "reachable/access/policy.toml",
        "What a role may do, and how far it sees into what is kept of a child. A person with "
        "several roles has the widest of them. Somebody whose role ends loses it at the next "
        "request.",
        "",
        *(f"- **{_scope(scope)}**: {SCOPE_WORDS[scope]}" for scope in SCOPES),
        *(line for action in ACTIONS for line in _how_far(action)),
        "",
        "## Which agencies’ records are listed",
        "",
        "That an agency holds a record of a child says something by itself. It is shown to whoever "
        "reads the compartment here, and to nobody else.",
        "",
        "| An agency of the kind | Compartment |",
        "|---|---|",
        *(f"| {kind.replace('_', ' ')} | {name} |" for kind, name in in_force.records.items()),
        f"| any other | {USUAL} |",
        "",
        "## What each role may do",
        "",
        "| Role | Key | May |",
        "|---|---|---|",
        *(
            f"| {role.title} | `{role.key}` | "
            + "; ".join(words for key, words in in_force.capabilities.items() if key in role.may)
            + " |"
            for role in roles
        ),
        "",
        *_without_pages(unused),
        *_givers(in_force),
    )


def _how_far(action: str) -> list[str]:
    """One table of roles and compartments."""
    in_force = policy()
    return [
        "",
        f"## How far each role {action}",
        "",
        ACTION_WORDS[action],
        "",
        f"| Role | {' | '.join(in_force.compartments)} |",
        f"|---|{'---|' * len(in_force.compartments)}",
        *(
            f"| {role.title} | "
            + " | ".join(_scope(getattr(role, action)[name]) for name in in_force.compartments)
            + " |"
            for role in in_force.roles.values()
        ),
    ]


def _givers(in_force: Policy) -> list[str]:
    return [
        "",
        "## Who gives each role",
        "",
        "Whoever may do this gives the role to somebody else, and never to themselves. Where it "
        "takes two people, another who may give it has to approve.",
        "",
        "| Role | Given by whoever may | Takes two |",
        "|---|---|---|",
        *(
            f"| {role.title} | {in_force.capabilities[role.given_by]} | "
            f"{'yes' if role.second_person else 'no'} |"
            for role in in_force.roles.values()
        ),
    ]


def _without_pages(unused: list[str]) -> list[str]:
    if not unused:
        return []
    words = "; ".join(f"`{key}`, to {policy().capabilities[key]}" for key in unused)
    return [f"No address of its own asks for: {words}. Services do."]


def _scope(scope: str) -> str:
    return "–" if scope == "none" else scope


def render_fields() -> str:
    """Every field of every record: its compartment, and who reads that."""
    in_force = policy()
    lines: list[str] = []
    for listed in fields.listed():
        for record, held in listed.item.items():
            by_kind: dict[str, list[str]] = {}
            for name, kind in held.items():
                by_kind.setdefault(kind, []).append(f"`{name}`")
            lines += [
                "",
                f"## {listed.room}: {record}",
                "",
                "| Compartment | Fields |",
                "|---|---|",
            ]
            lines += [
                f"| {kind.replace('_', ' ')} | {', '.join(by_kind[kind])} |"
                for kind in (*in_force.compartments, *BESIDE)
                if kind in by_kind
            ]
    return page(
        "Fields and their compartments",
        "each room’s fields.toml",
        "In which compartment each field of each record is. A field that no room declares stops "
        "the start.",
        "",
        "| Compartment | Read by, of children they work with |",
        "|---|---|",
        *(f"| {name} | {_readers(name)} |" for name in in_force.compartments),
        "",
        *(f"- **{kind.replace('_', ' ')}**: {words}" for kind, words in BESIDE.items()),
        *lines,
    )


def _readers(compartment: str) -> str:
    titles = (
        role.title for role in policy().roles.values() if role.reads[compartment] in WORKS_WITH
    )
    return ", ".join(titles) or "nobody"


def render_registries() -> str:
    """Every registry, what it is for, and what each room put into it."""
    lines: list[str] = []
    for registry in sorted(Registry.everything, key=lambda each: each.name):
        purpose = f"{registry.purpose[:1].upper()}{registry.purpose[1:]}."
        lines += ["", f"## {registry.name}", "", purpose, ""]
        listed = registry.listed()
        if listed:
            lines += ["| Key | From |", "|---|---|"]
            lines += [f"| {each.key} | {each.room}/ |" for each in listed]
        else:
            lines.append("Nothing yet.")
    return page(
        "Registries",
        "what each room registers when it starts",
        "A room reaches into one below it through a registry that the lower room defines. They are "
        "filled at the start, then frozen.",
        *lines,
    )


def page(title: str, source: str, purpose: str, *lines: str) -> str:
    head = f"<!-- Written by `reachable docs` from {source}. -->"
    return "\n".join([head, f"# {title}", "", purpose, *lines]).rstrip() + "\n"
