"""What is related to a post, found by sets of bits, is what the definition says."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.site.neighbours import Neighbours
from pipeline.site.pages import Page, Plan
from pipeline.site.taxonomies import Term, Terms


def plan_of(listed: list[set[int]], unlisted: list[set[int]]) -> Plan:
    """A plan of posts, by what they carry: those that are in the list, and others."""
    carried = {f"posts/{number}": terms for number, terms in enumerate([*listed, *unlisted])}
    keys = tuple(carried)[: len(listed)]
    terms = {
        number: Term("tags", "en", f"{number}", f"{number}", "en", tuple(key for key in keys if number in carried[key]))
        for number in set().union(*carried.values())
    }
    by_post = {key: tuple(terms[number] for number in sorted(numbers)) for key, numbers in carried.items()}
    page = Page("home", "", "en", "", "", posts=keys)
    return Plan((page,), (), {"en": Terms({"tags": tuple(terms.values())}, by_post)}, by_key={("en", ""): page})


def related(plan: Plan, key: str) -> list[str]:
    """The definition: a term that not too many carry counts the more, the fewer they are."""
    posts = plan.by_key["en", ""].posts
    scores: dict[str, int] = {}
    for term in plan.terms["en"].by_post[key]:
        if 1 < len(term.posts) <= max(2, len(posts) // 2):
            for other in set(term.posts) - {key}:
                scores[other] = scores.get(other, 0) + 1_000_000 // len(term.posts)
    return sorted(scores, key=lambda other: (-scores[other], posts.index(other)))[:3]


_carried = st.sets(st.integers(0, 8), max_size=6)


@given(st.lists(_carried, max_size=30), st.lists(_carried, max_size=2))
def test_related_posts_are_those_that_share_most(listed: list[set[int]], unlisted: list[set[int]]) -> None:
    plan = plan_of(listed, unlisted)
    neighbours = Neighbours(plan, ["en"])
    for key in plan.terms["en"].by_post:
        assert neighbours.related("en", key) == related(plan, key)


def test_rare_and_common_terms_count_together() -> None:
    # Each seventh, fifth … and a few that share what nobody else has: those are too rare for a set of their own.
    listed = [{step for step in (2, 3, 5, 7) if number % step == 0} | {100 + number // 4} for number in range(400)]
    plan = plan_of(listed, [])
    neighbours = Neighbours(plan, ["en"])
    for key in plan.by_key["en", ""].posts:
        assert neighbours.related("en", key) == related(plan, key)
