"""Which of the directory's words for communication needs are meant by what somebody wrote."""

from __future__ import annotations

from collections.abc import Iterable

MEANT = {
    "interpreter": ("interpreter", "does not speak english", "no english", "little english"),
    "sign_language": ("sign language", "bsl", "signs"),
    "easy_read": ("easy read", "pictures", "short sentences", "plain words", "learning disab"),
    "speech": ("speech", "stammer", "stutter", "language need", "dld", "hearing", "deaf"),
    "autism": ("autis", "asperger"),
    "welsh": ("welsh", "cymraeg"),
}


def named(said: Iterable[str]) -> frozenset[str]:
    """Return the needs that are named. Whatever is said in other words stays for people to read."""
    words = " ".join(said).casefold()
    return frozenset(
        need for need, meant in MEANT.items() if any(_begins(words, each) for each in meant)
    )


def _begins(words: str, meant: str) -> bool:
    """It has to begin a word: “signs” is not in “designs”."""
    at = words.find(meant)
    while at > 0 and words[at - 1].isalnum():
        at = words.find(meant, at + 1)
    return at >= 0


BANDS = ((10, "under_10"), (13, "10_to_12"), (16, "13_to_15"), (18, "16_to_17"))
GROWN = "18_and_over"


def age_band(age: int | None) -> str:
    """Return into which band an age falls, so that a gap names no exact age; nothing if unknown."""
    if age is None:
        return ""
    return next((band for below, band in BANDS if age < below), GROWN)
