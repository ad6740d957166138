"""Pseudo-localisation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.config import EngineSettings
from pipeline.translation.engines import make_engine


def pseudo(text):
    return make_engine("pseudo", EngineSettings()).translate([text], source="en", target="zh-CN")[0]


@pytest.mark.parametrize(
    ("text", "translated"),
    [
        ("Read this", "⟦Ŕééååð ţĥîîš⟧"),
        (" Read <1>this</1> now ", " ⟦Ŕééååð <1>ţĥîîš</1> ñööŵ⟧ "),
        (
            "[[1]]it[[/1]] [[2/]] {{< x >}} {name} &amp; %(count)d",
            "⟦[[1]]îîţ[[/1]] [[2/]] {{< x >}} {name} &amp; %(count)d⟧",
        ),
        ("<2/>", "<2/>"),
        ("1 + 2 = 3", "1 + 2 = 3"),
        ("", ""),
    ],
)
def test_letters_change_and_tags_do_not(text, translated):
    assert pseudo(text) == translated


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=1))
def test_no_ascii_letter_is_left_and_texts_grow(word):
    assert not any(char.isascii() for char in pseudo(word))
    assert len(pseudo(word)) >= len(word) + 2
