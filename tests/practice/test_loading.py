"""Practice data that is wrong is refused, naming the file, the item and what to do."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from reachable.practice.guidance import all_items
from reachable.practice.loading import DATA, load
from reachable.practice.reading import BadPractice

Change = Callable[[str, str, str], None]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the real data, for one thing in it to be made wrong."""
    return Path(shutil.copytree(DATA, tmp_path / "data"))


@pytest.fixture
def change(data: Path) -> Change:
    def change(file: str, old: str, new: str) -> None:
        path = data / file
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")

    return change


def test_the_data_of_this_release_is_whole(data: Path) -> None:
    practice = load(data)
    assert len(practice.law) > 15
    assert all(group.items for group in all_items())


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (
            "law.toml",
            'title = "Defence',
            'titel = "x"\ntitle = "Defence',
            "law.toml, section_45_defence: unknown field “titel”. Correct or remove it",
        ),
        (
            "law.toml",
            'sources = ["modern_slavery_s45"]',
            'sources = ["modern_slavery_s54"]',
            "law.toml, section_45_defence: “sources” names the source “modern_slavery_s54”, "
            "which does not exist. Add it, or choose one of: ",
        ),
        (
            "law.toml",
            'sources = ["modern_slavery_s45"]',
            "sources = []",
            "law.toml, section_45_defence: “sources” is not a list of texts. Name at least one",
        ),
        (
            "law.toml",
            'sources = ["modern_slavery_s45"]\n',
            "",
            "law.toml, section_45_defence: “sources” is missing. Add it: a list of texts.",
        ),
        (
            "law.toml",
            'in_force = "not known"',
            'in_force = "in force"',
            "law.toml, exploitation_offence: it is do not guess and said to be “in force”. "
            "Choose “not known”.",
        ),
        (
            "law.toml",
            'in_force_from = "unknown"',
            "in_force_from = 2026-06-29",
            "law.toml, exploitation_offence: it has a date and is not in force. "
            "Make the date “unknown”.",
        ),
        (
            "law.toml",
            'in_force_from = "unknown"',
            'in_force_from = "June"',
            "“in_force_from” is “June”. Write a date like 2026-06-29, or “unknown”.",
        ),
        (
            "law.toml",
            'certainty = "do not guess"\nunknown = "We do not know when the duty starts. Record '
            'the reasons for sharing and for not sharing either way."',
            'certainty = "do not guess"',
            "law.toml, duty_to_disclose: it is marked “do not guess” and does not say what is not "
            "known. Write “unknown”.",
        ),
        (
            "law.toml",
            'sources = ["pace_1984"]\nin_force = "not checked"\nin_force_from = "unknown"\n'
            'certainty = "unverified"',
            'sources = ["pace_1984"]\nin_force = "not checked"\nin_force_from = "unknown"\n'
            'certainty = "seen"',
            "law.toml, appropriate_adult: it is said to be seen, and none of its sources was. "
            "Name where it was seen, or make it “unverified”.",
        ),
        (
            "law.toml",
            'basis = "guidance"\nsources = ["first_responder_guidance", "leeds_nrm"]',
            'basis = "guidance"\nin_force = "in force"\nsources = ["leeds_nrm"]',
            "law.toml, nrm_for_children: “in_force” is given, and guidance is never in force.",
        ),
        (
            "law.toml",
            'last_checked = "2026-08"',
            'last_checked = "August"',
            "“last_checked” is “August”. Write a month like “2026-08”.",
        ),
        (
            "law.toml",
            'key = "cuckooing_offence"',
            'key = "exploitation_offence"',
            "law.toml, exploitation_offence: this key is there twice. Give one of them another",
        ),
        (
            "law.toml",
            'basis = "statute"',
            'basis = "custom"',
            "“basis” is “custom”. Choose one of “statute”, “statutory guidance”, “guidance”",
        ),
        ("law.toml", "[[law]]", "[[laws]]", "expected [[law]], found laws. Use [[law]]."),
        ("law.toml", "[[law]]", "[[law]", "law.toml, the whole file: it cannot be read ("),
        (
            "sources.toml",
            "seen = true",
            'seen = "yes"',
            "sources.toml, project: “seen” is 'yes'. Make it true or false.",
        ),
        (
            "clocks.toml",
            "amount = 15",
            "amount = 0",
            "clocks.toml, acknowledge_custody: “amount” is 0. Give a whole number of at least 1.",
        ),
        (
            "clocks.toml",
            'basis = "local"',
            'basis = "guidance"',
            "clocks.toml, acknowledge_custody: it is said to be our own choice, and its basis is "
            "guidance. Say whether it was seen",
        ),
        (
            "moments.toml",
            'child_clock = "custody_visit"',
            'child_clock = "custody_call"',
            "moments.toml, custody: “child_clock” names the clock “custody_call”, which does not",
        ),
        (
            "rules.toml",
            'opens = "custody"',
            'opens = "prison"',
            "rules.toml, arrest: “opens” names the moment “prison”, which does not exist.",
        ),
        (
            "rules.toml",
            'on = ["charge_decision_pending"]',
            'on = ["charge_pending"]',
            "rules.toml, charge_decision_pending: “on” names the event “charge_pending”, which",
        ),
        ("rules.toml", "times = 3", "times = 1", "once is no count. Give “times” of at least 2"),
        (
            "events.toml",
            'hint = "A child is at the police station, arrested or for a voluntary interview"\n',
            "",
            "events.toml, in_custody_now: it is a signal without “hint”. Say when to choose it.",
        ),
        (
            "events.toml",
            'title = "Arrested"',
            'title = ""',
            "events.toml, arrest: “title” is empty. Write it, or remove the item.",
        ),
        (
            "definitions.toml",
            "core = true",
            "core = false",
            "definitions.toml, child_criminal_exploitation: no limb is the core.",
        ),
        (
            "pathways/custody.1.toml",
            'clock = "custody_visit"',
            'clock = "custody_visit"\namount = 2\nunit = "hours"\nstart = "received"',
            "custody.1.toml, custody/visit: it has both “clock” and “amount”. Keep one of them.",
        ),
        (
            "pathways/custody.1.toml",
            "version = 1",
            "version = 2",
            "custody.1.toml, custody: it is version 2 of custody. Name the file custody.2.toml.",
        ),
        (
            "pathways/custody.1.toml",
            'avoid = "Taking',
            'avid = "Taking',
            "custody.1.toml, custody/communication: “avoid” is missing. Add it: a text in quotes.",
        ),
        (
            "pathways/custody.2.toml",
            'certainty = "chosen"',
            'certainty = "agreed here"',
            "it is said to be agreed by a partnership. Leave that to partnerships: say “chosen”.",
        ),
        (
            "language.toml",
            'avoid = ["sexual activity with"]',
            'avoid = "sexual activity with"',
            "language.toml, sexual_activity: “avoid” is 'sexual activity with'. Make it a list",
        ),
    ],
)
def test_wrong_data_is_refused_with_a_sentence(
    data: Path, change: Change, file: str, old: str, new: str, said: str
) -> None:
    change(file, old, new)
    with pytest.raises(BadPractice) as caught:
        load(data)
    assert said in caught.value.sentence


