"""Shorthands for the tests of drafts: posts from text, and a translation run without files and without a network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from pipeline.content import Post, read_front_matter
from pipeline.content.meta import read_meta
from pipeline.translation.ask import Asker
from pipeline.translation.dispatch import Dispatcher
from pipeline.translation.document import Document
from pipeline.translation.draft import Draft
from pipeline.translation.finish import Finished, finish
from pipeline.translation.glossary import Glossary, Term
from pipeline.translation.memory import Memory
from tests.engines.helpers import FakeEngine, FakeTime
from tests.pseudo_chinese import pseudo_chinese

__all__ = ["FIELDS", "Run", "document", "echo", "glossary_of", "post", "run", "units"]

FIELDS = ("title", "summary", "description", "params.subtitle", "tags")


def post(text: str, key: str = "posts/foo") -> Post:
    path = Path(f"content/en/{key}.md")
    front = read_front_matter(text, path)
    return Post(key, PurePosixPath(f"{key}.md"), path, text, front, read_meta(text, front, path))


def document(text: str, key: str = "posts/foo", fields: Sequence[str] = FIELDS) -> Document:
    return Document.of(post(text, key), fields)


def units(text: str) -> tuple:
    return document(text).units


def glossary_of(**terms: str) -> Glossary:
    """`LazyLLM="="` is kept; underscores are blanks."""
    found = [Term(name.replace("_", " "), "" if target == "=" else target) for name, target in terms.items()]
    return Glossary(tuple(sorted(found, key=lambda term: -len(term.source))))


def echo(text: str) -> str:
    return text


@dataclass
class Run:
    """A finished draft and what was asked for it."""

    finished: Finished
    asked: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return self.finished.text

    @property
    def origins(self) -> dict[str, int]:
        return dict(self.finished.origins)


def run(
    new: str,
    old: str | None = None,
    base: str | None = None,
    *,
    engine: Callable[[str], str] | None = pseudo_chinese,
    memory: Sequence[tuple[str, str, str]] = (),
    glossary: Glossary = Glossary(),  # noqa: B008
    history: Callable[[], Memory] | None = None,
    threshold: float = 75.0,
) -> Run:
    """Translate `new`, of which an earlier version `old` was translated as `base`.

    `memory` are other posts: (key, source, target). Without an `engine` none can be reached.
    """
    draft = Draft.start(document(new), document(old) if old is not None else None, document(base) if base else None)
    known = Memory()
    for key, source, target in memory:
        known.add(document(source, key), document(target, key))
    if old is not None and base:
        known.add(document(old), document(base))
    draft.resolve(known, glossary, history)
    fake = FakeEngine(lambda texts: [engine(text) for text in texts] if engine else [], characters=100_000)
    jobs = [(draft, job) for job in draft.jobs()]
    left = jobs
    if engine:
        waits = FakeTime()
        dispatcher = Dispatcher([(fake, _settings())], source="en", target="zh-CN", **waits.waits)
        left = Asker(dispatcher, glossary, plurals=False).ask(jobs, None)
    for entry in left:
        draft.fall_back(entry[1], known, glossary, threshold)
    return Run(finish(draft, glossary), fake.texts)


def _settings():
    from pipeline.config import EngineSettings

    return EngineSettings(concurrency=1, retries=0)
