"""What a child is told, as a partnership entered it in other languages."""

from __future__ import annotations

from reachable.conversations import child_words
from reachable.foundation.actor import Actor

STOP = {
    "pl": ("Możemy przestać, kiedy chcesz.", "Możesz powiedzieć stop.\nWtedy przestaniemy."),
    "ar": ("يمكننا أن نتوقف متى شئت.", "يمكنك أن تقول توقف.\nعندها نتوقف."),
}


def enter(*, by: Actor, language: str, key: str, checked: bool = True) -> None:
    """Enter a sentence in a language, and have it checked."""
    say, easy = STOP[language]
    made = child_words.enter(by=by, language=language, key=key, say=say, easy=easy)
    if checked:
        child_words.check(
            by=by,
            language=language,
            key=key,
            translation_id=made,
            checked_by="Fenmarch Interpreting",
        )


def fill_words(*, by: Actor) -> None:
    """Two sentences in Arabic and one in Polish, one of them not checked."""
    enter(by=by, language="ar", key="stop")
    enter(by=by, language="ar", key="skip", checked=False)
    enter(by=by, language="pl", key="stop")
