"""Documents say what is there: links, commands, files, functions, settings and words."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from django.apps import apps

from dev import check
from dev.commands import COMMANDS
from dev.paths import ROOT
from reachable.access.views import DEMONSTRATION_PASSWORD
from reachable.site import commands

MADE_OR_INSTALLED = {"node_modules", "var", "test-results"}
GENERATED = ROOT / "docs" / "reference"
WRITTEN_BY_COMMAND = {"docs/benchmarks.md"}
WRITTEN_BY_PARTNERSHIPS = {"sign_in_providers.toml"}
LINK = re.compile(r"\]\(([^)\s]+)\)")
FENCED = re.compile(r"^ *```\w*\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
SETTING = re.compile(r"\bREACHABLE_[A-Z_]+")
OUR_FILE = re.compile(r"[\w.][\w./-]*\.(?:py|toml|html|css|js|md)")


def documents() -> list[Path]:
    return sorted(
        path
        for path in ROOT.rglob("*.md")
        if not MADE_OR_INSTALLED.intersection(inside := path.relative_to(ROOT).parts)
        and not any(part.startswith(".") for part in inside)
    )


def by_hand() -> list[Path]:
    return [path for path in documents() if GENERATED not in path.parents]


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


every_document = pytest.mark.parametrize("path", documents(), ids=named)
every_page_by_hand = pytest.mark.parametrize("path", by_hand(), ids=named)


def headings(path: Path) -> set[str]:
    """Return what a link into the page may point at."""
    found = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    plain = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in found]
    return {heading.replace(" ", "-") for heading in plain}


@every_document
def test_every_link_within_the_repository_leads_somewhere(path: Path) -> None:
    text = FENCED.sub("", path.read_text(encoding="utf-8"))
    for target in LINK.findall(text):
        if "://" in target or target.startswith("mailto:"):
            continue
        file, _, heading = target.partition("#")
        found = (path.parent / file).resolve() if file else path
        assert found.exists(), f"{target} is not there"
        assert found.is_relative_to(ROOT)
        assert not heading or heading in headings(found), f"{target} has no such heading"


def lines_of_code(path: Path) -> Iterator[str]:
    """Yield the lines of the code blocks, then the words set as code."""
    text = path.read_text(encoding="utf-8")
    for block in FENCED.findall(text):
        yield from block.replace("\\\n", " ").splitlines()
    yield from SPAN.findall(FENCED.sub("", text))


def arguments_of(program: str, path: Path) -> Iterator[list[str]]:
    """Yield what follows `program` wherever a page tells somebody to run it."""
    for line in lines_of_code(path):
        found = re.match(rf"(?:[A-Z_]+=\S+ )*(?:\.venv/bin/)?{program} ([^|>;…]+)", line.strip())
        if found and line != DEMONSTRATION_PASSWORD:
            yield shlex.split(found.group(1), comments=True)


@every_page_by_hand
def test_every_reachable_command_exists_with_its_options(path: Path) -> None:
    top = click.Group()
    commands.add_to(top)
    for arguments in arguments_of("reachable", path):
        command: click.Command = top
        while isinstance(command, click.Group) and arguments and arguments[0][0] != "-":
            name = arguments.pop(0)
            assert name in command.commands, f"reachable has no {name}"
            command = command.commands[name]
        known = {option for given in command.params for option in given.opts}
        for argument in arguments:
            assert argument[:2] != "--" or argument in known, f"{command.name} has no {argument}"


@every_page_by_hand
def test_every_dev_command_exists_with_its_steps(path: Path) -> None:
    for name, *arguments in filter(None, arguments_of("python3 dev", path)):
        if name == "COMMAND":
            continue
        assert name in COMMANDS
        if name == "check":
            assert set(arguments) <= check.STEPS.keys()


@every_page_by_hand
def test_every_file_of_ours_that_is_named_exists(path: Path) -> None:
    """From the root, from reachable/, from the page; or as a template or a room's furniture."""
    places = (ROOT, ROOT / "reachable", path.parent)
    inside = [f"/{file.relative_to(ROOT)}" for file in (ROOT / "reachable").rglob("*.*")]
    for span in SPAN.findall(FENCED.sub("", path.read_text(encoding="utf-8"))):
        if not OUR_FILE.fullmatch(span) or "KEY" in span:
            continue
        if span in WRITTEN_BY_COMMAND | WRITTEN_BY_PARTNERSHIPS:
            continue
        there = any((place / span).exists() for place in places)
        assert there or any(file.endswith(f"/{span}") for file in inside), f"{span} is not there"


