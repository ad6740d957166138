"""Drafts for what changed: detect, keep what people approved, ask an engine for the rest, prove, write."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import get_close_matches

from pipeline.config import Settings
from pipeline.content import Library, finish_pending
from pipeline.errors import ConfigError, PipelineError
from pipeline.translation.dispatch import Budget
from pipeline.translation.glossary import read_glossary
from pipeline.translation.report import Each, TranslationReport
from pipeline.translation.run import Run, at_once
from pipeline.translation.shards import Spread

__all__ = ["translate"]


def translate(
    settings: Settings,
    *,
    posts: Sequence[str] = (),
    locale: str | None = None,
    engine: str | None = None,
    dry_run: bool = False,
    progress: Callable[[int, int], None] | None = None,
    spread: Spread | None = None,
    each: Each = at_once,
) -> TranslationReport:
    """Write a draft for every post whose translation is missing or behind, or whose draft is unfinished.

    `posts` are keys (default: all), `locale` one target (default: all), `engine` overrides the configuration;
    `dry_run` counts and writes nothing. Raises ConfigError for unknown names; what is wrong with one post is in the
    report, and the others go on.

    `spread` has the drafts made in other processes. Where [translation] `max_characters` limits a run it is not used:
    only one process can count. `progress` then hears of posts, else of segments.

    `each` calls what is done once the engines have answered, proving and writing: for every post, or for every POSTS of
    them where there are more, or where they are spread.
    """
    locales = [locale] if locale else settings.targets
    for name in locales:
        if name not in settings.targets:
            raise ConfigError(f"`{name}` is not a target locale.", remedy=f"Choose from {', '.join(settings.targets)}.")
        if not dry_run:
            finish_pending(settings.drafts(name))
            finish_pending(settings.content(name))
    library = Library.read(settings)
    _check_names(posts, library)
    report = TranslationReport(failed=_problems(library, posts, locales))
    glossary = read_glossary(settings.root / "glossary.csv")
    engines = [engine] if engine else settings.translation.engines
    budget = Budget(settings.translation.max_characters)
    for target in locales:
        run = Run(settings, library, target, glossary, engines, budget, report, each)
        run.go(
            posts, dry_run=dry_run, progress=progress, spread=None if settings.translation.max_characters else spread
        )
    return report


def _check_names(posts: Sequence[str], library: Library) -> None:
    for key in posts:
        if key not in library.source.posts and library.source.fault(key) is None:
            near = get_close_matches(key, library.source.posts, n=1)
            raise ConfigError(
                f"there is no post `{key}`.",
                remedy=f"Did you mean `{near[0]}`?" if near else "`pipeline status` lists them.",
            )


def _problems(library: Library, posts: Sequence[str], locales: Sequence[str]) -> list[PipelineError]:
    """What could not be read, as far as it concerns the posts that were asked for."""
    if not posts:
        return list(library.problems)
    faults = [library.pair(key, locale).fault for locale in locales for key in posts]
    return list(dict.fromkeys(fault for fault in faults if fault))
