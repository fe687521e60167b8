"""At which age a text can be read."""

from __future__ import annotations

import re

import readability

FROM_SCHOOL_YEAR = 5
"""A school year of the United States, in which the formula counts, begins at the age of five."""


def reading_age(text: str) -> float:
    """Return the age at which most can read a text, by the formula of Flesch and Kincaid."""
    sentences = re.split(r"(?<=[.?!:])\s+", text.replace("’", "'"))
    said = "\n".join(" ".join(re.findall(r"[\w']+", sentence)) + " ." for sentence in sentences)
    grades = readability.getmeasures(said, lang="en")["readability grades"]
    return float(grades["Kincaid"]) + FROM_SCHOOL_YEAR