@every_page_by_hand
def test_every_function_that_is_named_with_its_file_is_in_it(path: Path) -> None:
    """As in `people/services.py identify`, set as code or in a drawing."""
    for line in lines_of_code(path):
        for file, name in re.findall(r"\b([a-z_]+/[\w/]+\.py) +([a-zA-Z_]+)", line):
            source = ROOT / "reachable" / file
            assert source.exists(), f"{file} is not there"
            defined = re.search(rf"^ *(?:def|class) {name}\b", source.read_text(), re.MULTILINE)
            assert defined or name[0].isupper(), f"{file} has no {name}"


@every_page_by_hand
def test_every_setting_that_is_named_is_read(path: Path) -> None:
    folders = (ROOT / "reachable", ROOT / "dev")
    sources = [file.read_text(encoding="utf-8") for each in folders for file in each.rglob("*.py")]
    read = {setting for source in sources for setting in SETTING.findall(source)}
    assert set(SETTING.findall(path.read_text(encoding="utf-8"))) <= read


@pytest.mark.parametrize(
    "name",
    [
        "docs/tutorial/first-hour.md",
        "docs/how-to/load-a-file.md",
        "docs/how-to/bring-your-tracker.md",
    ],
)
def test_what_a_page_tells_somebody_to_press_is_called_so(name: str) -> None:
    """What is bold is a label, a title or a heading, in the words of the templates and forms."""
    kinds = {".html", ".py", ".toml"}
    files = [file for file in (ROOT / "reachable").rglob("*") if file.suffix in kinds]
    words = " ".join(file.read_text(encoding="utf-8") for file in files)
    text = FENCED.sub("", (ROOT / name).read_text(encoding="utf-8"))
    for said in re.findall(r"\*\*([^*]+)\*\*", text):
        label = re.sub(r"\s+", " ", said).strip(" .:").replace("'", "’")
        invented = "Marnie" in label
        assert invented or label in words, f"no page says “{label}”"


def test_the_readme_is_one_screen_and_shows_the_two_commands() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert text.count("\n") <= 60
    assert {"python3 dev demo", "python3 dev test"} <= set(re.findall(r"python3 dev \w+", text))


def test_every_page_of_the_documents_is_in_their_index() -> None:
    folder = ROOT / "docs"
    index = (folder / "README.md").read_text(encoding="utf-8")
    linked = {(folder / target).resolve() for target in LINK.findall(index)}
    listed_elsewhere = folder / "decisions"
    for path in documents():
        if folder in path.parents and listed_elsewhere not in path.parents:
            assert path.name == "README.md" or path in linked, f"{named(path)} is not listed"


def test_every_decision_is_whole_numbered_and_in_the_index() -> None:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    pages = sorted(path for path in folder.glob("*.md") if path.name != "README.md")
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        text = page.read_text(encoding="utf-8")
        title = text.splitlines()[0].removeprefix(f"# {page.name[:4]}: ")
        assert f"| [{page.name[:4]}]({page.name}) | {title} |" in index
        parts = re.findall(r"^\*\*(\w+)\.\*\*", text, flags=re.MULTILINE)
        assert parts[:3] == ["Context", "Decision", "Consequences"]


def test_the_glossary_explains_every_record_that_a_room_keeps() -> None:
    told = set(SPAN.findall((ROOT / "GLOSSARY.md").read_text(encoding="utf-8")))
    ours = [model for model in apps.get_models() if model.__module__.startswith("reachable.")]
    missing = [label for label in (model._meta.label for model in ours) if label not in told]
    assert not missing, f"GLOSSARY.md says nothing of {', '.join(missing)}"
    known = {model._meta.label for model in ours}
    of_a_model = re.compile(r"(\w+)\.[A-Z]\w+")
    rooms = {label.partition(".")[0] for label in known}
    for word in told:
        found = of_a_model.fullmatch(word)
        assert not found or found.group(1) not in rooms or word in known, f"{word} is no record"


def test_the_glossary_explains_every_compartment_and_kind_of_moment() -> None:
    from reachable.access.policy import policy

    text = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8")
    for compartment in policy().compartments:
        assert compartment in text
