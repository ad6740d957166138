"""The most similar of very many segments: a word index names candidates, the edit distance decides between them."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence

from rapidfuzz import fuzz, process

from pipeline.markdown import Segment

__all__ = ["FuzzyIndex"]

_WORD = re.compile(r"\w+")
_CANDIDATES = 60
# So many entries of rare words are looked at for one query.
_POSTINGS = 20_000


class FuzzyIndex:
    """Messages by their tags and words. Build it once, ask it often."""

    def __init__(self, keys: Sequence[tuple[str, tuple[str, ...]]]) -> None:
        """`keys` are messages with their signatures."""
        self._messages = [message for message, _ in keys]
        self._words: dict[tuple[tuple[str, ...], str], array[int]] = {}
        for number, (message, signature) in enumerate(keys):
            for word in set(_features(message)):
                self._words.setdefault((signature, word), array("I")).append(number)

    def best(self, segment: Segment, threshold: float) -> tuple[str, float] | None:
        """The message with the segment's tags that is most like it, at least `threshold` percent, and how much."""
        message = segment.message
        candidates = list(self._candidates(message, segment.signature, max(threshold, 1.0)))
        found = process.extractOne(
            message,
            [self._messages[number] for number in candidates],
            scorer=fuzz.ratio,
            score_cutoff=max(threshold, 1.0),
        )
        return (found[0], float(found[1])) if found else None

    def _candidates(self, message: str, signature: tuple[str, ...], threshold: float) -> Iterator[int]:
        """Messages that share the most words, of those whose length lets them be similar enough."""
        postings = [self._words.get((signature, word), array("I")) for word in dict.fromkeys(_features(message))]
        shared: Counter[int] = Counter()
        looked = 0
        for posting in sorted(postings, key=len):
            if looked and looked + len(posting) > _POSTINGS:
                break
            looked += len(posting)
            shared.update(posting)
        # 2·min/(a+b) is the best that two lengths a and b allow.
        shortest = len(message) * threshold / (200 - threshold)
        longest = len(message) * (200 - threshold) / threshold
        fitting = ((count, -n) for n, count in shared.items() if shortest <= len(self._messages[n]) <= longest)
        for _, minus in sorted(fitting, reverse=True)[:_CANDIDATES]:
            yield -minus


def _features(message: str) -> list[str]:
    """Words, and the pairs of letters of a text with few of them."""
    words = _WORD.findall(message.casefold())
    if len(words) < 4:
        words += [message[at : at + 2].casefold() + "\0" for at in range(len(message) - 1)]
    return words
