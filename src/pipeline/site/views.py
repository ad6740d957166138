"""What templates are given: plain values, already in the page's language, with finished addresses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from markupsafe import Markup

from pipeline.site.context import Heading

__all__ = ["ArticleView", "Body", "ChangeView", "Choice", "Entry", "PageView", "SeriesView", "SiteView", "TermView"]


@dataclass(frozen=True, slots=True)
class Choice:
    """A link with its label. `current` is `page` on the page it leads to, `true` below it, as in `aria-current`."""

    label: str
    href: str
    language: str = ""
    current: str = ""


class Body:
    """The HTML of a post, loaded when a template asks for it. `digest` tells it from others."""

    __slots__ = ("_load", "digest")

    def __init__(self, load: Callable[[], Markup], digest: str) -> None:
        """`load` gives the HTML."""
        self._load, self.digest = load, digest

    @property
    def html(self) -> Markup:
        """The HTML itself."""
        return self._load()

    def __repr__(self) -> str:
        return self.digest


@dataclass(frozen=True, slots=True)
class SiteView:
    """What all pages of one language share. `author` and the addresses may be empty, `url` is absolute."""

    title: str
    description: str
    author: str
    home: str
    url: str
    language: str
    og_locale: str
    atom: str
    rss: str
    json_feed: str
    manifest: str
    search: str
    menu: tuple[Choice, ...]
    footer: tuple[Choice, ...]
    social: tuple[Choice, ...]
    note: Markup
    head: Markup
    body_end: Markup
    giscus: Mapping[str, str]
    editions: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class TermView:
    """A category or tag, with the language that its name is in, and the number of its posts."""

    name: str
    href: str
    language: str
    count: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A post as lists and feeds show it. `foreign` names its language where that is not the list's."""

    title: str
    href: str
    url: str
    language: str
    foreign: str
    held: str
    date: datetime | None
    updated: datetime | None
    summary: str
    body: Body = field(repr=False)
    categories: tuple[TermView, ...]

    @property
    def html(self) -> Markup:
        """The post as a whole."""
        return self.body.html

    @property
    def year(self) -> int:
        """The year of its date; 0 without one."""
        return self.date.year if self.date else 0


@dataclass(frozen=True, slots=True)
class ChangeView:
    """What is another in the source than when it was translated: where it stands there now, and both as HTML."""

    href: str
    part: str
    html: Markup


@dataclass(frozen=True, slots=True)
class SeriesView:
    """A series that a post is part of, with all parts in order; `place` is the post's, from 1."""

    name: str
    href: str
    language: str
    place: int
    parts: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class ArticleView:
    """A text in full, in `language`. `state`, `held` and `source_changed` are those of Article, `changes` its first
    ones of `changed` in all; `original` leads to the page in the source's language, where that is another one;
    `history`, `edit` and `markdown`, where there are such, to all changes of the source, to where the text can be
    edited, and to it as Markdown.
    """

    body: Body
    language: str
    state: str
    held: str
    changes: tuple[ChangeView, ...]
    changed: int
    source_changed: datetime | None
    translatable: bool
    date: datetime | None
    updated: datetime | None
    minutes: int
    headings: tuple[Heading, ...]
    categories: tuple[TermView, ...]
    tags: tuple[TermView, ...]
    original: Choice | None
    newer: Entry | None
    older: Entry | None
    related: tuple[Entry, ...]
    series: tuple[SeriesView, ...]
    share: tuple[Choice, ...]
    history: str
    edit: str
    markdown: str

    @property
    def html(self) -> Markup:
        """The text itself."""
        return self.body.html


@dataclass(frozen=True, slots=True)
class PageView:
    """A page. `canonical` is absolute; `alternates` are (hreflang, absolute address) of the page in every language
    that really has it; `languages` lead to the other languages; `more` is where the entries go on. A list of `total`
    entries may go over `count` pages: this is `number`, `newer` and `older` lead to the ones beside it. `feeds` is
    where the feeds of a term are, `card` the absolute address of its picture, `data` its JSON-LD.
    """

    kind: str
    title: str
    document_title: str
    description: str
    canonical: str
    indexable: bool
    alternates: tuple[tuple[str, str], ...]
    languages: tuple[Choice, ...]
    menu: tuple[Choice, ...]
    article: ArticleView | None
    entries: tuple[Entry, ...]
    more: str
    taxonomy: str
    terms: tuple[TermView, ...]
    number: int
    count: int
    total: int
    newer: str
    older: str
    feeds: str
    card: str
    data: Markup
