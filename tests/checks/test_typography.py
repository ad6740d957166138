"""`tidy` changes blanks and the width of punctuation, nothing else, and only once."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.markdown import compose, parse_units
from pipeline.translation.typography import changes, tidy, tidy_pieces

CERTAIN = [
    ("你好,世界!对吗?", "你好，世界！对吗？"),
    ("标题:正文;其他.", "标题：正文；其他。"),
    ("先看 , 再走 . 好", "先看，再走 . 好"),
    ("这是第一句. 这是第二句.", "这是第一句。这是第二句。"),
    ("什么?!真的!!!", "什么？！真的！！！"),
    ("OK,好", "OK，好"),
    ("速度提升30%,很快", "速度提升 30%，很快"),
    ("中文(注释)后文", "中文（注释）后文"),
    ("中文 ( 注释 ) 后文", "中文（注释）后文"),
    ("Python (一种语言) 好", "Python（一种语言）好"),
    ("一句。 又一句： 好", "一句。又一句：好"),
    ("等等...然后", "等等……然后"),
    ("好的。。。", "好的……"),
    ("这样--那样", "这样——那样"),
    ("这 — 那", "这——那"),
    ("中文 ，中文 （注） 中文", "中文，中文（注）中文"),
    ("《书》 和 「引文」 在此", "《书》和「引文」在此"),
    ("使用Python3.11和pip", "使用 Python3.11 和 pip"),
    ("C++语言和C#的5GB内存,100%的用户", "C++ 语言和 C# 的 5GB 内存，100% 的用户"),
    ("2022年7月,第1章", "2022 年 7 月，第 1 章"),
]
LEFT_ALONE = [
    "Hello, world. It's fine (really)...",
    "时间 10:30，比例 3:2，共 1,000 个",
    "不等于!= 与 :smile:，类::方法，笑:) 或 ;-)",
    "北京—上海",
    "他说“好”——真的……",
    "调用 foo(参数) 与 f(x)",
    "1...10 与 --help 与 ...参数",
    "约翰.史密斯",
    '他说"好"',
    "全角１２３",
    "a,b,c",
    "微软(Microsoft)",
]


@pytest.mark.parametrize(("text", "expected"), CERTAIN)
def test_what_is_certain(text, expected):
    assert tidy(text) == expected
    assert changes(text)


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_what_is_left_alone(text):
    assert tidy(text) == text
    assert not changes(text)


def test_spacing_is_a_choice():
    assert tidy("使用Python,好", spacing=False) == "使用Python，好"
    assert tidy("使用 Python", spacing=False) == "使用 Python"


MIXED = st.text(st.sampled_from("中文了，。：（）《》“”…—,.;:!?()\"'-_ #+%/@=[]{}<>aZ9C１\n\t&*`|\\"), max_size=40)


@given(MIXED | st.text(max_size=40))
def test_once_is_enough(text):
    once = tidy(text)
    assert tidy(once) == once
    assert tidy(text, spacing=False) == tidy(tidy(text, spacing=False), spacing=False)
    assert not changes(once)


@given(MIXED | st.text(max_size=40))
def test_letters_digits_and_their_order_stay(text):
    assert re.findall(r"\w", tidy(text)) == re.findall(r"\w", text)
    assert re.findall(r"[\n\t]", tidy(text)) == re.findall(r"[\n\t]", text)


ADDRESSES = st.from_regex(
    r"https?://[a-z0-9]{1,8}\.[a-z]{2,3}(/[a-z0-9._~%-]{1,6}){0,3}(\?[a-z]=[a-z0-9,;:!]{1,5})?", fullmatch=True
)
NUMBERS = st.from_regex(r"[0-9]{1,3}(,[0-9]{3}){0,2}(\.[0-9]{1,3})?|[0-9]{1,2}:[0-9]{2}", fullmatch=True)


@given(st.sampled_from(["见", "见 ", "（", "，"]), ADDRESSES | NUMBERS, st.sampled_from(["", " 后文", "。", "，好"]))
def test_addresses_and_numbers_are_never_touched(before, what, after):
    assert what in tidy(before + what + after)


def tidied(markdown):
    """A paragraph whose only segment has its typography put right, as the translation room does it."""
    (unit,), env = parse_units(markdown)
    return compose(unit, {0: tidy_pieces(unit.segments[0].pieces)}, env)


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("先用`code`,再用<https://a.org/b,c>打开", "先用 `code`，再用 <https://a.org/b,c> 打开"),
        ("**注意**:看[链接](/a,b/),然后走.", "**注意**：看[链接](/a,b/)，然后走。"),
        ("看**Python**和[guide](/x/)的文档", "看 **Python** 和 [guide](/x/) 的文档"),
        ("公式$a,b$的值,见图![中文,图](a.png)", "公式 $a,b$ 的值，见图![中文,图](a.png)"),
        ("中文[^1],中文", "中文[^1]，中文"),
        ("一行中文,\n另一行", "一行中文，\n另一行"),
    ],
)
def test_across_tags(markdown, expected):
    assert tidied(markdown) == expected


@given(
    st.lists(
        st.sampled_from(
            ["中文,", "Python", "`a,b`", "**粗,体**", "[链(接)](/a,b/)", " ", "...", "5%", "<https://a.b/c>"]
        )
    )
)
def test_tags_are_never_touched(parts):
    units, _ = parse_units("前" + "".join(parts))
    for segment in units[0].segments:
        after = tidy_pieces(segment.pieces)
        tags = [piece for piece in segment.pieces if piece.kind != "text"]
        assert [piece for piece in after if piece.kind != "text"] == tags
        assert tidy_pieces(after) == after
