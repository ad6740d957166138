"""One target locale of a translation run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from pipeline.config import Settings
from pipeline.content import Library, Pair, Post, remove_pair, write_pair
from pipeline.errors import ConfigError, DraftError, PipelineError
from pipeline.translation.ask import Asker
from pipeline.translation.chains import asker_for
from pipeline.translation.dispatch import Budget, EngineUsage
from pipeline.translation.document import Document
from pipeline.translation.draft import Draft, Job
from pipeline.translation.finish import Finished, finish
from pipeline.translation.glossary import Glossary
from pipeline.translation.history import past_memory
from pipeline.translation.journal import Journal
from pipeline.translation.known import known_memory
from pipeline.translation.memory import Memory
from pipeline.translation.moves import moves
from pipeline.translation.report import Counts, Each, Made, PostReport, TranslationReport
from pipeline.translation.shards import POSTS, Answered, Outcome, Shard, Spread, Unanswered, instructions_of
from pipeline.translation.starts import keep_start

__all__ = ["Run", "at_once"]


@dataclass(frozen=True, slots=True)
class _Work:
    """A draft to be made: `source` is the English, `target` and `snapshot` are where an earlier translation of it is
    (or would be), `live` is that translation and `former` the draft under another name that it takes the place of.
    """

    draft: Draft
    pair: Pair
    source: Post
    target: Path
    snapshot: Path
    live: Post | None = None
    former: Post | None = None


def at_once(_keys: Sequence[str], _locale: str, make: Callable[[], Made]) -> Made:
    """An `each` that does nothing else."""
    return make()


def _parts(work: Sequence[_Work], size: int) -> list[Sequence[_Work]]:
    return [work[at : at + size] for at in range(0, len(work), size)]


class Run:
    """Everything that is to be done for one locale."""

    def __init__(
        self,
        settings: Settings,
        library: Library,
        locale: str,
        glossary: Glossary,
        engines: Sequence[str],
        budget: Budget,
        report: TranslationReport,
        each: Each,
    ) -> None:
        """`report` gets what is done; `budget` is shared by all locales; `each` calls what makes the drafts."""
        self.settings, self.library, self.locale = settings, library, locale
        self.glossary, self.engines, self.budget, self.report = glossary, engines, budget, report
        self.fields, self.each = settings.translation.fields, each

    def go(
        self,
        posts: Sequence[str],
        *,
        dry_run: bool,
        progress: Callable[[int, int], None] | None,
        spread: Spread | None = None,
    ) -> None:
        """Make the drafts of `posts` (keys; none: all), with `spread` in other processes."""
        work = list(self._work(posts))
        memory = (
            known_memory(self.settings, self.library, self.locale)
            if any(item.draft.jobs() for item in work)
            else Memory()
        )
        for item in work:
            item.draft.resolve(memory, self.glossary, lambda item=item: self._history(item))  # type: ignore[misc]
        jobs = [(item.draft, job) for item in work for job in item.draft.jobs()]
        if spread and not dry_run:
            self._spread(work, memory, spread, progress)
            return
        asker = self._asker(Journal(self.settings.journal)) if jobs else None
        if dry_run:
            self._estimate(work, jobs, asker)
            return
        left = asker.ask(jobs, progress) if asker else []
        for draft, job, reason in left:
            self._fall_back(draft, job, memory, reason)
        if asker:
            self._used(asker.dispatcher.usage)
        for part in _parts(work, 1 if len(work) <= POSTS else POSTS):
            self._tell(self._make(part, partial(self._finished, part)))

    def _make(self, part: Sequence[_Work], make: Callable[[], Made]) -> Made:
        return self.each([item.pair.key for item in part], self.locale, make)

    def _asker(self, journal: Journal) -> Asker:
        return asker_for(self.settings, self.locale, self.glossary, self.engines, self.budget, journal)

    def _fall_back(self, draft: Draft, job: Job, memory: Memory, reason: str) -> None:
        draft.fall_back(job, memory, self.glossary, self.settings.translation.fuzzy_threshold, reason)

    def _spread(
        self,
        work: Sequence[_Work],
        memory: Memory,
        spread: Spread,
        progress: Callable[[int, int], None] | None,
    ) -> None:
        """Have the drafts made elsewhere, and write each shard's as it comes. The report is in the order of `work`."""
        journal = Journal(self.settings.journal)
        parts = _parts(work, POSTS)
        told: dict[int, Made] = {}
        done = 0
        for number, outcome in spread(self._shards(parts, journal)):
            part = parts[number]
            told[number] = self._make(part, partial(self._gather, part, outcome, memory, journal))
            done += len(part)
            if progress:
                progress(done, len(work))
        for number in sorted(told):
            self._tell(told[number])

    def _shards(self, parts: Sequence[Sequence[_Work]], journal: Journal) -> list[Shard]:
        try:
            asker = self._asker(journal) if len(journal) else None
        except ConfigError:
            asker = None  # the key may be the workers' alone
        settings = self.settings.model_copy(update={"root": Path()})
        instructions = instructions_of(self.settings, self.engines)
        shards = []
        for part in parts:
            drafts = tuple(item.draft for item in part)
            jobs = [(draft, job) for draft in drafts for job in draft.jobs()]
            known = asker.dispatcher.recalled(asker.requests(jobs)) if asker else {}
            shards.append(Shard(settings, self.locale, self.glossary, tuple(self.engines), drafts, known, instructions))
        return shards

    def _gather(self, part: Sequence[_Work], outcome: Outcome, memory: Memory, journal: Journal) -> Made:
        """Keep and write what came of one shard."""
        if isinstance(outcome, ConfigError):
            raise outcome  # as where nothing is spread
        if not isinstance(outcome, Answered):
            return [outcome]
        for key, text, engine in outcome.answers:
            journal.add(key, text, engine)
        self._used(outcome.usage)
        told: Made = []
        for item, made in zip(part, outcome.drafts, strict=True):
            if isinstance(made, Unanswered):
                for job, reason in made.left:
                    self._fall_back(made.draft, job, memory, reason)
                told.append(self._finish(replace(item, draft=made.draft)))
            else:
                told.append(made if isinstance(made, PipelineError) else self._write(item, made))
        return told

    def _tell(self, made: Made) -> None:
        for what in made:
            if isinstance(what, PipelineError):
                self.report.failed.append(what)
            else:
                self.report.posts.append(what)

    def _work(self, posts: Sequence[str]) -> Iterator[_Work]:
        """A draft for each post that needs one."""
        moved = moves(self.library, self.locale)
        for pair in self.library.pairs(self.locale):
            if pair.source is None or not pair.source.meta.translate or (posts and pair.key not in posts):
                continue
            if pair.fault:
                continue  # which the report has from the library
            try:
                work = self._started(pair, pair.source, moved.get(pair.key))
                if work:
                    yield work
            except PipelineError as error:
                self._tell(self.each([pair.key], self.locale, partial(list, [error])))

    def _started(self, pair: Pair, source: Post, moved: str | None) -> _Work | None:
        """The draft of a post, begun with what is kept; None when there is nothing to do."""
        former = self.library.pair(moved, self.locale) if moved and pair.draft is None else pair
        if former.fault:
            raise DraftError(f"its translation was at `{former.key}`, which cannot be read.", path=source.path)
        versions = self._versions(former, source, renamed=former is not pair)
        if versions is None:
            return None
        file = former.target.file if former.target else source.file
        return _Work(
            Draft.start(self._document(source), *versions),
            pair,
            source,
            self.settings.content(self.locale) / file,
            self.settings.snapshots(self.locale) / file,
            former.target,
            former.draft if former is not pair else None,
        )

    def _versions(self, pair: Pair, source: Post, *, renamed: bool) -> tuple[Document | None, Document | None] | None:
        """The snapshot and the translation that a draft of `source` begins with; None when there is nothing to do."""
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
            if pair.draft_snapshot.text == source.text and not unfinished and not renamed:
                return None
            return self._document(pair.draft_snapshot), base
        if pair.target is None:
            return None, None
        if pair.snapshot is None or (pair.snapshot.text == source.text and not renamed):
            return None  # foreign, or current
        return self._document(pair.snapshot), self._document(pair.target)

    def _document(self, post: Post) -> Document:
        return Document.of(post, self.fields)

    def _history(self, item: _Work) -> Memory:
        return past_memory(self.settings.root, item.target, item.snapshot, item.pair.key, self.fields)

    def _estimate(self, work: Sequence[_Work], jobs: Sequence[tuple[Draft, Job]], asker: Asker | None) -> None:
        """What a run would do, as a report; nothing is sent and nothing is written."""
        if asker:
            estimate = asker.dispatcher.estimate(asker.requests(jobs))
            self.budget.take(estimate.characters)
            name, cost, currency = asker.dispatcher.usage.name, estimate.cost, estimate.currency
            self._used(EngineUsage(name, estimate.requests, estimate.characters, 0, cost, currency))
        for item in work:
            origins = Counter[str](item.draft.origins.values())
            left = {(job.unit, job.segment) for job in item.draft.jobs()}
            if left:
                origins["machine"] += len(left)
            self.report.posts.append(PostReport(item.pair.key, self.locale, "", Counts.of(origins), written=False))

    def _used(self, usage: EngineUsage) -> None:
        self.report.engine = self.report.engine.plus(usage)

    def _finished(self, part: Sequence[_Work]) -> Made:
        return [self._finish(item) for item in part]

    def _finish(self, item: _Work) -> PostReport | PipelineError:
        """Prove a draft and write it beside its snapshot."""
        try:
            finished = finish(item.draft, self.glossary)
        except PipelineError as error:
            return error
        return self._write(item, finished)

    def _write(self, item: _Work, finished: Finished) -> PostReport:
        directory = self.settings.drafts(self.locale)
        file = (item.pair.draft or item.source).file
        if item.pair.draft is None and item.former is None and item.live is not None:
            keep_start(self.settings, self.locale, str(file), item.live.text)
        written = write_pair(directory, str(file), finished.text.encode(), item.source.text.encode())
        if item.former is not None:
            remove_pair(directory, str(item.former.file))
        return PostReport(
            item.pair.key,
            self.locale,
            str((directory / file).relative_to(self.settings.root)),
            Counts.of(finished.origins),
            finished.problems,
            written,
            finished.changes,
            finished.matches,
        )
