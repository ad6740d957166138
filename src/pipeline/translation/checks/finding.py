"""What a rule finds, and what is made of it for a report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["Finding", "Found", "Severity"]

Severity = Literal["warning", "error"]


@dataclass(frozen=True, slots=True)
class Found:
    """Something wrong at a line (from 1) of a page; `message` is one sentence, `remedy` says what to do about it.

    `suggestion` is a text that could stand there instead. A `mild` one is a warning even where its rule's are errors,
    unless the configuration says otherwise.
    """

    line: int
    message: str
    remedy: str = ""
    suggestion: str = ""
    mild: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding as it is reported. `file` is relative to the root; `ignored` is the reason it is to be left alone."""

    rule: str
    severity: Severity
    post: str
    locale: str
    file: str
    line: int
    message: str
    remedy: str = ""
    suggestion: str = ""
    ignored: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.severity} {self.rule}: {self.message} {self.remedy}".rstrip()

    def to_json(self) -> dict[str, Any]:
        """All fields by name."""
        return {name: getattr(self, name) for name in self.__slots__ if name != "ignored"}
