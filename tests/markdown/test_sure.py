"""What is told without a parser is what the parsers say."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from pipeline.markdown import parse_units
from pipeline.markdown.pieces import Piece, written
from pipeline.markdown.proof import Proof
from pipeline.markdown.sure import inert, sure_tree

_BITS = [
    *("word", "Zwei", "字", "汉字。", "é", "ß", "²", "Ⅷ", "١", "www", "www.", "http", "x", "2", "10", "X1"),
    *(" ", " ", " ", "  ", ".", ",", ":", ";", "!", "?", "'", '"', "(", ")", "-", "--", "/", "//", "%", "#", "=", "+"),
    *(
        "，",
        "：",
        "“",
        "”",
        "（",
        "）",
        "——",
        "……",
        "·",
        "、",
        "⟦",
        "⟧",
        "@",
        "_",
        "*",
        "&",
        "<",
        ">",
        "[",
        "]",
        "{",
        "}",
        "|",
        "$",
    ),
    *("~", "^", "`", "\\", "😀", "\u3000", "\xa0", "\u200b", "\ufe0f"),
]
_TAGS = [
    *("`code`", "`a|b`", "``c``", "`a b`", "` `", "`{{< x >}}`", "`<b>`", "`$`", "`\\`", "`**`", "`]`", "`](`"),
    *("$x$", "$x_{1}$", "$a_b$", "$\\frac{a}{b}$", "$x^2 + 1$", "$_a$", "$a_$", "$5$", "$x (y)$", "$a*b$"),
    *("[link](u)", "[字](https://example.org/a_b)", "[x](u)", "[a **b** c](u)", "[`c`](u)", "[a](<u>)", '[a](u "t")'),
    *(
        "**bold**",
        "**粗体**",
        "*em*",
        "*斜*",
        "**粗。**",
        "_em_",
        "__b__",
        "**a `c` d**",
        "**a [b](c) d**",
        "***both***",
    ),
    *("![alt](i.png)", "![图](i_1.png)", "![a [b] c](i.png)", "~~gone~~", "<b>html</b>", "[^1]", "[ref]", "{{< x >}}"),
    *("https://example.org", "<https://example.org>", "&amp;", "\\*", "1.", "- ", "# ", "> ", "[x] ", ": ", "| "),
]
_FRAMES = ["{}", "# {}", "- {}", "1. {}", "> {}", "> [!NOTE]\n> {}", "| {} | b |\n| --- | --- |", "{}\n: x", "{}\n---"]
_TEXT = st.lists(st.sampled_from(_BITS), min_size=1, max_size=6).map("".join)
_LEAF = st.lists(st.one_of(_TEXT, _TEXT, st.sampled_from(_TAGS), st.just("\n")), min_size=1, max_size=9).map("".join)
_SURE = [tag for tag in _TAGS if (units := parse_units(tag)[0]) and sure_tree(units[0].pieces, tag) is not None]
_HARMLESS = st.one_of(
    st.lists(st.sampled_from([bit for bit in _BITS if inert(bit)]), min_size=1, max_size=4).map("".join),
    st.sampled_from(["wow!", "1", "2.", "字", " ", "。", "word", ": x", "(x)"]),
)
_SIMPLE = st.lists(st.one_of(_HARMLESS, st.sampled_from(_SURE)), min_size=2, max_size=6).map("".join)
_REST = "\n\n[^1]: A note.\n\n[ref]: https://example.org\n"


def units_of(leaf: str, frame: str):
    found, env = parse_units(frame.format(leaf) + _REST)
    return [unit for unit in found if unit.segments and unit.path != ("footnote",)], env


def shuffled(pieces: tuple[Piece, ...], texts: list[str], order: st.DataObject) -> list[Piece]:
    """The pieces with other texts, and neighbours that are not in a pair in another order."""
    groups: list[list[Piece]] = []
    depth = 0
    for piece in pieces:
        new = written(texts.pop()) if piece.kind == "text" and texts and order.draw(st.booleans()) else piece
        if depth:
            groups[-1].append(new)
        else:
            groups.append([new])
        depth += (piece.kind == "open") - (piece.kind == "close")
    return [piece for group in order.draw(st.permutations(groups)) for piece in group]


def source_of(pieces) -> str:
    return "".join(piece.source or piece.text for piece in pieces)


@settings(max_examples=1500)
@given(
    st.one_of(_SIMPLE, _SIMPLE, _SIMPLE, _LEAF),
    st.sampled_from(_FRAMES),
    st.lists(st.one_of(_HARMLESS, _TEXT)),
    st.data(),
)
def test_what_is_sure_holds(leaf, frame, texts, data):
    units, env = units_of(leaf, frame)
    for unit in units:
        tree = sure_tree(unit.pieces, unit.source)
        if tree is None:
            continue
        proof = Proof(unit, env)
        assert proof.holds(unit.source, unit.pieces)
        pieces = shuffled(unit.pieces, list(texts), data)
        source = source_of(pieces)
        if sure_tree(pieces, source) == tree:
            assert proof.holds(source, pieces), source


@given(_TEXT)
@example("词 word")
def test_inert_text_reads_as_itself_within_a_tag(text):
    assume(inert(text) and text.strip() == text)
    (unit,), env = units_of("![alt](i.png)", "{}")
    assert Proof(unit, env).reads(text, [written(text)])


def test_usual_prose_is_sure():
    usual = [
        "A post of 3 words: `code`, **bold words**, and [a link](https://example.org/a_b).",
        "一篇文章：`code`、**粗体**和[链接](https://example.org/a_b)。",
        "Let $x_{1}$ be *known* (see [the **note**](#note)).",
        "![A picture](images/one.png)",
        "Several lines\nof *one* paragraph",
    ]
    for text in usual:
        ((unit,), _) = units_of(text, "{}")
        assert sure_tree(unit.pieces, text) is not None, text


def test_what_depends_on_its_neighbours_is_not_sure():
    doubtful = [
        *("**粗。**字", "a_b_c", "1. x", "[a][ref]", "$x$1", "&amp;", "www.example.org", "a@example.org", "`a``b`"),
        *("**a****b**", "a\\*b", "[x]: y", "![a](b)!", "# a", "- a", "+ a", "wow![a](b)", "字\u3000", "a | b"),
    ]
    certain = {"![a](b)!", "wow![a](b)"}
    for text in doubtful:
        pieces = parse_units(text)[0][0].pieces if parse_units(text)[0] else ()
        plain = [Piece("text", text, 0, len(text), text)]
        assert sure_tree(plain, text) is None, text
        if text not in certain and "".join(piece.source for piece in pieces) == text:
            assert sure_tree(pieces, text) is None, text


@pytest.mark.parametrize(
    "parts",
    [
        ("wow!", "[link](u)"),
        ("$x$", "1 more"),
        ("`a`", "`b`"),
        ("字", "**b**", "**c**", "字"),
        ("字", "*b*", "**c**"),
        ("**", "a ", "*b*", " c", "**"),
        ("**", "粗。", "**", "字"),
        ("1. ", "`a`"),
    ],
)
def test_what_must_not_stand_together(parts):
    """Each part is harmless, or a tag as it reads alone."""
    pieces = [piece for part in parts for piece in alone(part)]
    closing = [at for at, piece in enumerate(pieces) if piece.source == "**" and piece.kind == "open"][1:]
    pieces = [replace(piece, kind="close") if at in closing else piece for at, piece in enumerate(pieces)]
    assert sure_tree(pieces, source_of(pieces)) is None


def alone(part: str) -> list[Piece]:
    if part == "**":
        return [Piece("open", part, 0, 2, id=1, name="strong")]
    units = parse_units(part)[0]
    return (
        list(units[0].pieces) if units and any(piece.kind != "text" for piece in units[0].pieces) else [written(part)]
    )
