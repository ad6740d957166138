"""Old units to new units: what is unchanged is found whatever happened around it."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.translation.align import align
from tests.translation.helpers import units
from tests.translation.worlds import author_edits, blocks, english, render


def pairs(old: str, new: str) -> dict[str, str | None]:
    """The new paragraphs, each with the old one that it was."""
    ours, theirs = units(old), units(new)
    became = {match.new: match.old for match in align(ours, theirs)}
    return {unit.source: ours[became[j]].source if j in became else None for j, unit in enumerate(theirs)}


def text(*paragraphs: str) -> str:
    return "\n\n".join(paragraphs) + "\n"


ONE = "The parser reads every token before the scheduler may start."
TWO = "Nobody waits for what was cached long ago by somebody else."
THREE = "A release is a manifest of all objects, with their digests."


def test_equal_texts_are_matched_one_to_one():
    found = align(units(text(ONE, TWO, THREE)), units(text(ONE, TWO, THREE)))
    assert [(match.old, match.new, match.score) for match in found] == [(0, 0, 1.0), (1, 1, 1.0), (2, 2, 1.0)]


def test_an_edited_paragraph_is_matched_with_what_it_was():
    edited = TWO.replace("cached", "stored")
    assert pairs(text(ONE, TWO, THREE), text(ONE, edited, THREE)) == {ONE: ONE, edited: TWO, THREE: THREE}


def test_a_new_paragraph_was_nothing_before():
    new = "Something else entirely is said in here, about whales and their songs."
    assert pairs(text(ONE, TWO), text(ONE, new, TWO)) == {ONE: ONE, new: None, TWO: TWO}


def test_other_words_in_the_place_of_a_paragraph_are_not_that_paragraph():
    new = "Whales sing at night, and their songs are heard on the other side of the ocean."
    assert pairs(text(ONE, TWO, THREE), text(ONE, new, THREE))[new] is None


def test_what_moved_is_found_and_so_is_what_moved_and_was_edited():
    edited = ONE.replace("every", "each")
    assert pairs(text(ONE, TWO, THREE), text(THREE, TWO, edited)) == {THREE: THREE, TWO: TWO, edited: ONE}


def test_a_similar_neighbour_never_takes_what_is_unchanged():
    """The second step became like the first, and stands before it."""
    one, two = "Step 1: press the button and wait for the light.", "Step 2: press the button and wait for the bell."
    other = "Step 2: press the button and wait for the horn."
    assert pairs(text(one, two), text(other, one))[one] == one


def test_the_same_heading_again_and_again():
    old = text("## Example", ONE, "## Example", TWO, "## Example", THREE)
    new = text("## Example", TWO, "## Example", THREE)
    found = align(units(old), units(new))
    assert [(match.old, match.new) for match in found if match.score == 1.0] == [(2, 0), (3, 1), (4, 2), (5, 3)]


def test_a_list_of_fields_is_known_by_what_its_items_say():
    old, new = "---\ntitle: A\ntags: [one, two]\n---\n", "---\ntitle: B\ntags: [zero, one, two]\n---\n"
    found = {match.new: (match.old, match.score) for match in align(units(old), units(new))}
    assert found[2] == (1, 1.0)
    assert found[3] == (2, 1.0)
    assert found[0][0] == 0
    assert found[0][1] < 1.0


def test_code_that_is_indented_otherwise_is_other_code():
    old = "```python\nif x:\n    y()\nz()\n```\n"
    new = "```python\nif x:\n    y()\n    z()\n```\n"
    (match,) = align(units(old), units(new))
    assert match.score < 1.0


def test_code_in_a_list_that_moves_to_the_right_is_the_same_code():
    old = "- a\n\n  ```\n  x\n    y\n  ```\n"
    new = "1. a\n\n   ```\n   x\n     y\n   ```\n"
    assert [match.score for match in align(units(old), units(new))] == [1.0, 1.0]


@given(st.data())
def test_every_unit_that_says_what_one_said_before_is_matched_with_it(data):
    old = data.draw(blocks())
    new, _ = data.draw(author_edits(old))
    ours, theirs = units(render(old, english)), units(render(new, english))
    found = align(ours, theirs)
    assert len({match.old for match in found}) == len({match.new for match in found}) == len(found)
    assert [match.new for match in found] == sorted(match.new for match in found)
    same = {(unit.kind, unit.key) for unit in ours} & {(unit.kind, unit.key) for unit in theirs}
    matched = {(theirs[m.new].kind, theirs[m.new].key) for m in found if m.score == 1.0}
    assert matched == same
    assert all(ours[match.old].key == theirs[match.new].key for match in found if match.score == 1.0)


@given(st.lists(st.sampled_from("abcde"), max_size=25), st.lists(st.sampled_from("abcde"), max_size=25))
def test_of_duplicates_as_many_are_matched_as_both_have(old, new):
    found = align(units(text(*old)) if old else (), units(text(*new)) if new else ())
    both = sum(min(old.count(letter), new.count(letter)) for letter in set(old))
    assert sum(match.score == 1.0 for match in found) == both


@given(st.data())
def test_the_order_of_edits_does_not_matter(data):
    """Only the result counts: the same two texts are aligned in the same way, and each way back is the way there."""
    old = data.draw(blocks())
    new, _ = data.draw(author_edits(old))
    ours, theirs = units(render(old, english)), units(render(new, english))
    assert align(ours, theirs) == align(ours, theirs)
    there = {(match.old, match.new) for match in align(ours, theirs) if match.score == 1.0}
    back = {(match.new, match.old) for match in align(theirs, ours) if match.score == 1.0}
    unique = {unit.key for unit in ours if sum(other.key == unit.key for other in ours) == 1}
    assert {pair for pair in there if ours[pair[0]].key in unique} == {
        pair for pair in back if ours[pair[0]].key in unique
    }


@pytest.mark.parametrize("shape", ["cells", "all edited", "all new", "reversed"])
def test_two_thousand_units_take_no_time_to_speak_of(shape):
    chance = random.Random(1)
    words = ["".join(chance.choices("abcdefghij", k=chance.randint(2, 9))) for _ in range(500)]
    paragraphs = [" ".join(chance.choices(words, k=40)) for _ in range(2000)]
    if shape == "cells":
        old, new = ("| a | b |\n|---|---|\n" + "| yes | no |\n| no | no |\n" * 500 for _ in range(2))
        new = new.replace("| yes | no |\n| no | no |\n", "| no | yes |\n", 100)
    else:
        old = text(*paragraphs)
        new = {
            "all edited": text(*(f"{paragraph} indeed" for paragraph in paragraphs)),
            "all new": text(*(" ".join(chance.choices(words, k=40)) for _ in paragraphs)),
            "reversed": text(*reversed(paragraphs)),
        }[shape]
    ours, theirs = units(old), units(new)
    started = time.thread_time()
    found = align(ours, theirs)
    assert time.thread_time() - started < 8.0
    if shape in {"all edited", "reversed"}:
        assert len(found) == 2000
