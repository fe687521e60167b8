"""`reachable moments rules | dry-run`."""

from __future__ import annotations

import json

import click

from reachable.foundation.actor import system
from reachable.moments import dry_runs, rule_wording
from reachable.practice import guidance
from reachable.practice.rule_words import when_in_words

BY = system("moments dry-run")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for programs.")


@click.group("moments")
def group() -> None:
    """Reachable moments: the rules that open them."""


@group.command("rules")
@AS_JSON
def list_rules(as_json: bool) -> None:
    """Say which rules there are, which are in force, and what each opened lately."""
    found = dry_runs.rules(by=BY)
    if as_json:
        click.echo(
            json.dumps(
                [
                    {
                        "rule": each.rule.key,
                        "version": each.rule.version,
                        "opens": each.rule.opens,
                        "in_force": each.is_on,
                        "opened_in_12_weeks": each.lately,
                    }
                    for each in found
                ]
            )
        )
        return
    for each in found:
        stands = "in force" if each.is_on else "off"
        click.echo(
            f"{each.rule.key} ({stands}): {each.rule.title}. When: {when_in_words(each.rule)}."
        )


@group.command("dry-run")
@click.argument("rule", type=click.Choice([rule.key for rule in guidance.rules()]), metavar="RULE")
@click.option("--months", default=dry_runs.MONTHS, show_default=True, type=click.IntRange(1, 120))
@AS_JSON
def dry_run(rule: str, months: int, as_json: bool) -> None:
    """Count what RULE would have called for in the last months; nothing is opened or kept."""
    found = dry_runs.try_now(by=BY, rule=rule, months=months)
    if as_json:
        click.echo(json.dumps(found))
        return
    click.echo(f"{guidance.rule(rule).title}. {rule_wording.between(found)}.")
    click.echo(rule_wording.in_short(found))
    for title, count in rule_wording.beside(found):
        click.echo(f"  {count:,} times beside “{title}”")
    for each in found["examples"]:
        click.echo(f"  For example: {rule_wording.example(each)}")
