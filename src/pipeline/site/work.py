"""What the steps of a build hand on to each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.config import Settings
from pipeline.content import Library
from pipeline.errors import PipelineError
from pipeline.site.articles import Article
from pipeline.site.assets import Assets
from pipeline.site.attachments import Attachments
from pipeline.site.cache import Cache
from pipeline.site.diagrams import Diagrams
from pipeline.site.editions import Edition
from pipeline.site.images import Images
from pipeline.site.kept import Renditions
from pipeline.site.output import Output, Staged, Written
from pipeline.site.pages import Page, Plan
from pipeline.site.permalinks import Addresses
from pipeline.site.presenter import Presenter
from pipeline.site.shards import Spread
from pipeline.site.spread import FEW, spread

__all__ = ["Job", "Progress", "Work"]


@dataclass(frozen=True, slots=True)
class Job:
    """Work that a copy of this process may do: `make` looks at what is there and stages files; what it returns can be
    pickled, and is for `keep`, in the process that builds.
    """

    make: Callable[[], Any]
    keep: Callable[[Any], None]


@dataclass(slots=True)
class Progress:
    """How far a build is: of `total` articles and pages, `done` are rendered, or as they were."""

    tell: Callable[[int, int], None] | None = None
    total: int = 0
    done: int = 0

    def add(self, count: int) -> None:
        """So many more."""
        self.done += count
        if self.tell:
            self.tell(self.done, self.total)


@dataclass(slots=True)
class Work:
    """What the steps hand on to each other. `frame` is the digest of what all pages depend on; `rendered` are articles,
    by locale and key, and `stale` those of them that others take the place of, which are not there yet; `changed` are
    the keys of those that were rendered anew; `facts` is the digest of what pages show of other pages' posts, and the
    work is `settled` if that is as it was; `book` is that of where links may lead. `dated` are the dates, told by git,
    of changes in sources, by locale and key. `spread` has workers elsewhere render articles. `library` is there until
    it is known what is shown; `until` is when something comes out or goes next.
    """

    settings: Settings
    library: Library | None
    output: Output
    addresses: Addresses
    now: datetime
    drafts: bool
    cache: Cache
    frame: str = ""
    spread: Spread | None = None
    progress: Progress = field(default_factory=Progress)
    editions: dict[str, Edition] = field(default_factory=dict)
    shown: dict[str, dict[str, Article]] = field(default_factory=dict)
    plan: Plan = field(default_factory=lambda: Plan((), (), {}))
    attachments: Attachments = field(default_factory=lambda: Attachments({}, {}, ()))
    images: Images = field(default_factory=lambda: Images({}, Path(), ()))
    diagrams: Diagrams = field(default_factory=lambda: Diagrams(Path()))
    assets: Assets = field(default_factory=lambda: Assets({}, {}))
    rendered: Renditions = field(init=False)
    stale: set[tuple[str, str]] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)
    settled: bool = False
    facts: str = ""
    book: str = ""
    dated: dict[tuple[str, str], datetime | None] = field(default_factory=dict)
    kept: dict[str, list[str]] = field(default_factory=dict)
    warnings: list[PipelineError] = field(default_factory=list)
    cards: dict[tuple[str, str], str] = field(default_factory=dict)
    written: Written = field(default_factory=lambda: Written(0, 0, 0))
    until: datetime | None = None

    def __post_init__(self) -> None:
        self.rendered = Renditions(self.cache, self.stale)

    @property
    def prefixes(self) -> dict[str, str]:
        """First part of the paths of each locale."""
        return {locale: edition.prefix for locale, edition in self.editions.items()}

    def presenter(self) -> Presenter:
        """Views of all that was rendered."""
        return Presenter(self.settings, self.editions, self.addresses, self.plan, self.rendered, self.cards)

    def add(self, path: str, made_from: str, make: Callable[[], bytes], page: Page | None = None) -> None:
        """A file, which belongs to a page; `make` is not asked where it was made from the same before, and is still
        there. While a post cannot be read, the one of the last build is kept.
        """
        if not self.keeps(path, page):
            self.take(self.output.staged(path, made_from, make), page)

    def do(self, jobs: Sequence[Job], *, few: int = FEW) -> None:
        """All of these, on all processors where that pays: where there are more than a `few` for each."""
        for job, made in spread(_make, jobs, ready=self.cache.share, few=few):
            job.keep(made)
        self.cache.alone()

    def keeps(self, path: str, page: Page | None) -> bool:
        """Whether a file of a page stays as it is, because its post cannot be read."""
        return page is not None and path in self.kept.get(f"{page.locale}/{page.key}", ())

    def take(self, staged: Staged, page: Page | None = None) -> None:
        """A file that is ready, and belongs to a page."""
        self.output.take(staged)
        if page:
            self.note(page, staged.path)

    def note(self, page: Page, path: str) -> None:
        """Remember which files a post has."""
        if page.article and page.kind in {"post", "page"}:
            self.output.note(f"{page.locale}/{page.key}", path)


def _make(job: Job) -> Any:
    return job.make()
