"""Some of what a child is told, entered in another language by those who keep it."""

from __future__ import annotations

from reachable.conversations import child_words
from reachable.synthetic.arrival import actors
from reachable.synthetic.material import material
from reachable.synthetic.partnership import Partnership


def enter_words(made: Partnership) -> int:
    """Enter the sentences once, and have most of them checked; return how many there are."""
    by, source = actors(made)[made.rota.supervisor], material("child_words")
    language = source["language"]
    if child_words.in_language(by=by, language=language).is_begun:
        return 0
    for row in source["words"]:
        key = row["key"]
        entered = child_words.enter(
            by=by, language=language, key=key, say=row["say"], easy="\n".join(row["easy"])
        )
        if row["checked"]:
            child_words.check(
                by=by,
                language=language,
                key=key,
                translation_id=entered,
                checked_by=source["checked_by"],
            )
    return len(source["words"])
