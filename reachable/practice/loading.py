"""Reads a directory of practice files into one whole, or says what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from reachable.practice.clocks import Span, Start, Unit
from reachable.practice.items import (
    Basis,
    Certainty,
    ChildWords,
    Clock,
    Compartment,
    Definition,
    EventKind,
    Evidence,
    GoldenRule,
    Grading,
    Guide,
    InForce,
    Item,
    Law,
    Limb,
    MomentKind,
    Outcome,
    Part,
    Pathway,
    Rule,
    SharingBasis,
    Source,
    Step,
    Wording,
)
from reachable.practice.reading import Table, read_one, read_tables

ADULT_AT = 18
DATA = Path(__file__).parent / "data"
AnItem = TypeVar("AnItem", bound=Item)


@dataclass(frozen=True)
class Practice:
    """All practice data, by key. `pathways` holds every version by moment kind and number."""

    sources: Mapping[str, Source]
    definitions: Mapping[str, Definition]
    events: Mapping[str, EventKind]
    rules: Mapping[str, Rule]
    clocks: Mapping[str, Clock]
    moments: Mapping[str, MomentKind]
    pathways: Mapping[tuple[str, int], Pathway]
    outcomes: Mapping[str, Outcome]
    guides: Mapping[str, Guide]
    words: Mapping[str, ChildWords]
    law: Mapping[str, Law]
    sharing: Mapping[str, SharingBasis]
    golden_rules: Mapping[str, GoldenRule]
    gradings: Mapping[str, Grading]
    evidence: Mapping[str, Evidence]
    wordings: Mapping[str, Wording]


def load(directory: Path = DATA) -> Practice:
    """Read every file of the directory; `BadPractice` names the first thing that is wrong."""
    sources = {each.key: each for each in _sources(directory / "sources.toml")}
    clocks = _by_key(_clocks(directory / "clocks.toml", sources))
    moments = _by_key(_moments(directory / "moments.toml", sources, clocks))
    events = _by_key(_events(directory / "events.toml", sources))
    return Practice(
        sources=sources,
        definitions=_by_key(_definitions(directory / "definitions.toml", sources)),
        events=events,
        rules=_by_key(_rules(directory / "rules.toml", sources, events, moments)),
        clocks=clocks,
        moments=moments,
        pathways=_pathways(directory / "pathways", sources, clocks, moments),
        outcomes=_by_key(_outcomes(directory / "outcomes.toml", sources)),
        guides=_by_key(_guides(directory / "conversations.toml", sources, moments)),
        words=_by_key(_words(directory / "words.toml", sources)),
        law=_by_key(_laws(directory / "law.toml", sources)),
        sharing=_by_key(_sharing(directory / "sharing.toml", sources)),
        golden_rules=_by_key(_golden_rules(directory / "golden_rules.toml", sources)),
        gradings=_by_key(_gradings(directory / "gradings.toml", sources)),
        evidence=_by_key(_evidence(directory / "evidence.toml", sources)),
        wordings=_by_key(_wordings(directory / "language.toml", sources)),
    )


def _by_key(items: Iterator[AnItem]) -> dict[str, AnItem]:
    return {item.key: item for item in items}


def _sources(path: Path) -> Iterator[Source]:
    for table in read_tables(path, "source"):
        source = Source(
            key=table.text("key"),
            title=table.text("title"),
            publisher=table.text("publisher"),
            address=table.text("address", ""),
            seen=table.flag("seen"),
            last_checked=table.month("last_checked"),
        )
        table.finish()
        yield source


def _standing(table: Table, sources: Mapping[str, Source]) -> dict[str, Any]:
    """Read what every item has, and refuse an item that claims more than its sources give."""
    basis = table.choice("basis", Basis)
    certainty = table.choice("certainty", Certainty)
    in_force, in_force_from = _force(table, basis, certainty)
    named = tuple(
        table.found(key, sources, "sources", "the source") for key in table.texts("sources")
    )
    unknown = table.text("unknown", "")
    if certainty is Certainty.SEEN and not any(source.seen for source in named):
        raise table.wrong(
            "it is said to be seen, and none of its sources was",
            "Name where it was seen, or make it “unverified”",
        )
    if certainty is Certainty.CHOSEN and basis not in (Basis.LOCAL, Basis.PRACTICE):
        raise table.wrong(
            f"it is said to be our own choice, and its basis is {basis.value}",
            "Say whether it was seen, or make the basis “local” or “practice”",
        )
    if certainty is Certainty.AGREED:
        raise table.wrong(
            "it is said to be agreed by a partnership", "Leave that to partnerships: say “chosen”"
        )
    if certainty is Certainty.DO_NOT_GUESS and not unknown:
        raise table.wrong(
            "it is marked “do not guess” and does not say what is not known", "Write “unknown”"
        )
    return {
        "key": table.text("key"),
        "title": table.text("title"),
        "sources": named,
        "basis": basis,
        "jurisdiction": table.text("jurisdiction"),
        "in_force": in_force,
        "in_force_from": in_force_from,
        "last_checked": table.month("last_checked"),
        "certainty": certainty,
        "unknown": unknown,
    }


def _force(table: Table, basis: Basis, certainty: Certainty) -> tuple[InForce, date | None]:
    if not basis.is_law:
        for name in ("in_force", "in_force_from"):
            if table.has(name):
                raise table.wrong(
                    f"“{name}” is given, and {basis.value} is never in force", "Remove it"
                )
        return InForce.DOES_NOT_APPLY, None
    in_force = table.choice("in_force", InForce)
    in_force_from = table.date_or_unknown("in_force_from")
    allowed = {
        Certainty.SEEN: (InForce.IN_FORCE, InForce.NOT_CHECKED, InForce.NOT_KNOWN),
        Certainty.CHOSEN: (),
        Certainty.AGREED: (),
        Certainty.UNVERIFIED: (InForce.NOT_CHECKED, InForce.NOT_KNOWN),
        Certainty.DO_NOT_GUESS: (InForce.NOT_KNOWN,),
    }[certainty]
    if in_force not in allowed:
        raise table.wrong(
            f"it is {certainty.value} and said to be “{in_force.value}”",
            "Choose " + " or ".join(f"“{each.value}”" for each in allowed),
        )
    if in_force_from and in_force is not InForce.IN_FORCE:
        raise table.wrong("it has a date and is not in force", "Make the date “unknown”")
    return in_force, in_force_from


def _definitions(path: Path, sources: Mapping[str, Source]) -> Iterator[Definition]:
    for table in read_tables(path, "definition"):
        definition = Definition(
            **_standing(table, sources),
            version=table.whole("version"),
            detail=table.text("detail"),
            limbs=tuple(_limbs(table)),
        )
        table.finish()
        if not any(limb.core for limb in definition.limbs):
            raise table.wrong("no limb is the core", "Give one limb “core = true”")
        yield definition


def _limbs(table: Table) -> Iterator[Limb]:
    for inner in table.tables("limb"):
        limb = Limb(
            key=inner.text("key"),
            title=inner.text("title"),
            detail=inner.text("detail"),
            core=inner.flag("core"),
        )
        inner.finish()
        yield limb


def _events(path: Path, sources: Mapping[str, Source]) -> Iterator[EventKind]:
    for table in read_tables(path, "event"):
        event = EventKind(
            **_standing(table, sources),
            compartment=table.choice("compartment", Compartment),
            signal=table.flag("signal"),
            keeps=table.flag("keeps") if table.has("keeps") else False,
            hint=table.text("hint", ""),
        )
        table.finish()
        if event.signal and not event.hint:
            raise table.wrong("it is a signal without “hint”", "Say when to choose it")
        yield event


def _rules(
    path: Path,
    sources: Mapping[str, Source],
    events: Mapping[str, EventKind],
    moments: Mapping[str, MomentKind],
) -> Iterator[Rule]:
    def kinds(table: Table, name: str) -> frozenset[str]:
        for key in table.texts(name):
            table.found(key, events, name, "the event")
        return frozenset(table.texts(name))

    for table in read_tables(path, "rule"):
        counts, follows = table.has("times"), table.has("after")
        rule = Rule(
            **_standing(table, sources),
            detail=table.text("detail"),
            version=table.whole("version"),
            opens=table.reference("opens", moments, "the moment").key,
            on=kinds(table, "on"),
            times=table.whole("times") if counts else 1,
            within_days=table.whole("within_days") if counts else 0,
            after=kinds(table, "after") if follows else frozenset(),
            after_days=table.whole("after_days") if follows else 0,
            under=table.whole("under") if table.has("under") else ADULT_AT,
            usual=table.flag("usual"),
        )
        table.finish()
        if counts and rule.times < 2:
            raise table.wrong("once is no count", "Give “times” of at least 2, or leave it out")
        yield rule


def _span(table: Table) -> Span:
    return Span(table.whole("amount"), table.choice("unit", Unit), table.choice("start", Start))


def _clocks(path: Path, sources: Mapping[str, Source]) -> Iterator[Clock]:
    for table in read_tables(path, "clock"):
        clock = Clock(
            **_standing(table, sources),
            span=_span(table),
            counted_from=table.text("counted_from"),
        )
        table.finish()
        yield clock


def _moments(
    path: Path, sources: Mapping[str, Source], clocks: Mapping[str, Clock]
) -> Iterator[MomentKind]:
    for table in read_tables(path, "moment"):
        moment = MomentKind(
            **_standing(table, sources),
            detail=table.text("detail"),
            child_clock=table.reference("child_clock", clocks, "the clock"),
            acknowledge_clock=table.reference("acknowledge_clock", clocks, "the clock"),
        )
        table.finish()
        yield moment


def _pathways(
    directory: Path,
    sources: Mapping[str, Source],
    clocks: Mapping[str, Clock],
    moments: Mapping[str, MomentKind],
) -> dict[tuple[str, int], Pathway]:
    """Read one file a version; every kind of moment has versions 1, 2, … without a gap."""
    found: dict[tuple[str, int], Pathway] = {}
    for path in sorted(directory.glob("*.toml")):
        table, defaults = read_one(path)
        moment = table.reference("moment", moments, "the moment").key
        pathway = Pathway(
            **_standing(table, sources),
            moment=moment,
            version=table.whole("version"),
            steps=tuple(_step(each, sources, clocks) for each in table.tables("step", defaults)),
        )
        table.finish()
        if path.name != f"{moment}.{pathway.version}.toml":
            raise table.wrong(
                f"it is version {pathway.version} of {moment}",
                f"Name the file {moment}.{pathway.version}.toml",
            )
        if not pathway.steps:
            raise table.wrong("it has no step", "Add [[step]]")
        found[moment, pathway.version] = pathway
    _no_gaps(found, moments)
    return found


def _no_gaps(found: Mapping[tuple[str, int], Pathway], moments: Mapping[str, MomentKind]) -> None:
    for moment in moments:
        versions = sorted(version for kind, version in found if kind == moment)
        if versions != list(range(1, len(versions) + 1)) or not versions:
            there = ", ".join(map(str, versions)) or "none"
            raise Table("pathways", moment, {}).wrong(
                f"the versions there are: {there}",
                f"Keep {moment}.1.toml and every later one: moments were opened with them",
            )


ASKED = frozenset({"sender", "school", "police", "health"})
"""Of whom a step may be asked: whoever sent the signal, or only if they are such an agency."""


def _step(table: Table, sources: Mapping[str, Source], clocks: Mapping[str, Clock]) -> Step:
    clock = table.reference("clock", clocks, "the clock") if table.has("clock") else None
    own = _span(table) if table.has("amount") else None
    if clock and own:
        raise table.wrong("it has both “clock” and “amount”", "Keep one of them")
    step = Step(
        **_standing(table, sources),
        detail=table.text("detail"),
        owner=table.text("owner"),
        clock=clock,
        due=clock.span if clock else own,
        good=table.text("good"),
        avoid=table.text("avoid"),
        asked_of=table.texts("asked_of") if table.has("asked_of") else (),
    )
    unknown = sorted(set(step.asked_of) - ASKED)
    if unknown:
        raise table.wrong(
            f"nobody can be asked who is “{unknown[0]}”", f"Choose from {', '.join(sorted(ASKED))}"
        )
    table.finish()
    return step


def _outcomes(path: Path, sources: Mapping[str, Source]) -> Iterator[Outcome]:
    for table in read_tables(path, "outcome"):
        outcome = Outcome(
            **_standing(table, sources),
            detail=table.text("detail"),
            counts_as_reached=table.flag("counts_as_reached"),
            asks=table.text("asks"),
        )
        table.finish()
        yield outcome


def _guides(
    path: Path, sources: Mapping[str, Source], moments: Mapping[str, MomentKind]
) -> Iterator[Guide]:
    for table in read_tables(path, "guide"):
        guide = Guide(
            **_standing(table, sources),
            detail=table.text("detail"),
            moments=tuple(
                table.found(key, moments, "moments", "the moment").key
                for key in table.texts("moments")
            ),
            say=table.texts("say"),
            good=table.texts("good"),
            avoid=table.texts("avoid"),
        )
        table.finish()
        yield guide


def _words(path: Path, sources: Mapping[str, Source]) -> Iterator[ChildWords]:
    for table in read_tables(path, "words"):
        words = ChildWords(
            **_standing(table, sources),
            say=table.text("say"),
            easy=table.texts("easy"),
            picture=table.text("picture"),
            shows=table.text("shows"),
            told=table.text("told", ""),
            on_card=table.flag("on_card"),
        )
        table.finish()
        yield words


def _laws(path: Path, sources: Mapping[str, Source]) -> Iterator[Law]:
    for table in read_tables(path, "law"):
        law = Law(**_standing(table, sources), detail=table.text("detail"))
        table.finish()
        yield law


def _sharing(path: Path, sources: Mapping[str, Source]) -> Iterator[SharingBasis]:
    for table in read_tables(path, "sharing"):
        basis = SharingBasis(
            **_standing(table, sources),
            part=table.choice("part", Part),
            detail=table.text("detail"),
            by_switch=table.flag("by_switch"),
        )
        table.finish()
        yield basis


def _golden_rules(path: Path, sources: Mapping[str, Source]) -> Iterator[GoldenRule]:
    for table in read_tables(path, "golden_rule"):
        rule = GoldenRule(**_standing(table, sources), detail=table.text("detail"))
        table.finish()
        yield rule


def _gradings(path: Path, sources: Mapping[str, Source]) -> Iterator[Grading]:
    for table in read_tables(path, "grading"):
        grading = Grading(
            **_standing(table, sources), part=table.text("part"), code=table.text("code")
        )
        table.finish()
        yield grading


def _evidence(path: Path, sources: Mapping[str, Source]) -> Iterator[Evidence]:
    for table in read_tables(path, "evidence"):
        evidence = Evidence(
            **_standing(table, sources), detail=table.text("detail"), so=table.text("so")
        )
        table.finish()
        yield evidence


def _wordings(path: Path, sources: Mapping[str, Source]) -> Iterator[Wording]:
    for table in read_tables(path, "wording"):
        wording = Wording(**_standing(table, sources), avoid=table.texts("avoid"))
        table.finish()
        yield wording
