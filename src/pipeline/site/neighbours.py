"""What lies beside a post: the ones before and after it, and those on the same subjects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from heapq import nsmallest
from itertools import pairwise

from pipeline.site.pages import Plan
from pipeline.site.taxonomies import TAXONOMIES

__all__ = ["Neighbours"]

_MOST = 3


class Neighbours:
    """Of every listed post of every locale, by keys."""

    def __init__(self, plan: Plan, locales: Iterable[str]) -> None:
        """`plan` is complete."""
        self._plan = plan
        self._beside: dict[tuple[str, str], tuple[str, str]] = {}
        self._order: dict[str, Mapping[str, int]] = {}
        for locale in locales:
            posts = plan.by_key[locale, ""].posts
            self._order[locale] = {key: place for place, key in enumerate(posts)}
            for (newer, key), (_, older) in pairwise(pairwise(["", *posts, ""])):
                self._beside[locale, key] = newer, older

    def beside(self, locale: str, key: str) -> tuple[str, str]:
        """The keys of the newer and the older post, `""` at the ends."""
        return self._beside.get((locale, key), ("", ""))

    def related(self, locale: str, key: str) -> list[str]:
        """At most three posts that share categories, tags or a series with it: a rare one says more than a common one;
        the newer first where they share as much.
        """
        order = self._order[locale]
        scores: Counter[str] = Counter()
        for taxonomy in TAXONOMIES:
            for term in self._plan.terms[locale].by_post.get((key, taxonomy), ()):
                if 1 < len(term.posts) <= max(2, len(order) // 2):
                    for other in term.posts:
                        scores[other] += 1_000_000 // len(term.posts)
        scores.pop(key, None)
        ranked = ((-score, order[one], one) for one, score in scores.items() if one in order)
        return [one for _, _, one in nsmallest(_MOST, ranked)]
