"""Articles as earlier builds rendered them, and how it is told that they would be the same again."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import astuple, dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from markupsafe import Markup

from pipeline.errors import BuildError
from pipeline.site.articles import Article
from pipeline.site.cache import Cache, Damaged, Row, packed
from pipeline.site.context import Heading
from pipeline.site.diagrams import Diagram
from pipeline.site.images import Image
from pipeline.site.links import Links, Target
from pipeline.site.pages import Page
from pipeline.site.reading import stat_or_none
from pipeline.site.render import Rendered

__all__ = [
    "Fragment",
    "Kept",
    "Parcel",
    "Recorder",
    "Renditions",
    "headings_in",
    "is_as_it_was",
    "keep",
    "name_of",
    "parcel",
    "still_right",
    "summary_of",
]

_T = TypeVar("_T")
# (what was asked for, whether as a reference, what it turned out to be)
Asked = tuple[str, bool, tuple[str, str, str, str, str]]


@dataclass(frozen=True, slots=True)
class Fragment:
    """A link to a part of a page of the site, and the line that it stands on."""

    locale: str
    key: str
    fragment: str
    line: int


@dataclass(frozen=True, slots=True)
class Kept:
    """A rendered article: what Rendered says of it, read when it is asked for. `facts` are as they are kept."""

    cache: Cache
    name: str
    digest: str
    facts: str

    @property
    def links(self) -> tuple[Fragment, ...]:
        """To parts of pages of the site."""
        return self._remarks("links", lambda one: Fragment(*one))

    @property
    def images(self) -> tuple[str, ...]:
        """Of the site, by their paths there."""
        return self._remarks("images", lambda one: str(one[0]))

    @property
    def diagrams(self) -> tuple[Diagram, ...]:
        """That were drawn."""
        return self._remarks("diagrams", lambda one: Diagram(one[0], one[1], (one[2][0], one[2][1]), *one[3:]))

    @property
    def copies(self) -> tuple[tuple[str, Path], ...]:
        """The files that its images and diagrams need, by their paths in the site."""
        return self._remarks("copies", lambda one: (one[0], Path(one[1])))

    @property
    def problems(self) -> tuple[BuildError, ...]:
        """What is wrong with it."""
        return self._remarks("problems", _problem)

    @property
    def html(self) -> Markup:
        """The article as HTML."""
        return Markup(self.cache.html(self.name))  # noqa: S704 (it was HTML when it was kept)

    @property
    def headings(self) -> tuple[Heading, ...]:
        """In order."""
        return tuple(Heading(*one) for one in self._fact("headings"))

    @property
    def anchors(self) -> frozenset[str]:
        """All ids."""
        return frozenset(self._fact("anchors"))

    @property
    def summary(self) -> str:
        """The beginning of its text."""
        return str(self._fact("summary"))

    @property
    def minutes(self) -> int:
        """To read it."""
        return int(self._fact("minutes"))

    @property
    def asked(self) -> list[Asked]:
        """Every address it names, and where that led."""
        return [(address, reference, tuple(outcome)) for address, reference, outcome in self._fact("asked")]

    def _fact(self, name: str) -> Any:
        return _fact(self.cache, self.facts, name)

    def _remarks(self, name: str, made: Callable[[Any], _T]) -> tuple[_T, ...]:
        try:
            found = json.loads(self.cache.article_remarks(self.name) or "{}").get(name, ())
            return tuple(made(one) for one in (found.items() if isinstance(found, dict) else found))
        except (ValueError, TypeError, AttributeError, LookupError) as error:
            raise Damaged(f"{self.cache.path}: {error}") from error


def _problem(kept: Sequence[Any]) -> BuildError:
    message, path, line, remedy, kind = kept
    return BuildError(message, path=path and Path(path), line=line, remedy=remedy, kind=kind)


class Renditions:
    """What articles became, by locale and key, as the cache has it: but for those that are `stale`, which have to be
    rendered anew and have not been, and for those that somebody has rendered for himself, `own`.
    """

    def __init__(
        self,
        cache: Cache,
        stale: AbstractSet[tuple[str, str]],
        own: Mapping[tuple[str, str], Kept] = MappingProxyType({}),
    ) -> None:
        """All that these have, and will have."""
        self._cache, self._stale, self._own = cache, stale, own

    def get(self, name: tuple[str, str]) -> Kept | None:
        """None if there is no such article, or not yet."""
        if name in self._own:
            return self._own[name]
        path = "/".join(name)
        shown = None if name in self._stale else self._cache.article_shown(path)
        return Kept(self._cache, path, *shown) if shown else None

    def __getitem__(self, name: tuple[str, str]) -> Kept:
        found = self.get(name)
        if found is None:
            raise Damaged(f"{self._cache.path}: {'/'.join(name)} is missing")
        return found


class Recorder:
    """Stands in for what an article asks while it is rendered, and writes down the answers."""

    def __init__(self, links: Links) -> None:
        """`links` answers."""
        self._links = links
        self.asked: list[Asked] = []
        self.certain = True

    def resolve(self, address: str, article: Article, page: Page) -> Target:
        """As Links does."""
        return self._noted(address, self._links.resolve(address, article, page), reference=False)

    def reference(self, name: str, article: Article, page: Page) -> Target:
        """As Links does."""
        return self._noted(name, self._links.reference(name, article, page), reference=True)

    def href(self, path: str) -> str:
        """As Links does."""
        return self._links.href(path)

    def image(self, found: Image | None) -> Image | None:
        """What is wrong with an image today may be right tomorrow."""
        self.certain &= not (found and found.fault)
        return found

    def diagram(self, drawn: Diagram) -> Diagram:
        """So with a diagram."""
        self.certain &= not drawn.fault
        return drawn

    def _noted(self, address: str, target: Target, *, reference: bool) -> Target:
        self.asked.append((address, reference, _outcome(target)))
        return target


def name_of(article: Article) -> str:
    """What an article is kept under."""
    return f"{article.locale}/{article.key}"


@dataclass(frozen=True, slots=True)
class Parcel:
    """An article that was rendered, as it is kept; plain enough to come from another process."""

    row: Row
    html: bytes
    text: str


def parcel(
    made_from: str, rendered: Rendered, recorder: Recorder, images: Mapping[str, str], copies: Mapping[str, Path]
) -> Parcel:
    """What is kept of an article: `images` tells when one of those has changed, `copies` are files that it needs."""
    facts = {
        "headings": [[one.level, one.id, one.text] for one in rendered.headings],
        "anchors": sorted(rendered.anchors),
        "summary": rendered.summary,
        "minutes": rendered.minutes,
        "asked": list(dict.fromkeys(recorder.asked)),
    }
    remarks: dict[str, Any] = {
        "links": [
            (link.target.page.locale, link.target.page.key, link.target.fragment, link.line)
            for link in rendered.links
            if link.target.page
        ],
        "images": dict(images),
        "diagrams": [astuple(one) for one in rendered.diagrams],
        "copies": {path: str(file) for path, file in copies.items()},
        "problems": [[p.message, str(p.path or "") or None, p.line, p.remedy, p.kind] for p in rendered.problems],
    }
    remarks = {name: value for name, value in remarks.items() if value}
    made_from = made_from if recorder.certain else ""
    row = Row(made_from, rendered.digest, json.dumps(remarks) if remarks else "", json.dumps(facts))
    return Parcel(row, packed(rendered.html), rendered.text)


def keep(cache: Cache, article: Article, made: Parcel, files: Mapping[str, Path]) -> None:
    """Keep an article, and the memory free of it."""
    cache.keep_article(name_of(article), made.row, made.html, made.text)
    if not is_as_it_was(cache, made.row, files):
        raise BuildError(
            "an image was changed while the site was built.", path=article.post.path, remedy="Build again."
        )


def is_as_it_was(cache: Cache, row: Row, files: Mapping[str, Path]) -> bool:
    """Whether none of the images of an article has changed, and what was made of them is there."""
    if not row.remarks:
        return True
    try:
        found = json.loads(row.remarks)
        same = all(stat_or_none(files.get(path)) == stat for path, stat in found.get("images", {}).items())
        return same and all(Path(file).is_file() for file in found.get("copies", {}).values())
    except (ValueError, TypeError, AttributeError) as error:
        raise Damaged(f"{cache.path}: {error}") from error


def still_right(kept: Kept, article: Article, page: Page, links: Links) -> bool:
    """Whether every address that the article names leads where it led."""
    return all(
        _outcome((links.reference if reference else links.resolve)(address, article, page)) == outcome
        for address, reference, outcome in kept.asked
    )


def _outcome(target: Target) -> tuple[str, str, str, str, str]:
    page = f"{target.page.locale}/{target.page.key}" if target.page else ""
    return target.href, target.kind, page, target.fragment, target.path


def summary_of(cache: Cache, row: Row) -> str:
    """The beginning of the text of an article."""
    return str(_fact(cache, row.facts, "summary"))


def headings_in(made: Parcel) -> tuple[tuple[int, str], ...]:
    """Level and id of each heading."""
    return tuple((level, id_) for level, id_, _ in _read(made.row.facts)["headings"])


def _fact(cache: Cache, facts: str, name: str) -> Any:
    try:
        return _read(facts)[name]
    except (ValueError, LookupError, TypeError) as error:
        raise Damaged(f"{cache.path}: {error}") from error


@lru_cache(maxsize=64)  # what is asked for of one article is asked for at about the same time
def _read(facts: str) -> Any:
    return json.loads(facts)
