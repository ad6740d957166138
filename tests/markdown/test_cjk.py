"""Emphasis beside Chinese, Japanese and Korean as npm's package renders it, and lines joined without a blank."""

import json
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from pipeline.markdown.cjk import cjk_friendly, join_lines

DATA = json.loads((Path(__file__).parent / "cjk_data" / "emphasis.json").read_text(encoding="utf-8"))
PLAIN = MarkdownIt("commonmark").enable("strikethrough")
FRIENDLY = MarkdownIt("commonmark").enable("strikethrough").use(cjk_friendly)
JOINING = MarkdownIt("commonmark").enable("strikethrough").use(cjk_friendly).use(join_lines)

MARKERS = ["*", "**", "***", "_", "__", "~~", "~"]
NARROW = ["a", "é", "1", " ", "\n", "\u00a0", ".", "(", ")", "“", "”", "«", "—", "…", "€", "→", "😀", "[", "](x)", "`"]
WIDE = [
    "中",
    "𠮷",
    "あ",
    "ー",
    "ｱ",
    "한",
    "ㄱ",
    "。",
    "（",
    "「",
    "～",
    "〰",
    "\u3000",
    "\ufe00",
    "\ufe01",
    "\U000e0100",
]
narrow_text = st.lists(st.sampled_from(NARROW + MARKERS), max_size=24).map("".join)
any_text = st.lists(st.sampled_from(NARROW + WIDE + MARKERS * 2), max_size=24).map("".join)
ascii_text = st.text(st.characters(max_codepoint=127, exclude_characters="\0"), max_size=60)


@pytest.mark.parametrize(("markdown", "html"), DATA["cases"], ids=lambda value: None)
def test_as_npm_renders_it(markdown: str, html: str) -> None:
    assert FRIENDLY.render(markdown) == html


def test_the_data_need_the_plugin() -> None:
    """Otherwise a plugin that does nothing would pass."""
    assert sum(PLAIN.render(markdown) != html for markdown, html in DATA["cases"]) > 150


@pytest.mark.parametrize(
    ("kind", "before", "inside"), [("neither", False, True), ("punctuation", True, False), ("cjk", True, True)]
)
def test_kinds_of_characters(kind: str, before: bool, inside: bool) -> None:
    """The first and the last character of every range of the tables, and their neighbours outside."""
    for code in DATA["characters"][kind].split():
        char = chr(int(code, 16))
        blank = char in "\u1680\u2003\u205f\u3000"
        assert ("<strong>" in FRIENDLY.renderInline(f"x{char}**(a)**")) is before, code
        assert ("<strong>" in FRIENDLY.renderInline(f"x**{char}a** ")) is (inside and not blank), code


def test_widths_agree_with_unicodedata() -> None:
    """Assigned Han, kana and Hangul are CJK whatever the version of Python; Latin, Greek and Cyrillic are not."""
    names = ("CJK UNIFIED", "HIRAGANA LETTER", "KATAKANA LETTER", "HANGUL SYLLABLE", "HANGUL JUNGSEONG", "FULLWIDTH ")
    others = ("LATIN ", "GREEK ", "CYRILLIC ", "DEVANAGARI ")
    for code in [
        *range(0x80, 0x3100),
        *range(0x3100, 0xD7FF, 97),
        *range(0xFF00, 0xFFEF),
        *range(0x20000, 0x32000, 997),
    ]:
        name = unicodedata.name(chr(code), "")
        if unicodedata.category(chr(code))[0] in "LN" and name.startswith(names + others):
            html = FRIENDLY.renderInline(f"x{chr(code)}**(a)**")
            assert ("<strong>" in html) is name.startswith(names), name


@given(ascii_text)
def test_ascii_is_left_alone(text: str) -> None:
    assert JOINING.render(text) == PLAIN.render(text)


@given(narrow_text)
def test_other_scripts_are_left_alone(text: str) -> None:
    assert JOINING.render(text) == PLAIN.render(text)


@given(any_text)
def test_only_markers_come_and_go(text: str) -> None:
    def words(md: MarkdownIt) -> str:
        return re.sub(r"</?(?:em|strong|s)>|[*_~]", "", md.renderInline(text))

    assert words(FRIENDLY) == words(PLAIN)
    assert re.sub(r"\s", "", words(JOINING)) == re.sub(r"\s", "", words(PLAIN))


@given(any_text)
def test_tags_are_well_nested(text: str) -> None:
    open_tags: list[str] = []
    for token in FRIENDLY.parseInline(text)[0].children or []:
        if token.nesting == 1:
            open_tags.append(token.tag)
        elif token.nesting == -1:
            assert open_tags.pop() == token.tag
    assert not open_tags


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("旧~（不用了）~新", "旧<s>（不用了）</s>新"),
        ("~“价格”~新", "<s>“价格”</s>新"),
        ("旧~~（不用了）~~新", "旧<s>（不用了）</s>新"),
        ("a~“b”~c", "a~“b”~c"),
        ("旧~~~（不用了）~~~新", "旧~~~（不用了）~~~新"),
    ],
)
def test_single_tildes(markdown: str, html: str) -> None:
    md = MarkdownIt("commonmark", {"strikethrough_single_tilde": True}).enable("strikethrough").use(cjk_friendly)
    assert md.renderInline(markdown) == html


