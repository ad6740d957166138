"""Answers read strictly: known damage to tags is undone, anything else is refused."""

import pytest

from pipeline.markdown import SPELLINGS, compose, parse_units, read_answer
from pipeline.markdown.pieces import plain

SOURCE = "Built [**Lazy**](/l) with `pip` on 3 < 4."


def read(answer, source=SOURCE, spelling="xml"):
    units, env = parse_units(source)
    segment = units[0].segments[0]
    pieces = read_answer(answer, segment.pieces, SPELLINGS[spelling])
    return None if pieces is None else compose(units[0], {0: pieces}, env)


@pytest.mark.parametrize(
    ("answer", "written"),
    [
        ("用 <3/> 建 <1><2>懒</2></1>。", "用 `pip` 建 [**懒**](/l)。"),
        ("用 ＜3/＞ 建 ＜1＞＜2＞懒＜/2＞＜/1＞。", "用 `pip` 建 [**懒**](/l)。"),
        ("用 < 3 / > 建 < 1 >< 2 >懒< / 2 >< / 1 >。", "用 `pip` 建 [**懒**](/l)。"),
        ("用 &lt;3/&gt; 建 <1><2>懒</2></1>。", "用 `pip` 建 [**懒**](/l)。"),
        ("用 <3></3> 建 <1><2>懒</2></1>。", "用 `pip` 建 [**懒**](/l)。"),
        ("用 <３/> 建 <1><2>懒</2></1>。", "用 `pip` 建 [**懒**](/l)。"),
        ("用 <3/> 建 <1><2> 懒 </2></1>。", "用 `pip` 建 [**懒**](/l)。"),
        ("用 <3/>\n建 <1><2>懒</2></1>。", "用 `pip` 建 [**懒**](/l)。"),
        ("用 <3/> 建 <1><2>懒*的*</2></1>。", "用 `pip` 建 [**懒\\*的\\***](/l)。"),
    ],
)
def test_what_is_undone(answer, written):
    assert read(answer) == written


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "  ",
        "用 <3/> 建 懒。",
        "用 <3/> 建 <1>懒</1>。",
        "用 <3/> 建 <2><1>懒</1></2>。",
        "用 <3/> 建 <1><2>懒</1></2>。",
        "用 <3/> 建 <1><2>懒</2></1> <3/>。",
        "用 <3/> 建 <1></1><2>懒</2>。",
        "用 建 <1><2>懒 <3/></2></1>。",
        "用 <3/> 建 <1><2></2></1>懒。",
        "用 <4/> 建 <1><2>懒</2></1>。",
        "用 <3/> 建 <1><2>懒</2></1> https://evil.example。",
        "用 <3/> 建 <1><2>懒</2></1> evil@evil.example。",
        "用 <3/> 建 <1><2>懒</2></1>。" + "很" * 300,
    ],
)
def test_what_is_refused(answer):
    assert read(answer) is None


def test_an_answer_without_tags_is_text():
    assert read("<b>文</b> <1> [x](y) *z*", "Plain text.") == r"\<b>文\</b> \<1> [x\]&#40;y) \*z\*"


def test_the_other_spelling():
    assert read("用 [[3/]] 建 [[1]][[2]]懒[[/2]][[/1]]。", spelling="bracket") == "用 `pip` 建 [**懒**](/l)。"
    assert read("用 【3/】 建 [1][2]懒[/2][/1]。", spelling="bracket") == "用 `pip` 建 [**懒**](/l)。"


def test_text_that_looks_like_tags_is_not_asked_in_their_spelling():
    units, _ = parse_units("An <b>x</b> and &lt;1&gt;.")
    pieces = units[0].segments[0].pieces
    assert "<1>" in plain(pieces)
    assert SPELLINGS["xml"].write(pieces) is None
    assert SPELLINGS["bracket"].write(pieces) is not None
