"""The build, as a list of steps: decide what there is, render it, and only then touch the directory."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pipeline.config import Settings
from pipeline.content import Library
from pipeline.errors import PipelineError
from pipeline.site import steps
from pipeline.site.extras import draw_cards
from pipeline.site.output import Output
from pipeline.site.permalinks import Addresses
from pipeline.site.report import BuildReport

__all__ = ["build"]


def build(
    settings: Settings,
    *,
    out: Path | None = None,
    drafts: bool = False,
    base_url: str | None = None,
    now: datetime | None = None,
    library: Library | None = None,
) -> BuildReport:
    """Render the site of `settings` into `out` (default: public/), writing and removing only what differs.

    `drafts` shows open drafts of translations, and posts that are held back, marked as such; `base_url` replaces the
    configured one; `now` is the moment that decides which posts are due; `library` saves reading the content again.
    Raises BuildError, with nothing written, for what would make a broken site: a template that fails, a directory that
    holds something else, what [problems] calls a failure. Everything else that is wrong is a warning in the report.
    """
    started = time.perf_counter()
    moment = now or datetime.now(UTC)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(settings.site.timezone))
    work = steps.Work(
        settings,
        library or Library.read(settings),
        Output(out or settings.public),
        Addresses((base_url or settings.site.base_url).rstrip("/")),
        moment,
        drafts,
    )
    for step in STEPS:
        step(work)
    return BuildReport(
        pages=len(work.plan.pages),
        written=work.written.written,
        unchanged=work.written.unchanged,
        removed=work.written.removed,
        seconds=round(time.perf_counter() - started, 3),
        warnings=_once(work.warnings),
    )


def _once(warnings: Iterable[PipelineError]) -> tuple[PipelineError, ...]:
    """A post that two languages show has its faults once."""
    return tuple({str(warning): warning for warning in warnings}.values())


STEPS: tuple[Callable[[steps.Work], None], ...] = (
    steps.check_directory,
    steps.read_strings,
    steps.choose_articles,
    steps.keep_unreadable,
    steps.plan_pages,
    steps.find_files,
    steps.prepare_images,
    steps.render_articles,
    steps.check_fragments,
    steps.judge,
    draw_cards,
    steps.render_pages,
    steps.add_files,
    steps.write,
)
