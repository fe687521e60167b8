"""What may be asked of a pair of records, said once and rendered for each who computes it.

A condition is false where a value that it needs is not known, in Python as in SQL. Each is
symmetrical: it does not matter which record stands on the left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

DUCKDB, SPARK = "duckdb", "spark"


class Condition(Protocol):
    def python(self) -> str:
        """An expression of `l` and `r`, whose attributes are the columns."""

    def sql(self, dialect: str) -> str:
        """The same of columns that end in `_l` and `_r`."""


def both(column: str, dialect: str) -> tuple[str, str]:
    """The column of either record. To Spark, what stands in double quotes is a text."""
    mark = "`" if dialect == SPARK else '"'
    return f"{mark}{column}_l{mark}", f"{mark}{column}_r{mark}"


def _both_known(column: str) -> str:
    return f"l.{column} is not None and r.{column} is not None"


@dataclass(frozen=True)
class Same:
    """Both hold the same value."""

    column: str

    def python(self) -> str:
        return f"(l.{self.column} is not None and l.{self.column} == r.{self.column})"

    def sql(self, dialect: str) -> str:
        one, two = both(self.column, dialect)
        return f"{one} = {two}"


@dataclass(frozen=True)
class Crossed:
    """What one holds in one column, the other holds in another."""

    column: str
    other: str

    def python(self) -> str:
        one, two = self.column, self.other
        return (
            f"(l.{one} is not None and l.{one} == r.{two}"
            f" or r.{one} is not None and r.{one} == l.{two})"
        )

    def sql(self, dialect: str) -> str:
        left, right = both(self.column, dialect)
        other_left, other_right = both(self.other, dialect)
        return f"({left} = {other_right} OR {right} = {other_left})"


@dataclass(frozen=True)
class Edits:
    """At most so many letters more, less or different.

    For 1, two neighbours that changed places count as one; there all implementations agree.
    """

    column: str
    most: int = 1

    def python(self) -> str:
        function = "swaps_too" if self.most == 1 else "letters"
        return (
            f"({_both_known(self.column)} and "
            f"{function}(l.{self.column}, r.{self.column}, score_cutoff={self.most})"
            f" <= {self.most})"
        )

    def sql(self, dialect: str) -> str:
        function = "damerau_levenshtein" if self.most == 1 else "levenshtein"
        one, two = both(self.column, dialect)
        return f"{function}({one}, {two}) <= {self.most}"


@dataclass(frozen=True)
class Alike:
    """Similar by Jaro and Winkler, 0 to 1: what begins the same counts for more."""

    column: str
    least: float

    def python(self) -> str:
        return (
            f"({_both_known(self.column)} and "
            f"alike(l.{self.column}, r.{self.column}) >= {self.least})"
        )

    def sql(self, dialect: str) -> str:
        function = "jaro_winkler_similarity" if dialect == DUCKDB else "jaro_winkler"
        one, two = both(self.column, dialect)
        return f"{function}({one}, {two}) >= {self.least}"


@dataclass(frozen=True)
class Shares:
    """Two columns of several values have at least so many in common."""

    column: str
    least: int = 1

    def python(self) -> str:
        return (
            f"({_both_known(self.column)} and "
            f"len(l.{self.column} & r.{self.column}) >= {self.least})"
        )

    def sql(self, dialect: str) -> str:
        one, two = both(self.column, dialect)
        if dialect == DUCKDB:
            return f"len(list_intersect({one}, {two})) >= {self.least}"
        return f"size(array_intersect({one}, {two})) >= {self.least}"


@dataclass(frozen=True)
class Among:
    """The value of one is among the several that the other holds in another column."""

    column: str
    several: str

    def python(self) -> str:
        one, many = self.column, self.several
        return (
            f"(l.{one} is not None and r.{many} is not None and l.{one} in r.{many}"
            f" or r.{one} is not None and l.{many} is not None and r.{one} in l.{many})"
        )

    def sql(self, dialect: str) -> str:
        function = "list_contains" if dialect == DUCKDB else "array_contains"
        left, right = both(self.column, dialect)
        many_left, many_right = both(self.several, dialect)
        return f"({function}({many_right}, {left}) OR {function}({many_left}, {right}))"


@dataclass(frozen=True)
class AtLeast:
    """Both hold a number that is no smaller."""

    column: str
    number: int

    def python(self) -> str:
        return (
            f"({_both_known(self.column)} and "
            f"l.{self.column} >= {self.number} and r.{self.column} >= {self.number})"
        )

    def sql(self, dialect: str) -> str:
        one, two = both(self.column, dialect)
        return f"({one} >= {self.number} AND {two} >= {self.number})"


@dataclass(frozen=True)
class Within:
    """Two numbers that lie no further apart."""

    column: str
    most: int

    def python(self) -> str:
        return (
            f"({_both_known(self.column)} and "
            f"-{self.most} <= l.{self.column} - r.{self.column} <= {self.most})"
        )

    def sql(self, dialect: str) -> str:
        one, two = both(self.column, dialect)
        return f"abs({one} - {two}) <= {self.most}"


@dataclass(frozen=True)
class Fits:
    """One holds the letters of the other, wherever it does not hold `_` for a letter that is lost.

    The column holds nothing else that SQL's LIKE gives a meaning to.
    """

    column: str

    def python(self) -> str:
        one, two = f"l.{self.column}", f"r.{self.column}"
        return (
            f"({one} is not None and {two} is not None and "
            f"(fits({one}, {two}) or fits({two}, {one})))"
        )

    def sql(self, dialect: str) -> str:
        one, two = both(self.column, dialect)
        return f"({one} LIKE {two} OR {two} LIKE {one})"


@dataclass(frozen=True)
class AllOf:
    parts: tuple[Condition, ...]

    def python(self) -> str:
        return "(" + " and ".join(part.python() for part in self.parts) + ")"

    def sql(self, dialect: str) -> str:
        return "(" + " AND ".join(part.sql(dialect) for part in self.parts) + ")"


@dataclass(frozen=True)
class AnyOf:
    parts: tuple[Condition, ...]

    def python(self) -> str:
        return "(" + " or ".join(part.python() for part in self.parts) + ")"

    def sql(self, dialect: str) -> str:
        return "(" + " OR ".join(part.sql(dialect) for part in self.parts) + ")"


def all_of(*parts: Condition) -> AllOf:
    return AllOf(parts)


def any_of(*parts: Condition) -> AnyOf:
    return AnyOf(parts)
