"""Areas and postcodes of a real partnership, from tables as their publishers make them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from reachable.access.models import Team
from reachable.audit.models import Entry
from reachable.geography import loading, rules
from reachable.geography.cli import areas, postcodes
from reachable.geography.models import Area, Postcode
from reachable.geography.selectors import areas_of, positions_of
from tests.support.world import make_world

pytestmark = pytest.mark.db

WARDS = ["WD24CD", "WD24NM", "WD24NMW", "LAD24CD", "LAD24NM", "ObjectId"]
PUBLISHED = (
    "pcd7,pcd8,pcds,dointr,doterm,usrtypind,east1m,north1m,gridind,oa21cd,cty25cd,ced25cd,"
    "lad25cd,wd25cd,nhser24cd,ctry25cd,rgn25cd,pcon24cd,ttwa15cd,itl25cd,npark16cd,lsoa21cd,"
    "msoa21cd,wz11cd,sicbl24cd,bua24cd,ruc21ind,oac11ind,lat,long,lep21cd1,lep21cd2,pfa23cd"
)
DIRECTORY = PUBLISHED.split(",")


def table(path: Path, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([headings, *rows])
    return str(path)


def wards(folder: Path) -> str:
    rows = [
        ("X05000001", "Fen North", "", "X06000001", "Fenmarch", "1"),
        ("X05000002", "Fen South", "", "X06000001", "Fenmarch", "2"),
        ("X05000003", "Hill", "", "X06000002", "Elsewhere", "3"),
    ]
    return table(folder / "wards.csv", WARDS, rows)


def entry(postcode: str, ward: str, lat: str = "52.5", long: str = "0.1", **more: str) -> list[str]:
    held = {"pcd7": postcode.replace(" ", ""), "pcds": postcode, "wd25cd": ward}
    held |= {"lad25cd": "X06000001", "lat": lat, "long": long, **more}
    return [held.get(heading, "") for heading in DIRECTORY]


def directory(folder: Path, *rows: Sequence[str]) -> str:
    return table(folder / "directory.csv", DIRECTORY, rows)


def run_areas(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(areas, arguments)
    return result.exit_code, result.output


def run_postcodes(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(postcodes, arguments)
    return result.exit_code, result.output


@pytest.fixture
def loaded(db: None, tmp_path: Path) -> None:
    status, said = run_areas(
        "load", wards(tmp_path), "--code", "WD24CD", "--only", "LAD24CD=X06000001"
    )
    assert status == 0, said


def test_areas_are_taken_from_a_table_of_the_whole_country(loaded: None, tmp_path: Path) -> None:
    assert dict(Area.objects.values_list("code", "name")) == {
        "X05000001": "Fen North",
        "X05000002": "Fen South",
    }
    later = table(
        tmp_path / "later.csv",
        ["code", "name"],
        [("X05000001", "North Fen"), ("X05000009", "New")],
    )
    status, said = run_areas("load", later)
    assert status == 0
    assert "1 area new, 1 renamed, 0 as before." in said
    assert "Not in this file, and still here: Fen South (X05000002)." in said
    noted = Entry.objects.filter(action="geography.areas_loaded").order_by("id")
    assert [each.details for each in noted] == [{"new": 2, "renamed": 0}, {"new": 1, "renamed": 1}]


def test_postcodes_of_the_areas_are_taken_and_others_passed_over(
    loaded: None, tmp_path: Path
) -> None:
    path = directory(
        tmp_path,
        entry("FX1 1AA", "X05000001"),
        entry("FX1 1AB", "X05000002", lat="99.999999", long="0.000000", doterm="202001"),
        entry("FX1 1AC", "X05000003"),
        entry("FX1 1AD", ""),
    )
    status, said = run_postcodes("load", path, "--area", "WD25CD")
    assert status == 0, said
    assert "2 postcodes new, 0 changed, 0 as before." in said
    assert "2 rows lie in none of your areas." in said
    assert "Of 1 it is not known where they lie" in said
    assert areas_of(["FX1 1AA", "FX1 1AB", "FX1 1AC"]) == {
        "FX1 1AA": "X05000001",
        "FX1 1AB": "X05000002",
    }
    assert positions_of(["FX1 1AA", "FX1 1AB"]) == {"FX1 1AA": (52.5, 0.1)}
    assert Entry.objects.get(action="geography.loaded").details == {"count": 2}

    moved = directory(tmp_path, entry("FX1 1AA", "X05000002"), entry("FX1 1AB", "X05000002"))
    _, said = run_postcodes("load", moved, "--area", "wd25cd")
    assert "0 postcodes new, 2 changed, 0 as before" in said
    assert areas_of(["FX1 1AA"]) == {"FX1 1AA": "X05000002"}
    _, said = run_postcodes("load", moved, "--area", "wd25cd")
    assert "0 postcodes new, 0 changed, 2 as before" in said


def test_a_table_without_positions_takes_none_away(loaded: None, tmp_path: Path) -> None:
    run_postcodes("load", directory(tmp_path, entry("FX1 1AA", "X05000001")), "--area", "wd25cd")
    own = table(tmp_path / "own.csv", ["Postcode", "Area"], [("fx11aa", "X05000002")])
    assert "0 postcodes new, 1 changed" in run_postcodes("load", own)[1]
    assert positions_of(["FX1 1AA"]) == {"FX1 1AA": (52.5, 0.1)}


def test_rows_that_cannot_be_used_are_said_and_the_others_taken(
    loaded: None, tmp_path: Path
) -> None:
    rows = [
        ("FX1 1AA", "X05000001"),
        ("nonsense", "X05000001"),
        ("FX1 1AA", "X05000001"),
        ("FX1 1AA", "X05000002"),
        *((f"odd{number}", "X05000001") for number in range(5)),
        ("FX1 1AB",),
    ]
    own = table(tmp_path / "own.csv", ["postcode", "area"], rows)
    with (tmp_path / "own.csv").open("a", encoding="utf-8") as file:
        file.write('"FX1 1AC"x,X05000001\n')
    status, said = run_postcodes("load", own)
    assert status == 0, said
    assert "Row 3 was left out: “nonsense” is no postcode." in said
    assert "Row 5 was left out: FX1 1AA stands further up, in another area." in said
    assert "3 more were left out." in said
    assert "1 postcode new" in said
    assert Postcode.objects.count() == 1


def test_many_are_written_by_the_thousand(loaded: None, tmp_path: Path) -> None:
    letters = "ABCDEFGHJK"
    codes = [
        f"FX{one} {two}{a}{b}"
        for one in range(1, 6)
        for two in range(10)
        for a in letters
        for b in letters
    ]
    path = directory(tmp_path, *(entry(code, "X05000001") for code in codes[: loading.BATCH + 1]))
    assert (
        f"{loading.BATCH + 1:,} postcodes new" in run_postcodes("load", path, "--area", "wd25cd")[1]
    )
    assert Postcode.objects.count() == loading.BATCH + 1


REFUSED_AREAS: list[tuple[list[str], list[list[str]], list[str], str]] = [
    (["a", "b"], [["1", "2"]], [], "It is not clear under which heading the codes"),
    (WARDS, [["1", "2", "", "3", "4", ""]], [], "such as --code WD24CD"),
    (["code", "title"], [["1", "2"]], [], "under which heading the names"),
    (["code", "name"], [["1", "2"]], ["--code", "WD24CD"], "The file has no column “WD24CD”."),
    (["code", "name"], [["1", "2"]], ["--only", "code=9"], "No row of the file has “9” under"),
    (["code", "name"], [["1", "2"]], ["--only", "code"], "Write HEADING=VALUE."),
    (["code", "name"], [["1", "2"]], ["--only", "code=1", "--only", "code=2"], "is there twice"),
    (["code", "name"], [["1", ""]], [], "Row 2: its code or its name is missing."),
    (["code", "name"], [["1", "A"], ["1", "B"]], [], "Row 3: 1 stands further up"),
    (["code", "name"], [["1" * 21, "A"]], [], "more than 20 signs"),
    (["code", "name"], [["1", "A" * 121]], [], "more than 120 letters"),
    (["code", "name"], [], [], "The file has no areas."),
    (["code", "name"], [[str(each), "A"] for each in range(401)], [], "401 areas; a partnership"),
]


@pytest.mark.parametrize(("headings", "rows", "options", "said"), REFUSED_AREAS)
def test_areas_that_cannot_be_used_change_nothing(
    db: None,
    tmp_path: Path,
    headings: list[str],
    rows: list[list[str]],
    options: list[str],
    said: str,
) -> None:
    status, output = run_areas("load", table(tmp_path / "t.csv", headings, rows), *options)
    assert status != 0
    assert said in output
    assert not Area.objects.exists()
    assert not Entry.objects.exists()


def test_postcodes_need_areas_and_the_right_column(db: None, tmp_path: Path) -> None:
    path = directory(tmp_path, entry("FX1 1AA", "X05000001"))
    assert "Load them first: reachable areas load FILE" in run_postcodes("load", path)[1]
    run_areas("load", table(tmp_path / "own.csv", ["code", "name"], [("X05000001", "North")]))
    status, said = run_postcodes("load", path)
    assert status == 1
    assert "It is not clear under which heading the codes of your areas stand." in said
    assert "lad25cd, wd25cd" in said
    status, said = run_postcodes("load", path, "--area", "lad25cd")
    assert status == 1
    assert "No postcode of the file lies in an area that is here (X05000001)." in said
    assert "Under “lad25cd” it has X06000001." in said
    none = table(tmp_path / "none.csv", ["place", "area"], [("FX1 1AA", "X05000001")])
    assert "called “postcode” or “pcds”" in run_postcodes("load", none)[1]
    picture = tmp_path / "picture.csv"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    assert run_postcodes("load", str(picture))[0] == 1
    assert not Postcode.objects.exists()


def test_an_area_is_removed_once_no_team_answers_for_it(tmp_path: Path, db: None) -> None:
    make_world()
    run_areas("load", wards(tmp_path), "--code", "WD24CD")
    run_postcodes("load", directory(tmp_path, entry("FX1 1AA", "X05000003")), "--area", "wd25cd")
    team = Team.objects.first()
    assert team is not None
    team.areas = ["X05000003"]
    team.save()
    status, said = run_areas("remove", "X05000003")
    assert status == 1
    assert f"{team.name} answers for Hill." in said
    team.areas = []
    team.save()
    assert "Hill was removed, with 1 postcode." in run_areas("remove", "X05000003")[1]
    assert not Postcode.objects.exists()
    status, said = run_areas("remove", "X05000003")
    assert (status, "There is no area X05000003." in said) == (1, True)
    assert run_areas("list")[1].splitlines() == [
        "X05000001\tFen North\t0 postcodes",
        "X05000002\tFen South\t0 postcodes",
    ]


@pytest.mark.parametrize(
    ("latitude", "longitude", "found"),
    [
        ("52.5", "-0.1", (52.5, -0.1)),
        ("99.999999", "0.000000", None),
        ("", "", None),
        ("nan", "0", None),
        ("52", "inf", None),
        ("52", "181", None),
    ],
)
def test_a_position_is_on_the_earth(
    latitude: str, longitude: str, found: tuple[float, float] | None
) -> None:
    assert rules.position(latitude, longitude) == found


def test_a_published_table_of_councils_is_taken_as_it_is(shared: Path) -> None:
    (path,) = (shared / "data").glob("LTLA-UTLA*.csv")
    assert "such as --code LTLA23CD" in run_areas("load", str(path))[1]
    status, said = run_areas("load", str(path), "--code", "LTLA23CD", "--only", "UTLA23NM=Surrey")
    assert status == 0, said
    assert said.startswith("11 areas new")
    assert Area.objects.get(code="E07000214").name == "Surrey Heath"
