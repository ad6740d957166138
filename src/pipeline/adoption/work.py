"""What the steps of an adoption hand on to each other."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.adoption.files import Found, Page
from pipeline.adoption.front import Text
from pipeline.adoption.languages import Site
from pipeline.adoption.report import AdoptionReport

__all__ = ["Progress", "Work"]

Progress = Callable[[int, int], None] | None


@dataclass(slots=True)
class Work:
    """`texts` are those of the pages by language and key, `posts` the source pages of the posts that are adopted by
    key, `moved` the translations that took another name (old key → new key, locale); `files` what is to be written, by
    its path below the new site.
    """

    site: Site
    root: Path
    found: Found
    shortcodes: Collection[str]
    progress: Progress
    report: AdoptionReport
    texts: dict[tuple[str, str], Text] = field(default_factory=dict)
    posts: dict[str, Page] = field(default_factory=dict)
    moved: dict[str, tuple[str, str]] = field(default_factory=dict)
    fields: list[str] = field(default_factory=list)
    files: dict[str, bytes | Path] = field(default_factory=dict)
