"""Which pages the site has, in which languages, at which addresses: decided before anything is rendered."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal
from urllib.parse import unquote

from pipeline.errors import BuildError
from pipeline.site.articles import Article, field_line
from pipeline.site.editions import Edition
from pipeline.site.permalinks import directory, inside, output_file, part
from pipeline.site.taxonomies import Term, Terms, collect

__all__ = ["Page", "Plan", "Redirect", "article_of", "make_plan"]

Kind = Literal["home", "section", "post", "page", "taxonomy", "term", "archive", "search", "not-found"]
MAIN_SECTION = "posts"


@dataclass(frozen=True, slots=True)
class Page:
    """One page in one language. Pages of the same `key` are each other's translations.

    `article` is the post it shows, or the introduction of a home or section page; `posts` are the keys of the posts
    that it lists, in order; `terms` those that it lists, or the one it is about. A list of `total` posts may go over
    `count` pages, of which this is `number`.
    """

    kind: Kind
    key: str
    locale: str
    path: str
    title: str
    article: Article | None = None
    posts: tuple[str, ...] = ()
    terms: tuple[Term, ...] = ()
    number: int = 1
    count: int = 1
    total: int = 0

    @property
    def first(self) -> str:
        """The key of the first page of a list that goes over several; of other pages, their own."""
        return self.key.partition("#")[0] if self.number > 1 else self.key

    @property
    def indexable(self) -> bool:
        """Search engines should know it, under its own address."""
        if self.kind in {"not-found", "search"}:
            return False
        return self.article is None or self.kind in {"home", "section"} or self.article.indexable


def article_of(page: Page) -> Article:
    """The article of a page that has one."""
    if page.article is None:
        raise AssertionError(page.key)
    return page.article


@dataclass(frozen=True, slots=True)
class Redirect:
    """An address that a page once had."""

    path: str
    page: Page


@dataclass(frozen=True, slots=True)
class Plan:
    """All pages, findable by (locale, key) and by path, and what was found wrong on the way."""

    pages: tuple[Page, ...]
    redirects: tuple[Redirect, ...]
    terms: Mapping[str, Terms]
    problems: tuple[BuildError, ...] = ()
    by_key: Mapping[tuple[str, str], Page] = field(default_factory=dict)
    by_path: Mapping[str, Page] = field(default_factory=dict)

    def page(self, locale: str, key: str) -> Page | None:
        """The page of that key in that locale."""
        return self.by_key.get((locale, key))

    def nearest(self, page: Page, locale: str) -> Page:
        """The page's other language, or the nearest page above it that has one: never nothing."""
        if (locale, page.key) in self.by_key:
            return self.by_key[locale, page.key]
        key = page.first
        while key and (locale, key) not in self.by_key:
            key = posixpath.dirname(key)
        return self.by_key[locale, key]


def make_plan(
    editions: Mapping[str, Edition],
    shown: Mapping[str, Mapping[str, Article]],
    source: str,
    *,
    per_page: int = 20,
    patterns: Mapping[str, str] = MappingProxyType({}),
    strict: bool = True,
) -> Plan:
    """The plan of a site that shows these articles, `per_page` to a page of a list; `patterns` are the addresses of
    posts by section.

    Raises BuildError when a post has a name that makes no address, or, if `strict`, two pages want the same one: else
    a post leaves it to the page before it, and is left out.
    """
    listed = {locale: _in_order(shown[locale]) for locale in editions}
    terms = collect(shown, source, listed)
    pages: list[Page] = []
    for locale, edition in editions.items():
        for page in _pages(edition, shown[locale], listed[locale], terms[locale], patterns):
            pages += paged(page, per_page)
    by_path: dict[str, Page] = {}
    for page in pages:
        other = by_path.setdefault(page.path, page)
        if other is page:
            continue
        problem = _collision(page, other)
        loser = next((one for one in (page, other) if one.kind in {"post", "page"}), None)
        if strict or loser is None:
            raise problem
        fewer = dict(shown)
        fewer[loser.locale] = {key: article for key, article in shown[loser.locale].items() if key != loser.key}
        plan = make_plan(editions, fewer, source, per_page=per_page, patterns=patterns, strict=False)
        told = all(not one.article or one.article.state == "untranslated" for one in (page, other))  # by the source's
        return plan if told else replace(plan, problems=(problem, *plan.problems))
    redirects, problems = _redirects(pages, editions, source, by_path)
    by_key = {(page.locale, page.key): page for page in pages}
    return Plan(tuple(pages), tuple(redirects), terms, tuple(problems), by_key, by_path)


