"""Every error the pipeline raises on purpose.

PipelineError
├── ConfigError            pipeline.toml, an environment variable, a missing file
├── ContentError           a post that cannot be read: encoding, front matter
├── TranslationError
│   ├── EngineError        an engine that refused, failed or answered nonsense
│   │   └── EngineBusy     worth another try later (rate limit, 5xx, time-out)
│   └── DraftError         a draft that cannot be made, proven or approved
├── ReviewError            a branch or pull request that cannot be made or read
├── BuildError             a page, template or theme that cannot be rendered
└── PublishError
    ├── StoreError         the store refused or is out of reach
    └── ConflictError      another publisher won the race

A message says what is wrong and, in `remedy`, what to do about it. The command line prints it without a traceback.
"""

from __future__ import annotations

from pathlib import Path

__all__ = [
    "BuildError",
    "ConfigError",
    "ConflictError",
    "ContentError",
    "DraftError",
    "EngineBusy",
    "EngineError",
    "PipelineError",
    "PublishError",
    "ReviewError",
    "StoreError",
    "TranslationError",
]


class PipelineError(Exception):
    """Something a user can mend.

    `message` is one sentence; `path` and `line` (from 1) say where; `remedy` is one imperative sentence. `passing`
    errors may be gone a little later: the same again is worth a try.
    """

    passing = False

    def __init__(
        self,
        message: str,
        *,
        path: Path | str | None = None,
        line: int | None = None,
        remedy: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.line = line
        self.remedy = remedy

    def __str__(self) -> str:
        where = ""
        if self.path is not None:
            where = f"{self.path}:{self.line}: " if self.line is not None else f"{self.path}: "
        return f"{where}{self.message}" + (f" {self.remedy}" if self.remedy else "")


class ConfigError(PipelineError):
    """The configuration cannot be used."""


class ContentError(PipelineError):
    """A post cannot be read."""


class TranslationError(PipelineError):
    """A post cannot be translated."""


class EngineError(TranslationError):
    """An engine refused, failed or answered something that is not a translation."""


class EngineBusy(EngineError):
    """The engine may answer if asked again; `retry_after` is in seconds, when the engine said so."""

    passing = True

    def __init__(self, message: str, *, retry_after: float | None = None, remedy: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.retry_after = retry_after


class DraftError(TranslationError):
    """A draft cannot be made, proven or approved."""


class ReviewError(PipelineError):
    """A branch, a remote or a forge refused."""


class BuildError(PipelineError):
    """The site cannot be rendered.

    `kind` is the key of [problems] that decides whether the site is built all the same. An error that stands for
    several has all of them in `problems`.
    """

    def __init__(
        self,
        message: str,
        *,
        path: Path | str | None = None,
        line: int | None = None,
        remedy: str = "",
        kind: str = "",
        problems: tuple[PipelineError, ...] = (),
    ) -> None:
        super().__init__(message, path=path, line=line, remedy=remedy)
        self.kind = kind
        self.problems = problems


class PublishError(PipelineError):
    """The site cannot be published."""


class StoreError(PublishError):
    """The store refused a request or cannot be reached."""


class ConflictError(PublishError):
    """Another publisher wrote the manifest first; nothing of theirs was touched."""
