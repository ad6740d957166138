"""What lies beside a post: the ones before and after it, and those on the same subjects."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from operator import or_

from pipeline.site.pages import Plan
from pipeline.site.taxonomies import Term

__all__ = ["Neighbours"]

_MOST = 3
_COMMON = 64  # one in so many posts: as a set of bits, places of fewer would take more than they do as numbers


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
        self._common = {
            (locale, term): _bits(places)
            for (locale, term), places in self._places.items()
            if len(places) * _COMMON > len(self._posts[locale])
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
        shared: list[tuple[int, int]] = []  # who shares it, and how much that says
        for term in self._plan.terms[locale].by_post.get(key, ()):
            count = len(term.posts)
            if 1 < count <= max(2, len(posts) // 2):
                who = self._common.get((locale, term.key)) or _bits(self._places[locale, term.key])
                shared.append((who, 1_000_000 // count))
        itself = 0 if own is None else 1 << own
        others = reduce(or_, (who for who, _ in shared), itself) ^ itself
        return [posts[place] for place in _highest(_sums(shared), others)]


# Sets of places are numbers here, of which each has its bit: what is done to all of them is one step.


def _bits(places: Sequence[int]) -> int:
    """The set of some places, which are in order."""
    found = bytearray(places[-1] // 8 + 1) if places else bytearray()
    for place in places:
        found[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(found, "little")


def _sums(summands: Sequence[tuple[int, int]]) -> list[int]:
    """For each binary digit, the lowest first, the places whose sum has it; given are places, and what each of them has
    more for being there.
    """
    digits = [0] * sum(value for _, value in summands).bit_length()
    for places, value in summands:
        for first in range(value.bit_length()):
            digit, carry = first, places if value >> first & 1 else 0
            while carry:
                digits[digit], carry = digits[digit] ^ carry, digits[digit] & carry
                digit += 1
    return digits


def _highest(digits: Sequence[int], left: int) -> list[int]:
    """At most three of the places that are `left`, those of the highest sums; of equal ones the first."""
    found: list[int] = []
    while left and len(found) < _MOST:
        best = left
        for places in reversed(digits):
            best = best & places or best
        first = best & -best
        found.append(first.bit_length() - 1)
        left ^= first
    return found
