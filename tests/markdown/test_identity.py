"""An engine that answers what it was asked gives back the source, byte for byte."""

from pathlib import Path

import pytest
from hypothesis import given, settings

from pipeline.markdown import parse_units
from tests.markdown.drafting import body, drafted, units
from tests.markdown.fragments import documents, lines_of

NASTY = {path.name: path.read_bytes().decode() for path in sorted((Path(__file__).parent / "nasty").glob("*.md"))}
FORMS = {
    "as it is": lambda text: text,
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "CR": lambda text: text.replace("\n", "\r"),
    "BOM": lambda text: "\ufeff" + text,
    "no final newline": lambda text: text.rstrip("\n"),
    "in a quote": lambda text: lines_of(text, ("> ", "> ")),
    "in an item": lambda text: lines_of(text, ("-   ", "    ")),
    "in a note": lambda text: lines_of("x\n\n" + text, ("[^n]: ", "\t")),
    "twice": lambda text: text + "\n" + body(text),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", NASTY)
def test_nasty_files(name, form):
    text = FORMS[form](NASTY[name])
    finished = drafted(text, lambda message: message)
    assert finished.text == text
    assert finished.problems == ()


def test_the_nasty_files_have_text():
    """Otherwise nothing would be at stake."""
    assert sum(len(unit.segments) for text in NASTY.values() for unit in units(text)) > 120
    assert {unit.kind.rstrip("123456") for text in NASTY.values() for unit in units(text)} == {
        "paragraph", "heading", "cell", "term", "code", "math", "shortcode", "html", "label", "field",
    }  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(documents())
def test_any_document(text):
    assert drafted(text, lambda message: message).text == text


@settings(max_examples=150, deadline=None)
@given(documents())
def test_units_tile_their_source(text):
    """Every unit stands where it says, its pieces cover it, and no two overlap."""
    cursor = 0
    for unit in parse_units(text)[0]:
        assert text[unit.start : unit.end] == unit.source
        assert cursor <= unit.start <= unit.end
        cursor = unit.end
        if unit.pieces:
            assert "".join(piece.source for piece in unit.pieces) == unit.source
            assert all(text[piece.start : piece.end] == piece.source for piece in unit.pieces)
        for segment in unit.segments:
            assert any(character.isalpha() for character in segment.message)
            assert 0 <= segment.start < segment.end <= len(unit.source)
