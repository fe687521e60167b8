"""The forms of conversations, of what follows one, and of what children are told."""

from __future__ import annotations

from tests.access.form import Form
from tests.access.place import ROW_NEEDED

CONVERSATION, MOMENT = "/conversations/{conversation_id}/", "/moments/{moment_id}/"
CANDIDATE, AFTER = CONVERSATION + "candidates/{candidate_id}/", CONVERSATION + "after/"
CONVERSATION_FORMS: dict[str, Form] = {
    "write down a conversation": Form(
        MOMENT + "conversation/",
        MOMENT + "conversation/",
        "practitioner",
        {
            "version_id": "0f0a5b1e-5f0e-4b43-8c10-3c9f4f5d1a01",
            "conversation_id": "0f0a5b1e-5f0e-4b43-8c10-3c9f4f5d1a02",
            "guide": "custody",
            "words.words": "nobody asked me",
            "draft": "1",
        },
    ),
    "go on with a conversation": Form(
        CONVERSATION + "write/",
        CONVERSATION + "write/",
        "practitioner",
        {
            "version_id": "0f0a5b1e-5f0e-4b43-8c10-3c9f4f5d1a03",
            "conversation_id": "{conversation_id}",
            "guide": "custody",
            "invitation.answer": "offered",
            "finish": "1",
        },
    ),
    "confirm a candidate": Form(
        CANDIDATE + "confirm/",
        CANDIDATE + "confirm/",
        "practitioner",
        {"name": "The flats behind the station", "kind": "place"},
    ),
    "a candidate is the same": Form(
        CANDIDATE + "same/", CANDIDATE, "practitioner", {"same_as": "{context}"}
    ),
    "set a candidate aside": Form(
        CANDIDATE + "set-aside/", CANDIDATE + "set-aside/", "practitioner", {"reason": "Misheard"}
    ),
    "come back to a candidate": Form(
        CANDIDATE + "later/", CANDIDATE + "later/", "practitioner", {"days": "7"}
    ),
    "take a decision back": Form(
        CANDIDATE + "take-back/",
        CANDIDATE + "take-back/",
        "practitioner",
        {"reason": "It is the one by the station"},
        ("candidate set aside",),
    ),
    "share a child’s words": Form(
        CONVERSATION + "share/",
        CONVERSATION + "share/",
        "practitioner",
        {
            "agency_kind": "school",
            "reason": "To keep her safe there",
            "child_told": "She agreed",
            "understood": "on",
        },
    ),
    "a card for a child": Form(
        CONVERSATION + "card/",
        CONVERSATION + "card/",
        "practitioner",
        {
            "safe": "yes",
            "text": "Thursday at four, by the bench.",
            "sentences": "stop",
            "language": "en",
            "card_id": "0f0a5b1e-5f0e-4b43-8c10-3c9f4f5d1a04",
        },
        answered=200,
    ),
    "enter words for children": Form(
        "/words/{language}/{words_key}/",
        "/words/{language}/{words_key}/",
        "supervisor",
        {"seen": "{seen}", "say": "Możesz przerwać.", "easy": "Możesz przerwać.\nTo nic."},
    ),
    "words were checked": Form(
        "/words/{language}/{words_key}/checked/",
        "/words/{language}/{words_key}/checked/",
        "panel_coordinator",
        {"translation": "{translation}", "checked_by": "Fenmarch Interpreting"},
    ),
    "tasks of a conversation": Form(
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
    "senders are told": Form(
        AFTER,
        AFTER,
        "practitioner",
        {"what": "senders", "said": "talked", "own": "Please ring."},
    ),
    "passed on": Form(
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
    "add a task": Form(
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
    "a task is done": Form(MOMENT + "task/{task_id}/done/", MOMENT, "practitioner", {}),
    "drop a task": Form(
        MOMENT + "task/{task_id}/drop/",
        MOMENT + "task/{task_id}/drop/",
        "practitioner",
        {"reason": "She has one"},
    ),
}
