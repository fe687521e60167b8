"""Errors of this room. They carry a sentence for a person, like those of the foundation."""

from __future__ import annotations


class PracticeError(Exception):
    """Practice data or a calendar cannot answer; `sentence` says why and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