def _in_order(articles: Mapping[str, Article]) -> list[str]:
    """The posts that lists show: newest first, those without a date last."""

    def newest_first(key: str) -> tuple[float, str]:
        date = articles[key].date
        return (-date.timestamp() if date else float("inf"), key)

    return sorted((key for key in articles if "/" in key and not _is_index(key)), key=newest_first)


def _is_index(key: str) -> bool:
    return posixpath.basename(key) == "_index" or key == "index"


def paged(page: Page, per_page: int) -> list[Page]:
    """The pages of a list: `posts/`, `posts/page/2/` and so on."""
    if page.kind not in {"section", "term"} or len(page.posts) <= per_page:
        return [replace(page, total=len(page.posts))]
    parts = [page.posts[start : start + per_page] for start in range(0, len(page.posts), per_page)]
    found = [replace(page, posts=parts[0], count=len(parts), total=len(page.posts))]
    for number, posts in enumerate(parts[1:], 2):
        path = f"{page.path}page/{number}/"
        found.append(replace(found[0], key=f"{page.key}#{number}", path=path, posts=posts, number=number))
    return found


def _pages(
    edition: Edition,
    articles: Mapping[str, Article],
    listed: list[str],
    terms: Terms,
    patterns: Mapping[str, str],
) -> Iterator[Page]:
    locale, prefix, strings = edition.locale, edition.prefix, edition.strings
    main = [key for key in listed if key.startswith(f"{MAIN_SECTION}/")] or listed
    introduction = articles.get("_index") or articles.get("index")
    title = introduction.post.meta.title if introduction else ""
    yield Page("home", "", locale, directory(prefix), title or edition.title, introduction, tuple(main))
    for section in sorted(_sections(articles)):
        posts = tuple(key for key in listed if key.startswith(f"{section}/"))
        index = articles.get(f"{section}/_index")
        name = section.rpartition("/")[2]
        known = strings(f"sections.{name}") if strings.has(f"sections.{name}") else name.replace("-", " ").capitalize()
        title = index.title if index and index.post.meta.title else known
        path = directory(prefix, *(part(piece) for piece in section.split("/")))
        yield Page("section", section, locale, path, title, index, posts)
    for key, article in sorted(articles.items()):
        if not _is_index(key):
            kind: Kind = "post" if "/" in key else "page"
            path, own = _permalink(edition, article, patterns), terms.by_post.get(key, ())
            yield Page(kind, key, locale, path, article.title, article, terms=own)
    for taxonomy, found in terms.by_taxonomy.items():
        if not found:
            continue
        root = directory(prefix, taxonomy)
        yield Page("taxonomy", taxonomy, locale, root, strings(f"taxonomies.{taxonomy}"), terms=found)
        for term in found:
            yield Page("term", term.key, locale, f"{root}{term.slug}/", term.name, posts=term.posts, terms=(term,))
    if listed and "archive" not in articles:
        yield Page("archive", "archive", locale, directory(prefix, "archive"), strings("archive"), posts=tuple(listed))
    if listed and "search" not in articles:
        yield Page("search", "search", locale, directory(prefix, "search"), strings("search.title"))
    missing = f"{prefix}/404.html" if prefix else "404.html"
    yield Page("not-found", "404", locale, missing, strings("not_found.title"))


