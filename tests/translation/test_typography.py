"""The typography of machine answers is put right in drafts; what people wrote is not touched."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pipeline.markdown import compose, difference, parse_units
from pipeline.translation.typography import is_simplified, tidy_pieces
from tests.engines.servers import LibreTranslateServer

PUT_RIGHT = [
    ("内存16GB,硬盘1TB", "内存 16GB，硬盘 1TB"),
    ("温度是25℃,湿度60%RH", "温度是 25℃，湿度 60%RH"),
    ("宽度为 3.5mm,高 2m", "宽度为 3.5mm，高 2m"),
    ("价格$5,约¥30", "价格$5，约¥30"),
    ("共1,000,000个", "共 1,000,000 个"),
    ("圆周率3.14159,约等于3.14", "圆周率 3.14159，约等于 3.14"),
    ("版本1.2.3发布于2022-01-05", "版本 1.2.3 发布于 2022-01-05"),
    ("在10:30,我们开会", "在 10:30，我们开会"),
    ("时间:10:30", "时间：10:30"),
    ("比例为:3:2", "比例为：3:2"),
    ("从2019-2022年", "从 2019-2022 年"),
    ("10%~20%,约", "10%~20%，约"),
    ("５０％,很多", "５０％，很多"),
    ("第3章,第4节;第5条", "第 3 章，第 4 节；第 5 条"),
    ("见 https://example.com/a,b?c=d;e!f 的说明,谢谢", "见 https://example.com/a,b?c=d;e!f 的说明，谢谢"),
    ("真的吗???", "真的吗？？？"),
    ("等等......", "等等……"),
    ("等等...还有", "等等……还有"),
    ("北京 -- 上海", "北京——上海"),
    ("（注:见下文）", "（注：见下文）"),
    ("(注:见下文)", "（注：见下文）"),
    ("（ 你好 ）", "（你好）"),
    ("“你好,”他说", "“你好，”他说"),
    ("《书名》,作者", "《书名》，作者"),
    ("𠮷野家,好吃", "𠮷野家，好吃"),
    ("𠀀Python,好", "𠀀 Python，好"),
    ("😀你好,世界", "😀你好，世界"),
    ("TCP/IP协议,.NET框架", "TCP/IP 协议，.NET 框架"),
    ("Node.js,Vue.js和React", "Node.js,Vue.js 和 React"),
    ("句号. English next", "句号。English next"),
    ("用`a,b`,好", "用 `a,b`，好"),
    ("`code`中文`code`,好", "`code` 中文 `code`，好"),
    ("看[这里](https://a.b/c,d),好", "看[这里](https://a.b/c,d)，好"),
    ("<https://a.b/c,d>,好", "<https://a.b/c,d>，好"),
    ("**注意**!*斜*,后", "**注意**！*斜*，后"),
    ("[A](a)和**B**和~~删~~,好", "[A](a) 和 **B** 和~~删~~，好"),
    ("前[链接](/x). 后", "前[链接](/x)。后"),
    ("脚注[^1],好", "脚注[^1]，好"),
    ("<b>粗</b>,好", "<b>粗</b>，好"),
    ("a != b,否则", "a != b，否则"),
]
LEFT_ALONE = [
    "他说\"你好\"和'好'",
    "“hello”和“世界”",
    "访问 https://example.com, 然后登录",
    "句号.另一句",
    "等(etc.)等",
    ":smile:你好 :100: 好 :)",
    "你好 :D",
    "不等于!= 与 std::vector 与 CSS 的!important",
    "(1)第一(2)第二",
    "你好😀,再见",
    "これはテストです,テスト(注)",
    "東京タワー,大阪",
    "한국어,테스트",
    "中文　全角空格",
    "速度 10km/h.",
    "A--B 类型与 --help",
    "数组[0]的元素",
    "他来自 U.S.A.",
    "x = 1,y = 2",
    "`不,动`",
]


def tidied(markdown, **options):
    """A paragraph with the typography of its text put right."""
    (unit,), env = parse_units(markdown)
    if not unit.segments:
        return markdown
    return compose(unit, {0: tidy_pieces(unit.segments[0].pieces, **options)}, env)


@pytest.mark.parametrize(("text", "expected"), PUT_RIGHT)
def test_what_is_put_right(text, expected):
    assert tidied(text) == expected
    assert tidied(expected) == expected


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_what_is_left_alone(text):
    assert tidied(text) == text


PARTS = st.sampled_from(
    [
        "中文,",
        "文",
        "(注)",
        "Go",
        "3.14",
        "10:30",
        "...",
        "--",
        " ",
        "!",
        "`a,b`",
        "**粗,**",
        "[链(接)](/a,b)",
        "の",
        "😀",
        "𠮷:",
    ]
)


@given(st.lists(PARTS, min_size=1, max_size=12).map("".join), st.booleans())
def test_it_keeps_the_structure_and_is_done_once(text, spacing):
    before = f"句{text}"
    after = tidied(before, spacing=spacing)
    assume(after is not None)  # then the draft has the answer as it came
    assert difference(before, after) is None
    assert tidied(after, spacing=spacing) == after


@pytest.mark.parametrize(
    ("language", "simplified"),
    [("zh", True), ("zh-CN", True), ("zh-Hans-SG", True), ("zh-TW", False), ("zh-Hant", False), ("ja", False)],
)
def test_which_languages_it_is_for(language, simplified):
    assert is_simplified(language) is simplified


ENGLISH = "---\ntitle: A guide\n---\n\nUse `pip` now.\n\nOld words.\n"
SAID = {"A guide": "指南(第1版)", "Use {} now.": "现在使用{},版本3.11.", "Old words.": "旧,词."}
TAG = re.compile(r"\W+1\W+(?= )")


def said(text):
    tag = TAG.search(text)
    found = SAID.get(TAG.sub(" {}", text), text)
    return found.format(tag[0].strip()) if tag else found


@pytest.fixture
def server():
    with LibreTranslateServer(translate=said) as started:
        yield started


def test_answers_are_put_right_and_so_are_those_of_the_journal(checkout):
    checkout.english(ENGLISH)
    checkout.translate()
    wanted = "---\ntitle: 指南（第 1 版）\n---\n\n现在使用 `pip`，版本 3.11.\n\n旧，词。\n"
    assert checkout.draft() == wanted
    asked = len(checkout.server.requests)
    (checkout.root / "drafts/zh/posts/foo.md").unlink()
    checkout.translate()
    assert checkout.draft() == wanted
    assert len(checkout.server.requests) == asked


def test_spacing_is_a_choice(checkout):
    checkout.configure("spacing = false")
    checkout.english(ENGLISH)
    checkout.translate()
    assert "现在使用`pip`，版本3.11." in checkout.draft()


def test_other_languages_have_other_rules(checkout):
    config = checkout.read("pipeline.toml")
    checkout.write("pipeline.toml", config.replace('name = "简体中文"', 'name = "正體中文"\nlanguage = "zh-TW"'))
    checkout.english(ENGLISH)
    checkout.translate()
    assert "旧,词." in checkout.draft()


def test_what_people_wrote_is_not_touched(checkout):
    mine = "---\ntitle: 我的指南\n---\n\n我写的,就这样.Go语言...\n\n旧,词.\n"
    checkout.approved(ENGLISH.replace("Use `pip` now.", "Mine."), mine, source=ENGLISH + "\nMine.\n")
    checkout.translate()
    assert "我写的,就这样.Go语言..." in checkout.draft()
    assert "旧,词." in checkout.draft()
    assert "现在使用 `pip`，版本 3.11." in checkout.draft()


def test_an_answer_that_is_the_question_stays_as_it_is(checkout):
    checkout.english("In Chinese: 你好,世界(注)...\n")
    checkout.translate()
    assert checkout.draft() == "In Chinese: 你好,世界(注)...\n"