def test_rules_that_are_off_stay_off() -> None:
    assert MarkdownIt("commonmark").use(cjk_friendly).renderInline("~~中~~") == "~~中~~"
    assert MarkdownIt("zero").use(cjk_friendly).use(join_lines).renderInline("**中**\n文") == "**中**\n文"


JOINED = {
    "han": ("中\n文", "中文"),
    "trailing blanks are gone too": ("中 \n  文", "中文"),
    "several lines": ("一\n二\n三 four\n四\n五", "一二三 four\n四五"),
    "astral han": ("𠮷\n𰻝", "𠮷𰻝"),
    "kana": ("あ\nカー\nｱ\nｲ", "あカーｱｲ"),
    "punctuation": ("中文，\n（中文）\n。", "中文，（中文）。"),
    "full-width letters": ("Ａ\n１", "Ａ１"),
    "variation selectors": ("葛\U000e0100\n塚\ufe00\n中", "葛\U000e0100塚\ufe00中"),
    "hangul": ("한국\n어", "한국\n어"),
    "hangul and han": ("한\n中\n국", "한\n中\n국"),
    "half-width hangul": ("ﾡ\nﾡ", "ﾡ\nﾡ"),
    "won": ("￦\n中\n₩", "￦\n中\n₩"),
    "latin": ("a\nb", "a\nb"),
    "han and latin": ("中\nb\n文", "中\nb\n文"),
    "han and a digit": ("中\n1\n文", "中\n1\n文"),
    "ascii punctuation": ("中.\n文\n(中", "中.\n文\n(中"),
    "emoji": ("中\n😀\n文", "中\n😀\n文"),
    "hard breaks": ("中  \n文\\\n字", "中<br />\n文<br />\n字"),
    "emphasis": (
        "**中**\n*文*\n~~字~~\n***符***",
        "<strong>中</strong><em>文</em><s>字</s><em><strong>符</strong></em>",
    ),
    "inside emphasis": ("**中\n文**", "<strong>中文</strong>"),
    "latin in emphasis": ("**a**\n中\n**b**", "<strong>a</strong>\n中\n<strong>b</strong>"),
    "links": ("[中](x)\n[文\n字](y)", '<a href="x">中</a><a href="y">文字</a>'),
    "emphasis in links": ("[**中**](x)\n文", '<a href="x"><strong>中</strong></a>文'),
    "addresses": ("<http://x/中>\n文", '<a href="http://x/%E4%B8%AD">http://x/中</a>\n文'),
    "html emphasis": (
        "<strong>中</strong>\n<a href=x>文</a><!-- c -->\n字",
        "<strong>中</strong><a href=x>文</a><!-- c -->字",
    ),
    "other html": ("中<img src=x>\n文<b-x>\n字", "中<img src=x>\n文<b-x>\n字"),
    "code": ("`中`\n文\n`字`", "<code>中</code>\n文\n<code>字</code>"),
    "images": ("中\n![图](x)\n文", '中\n<img src="x" alt="图" />\n文'),
    "alternative text": ("![中\n**文**\na](x)", '<img src="x" alt="中文\na" />'),
    "escapes": ("中\\*\n文\\\u3002\n字", "中*\n文\\。字"),
    "entities": ("&#x4e2d;\n文", "中文"),
    "quotes go with what they hold": ("他说：\n“你好”\n吧", "他说：“你好”吧"),
    "quotes around latin": ("中\n“a”\n文", "中\n“a”\n文"),
    "dashes and ellipses": ("中——\n文……\n**……字**", "中——文……<strong>……字</strong>"),
    "quotes alone": ("“\n中", "“\n中"),
}


@pytest.mark.parametrize(("markdown", "html"), JOINED.values(), ids=JOINED)
def test_join_lines(markdown: str, html: str) -> None:
    assert JOINING.renderInline(markdown) == html


def test_join_lines_everywhere_in_a_document() -> None:
    markdown = "标\n题\n===\n\n- 列\n  表\n\n> 引\n> 用\n\n```\n代\n码\n```\n"
    assert JOINING.render(markdown) == (
        "<h1>标题</h1>\n<ul>\n<li>列表</li>\n</ul>\n<blockquote>\n<p>引用</p>\n</blockquote>\n"
        "<pre><code>代\n码\n</code></pre>\n"
    )


def test_joined_text_is_one_token() -> None:
    children = JOINING.parse("中\n文")[1].children or []
    assert [(token.type, token.content) for token in children] == [("text", "中文")]


def test_breaks_that_are_wanted_stay() -> None:
    md = MarkdownIt("commonmark", {"breaks": True}).use(join_lines)
    assert md.renderInline("中\n文") == "中<br />\n文"


def test_found_addresses_are_not_joined() -> None:
    md = MarkdownIt("commonmark", {"linkify": True}).enable("linkify").use(join_lines)
    assert "</a>\n文" in md.renderInline("https://e.org/中\n文")


@given(any_text)
def test_join_lines_only_removes_breaks(text: str) -> None:
    """Taking the joints out of the unjoined output gives the joined one, and each had no Latin beside it."""
    joined, apart = JOINING.renderInline(text), FRIENDLY.renderInline(text)
    position = 0
    for char in apart:
        if position < len(joined) and joined[position] == char:
            position += 1
        else:
            assert char == "\n"
            assert not (joined[position - 1].isascii() and joined[position - 1] != ">")
    assert position == len(joined)