def _sections(articles: Mapping[str, Article]) -> set[str]:
    """Names of the first-level directories, and of all that have an introduction."""
    first = {key.split("/")[0] for key in articles if "/" in key}
    return first | {posixpath.dirname(key) for key in articles if "/" in key and _is_index(key)}


def _permalink(edition: Edition, article: Article, patterns: Mapping[str, str]) -> str:
    if pattern := patterns.get(article.key.split("/")[0]) if "/" in article.key else None:
        return directory(edition.prefix, *_from_pattern(pattern, article))
    *parents, name = article.key.split("/")
    parts = [part(parent) for parent in parents] + [part(article.slug or name)]
    if not all(parts):
        raise BuildError(
            "its name makes no address.", path=article.post.path, remedy="Give it a `slug` of letters or digits."
        )
    return directory(edition.prefix, *parts)


def _from_pattern(pattern: str, article: Article) -> list[str]:
    """The parts of an address such as `/:year/:month/:slug/`."""
    *parents, name = article.key.split("/")
    date = article.date
    if date is None and re.search(r":(?:year|month|day)", pattern):
        raise BuildError(
            f"has no date, and the address of posts there is {pattern}.",
            path=article.post.path,
            remedy="Give it a `date`, or mend [site] permalinks in pipeline.toml.",
        )
    title = (article.source or article.post).meta.title
    values = {"section": parents[0], "sections": "/".join(parents), "filename": name, "slug": article.slug or name}
    values |= {"title": article.slug or title or name}
    values |= {"year": f"{date:%Y}", "month": f"{date:%m}", "day": f"{date:%d}"} if date else {}
    whole = re.sub(r":(\w+)", lambda match: values[match[1]].replace("/", "\n"), pattern)
    parts = [part(piece) for piece in re.split(r"[/\n]", whole.strip("/"))]
    if not all(parts):
        raise BuildError(
            "its name makes no address.", path=article.post.path, remedy="Give it a `slug` of letters or digits."
        )
    return parts


def _collision(page: Page, other: Page) -> BuildError:
    first, second = [p.article.post.path if p.article else f"the {p.kind} page" for p in (other, page)]
    return BuildError(
        f"has the same address as {first}: /{page.path}.",
        path=second,
        line=field_line(page.article.post, "slug") if page.article else None,
        remedy="Rename one of them, or give one another `slug`.",
        kind="addresses",
    )


def _redirects(
    pages: Iterable[Page], editions: Mapping[str, Edition], source: str, by_path: Mapping[str, Page]
) -> tuple[list[Redirect], list[BuildError]]:
    owners = {output_file(path): page for path, page in by_path.items()}
    redirects: list[Redirect] = []
    problems: list[BuildError] = []
    for page in pages:
        if not page.article or page.kind not in {"post", "page"}:
            continue
        for alias in page.article.aliases:
            path = _alias_path(alias, page, editions[page.locale], source)
            if path is None:
                problems.append(_bad_alias(page.article, alias, "is not a path inside the site"))
            elif output_file(path) not in owners:
                owners[output_file(path)] = page
                redirects.append(Redirect(path, page))
            elif owners[output_file(path)] is not page:
                problems.append(_bad_alias(page.article, alias, "is the address of another page"))
    return redirects, problems


def _bad_alias(article: Article, alias: str, reason: str) -> BuildError:
    return BuildError(
        f"the alias {alias!r} {reason}.",
        path=article.post.path,
        line=field_line(article.post, "aliases"),
        remedy="Remove or mend it.",
        kind="aliases",
    )


def _alias_path(alias: str, page: Page, edition: Edition, source: str) -> str | None:
    """`/old/` and `old` are below the site, or below the locale's prefix in a translation that copied them."""
    text = unquote(alias.strip()).lstrip("/")
    if not inside(text.rstrip("/")):
        return None
    if page.locale != source and edition.prefix and not text.startswith(f"{edition.prefix}/"):
        text = f"{edition.prefix}/{text}"
    return text if posixpath.splitext(text)[1] in {".html", ".htm"} else f"{text.rstrip('/')}/"
