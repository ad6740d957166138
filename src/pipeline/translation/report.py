"""What a translation run did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.errors import PipelineError
from pipeline.translation.dispatch import EngineUsage
from pipeline.translation.finish import Change, MemoryMatch, Problem

__all__ = ["Counts", "Each", "Made", "PostReport", "TranslationReport"]


@dataclass(frozen=True, slots=True)
class Counts:
    """Segments of a draft by where they came from."""

    total: int = 0
    kept: int = 0
    memory: int = 0
    adapted: int = 0
    fuzzy: int = 0
    machine: int = 0
    untranslated: int = 0

    @classmethod
    def of(cls, origins: Counter[str]) -> Counts:
        """From a count of origins."""
        return cls(origins.total(), **origins)

    def to_json(self) -> dict[str, int]:
        """All numbers by name."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class PostReport:
    """One post's draft. `draft` is its path below the root; `written` is False if it was there already like this.

    `changes` are what a reviewer has to look at, `matches` what the memory gave.
    """

    post: str
    locale: str
    draft: str
    counts: Counts
    problems: tuple[Problem, ...] = ()
    written: bool = True
    changes: tuple[Change, ...] = ()
    matches: tuple[MemoryMatch, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As `pipeline translate --json` prints it."""
        matches = [
            {"line": m.line, "kind": m.kind, "score": round(m.score, 1), "origin": m.origin} for m in self.matches
        ]
        return {
            "post": self.post,
            "locale": self.locale,
            "draft": self.draft,
            "segments": self.counts.to_json(),
            "problems": [
                {"check": p.check, "severity": p.severity, "line": p.line, "message": p.message} for p in self.problems
            ],
            **({"matches": matches} if matches else {}),
        }


Made = list[PostReport | PipelineError]  # what became of some posts
# Calls the function, which makes the drafts of the posts of these keys in this locale, and gives what it returns.
Each = Callable[[Sequence[str], str, Callable[[], Made]], Made]


@dataclass
class TranslationReport:
    """What a run did. `failed` are posts that could not be worked on; the others were."""

    posts: list[PostReport] = field(default_factory=list)
    engine: EngineUsage = field(default_factory=lambda: EngineUsage(""))
    failed: list[PipelineError] = field(default_factory=list)

    @property
    def needs_person(self) -> bool:
        """Something is left in the source language, or taken from a similar segment, or failed a check."""
        return any(post.counts.untranslated or post.counts.fuzzy or post.problems for post in self.posts)

    def to_json(self) -> dict[str, Any]:
        """As `pipeline translate --json` prints it."""
        usage = self.engine
        return {
            "posts": [post.to_json() for post in self.posts],
            "engine": {
                "name": usage.name,
                "requests": usage.requests,
                "characters": usage.characters,
                "retries": usage.retries,
                **({"cost": round(usage.cost, 6), "currency": usage.currency} if usage.cost is not None else {}),
            },
        }