def test_a_file_that_is_not_there_is_named(data: Path) -> None:
    (data / "clocks.toml").unlink()
    with pytest.raises(BadPractice, match=r"clocks.toml, the whole file: it is not there\."):
        load(data)


def test_a_moment_without_a_pathway_is_named(data: Path) -> None:
    (data / "pathways" / "hospital.1.toml").unlink()
    with pytest.raises(BadPractice, match="pathways, hospital: the versions there are: none"):
        load(data)


def test_an_older_version_may_not_be_removed(data: Path) -> None:
    old = data / "pathways" / "custody.1.toml"
    new = old.read_text("utf-8").replace("version = 1", "version = 2", 1)
    (data / "pathways" / "custody.2.toml").write_text(new, "utf-8")
    assert {version for kind, version in load(data).pathways if kind == "custody"} == {1, 2}
    old.unlink()
    with pytest.raises(BadPractice, match="Keep custody.1.toml and every later one"):
        load(data)


def test_a_change_of_content_is_a_change_of_fingerprint(data: Path, change: Change) -> None:
    before = load(data)
    change("pathways/custody.1.toml", "Short sentences", "Shorter sentences")
    after = load(data)
    assert before.pathways["custody", 1].fingerprint != after.pathways["custody", 1].fingerprint
    assert before.pathways["signal", 1].fingerprint == after.pathways["signal", 1].fingerprint
