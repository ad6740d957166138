"""Text cut into sentences: only where it is beyond doubt, and never through a tag."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.translation.sentences import sentences
from tests.translation.helpers import units


def cut(text: str) -> list[str]:
    (unit,) = units(text + "\n")
    return ["".join(piece.source for piece in sentence).strip() for sentence in sentences(unit.segments[0].pieces)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("One is here. Two is there.", ["One is here.", "Two is there."]),
        ("Is it? It is! Well.", ["Is it?", "It is!", "Well."]),
        ("第一句。第二句！第三句？", ["第一句。", "第二句！", "第三句？"]),
        ("他说“好。”然后走了。再见。", ["他说“好。”然后走了。", "再见。"]),
        ("See e.g. Smith for it. Then go.", ["See e.g. Smith for it.", "Then go."]),
        ("Since v2.4.1 it works. Good.", ["Since v2.4.1 it works.", "Good."]),
        ("Open config.toml. Edit it.", ["Open config.toml.", "Edit it."]),
        ("Mr. Smith and Dr. Who came. They left.", ["Mr. Smith and Dr. Who came.", "They left."]),
        ("J. Doe wrote it. He did.", ["J. Doe wrote it.", "He did."]),
        ("It ends here... and goes on. Yes.", ["It ends here... and goes on.", "Yes."]),
        ("**Bold is it. And this.** After it.", ["**Bold is it. And this.** After it."]),
        ("A [link. In it](/x) stays. Done.", ["A [link. In it](/x) stays.", "Done."]),
        ("Use `a. B` here. Done.", ["Use `a. B` here.", "Done."]),
        ("One line.\nAnother line.", ["One line.", "Another line."]),
        ("No full stop at the end", ["No full stop at the end"]),
    ],
)
def test_sentences(text, wanted):
    assert cut(text) == wanted


@given(st.text(alphabet="ab AB.。！?`*[]()\\&1", min_size=1, max_size=40))
def test_joined_they_are_the_same_text(text):
    for unit in units(text + "\n"):
        for segment in unit.segments:
            parts = sentences(segment.pieces)
            pieces = [piece for part in parts for piece in part]
            assert "".join(piece.text for piece in pieces) == "".join(piece.text for piece in segment.pieces)
            for part in parts:
                depth = [piece.kind for piece in part]
                assert depth.count("open") == depth.count("close")
