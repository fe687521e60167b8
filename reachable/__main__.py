"""`python -m reachable` is the `reachable` command."""

from __future__ import annotations

from reachable.site.cli import main

main()
