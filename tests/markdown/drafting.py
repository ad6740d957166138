"""Drafts of single texts, made by the parts that make real ones, with an engine that is a function."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath

from markdown_it import MarkdownIt

from pipeline.content import Post, read_front_matter
from pipeline.content.meta import read_meta
from pipeline.translation.ask import Asker
from pipeline.translation.document import Document
from pipeline.translation.draft import Draft
from pipeline.translation.finish import Finished, finish
from pipeline.translation.glossary import Glossary
from pipeline.translation.memory import Memory
from tests.engines.helpers import FakeEngine, dispatcher

__all__ = ["FIELDS", "body", "drafted", "found_in", "post", "units"]

FIELDS = ("title", "summary", "description")
_NOTHING = Glossary(())


def post(text: str) -> Post:
    path = Path("content/en/posts/foo.md")
    front = read_front_matter(text, path)
    return Post("posts/foo", PurePosixPath("posts/foo.md"), path, text, front, read_meta(text, front, path))


def body(text: str) -> str:
    return text[read_front_matter(text, Path("foo.md")).body :]


def units(text: str):
    return Document.of(post(text), FIELDS).units


def drafted(
    text: str, engine: Callable[[str], str | None], *, spellings: Sequence[str] = ("xml", "bracket")
) -> Finished:
    """A draft of `text` that nobody has translated before. An answer of None is one that is missing."""

    def answers(texts: Sequence[str]) -> list[str]:
        return [answer for answer in map(engine, texts) if answer is not None]

    document = Document.of(post(text), FIELDS)
    draft = Draft.start(document, None, None)
    draft.resolve(Memory(), _NOTHING)
    fake = FakeEngine(answers, characters=1_000_000, texts=1000)
    fake.capabilities = type(fake.capabilities)(1_000_000, 1000, tuple(spellings))
    asker = Asker(dispatcher(fake, retries=0), _NOTHING, plurals=False)
    for entry in asker.ask([(draft, job) for job in draft.jobs()], None):
        draft.fall_back(entry[1], Memory(), _NOTHING, 75, entry[2])
    return finish(draft, _NOTHING)


class _Collector(HTMLParser):
    """Tags in order of appearance, and what leads somewhere."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.targets: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        for name, value in attrs:
            if name in {"href", "src", "srcset", "action", "data", "formaction"} or name.startswith("on"):
                self.targets.append(f"{name}={value}")


def found_in(text: str, md: MarkdownIt) -> tuple[list[str], list[str]]:
    """The HTML tags, sorted, and the addresses, sorted, of a text as it is rendered: by nothing of ours."""
    collector = _Collector()
    collector.feed(md.render(text))
    collector.close()
    return sorted(collector.tags), sorted(collector.targets)
