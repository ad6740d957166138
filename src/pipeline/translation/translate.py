"""Drafts for what changed: detect, keep what people approved, ask an engine for the rest, prove, write."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from pipeline.config import Settings
from pipeline.content import Library, Pair, Post, finish_pending, write_pair
from pipeline.errors import ConfigError, DraftError, PipelineError
from pipeline.translation.ask import ask
from pipeline.translation.dispatch import Budget, Dispatcher, EngineUsage, Request
from pipeline.translation.document import Document
from pipeline.translation.draft import Draft, Job, Problem
from pipeline.translation.engines import make_engine
from pipeline.translation.glossary import Glossary, read_glossary
from pipeline.translation.journal import Journal
from pipeline.translation.memory import Memory
from pipeline.translation.states import moves

__all__ = ["Counts", "PostReport", "TranslationReport", "translate"]

log = logging.getLogger(__name__)
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Counts:
    """Segments of a draft by where they came from."""

    total: int = 0
    kept: int = 0
    memory: int = 0
    adapted: int = 0
    fuzzy: int = 0
    machine: int = 0
    untranslated: int = 0

    @classmethod
    def of(cls, origins: Counter[str]) -> Counts:
        """From a count of origins."""
        return cls(origins.total(), **origins)

    def to_json(self) -> dict[str, int]:
        """All numbers by name."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class PostReport:
    """One post's draft. `draft` is its path below the root; `written` is False if it was there already like this."""

    post: str
    locale: str
    draft: str
    counts: Counts
    problems: tuple[Problem, ...] = ()
    written: bool = True

    def to_json(self) -> dict[str, Any]:
        """As `pipeline translate --json` prints it."""
        return {
            "post": self.post,
            "locale": self.locale,
            "draft": self.draft,
            "segments": self.counts.to_json(),
            "problems": [
                {"check": p.check, "severity": p.severity, "line": p.line, "message": p.message} for p in self.problems
            ],
        }


@dataclass
class TranslationReport:
    """What a run did. `failed` are posts that could not be worked on; the others were."""

    posts: list[PostReport] = field(default_factory=list)
    engine: EngineUsage = field(default_factory=lambda: EngineUsage(""))
    failed: list[PipelineError] = field(default_factory=list)

    @property
    def needs_person(self) -> bool:
        """Something is left in the source language, or taken from a similar segment, or failed a check."""
        return any(post.counts.untranslated or post.counts.fuzzy or post.problems for post in self.posts)

    def to_json(self) -> dict[str, Any]:
        """As `pipeline translate --json` prints it."""
        usage = self.engine
        return {
            "posts": [post.to_json() for post in self.posts],
            "engine": {
                "name": usage.name,
                "requests": usage.requests,
                "characters": usage.characters,
                "retries": usage.retries,
                **({"cost": round(usage.cost, 6), "currency": usage.currency} if usage.cost is not None else {}),
            },
        }


