"""What a conversation can hold, part by part. Each part may be left out.

Parts with `audience` hold the child's own words and wishes: they stay with those the child was
told about.
"""

from __future__ import annotations

from dataclasses import dataclass

LINE, LONG, VERBATIM = "text", "long", "words"
CHOICE, MANY, DAY, COLLEAGUE, ROWS = "choice", "many", "day", "colleague", "rows"
SERVICE = "service"
"""One of the services that fit the child, by its identifier and by its name as it was read."""
MOST_LINE, MOST_LONG, MOST_ROWS = 200, 10_000, 20

TALKED, ACCEPTED, OFFERED, NOT_NOW, DECLINED = (
    *("talked", "accepted", "offered", "not_now", "declined"),
)
ASKED_AGAIN = (NOT_NOW, DECLINED)


@dataclass(frozen=True)
class Field:
    """One thing to enter. `shown_if` names another field of the part, and the answers for which
    this one is asked."""

    key: str
    label: str
    kind: str = LINE
    hint: str = ""
    options: tuple[tuple[str, str], ...] = ()
    fields: tuple[Field, ...] = ()
    shown_if: tuple[str, tuple[str, ...]] | None = None

    @property
    def most(self) -> int:
        """The most characters of a text, or the most rows."""
        if self.kind == ROWS:
            return MOST_ROWS
        return MOST_LINE if self.kind == LINE else MOST_LONG


@dataclass(frozen=True)
class Part:
    key: str
    title: str
    lead: str
    fields: tuple[Field, ...]
    audience: bool = False


_AGAIN = ("answer", ASKED_AGAIN)

INVITATION = Part(
    "invitation",
    "Did the child want to talk?",
    "A no is an answer. It is never the end, and never counts as reached.",
    (
        Field(
            "answer",
            "What did the child say?",
            CHOICE,
            options=(
                (TALKED, "Yes, and we talked"),
                (ACCEPTED, "Yes, and we meet later"),
                (NOT_NOW, "Not now"),
                (DECLINED, "No"),
                (OFFERED, "Nothing yet: I left word"),
            ),
        ),
        Field(
            "how",
            "How was it offered?",
            CHOICE,
            options=(
                ("in_person", "In person"),
                ("spoken", "By phone or video"),
                ("message", "By a message"),
                ("through_somebody", "Through somebody whom the child trusts"),
            ),
        ),
        Field(
            "why",
            "Why not now, as you understood it?",
            LONG,
            "In your words: theirs come later, where fewer read them.",
            shown_if=_AGAIN,
        ),
        Field("again_on", "When do we ask again?", DAY, shown_if=_AGAIN),
        Field("again_by", "Who asks?", COLLEAGUE, shown_if=_AGAIN),
        Field(
            "again_how",
            "What will be different then?",
            LINE,
            "Another person, place, time or way.",
            shown_if=_AGAIN,
        ),
    ),
)

COMMUNICATION = Part(
    "communication",
    "How the child understands and is understood",
    "First, on every contact: most children here have speech, language or communication needs.",
    (
        Field(
            "needs",
            "What does the child need?",
            MANY,
            options=(
                ("interpreter", "An interpreter"),
                ("sign_language", "British Sign Language"),
                ("easy_read", "Easy read or pictures"),
                ("speech", "Help with speech, language or hearing"),
                ("autism", "Room for how an autistic child talks"),
                ("welsh", "Welsh"),
            ),
        ),
        Field("language", "Which language?"),
        Field("helps", "What helps, and what does not?", LONG),
    ),
)

PRESENT = Part(
    "present",
    "Who was there",
    "Also whoever came and went, or could listen.",
    (
        Field(
            "alone",
            "Did you see the child alone?",
            CHOICE,
            options=(("yes", "Yes"), ("partly", "For a part of the time"), ("no", "No")),
        ),
        Field(
            "people",
            "Who else?",
            ROWS,
            fields=(
                Field("who", "Name, or who they are"),
                Field(
                    "role",
                    "As what?",
                    CHOICE,
                    options=(
                        ("family", "Family or carer"),
                        ("appropriate_adult", "Appropriate adult"),
                        ("solicitor", "Solicitor"),
                        ("interpreter", "Interpreter"),
                        ("staff", "Staff of the place"),
                        ("police", "Police"),
                        ("friend", "Friend of the child"),
                        ("other", "Somebody else"),
                    ),
                ),
            ),
        ),
    ),
)

TOLD = Part(
    "told",
    "What you told the child about who will read this",
    "Before they tell you anything, and in words of their age. Their words stay with these people.",
    (
        Field(
            "who",
            "Who did you say will read it?",
            MANY,
            options=(
                ("team", "My team"),
                ("childrens_social_care", "Social worker"),
                ("school", "School"),
                ("health", "Doctors and nurses"),
                ("youth_justice", "Youth justice worker"),
                ("charity", "Youth worker or charity"),
                ("housing", "Housing"),
                ("police", "Police"),
            ),
        ),
        Field("words", "How did you say it?", LONG),
    ),
)

WORDS = Part(
    "words",
    "In the child’s own words",
    "Word for word. Nothing here is corrected, by you or by us.",
    (Field("words", "What the child said", VERBATIM),),
    audience=True,
)

