"""TeX as MathML: well-formed and without styles, or refused with a reason."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.site.math import Formulas, TexError
from tests.site.conftest import Site

PIECES = ["x", "^", "_", "{", "}", "\\frac", "\\sqrt", "\\begin{aligned}", "\\end{aligned}", "&", "\\\\", "<",
          "\\text", "{a}", "\\color{red}", "\\left(", "\\right)", "\\boxed", "\\!", "\\tag{1}", "\\label{a}", "中", '"',
          "\\cancel", "\\begin{array}{|c:l|}", "\\end{array}", "\\hline", "\\begin{align}", "\\end{align}",
          "\\\\[1em]"]  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12), st.booleans())
def test_well_formed_or_refused(parts: list[str], block: bool) -> None:
    try:
        html = Formulas().mathml(" ".join(parts), block=block)
    except TexError:
        return
    element = ET.fromstring(html)
    assert element.tag == "math"
    assert not [one for one in element.iter() if "style" in one.attrib or one.tag in {"script", "merror"}]


@pytest.mark.parametrize(
    ("tex", "pieces"),
    [
        (r"\color{red}x", ['mathcolor="#ff0000"']),
        (r"\dfrac{a}{b}\cfrac{c}{d}", ['<mfrac class="m-sn"><mi>a', '<mfrac class="m-sn m-pt1">']),
        (r"a\!b", ['class="m-n1"']),
        (r"\begin{array}{|c:l|}a&b\\\hline c&d\end{array}", ["m-bl", "m-br", "m-bt"]),
        (r"\text{如果} x", ["<mtext>如果</mtext>"]),
        (r"\newcommand{\R}{\mathbb{Q}}\R", ["ℚ"]),
    ],
)
def test_what_needs_a_style_gets_a_class(tex: str, pieces: list[str]) -> None:
    html = Formulas().mathml(tex, block=False)
    assert "style=" not in html.replace("displaystyle=", "")
    for piece in pieces:
        assert piece in html


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("设有 $a$，它", ["$，"]),
        ("（$a$）。然后", ["（$）。"]),
        ("so ($a$), and $b$.", ["($),", "$."]),
        ("$a$ and $b$中 $c$", []),
        ("$a$、$b$", ["$、"]),
        ("**$a$**，", []),
    ],
)
def test_a_formula_keeps_the_punctuation_that_touches_it(site: Site, text: str, kept: list[str]) -> None:
    site.post("en/posts/x.md", f"{text}\n")
    site.build()
    (paragraph,) = re.findall(r"<p>(.*<math.*)</p>", site.html("posts/x"))
    bare = re.sub(r"<math.*?</math>", "$", paragraph)
    assert re.findall(r'<span class="glue">(.*?)</span>', bare) == kept
    assert re.sub(r"<[^>]+>", "", bare) == re.sub(r"\$\w\$", "$", text).replace("**", "")


def test_a_reason_is_given() -> None:
    with pytest.raises(TexError, match=r"Unknown command .*nosuch"):
        Formulas().mathml(r"\nosuch", block=True)
