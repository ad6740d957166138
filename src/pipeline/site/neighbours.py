"""What lies beside a post: the ones before and after it, and those on the same subjects."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from heapq import nsmallest

from pipeline.site.pages import Plan
from pipeline.site.taxonomies import Term

__all__ = ["Neighbours"]

_MOST = 3


class Neighbours:
    """Of every listed post of every locale, by keys.

    Posts are known by their places in the list of their locale: numbers that are kept in a row, so that looking at many
    of them touches little memory.
    """

    def __init__(self, plan: Plan, locales: Iterable[str]) -> None:
        """`plan` is complete."""
        self._plan = plan
        # Copies, which are beside each other.
        self._posts = {
            locale: tuple(key.encode().decode() for key in plan.by_key[locale, ""].posts) for locale in locales
        }
        self._order = {locale: {key: place for place, key in enumerate(posts)} for locale, posts in self._posts.items()}
        self._places = {
            (locale, term.key): array("L", sorted(order[key] for key in term.posts if key in order))
            for locale, order in self._order.items()
            for terms in plan.terms[locale].by_taxonomy.values()
            for term in terms
        }

    def place(self, locale: str, key: str) -> int | None:
        """Where a post is in the list of its locale, if it is there."""
        return self._order[locale].get(key)

    def beside(self, locale: str, key: str) -> tuple[str, str]:
        """The keys of the newer and the older post, `""` at the ends."""
        place, posts = self._order[locale].get(key), self._posts[locale]
        if place is None:
            return "", ""
        return posts[place - 1] if place else "", posts[place + 1] if place + 1 < len(posts) else ""

    def carrying(self, term: Term) -> Iterator[str]:
        """The keys of the listed posts that carry a term, in the order of the list."""
        return map(self._posts[term.locale].__getitem__, self._places[term.locale, term.key])

    def related(self, locale: str, key: str) -> list[str]:
        """At most three posts that share categories, tags or a series with it: a rare one says more than a common one;
        the newer first where they share as much.
        """
        posts, own = self._posts[locale], self._order[locale].get(key)
        scores: Counter[int] = Counter()
        for term in self._plan.terms[locale].by_post.get(key, ()):
            count = len(term.posts)
            if 1 < count <= max(2, len(posts) // 2):
                for place in self._places[locale, term.key]:
                    scores[place] += 1_000_000 // count
        ranked = ((-score, place) for place, score in scores.items() if place != own)
        return [posts[place] for _, place in nsmallest(_MOST, ranked)]
