"""Categories, tags and series: one term over all languages, with the posts that carry it in each."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.site.articles import Article
from pipeline.site.permalinks import term_slugs

__all__ = ["SERIES", "TAXONOMIES", "Term", "Terms", "collect"]

TAXONOMIES = ("categories", "tags", "series")
SERIES = "series"


@dataclass(frozen=True, slots=True)
class Term:
    """One category or tag in one locale: `name` as that locale spells it, and the keys of the posts that carry it."""

    taxonomy: str
    locale: str
    slug: str
    name: str
    language: str
    posts: tuple[str, ...]

    @property
    def key(self) -> str:
        """The same in every locale."""
        return f"{self.taxonomy}/{self.slug}"


@dataclass(frozen=True, slots=True)
class Terms:
    """All terms of one locale, in order of their names, by taxonomy; and those of each post, one taxonomy after the
    other.
    """

    by_taxonomy: Mapping[str, tuple[Term, ...]]
    by_post: Mapping[str, tuple[Term, ...]]


def collect(
    shown: Mapping[str, Mapping[str, Article]], source: str, order: Mapping[str, list[str]]
) -> dict[str, Terms]:
    """The terms of each locale. `order` gives each locale's listed posts in the order in which lists show them.

    A term is the same whatever its capitals are. A translation whose list is as long as its source's carries the
    source's terms under names of its own, so both languages have them at the same address.
    """
    slugs = {taxonomy: term_slugs(_identities(shown, source, order, taxonomy)) for taxonomy in TAXONOMIES}
    return {locale: _terms(locale, keys, slugs, shown, source) for locale, keys in order.items()}


def _identities(
    shown: Mapping[str, Mapping[str, Article]], source: str, order: Mapping[str, list[str]], taxonomy: str
) -> set[str]:
    return {
        _folded(identity)
        for locale, keys in order.items()
        for key in keys
        for identity, _ in _paired(shown[locale][key], shown[source].get(key), taxonomy)
    }


def _terms(
    locale: str,
    keys: list[str],
    slugs: Mapping[str, Mapping[str, str]],
    shown: Mapping[str, Mapping[str, Article]],
    source: str,
) -> Terms:
    by_taxonomy: dict[str, tuple[Term, ...]] = {}
    by_post: dict[str, tuple[Term, ...]] = {}
    same: dict[tuple[str, ...], tuple[Term, ...]] = {}  # many posts have the same terms
    for taxonomy in TAXONOMIES:
        posts: dict[str, list[str]] = {}
        names: dict[str, tuple[bool, str, str]] = {}
        carried: dict[str, list[str]] = {}
        for key in keys:
            article = shown[locale][key]
            for identity, name in _paired(article, shown[source].get(key), taxonomy):
                slug = slugs[taxonomy][_folded(identity)]
                if slug not in carried.setdefault(key, []):
                    carried[key].append(slug)
                    posts.setdefault(slug, []).append(key)
                # A post in the locale's own language knows the name better than one shown in another.
                candidate = (article.written_in != locale, name, article.written_in)
                names[slug] = min(names.get(slug, candidate), candidate)
        if taxonomy == SERIES:
            posts = {slug: _in_reading_order(keys, shown[locale]) for slug, keys in posts.items()}
        terms = [Term(taxonomy, locale, slug, names[slug][1], names[slug][2], tuple(posts[slug])) for slug in posts]
        by_taxonomy[taxonomy] = tuple(sorted(terms, key=lambda term: (_folded(term.name), term.slug)))
        by_slug = {term.slug: term for term in terms}
        for key, own in carried.items():
            found = by_post.get(key, ()) + tuple(by_slug[slug] for slug in own)
            by_post[key] = same.setdefault(tuple(term.key for term in found), found)
    return Terms(by_taxonomy, by_post)


def _paired(article: Article, source: Article | None, taxonomy: str) -> list[tuple[str, str]]:
    """(name in the source, name here) of each term of a post: first those of one name, then the others in order."""
    names = [name.strip() for name in getattr(article, taxonomy) if name.strip()]
    originals = [name.strip() for name in getattr(source, taxonomy) if name.strip()] if source else names
    same = {_folded(name) for name in names} & {_folded(name) for name in originals}
    own = [name for name in names if _folded(name) not in same]
    theirs = [name for name in originals if _folded(name) not in same]
    other = dict(zip(own, theirs, strict=True)) if len(own) == len(theirs) else {}
    return [(other.get(name, name), name) for name in names]


def _in_reading_order(keys: list[str], articles: Mapping[str, Article]) -> list[str]:
    """A series begins with its first part: by weight where there is one, else the oldest first."""
    oldest_first = list(reversed(keys))
    return sorted(oldest_first, key=lambda key: articles[key].weight)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()
