"""The steps that decide what each language shows today, and what stays as the last build left it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pipeline.config import Settings
from pipeline.errors import ContentError
from pipeline.site.articles import Article, articles
from pipeline.site.attachments import leads_out
from pipeline.site.history import changed_since
from pipeline.site.remembered import next_date
from pipeline.site.work import Work

__all__ = ["choose_articles", "dated", "keep_unreadable"]


def choose_articles(work: Work) -> None:
    """What each language shows today, and what could not be read."""
    if work.library is None:
        raise AssertionError(work.settings.root)
    collections = [work.library.source, *work.library.targets.values()]
    if work.drafts:
        collections += work.library.drafts.values()
    work.warnings += [problem for collection in collections for problem in collection.problems]
    work.shown = articles(work.settings, work.library, work.now, drafts=work.drafts)
    work.until = next_date(work.library, work.now, ZoneInfo(work.settings.site.timezone))
    work.library = None
    _leave_out_links(work)
    _date_changes(work)


def keep_unreadable(work: Work) -> None:
    """What was built of a post stays as it is while its file cannot be read."""
    work.kept = work.output.kept(_unreadable(work))


def _leave_out_links(work: Work) -> None:
    """Links to files that are no content are not published, whoever put them there."""
    roots = [(work.settings.root / name).resolve() for name in ("content", "drafts")]
    folders: dict[Path, bool] = {}

    def is_inside(path: Path) -> bool:
        if os.path.islink(path):  # noqa: PTH114 (of every post: a Path would take twice as long)
            return any(path.resolve().is_relative_to(root) for root in roots)
        if path.parent not in folders:
            folders[path.parent] = any(path.parent.resolve().is_relative_to(root) for root in roots)
        return folders[path.parent]

    for shown in work.shown.values():
        for key, article in list(shown.items()):
            paths = [post.path for post in (article.post, article.source, article.snapshot) if post]
            if outside := [path for path in paths if not is_inside(path)]:
                del shown[key]
                work.warnings.append(leads_out(outside[0]))


def _date_changes(work: Work) -> None:
    """When a source has changed, for those that do not say it themselves."""
    for locale in work.settings.targets:
        behind = [one for one in work.shown[locale].values() if one.changes and not one.source_changed]
        for key, date in dated(work.settings, behind).items():
            work.dated[locale, key] = date
            if date:
                work.shown[locale][key] = replace(work.shown[locale][key], source_changed=date)


def dated(settings: Settings, behind: Iterable[Article]) -> dict[str, datetime | None]:
    """When the sources of some articles of one locale have changed, as git tells it."""
    own = {one.source.path: one for one in behind if one.source and one.snapshot}
    found = changed_since(
        settings.root, {path: one.snapshot.path.read_bytes() for path, one in own.items() if one.snapshot}
    )
    zone = ZoneInfo(settings.site.timezone)
    return {one.key: found[path].astimezone(zone) if path in found else None for path, one in own.items()}


def _unreadable(work: Work) -> Iterable[str]:
    """`locale/key` of the posts whose file is there and cannot be read."""
    for locale in work.editions:
        folder = work.settings.content(locale)
        for problem in work.warnings:
            if not isinstance(problem, ContentError) or not problem.path:
                continue
            path = Path(problem.path)
            if path.is_relative_to(folder):
                name = path.relative_to(folder)
                key = name.parent if name.name == "index.md" and len(name.parts) > 1 else name.with_suffix("")
                yield f"{locale}/{key.as_posix()}"
