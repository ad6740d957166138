"""Code that a reviewer localized, merged line by line with what the English changed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.translation.code import merged_lines

LINES = st.lists(st.sampled_from([f"line {letter}\n" for letter in "abcdefgh"]), max_size=8, unique=True)


def test_both_edits_are_there():
    old, theirs, new = "# one\nx\n# two\ny\n", "# 一\nx\n# two\ny\n", "# one\nx\n# two\ny\nz\n"
    assert merged_lines(old, theirs, new) == ("# 一\nx\n# two\ny\nz\n", None)


def test_a_line_that_both_changed_is_the_englishs_and_is_told():
    old, theirs, new = "# one\nx\n# two\n", "# 一\nx\n# 二\n", "# one\nx\n# two!\n"
    assert merged_lines(old, theirs, new) == ("# 一\nx\n# two!\n", 2)


def test_lines_that_the_english_lost_are_lost():
    assert merged_lines("# one\nx\n", "# 一\nx\n", "x\n") == ("x\n", 0)


@given(LINES, LINES)
def test_whoever_alone_changed_something_is_right(old, new):
    before, after = "".join(old), "".join(new)
    assert merged_lines(before, before, after) == (after, None)
    assert merged_lines(before, after, before) == (after, None)


@given(LINES, st.data())
def test_comments_translated_line_by_line_stay_with_their_lines(old, data):
    theirs = [line.replace("line", "行") for line in old]
    at = data.draw(st.integers(0, len(old)))
    new = [*old[:at], "brand new\n", *old[at:]]
    merged, lost = merged_lines("".join(old), "".join(theirs), "".join(new))
    assert (merged, lost) == ("".join([*theirs[:at], "brand new\n", *theirs[at:]]), None)