WISHES = Part(
    "wishes",
    "What the child wants",
    "What they want comes before what we think they need.",
    (
        Field("wants", "What do they want to happen?", LONG),
        Field("going_well", "What is going well?", LONG),
        Field("trusts", "Whom do they trust?", LONG),
    ),
    audience=True,
)

SAFETY = Part(
    "safety",
    "Is the child safe now?",
    "Tonight, and on the way there. If not: act first, write later.",
    (
        Field(
            "safe",
            "Safe until you or somebody else sees them next?",
            CHOICE,
            options=(("yes", "Yes"), ("no", "No"), ("not_sure", "I am not sure")),
        ),
        Field("done", "What did you do about it, and who knows?", LONG),
    ),
)

NOTICED = Part(
    "noticed",
    "What you noticed",
    "Each by itself, as you saw or heard it. What makes a child strong counts as much. This is not"
    " an intelligence report: police grade and send those in their own system.",
    (
        Field(
            "things",
            "What?",
            ROWS,
            fields=(
                Field("what", "What was it?", LONG),
                Field(
                    "group",
                    "Of what kind?",
                    CHOICE,
                    options=(
                        ("sign", "A sign of harm"),
                        ("vulnerability", "Something that is used against the child"),
                        ("context", "Something about a place or people around"),
                        ("strength", "A strength, or something that protects"),
                    ),
                ),
                Field(
                    "how",
                    "How do you know?",
                    CHOICE,
                    options=(
                        ("seen", "I saw it"),
                        ("heard", "I heard it"),
                        ("told", "I was told"),
                    ),
                ),
            ),
        ),
    ),
)

INSTEAD = Part(
    "instead",
    "What they give, and what could stand in for it",
    "Food, money, a phone, belonging, a debt paid: it has to come from somebody, by a day.",
    (
        Field(
            "things",
            "What?",
            ROWS,
            fields=(
                Field("given", "What do they give the child?"),
                Field("instead", "What could stand in for it?"),
                Field("by_whom", "From whom?"),
                Field("by_when", "By when?", DAY),
            ),
        ),
    ),
)

YES, THINKS, NO = "yes", "thinks", "no"
HELP_OFFERED = Part(
    "offered",
    "What you offered",
    "With a yes, and where the child thinks about it, the offer is recorded once this is finished.",
    (
        Field(
            "services",
            "Which?",
            ROWS,
            fields=(
                Field("service", "Which service?", SERVICE),
                Field(
                    "said",
                    "What did the child say to it?",
                    CHOICE,
                    options=(
                        (YES, "Yes"),
                        (THINKS, "They want to think about it"),
                        (NO, "No"),
                    ),
                ),
            ),
        ),
        Field(
            "nothing_fits",
            "Was there nothing that fits?",
            CHOICE,
            options=((YES, "Nothing fits: record it as a gap"),),
        ),
        Field(
            "help",
            "Which help is needed?",
            CHOICE,
            options=(
                ("mentoring", "Somebody to talk to, a mentor"),
                ("family", "Support for family and carers"),
                ("education", "School, college or work"),
                ("health", "Health"),
                ("mental_health", "Mental health and trauma"),
                ("substances", "Drugs and alcohol"),
                ("speech_language", "Speech and language therapy"),
                ("activities", "Sport, music and other activities"),
                ("money_debt", "Money and debt"),
                ("legal", "Legal advice"),
                ("housing", "Somewhere to live"),
                ("safe_place", "A safe place or refuge"),
            ),
            shown_if=("nothing_fits", (YES,)),
        ),
    ),
)

CANDIDATES = Part(
    "candidates",
    "Where, with whom, and how they travelled",
    "Only noted here: a person confirms each before it stands anywhere else.",
    (
        Field(
            "things",
            "What?",
            ROWS,
            fields=(
                Field(
                    "kind",
                    "What is it?",
                    CHOICE,
                    options=(
                        ("place", "A place"),
                        ("person", "A person"),
                        ("travel", "A way to travel"),
                        ("online", "Something online, or a phone number"),
                    ),
                ),
                Field("what", "As the child, or you, would say it"),
            ),
        ),
    ),
)

CONTACT = Part(
    "contact",
    "How and when it is safe to make contact",
    "Somebody else may read the child’s phone.",
    (
        Field("how", "How?"),
        Field("when", "When?"),
        Field("avoid", "What must not be done, and who must not know?", LONG),
    ),
)

NEXT = Part(
    "next",
    "When you meet again",
    "With the same adult, wherever that can be.",
    (
        Field("day", "On which day?", DAY),
        Field("when", "At what time, and where?"),
        Field("who", "Who meets the child?", COLLEAGUE),
        Field("why", "If it is somebody else: why?"),
    ),
)

OTHERS = Part(
    "others",
    "What others need to know now",
    "Only what keeps the child safe. No words of the child’s.",
    (
        Field(
            "things",
            "What?",
            ROWS,
            fields=(Field("who", "Who?"), Field("what", "What do they need to know?", LONG)),
        ),
    ),
)

PARTS = (
    *(INVITATION, COMMUNICATION, PRESENT, TOLD, WORDS, WISHES, SAFETY, NOTICED, INSTEAD),
    *(HELP_OFFERED, CANDIDATES, CONTACT, NEXT, OTHERS),
)
BY_KEY = {part.key: part for part in PARTS}
