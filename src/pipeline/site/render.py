"""Markdown to HTML: one article for one page, with what else the page needs to know of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from pipeline.content import Post
from pipeline.content.posts import text_digest
from pipeline.errors import BuildError
from pipeline.markdown import dialect
from pipeline.site.cache import digest
from pipeline.site.context import Context, Heading, Link
from pipeline.site.diagrams import Diagram
from pipeline.site.excerpt import clipped, minutes_to_read, plain
from pipeline.site.refs import as_address
from pipeline.site.rules import RULES
from pipeline.site.sanitise import sanitised
from pipeline.site.shortcodes import pair

__all__ = ["Rendered", "headings_of", "render"]

# What XML forbids and HTML frowns upon; a post may have got some by copy and paste.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Rendered:
    """An article as HTML. `text` is all of it without markup, `anchors` are all its ids, `links` those that lead to a
    fragment of a page, `images` the paths of those it shows.
    """

    html: Markup
    headings: tuple[Heading, ...]
    anchors: frozenset[str]
    summary: str
    text: str
    minutes: int
    links: tuple[Link, ...]
    images: tuple[str, ...]
    diagrams: tuple[Diagram, ...]
    problems: tuple[BuildError, ...]

    @property
    def digest(self) -> str:
        """A name for what its page shows."""
        return digest(text_digest(self.html), self.headings, self.summary, self.minutes)


def render(context: Context, *, source_headings: Sequence[tuple[int, str]] = ()) -> Rendered:
    """Render `context.article`. What is wrong with it becomes problems, never a failure.

    `source_headings` are (level, id) of each heading of the text that the article was translated from: its own
    headings get these ids if they come in the same order of levels, so that a `#fragment` works in both languages.
    """
    post = context.article.post
    tokens = _parse(post, context.env)
    openings = [(index, token) for index, token in enumerate(tokens) if token.type == "heading_open"]
    if [int(token.tag[1]) for _, token in openings] == [level for level, _ in source_headings]:
        context.ids = {index: name for (index, _), (_, name) in zip(openings, source_headings, strict=True)}
    context.rules = RULES
    pair(tokens)
    html = context.render(tokens)
    texts = {index: plain(token.children or []) for index, token in enumerate(tokens) if token.type == "inline"}
    if context.sanitised:
        html = sanitised(html)
    return Rendered(
        html=Markup(html),  # noqa: S704 (every rule escapes what it is given; raw HTML in posts is their author's)
        headings=tuple(context.headings),
        anchors=frozenset(context.anchors),
        summary=clipped(_first_paragraph(tokens, texts)),
        text="\n".join(filter(None, (texts.get(index) or _code(token) for index, token in enumerate(tokens)))),
        minutes=minutes_to_read("\n".join(texts.values())),
        links=tuple(context.links),
        images=tuple(dict.fromkeys(context.images)),
        diagrams=tuple(dict.fromkeys(context.diagrams)),
        problems=tuple(context.problems),
    )


def headings_of(post: Post) -> tuple[tuple[int, str], ...]:
    """(level, id) of each heading in a post's body."""
    tokens = _parse(post, {})
    return tuple((int(token.tag[1]), str(token.attrs["id"])) for token in tokens if token.type == "heading_open")


def _parse(post: Post, env: dict[str, Any]) -> list[Token]:
    tokens = _parser().parse(as_address(_CONTROL.sub("", post.body)), env)
    if not post.meta.title and tokens and tokens[0].type == "heading_open" and tokens[0].tag == "h1":
        return tokens[3:]  # the page shows it as its title
    return tokens


def _code(token: Token) -> str:
    """Readers may search for what is in a block of code, too."""
    return token.content if token.type in {"fence", "code_block"} else ""


def _first_paragraph(tokens: Sequence[Token], texts: Mapping[int, str]) -> str:
    """The first that has a text; `texts` are those of inline tokens by index."""
    for index, text in texts.items():
        opening = tokens[index - 1] if index else None
        if opening and opening.type == "paragraph_open" and opening.level == 0 and text.strip():
            return text.strip()
    return ""


@cache
def _parser() -> MarkdownIt:
    return dialect()
