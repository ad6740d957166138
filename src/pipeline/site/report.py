"""What a build did."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.errors import PipelineError

__all__ = ["BuildReport"]


@dataclass(frozen=True, slots=True)
class BuildReport:
    """`pages` are HTML pages, the next three count files, `warnings` are what a person should mend: a ContentError is a
    post that could not be read (its pages stay as they were), a BuildError a smaller fault of a page that was built.
    """

    pages: int
    written: int
    unchanged: int
    removed: int
    seconds: float
    warnings: tuple[PipelineError, ...] = ()

    def to_json(self) -> dict[str, int | float]:
        """The counts, for programs."""
        return {
            "pages": self.pages,
            "written": self.written,
            "unchanged": self.unchanged,
            "removed": self.removed,
            "seconds": self.seconds,
        }
