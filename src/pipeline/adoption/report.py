"""What an adoption did: pairs and how sure it is of them, what it left out and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from pipeline.errors import PipelineError

__all__ = ["Adopted", "AdoptionReport", "LeftOut", "Mapped", "Missing", "counted"]

Method = Literal["pin", "history", "unchanged", "today"]


@dataclass(frozen=True, slots=True)
class Adopted:
    """A translation with the English it was made from.

    `method` says how that was found: a `pin` in its front matter, the `history` in git, `unchanged` since the
    translation began, or, for want of a history, `today`'s. `commit` and `date` (ISO 8601) are of that English, where
    it is not today's. `score` is from 0 to 100; `aligned` of `segments` segments have a counterpart. `behind` is set
    when the English has changed since; `doubt` says why a person should look, or is empty.
    """

    post: str
    locale: str
    path: str
    method: Method
    commit: str
    date: str
    score: float
    aligned: int
    segments: int
    behind: bool
    doubt: str


@dataclass(frozen=True, slots=True)
class Missing:
    """An English post whose translation is missing: `path` is the placeholder that stands there, or empty."""

    post: str
    locale: str
    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file, directory or setting of the old site that the new one does not have."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Mapped:
    """What was changed in a file's front matter, or in its name: both are mapped only where they would be lost."""

    path: str
    was: str
    now: str


@dataclass(slots=True)
class AdoptionReport:
    """`posts` counts the source's posts. `kept` counts the posts with a front matter key that has no effect here;
    `shortcodes` those that are not rendered, by how often they are used; `taken` are the settings of pipeline.toml
    that come from the old site; `problems` are files that were copied and have to be mended by hand.
    """

    source: str = ""
    targets: list[str] = field(default_factory=list)
    layout: str = ""
    posts: int = 0
    adopted: list[Adopted] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    mapped: list[Mapped] = field(default_factory=list)
    kept: Counter[str] = field(default_factory=Counter)
    shortcodes: Counter[str] = field(default_factory=Counter)
    taken: Mapping[str, str] = field(default_factory=dict)
    problems: list[PipelineError] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    written: int = 0
    unchanged: int = 0

    @property
    def doubtful(self) -> list[Adopted]:
        """The pairs that a person should look at."""
        return [pair for pair in self.adopted if pair.doubt]

    @property
    def needs_person(self) -> bool:
        """Something is to be looked at or mended."""
        return bool(self.doubtful or self.problems)

    def to_json(self) -> dict[str, Any]:
        """As `pipeline adopt --json` prints it."""
        return {
            "source": self.source,
            "targets": self.targets,
            "layout": self.layout,
            "posts": self.posts,
            "adopted": [asdict(pair) for pair in self.adopted],
            "missing": [asdict(post) for post in self.missing],
            "left_out": [asdict(entry) for entry in self.left_out],
            "mapped": [asdict(change) for change in self.mapped],
            "front_matter_kept": dict(self.kept.most_common()),
            "unknown_shortcodes": dict(self.shortcodes.most_common()),
            "settings": dict(self.taken),
            "problems": [str(error) for error in self.problems],
            "warnings": self.warnings,
            "files": {"written": self.written, "unchanged": self.unchanged},
        }


def counted(number: int, noun: str) -> str:
    """`1 file`, `2 files`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
