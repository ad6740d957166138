"""Whatever an engine answers, a draft has the structure of its source, or the English stands there, marked."""

import re
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from pipeline.markdown import commonmark, dialect, difference
from pipeline.translation.finish import Finished
from tests.markdown.drafting import body, drafted, found_in, units
from tests.markdown.faults import FAULTS, INSERTS, hostile
from tests.markdown.fragments import documents
from tests.markdown.test_identity import NASTY
from tests.pseudo_chinese import pseudo_chinese

MARK = re.compile(r"[ \t]?<!-- pipeline: untranslated -->")
# As markdown-it itself renders it, every address allowed, footnotes unknown.
PLAIN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
PLAIN.validateLink = lambda url: True
RENDERERS = (commonmark(), dialect())


def assert_same_structure(source: str, finished: Finished) -> None:
    draft = MARK.sub("", body(finished.text))
    assert difference(body(source), body(finished.text)) is None
    for renderer in RENDERERS:
        assert found_in(draft, renderer) == found_in(body(source), renderer)
    marked = [problem.line for problem in finished.problems if problem.check == "untranslated"]
    assert bool(marked) == (finished.origins["untranslated"] > 0)
    assert not marked or "pipeline: untranslated" in finished.text
    if "invisible" not in source:
        assert not set(re.findall("[\u202a-\u202e\u2066-\u2069\x00-\x08\x7f\ufffe]", draft)) - set(source)


def assert_held(source: str, answer) -> None:
    finished = drafted(source, answer)
    assert_same_structure(source, finished)
    draft = MARK.sub("", body(finished.text))
    # To who knows no footnotes, one of a single word is the address of a link, in either language.
    assert len(found_in(draft, PLAIN)[1]) <= len(found_in(body(source), PLAIN)[1])
    marked = [problem.line for problem in finished.problems if problem.check == "untranslated"]
    lines = re.split(r"\r\n?|\n", finished.text)
    assert all("pipeline: untranslated" in "".join(lines[line - 1 : line + 40]) for line in marked)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", NASTY)
def test_every_fault_on_every_file(name, fault):
    assert_held(NASTY[name], hostile(Random(f"{name} {fault}"), fault))


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("name", NASTY)
def test_faults_mixed(name, seed):
    assert_held(NASTY[name].replace("\n", "\r\n" if seed % 2 else "\n"), hostile(Random(f"{name} {seed}")))


@settings(max_examples=120, deadline=None)
@given(documents(), st.integers(0, 1 << 32))
def test_any_document(text, seed):
    assert_same_structure(text, drafted(text, hostile(Random(seed))))


HOSTS = {
    "paragraph": "Some text here, `code` and\nmore *text* of it.",
    "heading": "## Some text here",
    "setext": "Some text here\n===",
    "item": "- Some text here\n- other",
    "quote": "> Some text\n> here",
    "cell": "| Some text | here |\n|---|---|\n| one two | three |",
    "term": "Some term\n: Its meaning here",
    "note": "A [^1] note.\n\n[^1]: Some text here.",
    "html": "<div>Some text <b>here</b></div>",
    "alt": '![Some text](/i.png "Its title") and [a link](/u "Another title").',
    "container": "::: tip Some title\nText in it\n:::",
    "front matter": '---\ntitle: Some text here\nsummary: "quoted: text"\n---\nBody text.',
    "toml": "+++\ntitle = 'Some text here'\n+++\nBody text.",
    "emphasis": "Some **bold text** here and *another*, ~~gone~~.",
}


@pytest.mark.parametrize("host", HOSTS)
def test_every_mark_at_every_place(host):
    """Each by itself at the beginning, at the end, and in the middle, glued and apart."""
    source = HOSTS[host]
    places = ("{0}{1}", "{0} {1}", "{1}{0}", "{1} {0}", "{2}{0}{3}", "{2} {0} {3}")
    for number, insert in enumerate(INSERTS):
        # Two of them for each: other hosts have the others.
        for place in (places[(number + len(host)) % 6], places[(number + len(host) + 3) % 6]):

            def answer(text, insert=insert, place=place):
                made = pseudo_chinese(text)
                middle = len(made) // 2
                return place.format(insert, made, made[:middle], made[middle:])

            assert_held(source, answer)


@pytest.mark.parametrize(
    ("source", "answer"),
    [
        # Plain CommonMark makes links of addresses that markdown-it refuses.
        ("Some text.", "文字 [x](javascript:alert(1))"),
        ("Some text.", "文字 <javascript:alert(1)>"),
        ("Some text.", "文字 <vbscript:x>。"),
        ("Some text.", "文字 ![x](file:///etc/passwd)"),
        # A part of an address is another one.
        ("Ask core@0.20.0-alpha.1 for it.", "问 core@0.20.0-alpha 吧"),
        ("See https://a.example/b for it.", "见 https://a.example/b/c"),
        ("See a.example for it.", "见 www.a.example"),
        # A fault in the body of a post whose title was translated.
        ("---\ntitle: A title\n---\n<b>x</b> some text\n", "文<1>x</1>"),
    ],
)
def test_small_cases(source, answer):
    assert_held(source, lambda message: answer)


def test_an_answer_of_none_is_english_and_marked():
    finished = drafted("Some text.\n", lambda message: None)
    assert finished.text == "Some text. <!-- pipeline: untranslated -->\n"


def test_what_is_harmless_is_taken():
    """A proof that refuses everything would pass all tests above."""
    taken = refused = 0
    for text in NASTY.values():
        origins = drafted(text, pseudo_chinese).origins
        taken, refused = taken + origins["machine"], refused + origins["untranslated"]
    assert refused <= taken * 0.05
    assert len(units(NASTY["lists_and_quotes.md"])) > 20
