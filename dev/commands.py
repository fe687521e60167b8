"""The commands, and what `python3 dev` says about them."""

from __future__ import annotations

import importlib
import sys

from dev.steps import Failed

COMMANDS = {
    "demo": "a fictional partnership on http://127.0.0.1:8000 (--exit: load it, report, end)",
    "test": "every test, real-browser ones included; arguments go to pytest",
    "check": "style, types, imports, templates, migrations, generated pages",
    "bench": "benchmarks, one JSON line each (names select; --write renews docs/benchmarks.md)",
    "mutation": "small changes to the policy, each of which its tests have to notice",
    "setup": "install what the others need, and nothing more",
    "promises": "write docs/promises.md from the names of the tests",
    "pictures": "take the pictures of the README again, of an invented partnership",
    "checker": "write the one file with which a sender checks, reachable-check.pyz",
    "lock": "compile the locks again from pyproject.toml and package.json",
}


def main(arguments: list[str]) -> int:
    """Run the command that the first argument names; return its exit status."""
    if not arguments or arguments[0] not in COMMANDS:
        wanted = arguments[0] if arguments else ""
        asked_for_help = wanted in {"", "-h", "--help", "help"}
        if not asked_for_help:
            print(f"There is no “{wanted}”.\n", file=sys.stderr)
        print("python3 dev COMMAND\n")
        for name, about in COMMANDS.items():
            print(f"  {name:<8} {about}")
        return 0 if asked_for_help else 2
    module = importlib.import_module(f"dev.{arguments[0]}")
    try:
        return int(module.main(arguments[1:]))
    except Failed as failed:
        print(f"\n{failed}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
