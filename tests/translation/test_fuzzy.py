"""Fuzzy look-ups find the most similar of very many, and quickly."""

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from pipeline.markdown import Piece, Segment
from pipeline.translation.fuzzy import FuzzyIndex


def segment(text):
    return Segment("text", 0, 0, (Piece("text", "", 0, 0, text),))


WORDS = ["the", "cache", "is", "emptied", "after", "every", "run", "of", "a", "parser", "7"]
SENTENCES = st.lists(st.sampled_from(WORDS), min_size=2).map(" ".join)


@given(st.lists(SENTENCES, min_size=1, max_size=30, unique=True), SENTENCES, st.sampled_from([50.0, 75.0, 90.0]))
def test_the_best_of_those_that_share_a_word_is_found(messages, query, threshold):
    messages = [message for message in messages if set(message.split()) & set(query.split())]
    found = FuzzyIndex([(message, ()) for message in messages]).best(segment(query), threshold)
    scores = {message: fuzz.ratio(message, query) for message in messages}
    best = max(scores.values(), default=0.0)
    if best < threshold:
        assert found is None
    else:
        assert found is not None
        assert found[1] == pytest.approx(best)
        assert scores[found[0]] == pytest.approx(best)


def test_other_tags_are_another_segment():
    index = FuzzyIndex([("Use <1/> now", ("code",)), ("Use <1/> now", ("math",))])
    assert index.best(segment("Use <1/> now"), 50.0) is None
    tagged = Segment("text", 0, 0, (Piece("text", "", 0, 0, "Use "), Piece("void", "", 0, 0, "", 1, "math")))
    assert index.best(tagged, 50.0)


@pytest.mark.parametrize(
    ("message", "query", "found"),
    [
        ("Yes", "Yes", True),
        ("Install", "Installed", True),
        ("Yes", "No", False),
        ("解析器读取标记", "解析器读取标记。", True),
        ("", "x", False),
        ("word", "", False),
    ],
)
def test_short_texts_and_texts_without_words(message, query, found):
    assert bool(FuzzyIndex([(message, ())]).best(segment(query), 75.0)) is found


def test_a_hundred_look_ups_in_many_segments():
    """As benchmarks/memory.py does it with ten times as many; the time has room for a slow machine."""
    chance = random.Random(3)
    words = ["".join(chance.choices("abcdefghijklmnop", k=chance.randint(2, 9))) for _ in range(8000)]
    weights = [1 / (rank + 10) for rank in range(len(words))]
    messages = [" ".join(chance.choices(words, weights, k=chance.randint(4, 40))) for _ in range(10_000)]
    index = FuzzyIndex([(message, ()) for message in messages])
    queries = []
    for message in chance.sample(messages, 100):
        changed = message.split()
        changed[chance.randrange(len(changed))] = "otherwise"
        queries.append(" ".join(changed))
    started = time.thread_time()
    found = [index.best(segment(query), 60.0) for query in queries]
    assert time.thread_time() - started < 2.0
    assert sum(one is not None for one in found) >= 95
