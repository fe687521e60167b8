"""Languages in which a child is told something: their names, and which way they are written."""

from __future__ import annotations

from dataclasses import dataclass

ENGLISH, ANOTHER = "en", "und"


@dataclass(frozen=True)
class Language:
    """A language by its BCP 47 tag; `own` is what those who speak it call it."""

    key: str
    name: str
    own: str
    rtl: bool = False

    @property
    def direction(self) -> str:
        return "rtl" if self.rtl else "ltr"


LANGUAGES = (
    Language(ENGLISH, "English", "English"),
    Language("cy", "Welsh", "Cymraeg"),
    Language("sq", "Albanian", "Shqip"),
    Language("am", "Amharic", "አማርኛ"),
    Language("ar", "Arabic", "العربية", rtl=True),
    Language("bn", "Bengali", "বাংলা"),
    Language("kmr", "Kurdish (Kurmanji)", "Kurmancî"),
    Language("ckb", "Kurdish (Sorani)", "سۆرانی", rtl=True),
    Language("ps", "Pashto", "پښتو", rtl=True),
    Language("fa", "Persian, Dari", "فارسی، دری", rtl=True),
    Language("pl", "Polish", "Polski"),
    Language("pt", "Portuguese", "Português"),
    Language("pa", "Punjabi (Gurmukhi)", "ਪੰਜਾਬੀ"),
    Language("pnb", "Punjabi (Shahmukhi)", "پنجابی", rtl=True),
    Language("ro", "Romanian", "Română"),
    Language("so", "Somali", "Soomaali"),
    Language("es", "Spanish", "Español"),
    Language("ti", "Tigrinya", "ትግርኛ"),
    Language("tr", "Turkish", "Türkçe"),
    Language("uk", "Ukrainian", "Українська"),
    Language("ur", "Urdu", "اردو", rtl=True),
    Language("vi", "Vietnamese", "Tiếng Việt"),
)
BY_KEY = {each.key: each for each in LANGUAGES}
FURTHER = tuple(each for each in LANGUAGES if each.key != ENGLISH)
"""Those in which a partnership can enter what a child is told."""
CHOICES = [(each.key, each.name) for each in LANGUAGES] + [(ANOTHER, "Another one")]


def is_right_to_left(key: str) -> bool:
    return key in BY_KEY and BY_KEY[key].rtl


def direction(key: str) -> str:
    return "rtl" if is_right_to_left(key) else "ltr"
