"""Where the posts of a site are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

__all__ = ["Places"]


class Places:
    """By the locales of a site: `source` and `targets` are their keys, and `root` is what holds pipeline.toml."""

    if TYPE_CHECKING:  # fields of whoever inherits

        @property
        def root(self) -> Path: ...

        @property
        def source(self) -> str: ...

        @property
        def targets(self) -> Sequence[str]: ...

    def content(self, locale: str) -> Path:
        """Where a locale's approved posts are."""
        return self.root / "content" / locale

    def snapshots(self, locale: str) -> Path:
        """Where the English that a target locale's posts were made from is."""
        return self.content(locale) / ".source"

    def drafts(self, locale: str) -> Path:
        """Where a target locale's drafts are; their snapshots are in `.source` below it."""
        return self.root / "drafts" / locale

    @property
    def directories(self) -> list[Path]:
        """Of the source; then of each target its posts, their snapshots, its drafts, and theirs."""
        found = [self.content(self.source)]
        for locale in self.targets:
            drafts = self.drafts(locale)
            found += [self.content(locale), self.snapshots(locale), drafts, drafts / ".source"]
        return found
