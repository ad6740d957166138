"""The build, as a list of steps: decide what there is, render it, and only then touch the directory."""

from __future__ import annotations

import gc
import logging
import secrets
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pipeline.config import Settings
from pipeline.content import Library
from pipeline.errors import ContentError, PipelineError
from pipeline.site.cache import digest
from pipeline.site.output import Output
from pipeline.site.permalinks import Addresses
from pipeline.site.remembered import Inputs, Remembered
from pipeline.site.report import BuildReport
from pipeline.taken import program, taken_down

if TYPE_CHECKING:
    from pipeline.site.cache import Cache
    from pipeline.site.shards import Spread
    from pipeline.site.work import Work

__all__ = ["Superseded", "build", "report_of", "whole"]

log = logging.getLogger(__name__)


def build(
    settings: Settings,
    *,
    out: Path | None = None,
    drafts: bool = False,
    base_url: str | None = None,
    now: datetime | None = None,
    library: Library | None = None,
    checksum: bool = False,
    spread: Spread | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> BuildReport:
    """Render the site of `settings` into `out` (default: public/), writing and removing only what differs.

    `drafts` shows open drafts of translations, and posts that are held back, marked as such; `base_url` replaces the
    configured one; `now` is the moment that decides which posts are due; `library` saves reading the content again.
    Where the sizes and times of all files are as after the last build, nothing is read, unless `checksum` asks for it.
    `spread` has articles rendered elsewhere, where there are many; `progress(done, total)` counts articles and pages.
    Raises BuildError, with nothing written, for what would make a broken site: a template that fails, a directory that
    holds something else, what [problems] calls a failure. Everything else that is wrong is a warning in the report.
    """
    started = time.perf_counter()
    moment = now or datetime.now(UTC)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(settings.site.timezone))
    directory = out or settings.public
    addresses = Addresses((base_url or settings.site.base_url).rstrip("/"))
    remembered = Remembered(settings, directory, base_url=base_url, drafts=drafts)
    last = None if checksum else remembered.last(moment)
    if known := remembered.report(last):
        return replace(known, seconds=round(time.perf_counter() - started, 3))
    if last and remembered.inputs and library is None and not drafts and not _unreadable(last.report):
        from pipeline.site.retouch import retouch

        frame = _frame(settings, addresses, drafts=drafts)
        done = retouch(settings, directory, remembered.inputs, addresses, frame, last.site, moment)
        if done:
            seconds = round(time.perf_counter() - started, 3)
            unchanged = last.report.unchanged - done.written
            report = replace(last.report, written=done.written, unchanged=unchanged, seconds=seconds)
            remembered.keep(report, moment, last.until, by_history=done.by_history, site=done.site)
            return report
    work = whole(
        settings,
        directory,
        drafts=drafts,
        base_url=base_url,
        moment=moment,
        library=library,
        checksum=checksum,
        spread=spread,
        progress=progress,
    )
    work.cache.close()
    report = report_of(work, started)
    if library is None:  # or else it may have been read before what is remembered
        _keep_ground(work, remembered.inputs)
        remembered.keep(report, moment, work.until, by_history=bool(work.dated))
    return report


def _unreadable(report: BuildReport) -> bool:
    """Whether pages of a post that cannot be read are as an earlier build left them."""
    return any(isinstance(warning, ContentError) for warning in report.warnings)


def _keep_ground(work: Work, inputs: Inputs | None) -> None:
    """For the next build, should only texts be others. It goes with the cache: by that of another build, files that
    this one has written would be taken for what they were.
    """
    from pipeline.site.ground import Ground, keep_ground

    if not work.cache.is_kept:
        with suppress(OSError):
            work.cache.ground.unlink(missing_ok=True)
        return
    if inputs is None or work.drafts:
        return
    ground = Ground(
        inputs,
        work.frame,
        work.facts,
        work.book,
        work.editions,
        work.plan,
        work.attachments,
        work.assets,
        work.cards,
        work.dated,
    )
    try:
        keep_ground(work.cache.ground, ground)
    except OSError as error:
        log.info("%s is not kept: %s", work.cache.ground, error)


def _frame(settings: Settings, addresses: Addresses, *, drafts: bool) -> str:
    """A digest of what all pages depend on."""
    theme = taken_down([settings.root / "theme"]) or secrets.token_hex()  # behind a link it may be another each time
    return digest(program(), theme, settings.model_dump_json(), settings.root, addresses, drafts)


def whole(
    settings: Settings,
    directory: Path,
    *,
    drafts: bool,
    base_url: str | None,
    moment: datetime,
    library: Library | None = None,
    checksum: bool = False,
    spread: Spread | None = None,
    progress: Callable[[int, int], None] | None = None,
    go_on: Callable[[], bool] = lambda: True,
) -> Work:
    """All steps of a build, and what they found. Raises Superseded before the next one when `go_on` says no.

    What earlier builds found out is used where it still holds; with `checksum` that is told by the content of files.
    """
    from pipeline.site.cache import Cache, Damaged
    from pipeline.site.steps import check_directory

    check_directory(settings, Output(directory))
    cache = Cache(settings.work / "site", directory)
    if checksum:
        cache = cache.anew()
    addresses = Addresses((base_url or settings.site.base_url).rstrip("/"))
    begin = partial(_begun, settings, directory, addresses, moment, library, spread, progress, drafts=drafts)
    try:
        try:
            return _built(begin(cache), go_on)
        except Damaged as error:
            log.warning("What was kept is left aside, and the build begun anew: %s", error)
            cache = cache.anew()
            return _built(begin(cache), go_on)
    except BaseException:
        cache.close()
        raise
    finally:
        gc.unfreeze()  # as `spread` leaves it


def _begun(
    settings: Settings,
    directory: Path,
    addresses: Addresses,
    moment: datetime,
    library: Library | None,
    spread: Spread | None,
    progress: Callable[[int, int], None] | None,
    cache: Cache,
    *,
    drafts: bool,
) -> Work:
    from pipeline.site.reading import Reader
    from pipeline.site.work import Progress, Work

    if library is None:
        reader = Reader(cache)
        library = Library.of(settings, reader.posts)
        reader.keep()
    frame = _frame(settings, addresses, drafts=drafts)
    output = Output(directory, cache.files(), cache.staging())
    return Work(settings, library, output, addresses, moment, drafts, cache, frame, spread, Progress(progress))


def _built(work: Work, go_on: Callable[[], bool]) -> Work:
    try:
        for step in _steps():
            if not go_on():
                raise Superseded
            step(work)
    finally:
        work.output.discard()
    work.cache.keep_fact("facts", work.facts)
    work.cache.keep_files(work.output.made(), work.output.gone())
    work.cache.commit()
    work.cache.prune()
    return work


class Superseded(Exception):
    """Nobody needs this build any more."""


def report_of(work: Work, started: float) -> BuildReport:
    """What a build did that was begun at `started`, by the performance counter."""
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


def _steps() -> tuple[Callable[[Work], None], ...]:
    # What renders is loaded only when something is to be rendered.
    from pipeline.site import article_steps, page_steps, steps
    from pipeline.site.extras import draw_cards
    from pipeline.site.selection import choose_articles, keep_unreadable

    return (
        steps.read_strings,
        choose_articles,
        keep_unreadable,
        steps.plan_pages,
        steps.find_files,
        article_steps.render_articles,
        article_steps.check_fragments,
        steps.judge,
        draw_cards,
        page_steps.render_pages,
        steps.add_files,
        steps.write,
    )
