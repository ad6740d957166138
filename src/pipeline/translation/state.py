"""The state of one post in one target locale."""

from __future__ import annotations

from typing import Any, NamedTuple

__all__ = ["PostState"]


class PostState(NamedTuple):
    """`state` is one of missing, current, stale, in review, moved, orphaned, foreign, excluded; `changed` of
    `segments` segments have no approved translation. `line` is the first line of the source that changed.
    """

    post: str
    locale: str
    state: str
    changed: int
    segments: int
    reason: str
    line: int | None = None

    def to_json(self) -> dict[str, Any]:
        """As `pipeline status --json` prints it."""
        return {
            "post": self.post,
            "locale": self.locale,
            "state": self.state,
            "changed": self.changed,
            "segments": self.segments,
            "reason": self.reason,
        }
