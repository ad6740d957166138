"""What a review needs of a forge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from pipeline.errors import ReviewError

__all__ = ["Forge", "ForgeFault", "Note", "Pull"]


class ForgeFault(ReviewError):
    """The forge refused or cannot be reached. With `lasting`, everything else will be refused as well for now."""

    def __init__(self, message: str, *, remedy: str = "", lasting: bool = False) -> None:
        super().__init__(message, remedy=remedy)
        self.lasting = lasting


@dataclass(frozen=True, slots=True)
class Pull:
    """A pull request, or merge request."""

    number: int
    url: str
    branch: str
    state: Literal["open", "closed", "merged"]
    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """A remark on a line (from 1) of a file in its new version."""

    path: str
    line: int
    text: str


class Forge(Protocol):
    """One repository on a forge. Every method raises ForgeFault."""

    def open_pulls(self) -> dict[str, Pull]:
        """The open ones by their branch, of the repository that is pushed to; others' forks do not count."""
        ...

    def last(self, branch: str) -> Pull | None:
        """The newest one of a branch, in whatever state."""
        ...

    def open(self, branch: str, base: str, title: str, text: str) -> Pull:
        """Make one, with labels and reviewers as configured; the one that is there, if somebody was faster."""
        ...

    def describe(self, pull: Pull, text: str) -> None:
        """Replace the description."""
        ...

    def comment(self, pull: Pull, text: str) -> None:
        """Add a comment."""
        ...

    def notes(self, pull: Pull, commit: str, notes: Sequence[Note]) -> None:
        """Add remarks on lines that are within the changes at `commit`, those that are not there yet."""
        ...

    def close(self, pull: Pull) -> None:
        """Close without merging."""
        ...
