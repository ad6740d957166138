"""The structural comparison: what it tells apart, and what it does not."""

import pytest
from hypothesis import given, settings

from pipeline.markdown import difference
from tests.markdown.fragments import documents

SAME = [
    ("Some *words* and `code`.", "`code` 与*文字*。"),
    ("# Head\n\n- a\n- b", "# 标题\n\n- 甲\n- 乙"),
    ("[a](/u 'title') ![b](/i.png)", "![乙](/i.png) [甲](/u '标题')"),
    ("Two\nlines", "一行"),
    ("<div>Text <b>x</b></div>", "<div>文字 <b>某</b></div>"),
    ("5 < 6 and 7 > 6", "5 < 6 而 7 > 6"),
    ("<p>5 < 6 and 7 > 6</p>", "<p>七大于六</p>"),
    ("::: tip A title\nx\n:::", "::: tip 标题\n某\n:::"),
    ("Words.", "文字。 <!-- pipeline: untranslated -->"),
    ("Words.", "文字。 <!-- pipeline: fuzzy 80% -->"),
    ("Words 5.", "文字。 <!-- pipeline: ignore numbers: the title of a film -->"),
    ("```\nx\n```", "<!-- pipeline: ignore code: another mirror -->\n\n```\nx\n```"),
]
DIFFERENT = [
    ("Words.", "文字。\n\n又一段。"),
    ("# Head", "## 标题"),
    ("Some `code`.", "一些 `代码`。"),
    ("```\nx\n```", "```\ny\n```"),
    ("$x$", "$y$"),
    ("[a](/u)", "[甲](/v)"),
    ("![a](/u)", "![甲](/v)"),
    ("*a* **b**", "**甲 *乙***"),
    ("Words.", "<b>文字</b>。"),
    ("Words.", "文字 <https://a.example>。"),
    ("Words.", "文字 <!-- a comment -->。"),
    ("<p>Words</p>", "<p onclick='x'>文字</p>"),
    ("<p title='a > b'>Words</p>", "<p title='a > c'>文字</p>"),
    ("- a\n- b", "- 甲\n\n- 乙"),
    ("1. a", "2. 甲"),
    ("- [ ] a", "- [x] 甲"),
    ("| a |\n|--|", "| 甲 |\n|:-:|"),
    ("A[^1]\n\n[^1]: n", "甲[^2]\n\n[^2]: 注"),
    ("A^[*n*]", "甲^[注]"),
    ("{{< a >}}", "{{< b >}}"),
    ("# A {#x}", "# 甲 {#y}"),
    # Only plain CommonMark tells them apart: beside Han, or with an address that markdown-it refuses.
    ("**Note:** text", "**注意：**正文"),
    ("Words.", "文字 [x](javascript:alert)。"),
]


@pytest.mark.parametrize(("source", "target"), SAME)
def test_the_same(source, target):
    assert difference(source, target) is None
    assert difference(target, source) is None


@pytest.mark.parametrize(("source", "target"), DIFFERENT)
def test_different(source, target):
    assert difference(source, target) is not None
    assert difference(target, source) is not None


def test_where_and_what():
    assert difference("# A\n\nText\n\n- item\n", "# 甲\n\n文字\n\n1. 项\n") == (
        4,
        "`ordered list open` where the source has `bullet list open`",
    )
    assert difference("A\n\nB", "甲") == (None, "blocks are missing at the end")
    assert difference("A", "甲\n\n---") == (2, "`hr` that the source does not have")


@settings(max_examples=60, deadline=None)
@given(documents())
def test_a_text_is_like_itself_with_other_line_ends(text):
    assert difference(text, text.replace("\r\n", "\n").replace("\r", "\n")) is None