def translate(
    settings: Settings,
    *,
    posts: Sequence[str] = (),
    locale: str | None = None,
    engine: str | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> TranslationReport:
    """Write a draft for every post whose translation is missing or behind, or whose draft is unfinished.

    `posts` are keys (default: all), `locale` one target (default: all), `engine` overrides the configuration;
    `dry_run` counts and writes nothing. Raises ConfigError for unknown names; what is wrong with one post is in the
    report, and the others go on.
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
    report = TranslationReport(failed=_problems(library, posts))
    glossary = read_glossary(settings.root / "glossary.csv")
    engines = [engine] if engine else settings.translation.engines
    budget = Budget(settings.translation.max_characters)
    for target in locales:
        _Run(settings, library, target, glossary, engines, budget, report).go(posts, dry_run=dry_run, progress=progress)
    return report


def _check_names(posts: Sequence[str], library: Library) -> None:
    for key in posts:
        if key not in library.source.posts and not any(p.path and key in str(p.path) for p in library.source.problems):
            near = get_close_matches(key, library.source.posts, n=1)
            raise ConfigError(
                f"there is no post `{key}`.",
                remedy=f"Did you mean `{near[0]}`?" if near else "`pipeline status` lists them.",
            )


def _problems(library: Library, posts: Sequence[str]) -> list[PipelineError]:
    """What could not be read, as far as it concerns the posts that were asked for."""
    return [error for error in library.problems if not posts or any(key in str(error.path) for key in posts)]


class _Run:
    """One target locale of a run."""

    def __init__(
        self,
        settings: Settings,
        library: Library,
        locale: str,
        glossary: Glossary,
        engines: Sequence[str],
        budget: Budget,
        report: TranslationReport,
    ) -> None:
        self.settings, self.library, self.locale = settings, library, locale
        self.glossary, self.engines, self.budget, self.report = glossary, engines, budget, report
        self.fields = settings.translation.fields

    def go(self, posts: Sequence[str], *, dry_run: bool, progress: Progress | None) -> None:
        drafts = list(self._drafts(posts))
        memory = self._memory() if any(draft.jobs() for draft, _ in drafts) else Memory()
        for draft, _ in drafts:
            draft.resolve(memory, self.glossary)
        jobs = [(draft, job) for draft, _ in drafts for job in draft.jobs()]
        if dry_run:
            self._estimate(drafts, jobs)
            return
        left = self._ask(jobs, progress)
        for draft, job in left:
            draft.fall_back(job, memory, self.glossary, self.settings.translation.fuzzy_threshold)
        for draft, pair in drafts:
            self._finish(draft, pair)

    def _drafts(self, posts: Sequence[str]) -> Iterator[tuple[Draft, Pair]]:
        """A draft for each post that needs one."""
        moved = moves(self.library, self.locale)
        for pair in self.library.pairs(self.locale):
            if pair.source is None or not pair.source.meta.translate or (posts and pair.key not in posts):
                continue
            if pair.fault:  # a part that cannot be read, and is not to be written over; it is reported as it is
                continue
            try:
                found = self._versions(pair, moved)
                if found:
                    new, (old, base) = Document.of(pair.source, self.fields), found
                    yield Draft.start(new, old, base), pair
            except PipelineError as error:
                self.report.failed.append(error)

    def _versions(self, pair: Pair, moved: dict[str, str]) -> tuple[Document | None, Document | None] | None:
        """The snapshot and the translation that a new draft starts from; None when there is nothing to do."""
        source = pair.source
        if source is None:
            return None
        if pair.draft is not None:
            if pair.draft_snapshot is None:
                lost = self.settings.drafts(self.locale) / ".source" / pair.draft.file
                raise DraftError(
                    "this draft has no snapshot, so nobody can tell which English it was made from.",
                    path=pair.draft.path,
                    remedy=f"Restore {lost} or remove the draft.",
                )
            base = self._document(pair.draft)
            unfinished = any(mark.kind == "untranslated" for mark in base.marks.values())
            newer = pair.draft_snapshot.text != source.text
            return (self._document(pair.draft_snapshot), base) if newer or unfinished else None
        if pair.key in moved:
            pair = self.library.pair(moved[pair.key], self.locale)
        elif pair.target is not None and (pair.snapshot is None or pair.snapshot.text == source.text):
            return None
        if pair.target is None or pair.snapshot is None:
            return None, None
        return self._document(pair.snapshot), self._document(pair.target)

    def _document(self, post: Post) -> Document:
        return Document.of(post, self.fields)

    def _memory(self) -> Memory:
        """Everything that was approved in this locale."""
        memory = Memory()
        for pair in self.library.pairs(self.locale):
            if pair.target is not None and pair.snapshot is not None:
                try:
                    memory.add(self._document(pair.snapshot), self._document(pair.target))
                except PipelineError as error:
                    log.warning("%s is left out of the memory: %s", pair.key, error)
        return memory

    def _dispatcher(self) -> Dispatcher:
        chain = [(make_engine(name, self.settings.engine(name)), self.settings.engine(name)) for name in self.engines]
        source, target = self.settings.language(self.settings.source), self.settings.language(self.locale)
        journal = Journal(self.settings.work / "journal")
        terms = {term.source: term.target for term in self.glossary.terms if term.target}
        return Dispatcher(chain, source=source, target=target, journal=journal, terms=terms, budget=self.budget)

    def _ask(self, jobs: Sequence[tuple[Draft, Job]], progress: Progress | None) -> list[tuple[Draft, Job]]:
        if not jobs:
            return []
        dispatcher = self._dispatcher()
        left = ask(dispatcher, jobs, progress)
        self._used(dispatcher.usage)
        return left

    def _estimate(self, drafts: Sequence[tuple[Draft, Pair]], jobs: Sequence[tuple[Draft, Job]]) -> None:
        """What a run would do, as a report; nothing is sent and nothing is written."""
        if jobs:
            dispatcher = self._dispatcher()
            estimate = dispatcher.estimate([Request(job.what.message, job.before, job.after) for _, job in jobs])
            self.budget.take(estimate.characters)
            name, cost, currency = dispatcher.usage.name, estimate.cost, estimate.currency
            self._used(EngineUsage(name, estimate.requests, estimate.characters, 0, cost, currency))
        for draft, pair in drafts:
            origins = Counter[str](draft.origins.values())
            open_jobs = draft.jobs()
            if open_jobs:
                origins["machine"] += len(open_jobs)
            self.report.posts.append(PostReport(pair.key, self.locale, "", Counts.of(origins), written=False))

    def _used(self, usage: EngineUsage) -> None:
        self.report.engine = self.report.engine.plus(usage)

    def _finish(self, draft: Draft, pair: Pair) -> None:
        source = pair.source
        if source is None:
            return
        try:
            finished = draft.finish()
        except PipelineError as error:
            self.report.failed.append(error)
            return
        directory = self.settings.drafts(self.locale)
        written = write_pair(directory, str(source.file), finished.text.encode(), source.text.encode())
        path = (directory / source.file).relative_to(self.settings.root)
        counts = Counts.of(finished.origins)
        self.report.posts.append(PostReport(pair.key, self.locale, str(path), counts, finished.problems, written))
