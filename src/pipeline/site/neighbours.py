"""What lies beside a post: the ones before and after it, and those on the same subjects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from heapq import nsmallest

from pipeline.site.pages import Plan

__all__ = ["Neighbours"]

_MOST = 3


class Neighbours:
    """Of every listed post of every locale, by keys."""

    def __init__(self, plan: Plan, locales: Iterable[str]) -> None:
        """`plan` is complete."""
        self._plan = plan
        self._posts = {locale: plan.by_key[locale, ""].posts for locale in locales}
        self._order = {locale: {key: place for place, key in enumerate(posts)} for locale, posts in self._posts.items()}

    def beside(self, locale: str, key: str) -> tuple[str, str]:
        """The keys of the newer and the older post, `""` at the ends."""
        place, posts = self._order[locale].get(key), self._posts[locale]
        if place is None:
            return "", ""
        return posts[place - 1] if place else "", posts[place + 1] if place + 1 < len(posts) else ""

    def related(self, locale: str, key: str) -> list[str]:
        """At most three posts that share categories, tags or a series with it: a rare one says more than a common one;
        the newer first where they share as much.
        """
        order = self._order[locale]
        scores: Counter[str] = Counter()
        for term in self._plan.terms[locale].by_post.get(key, ()):
            if 1 < len(term.posts) <= max(2, len(order) // 2):
                for other in term.posts:
                    scores[other] += 1_000_000 // len(term.posts)
        scores.pop(key, None)
        ranked = ((-score, order[one], one) for one, score in scores.items() if one in order)
        return [one for _, _, one in nsmallest(_MOST, ranked)]
