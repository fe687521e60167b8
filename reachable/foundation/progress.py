"""Long work that shows how far it is, on every page and to whoever started it."""

from __future__ import annotations

from reachable.foundation.models import LongWork


def report(name: str, title: str, done: int, total: int, words: str = "") -> None:
    """Say how far it is; the first report begins it."""
    LongWork.objects.update_or_create(
        name=name,
        defaults={
            "title": title,
            "done": done,
            "total": total,
            "words": words[:200],
            "finished": False,
        },
    )


def finish(name: str) -> None:
    LongWork.objects.filter(name=name).update(finished=True)


def is_finished(name: str) -> bool:
    return LongWork.objects.filter(name=name, finished=True).exists()


def unfinished() -> LongWork | None:
    """Return what is being done now, if anything."""
    return LongWork.objects.filter(finished=False).first()
