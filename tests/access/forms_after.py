"""The forms of what follows a conversation, and of a moment's tasks."""

from __future__ import annotations

from typing import Any

from tests.access.place import ROW_NEEDED

MOMENT = "/moments/{moment_id}/"
AFTER = "/conversations/{conversation_id}/after/"
AFTER_FORMS: dict[str, tuple[str, str, str, dict[str, Any]]] = {
    "tasks of a conversation": (
        AFTER,
        AFTER,
        "practitioner",
        {
            "what": "tasks",
            "own0.text": "Ring the aunt",
            "own0.day-day": "20",
            "own0.day-month": "12",
            "own0.day-year": "2026",
        },
    ),
    "senders are told": (
        AFTER,
        AFTER,
        "practitioner",
        {"what": "senders", "said": "talked", "own": "Please ring."},
    ),
    "passed on": (
        AFTER,
        AFTER,
        "practitioner",
        {
            "what": "others",
            "row": ROW_NEEDED,
            f"{ROW_NEEDED}-how": "telephone",
            f"{ROW_NEEDED}-to_whom": "Ms Alder, Osier School",
        },
    ),
    "add a task": (
        MOMENT + "tasks/",
        MOMENT + "tasks/",
        "practitioner",
        {
            "text": "A bus pass",
            "for_whom": "{practitioner}",
            "due_on-day": "20",
            "due_on-month": "12",
            "due_on-year": "2026",
        },
    ),
    "a task is done": ("/tasks/{task_id}/done/", MOMENT, "practitioner", {}),
    "drop a task": (
        "/tasks/{task_id}/drop/",
        "/tasks/{task_id}/drop/",
        "practitioner",
        {"reason": "She has one"},
    ),
}
