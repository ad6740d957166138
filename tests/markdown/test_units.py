"""What is translated in a text, and what is not."""

import pytest

from pipeline.markdown import parse_units

CASES = {
    "inline markup": ("Built [**Lazy**](/l 'A title') with `pip`.", ["Built <1><2>Lazy</2></1> with <3/>.", "A title"]),
    "marks around the whole": ("**Only this**", ["Only this"]),
    "no words": ("`code` $x$ 123 — ![](/i.png)", []),
    "image": ("![An *alt*](/i.png)", ["An <1>alt</1>"]),
    "inline note": ("Text^[a note].", ["Text<1/>.", "a note"]),
    "cells": ("| A \\| b | `c` |\n|--|--|\n| d | |", ["A | b", "d"]),
    "definition": ("Term\n: Meaning", ["Term", "Meaning"]),
    "lazy lines": ("> one\ntwo\n> three", ["one two three"]),
    "bare address": ("See https://a.example/b.", ["See <1/>."]),
    "address as a link's text": ("See [https://a.example/b](/c) or [it](/d).", ["See <1><2/></1> or <3>it</3>."]),
    "only an address in a link": ("[https://a.example/b](/c)", []),
    "address in HTML": ('<p>See <a href="/b">https://a.example/b</a> there</p>', ["See <1><2/></1> there"]),
    "wide blanks at the ends": ("Text\u3000\n\n# Head\u00a0\n\n\u3000Begin", ["Text", "Head", "Begin"]),
    "wide blanks in a cell": ("|\u00a0\u00a0A|\n|-|\n|b\u3000|", ["A", "b"]),
    "container": ("::: tip A title {open}\nText\n:::", ["A title", "Text"]),
    "html": ("<div>\nText <b>bold</b><br>\nmore\n</div>", ["Text <1>bold</1>", "more"]),
    "code in html": ("<p>Run <code>x</code> in <kbd>y</kbd></p>", ["Run <1/> in <2/>"]),
    "address in lines of HTML": ("<p>\nSee\nhttps://a.example/?b&amp;c\nfor more\n</p>", ["See <1/> for more"]),
    "scripts": ("<script>\nlet words;\n</script>", []),
    "not to be translated": ('<p>Text <b translate="no">Name</b> <i class="notranslate">X</i></p>', ["Text <1/> <2/>"]),
    "imports": ("import A from 'b';\nimport { c } from \"d\"", []),
    "a bare import": ('import "a.css"', []),
    "exports": ("export const a = [\n  { b: 'words' },\n];", []),
    "no imports": ("import antigravity and fly", ["import antigravity and fly"]),
    "code in a component": ("<Tab>\n  Words\n  ```bash\n  npm install # words\n  ```\n</Tab>", ["Words"]),
    "code in a component in a quote": ("> <Tab>\n> ```\n> code\n> ```\n> words\n> </Tab>", ["words"]),
    "unclosed code in a component": ("<Tab>\n~~~\ncode", []),
    "lines in a component": (
        "<Steps>\n### Head\n- one\n- two\n  goes on\n1. three\n| a | b |\n</Steps>",
        ["Head", "one", "two goes on", "three", "a | b |"],
    ),
    "elements with a line to themselves": (
        "<i>\na <code>\nb\n</code> c\n</i>\n<p>\nd\n<CODE>\ne\n</CODE>\n</p>",
        ["a <1/> c", "d <1/>"],
    ),
    "a component with a line to itself": (
        "<Steps>\n<A b={() => { c }} d='e'>\nWords\n</A>\n{/* a comment\nof two lines */}\n</Steps>",
        ["Words"],
    ),
    "shortcodes": ('{{< figure src="a" title="words" >}}\n\nText {{% x "y" %}}.', ["Text <1/>."]),
    "front matter is not here": ("---\ntitle: Words\n---\n", ["title: Words"]),
}


@pytest.mark.parametrize("name", CASES)
def test_messages(name):
    text, messages = CASES[name]
    for form in (text, text.replace("\n", "\r\n")):
        assert [segment.message for unit in parse_units(form)[0] for segment in unit.segments] == messages
