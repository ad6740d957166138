"""Some drafts of a run as data, so that another process may ask the engines for them and prove them.

What needs the checkout stays with the run: what is kept, the memory, the history, the journal, and every file. A shard
holds no path that its worker reads, and no key of an engine: those come from the worker's environment.
"""

from __future__ import annotations

import pickle
import tempfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from pipeline.config import Settings
from pipeline.errors import PipelineError
from pipeline.translation.chains import asker_for
from pipeline.translation.dispatch import Budget, EngineUsage
from pipeline.translation.draft import Draft, Job
from pipeline.translation.finish import Finished, finish
from pipeline.translation.glossary import Glossary
from pipeline.translation.journal import Answers

__all__ = [
    "POSTS",
    "Answered",
    "Outcome",
    "Shard",
    "Spread",
    "Unanswered",
    "instructions_of",
    "pack",
    "unpack",
    "work_on",
    "work_on_packed",
]

POSTS = 50  # in a shard: a second or two of work beside an engine that answers at once


@dataclass(frozen=True, slots=True)
class Shard:
    """`drafts` are resolved; `known` are the answers that the run's journal has for them, `instructions` the text for
    each engine that follows some.
    """

    settings: Settings
    locale: str
    glossary: Glossary
    engines: tuple[str, ...]
    drafts: tuple[Draft, ...]
    known: Mapping[str, str]
    instructions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A draft with jobs that no engine did, and why: the run has the memory that may help."""

    draft: Draft
    left: tuple[tuple[Job, str], ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of a shard: one entry a draft, what it cost, and the engines' new answers as (key, text, engine)."""

    drafts: tuple[Finished | Unanswered | PipelineError, ...]
    usage: EngineUsage
    answers: tuple[tuple[str, str, str], ...]


Outcome = Answered | PipelineError
# Does the shards somewhere, and says of each, by its number, as soon as it is done, what became of it.
Spread = Callable[[Sequence[Shard]], Iterator[tuple[int, Outcome]]]


def work_on(shard: Shard) -> Answered:
    """Ask for what a shard's drafts lack, and prove them. Raises ConfigError for an engine that cannot be used here."""
    answers = Answers(shard.known)
    jobs = [(draft, job) for draft in shard.drafts for job in draft.jobs()]
    left: list[tuple[Draft, Job, str]] = []
    usage = EngineUsage("")
    if jobs:
        with tempfile.TemporaryDirectory(prefix="pipeline-shard-") as directory:
            settings = _with_instructions(shard, Path(directory))
            asker = asker_for(settings, shard.locale, shard.glossary, shard.engines, Budget(0), answers)
            left = asker.ask(jobs, None)
            usage = asker.dispatcher.usage
    done = tuple(_done(draft, left, shard.glossary) for draft in shard.drafts)
    return Answered(done, usage, tuple(answers.added))


def work_on_packed(data: bytes) -> bytes:
    """`work_on` for a worker that takes and gives bytes: a packed Shard in, its packed Outcome out."""
    try:
        return pack(work_on(cast("Shard", unpack(data))))
    except PipelineError as error:
        return pack(error)


def pack(what: Shard | Outcome) -> bytes:
    """Bytes for another process of the same version."""
    return zlib.compress(pickle.dumps(what), 1)


def unpack(data: bytes) -> object:
    """What `pack` was given. Only for bytes of processes that may run code here anyway: a run's own workers."""
    return pickle.loads(zlib.decompress(data))  # noqa: S301


def _done(
    draft: Draft, left: Sequence[tuple[Draft, Job, str]], glossary: Glossary
) -> Finished | Unanswered | PipelineError:
    mine = tuple((job, reason) for other, job, reason in left if other is draft)
    if mine:
        return Unanswered(draft, mine)
    try:
        return finish(draft, glossary)
    except PipelineError as error:
        return error


def instructions_of(settings: Settings, engines: Sequence[str]) -> dict[str, str]:
    """The instructions of the engines that follow some. A file that cannot be read is left to the engine to tell of."""
    texts = {}
    for name in engines:
        path = settings.engine(name).instructions
        try:
            if path:
                texts[name] = Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            continue
    return texts


def _with_instructions(shard: Shard, directory: Path) -> Settings:
    """The shard's settings, with the instructions as files below `directory`."""
    engines = dict(shard.settings.engines)
    for number, (name, text) in enumerate(shard.instructions.items()):
        (directory / f"{number}.txt").write_text(text, encoding="utf-8")
        engines[name] = engines[name].model_copy(update={"instructions": f"{number}.txt"})
    return shard.settings.model_copy(update={"root": directory, "engines": engines})
