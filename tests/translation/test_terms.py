"""The glossary enforced, with an engine on loopback that answers as engines do."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.markdown import compose, parse_units
from pipeline.translation.terms import hidden, missed, repaired, shown
from tests.engines.servers import LibreTranslateServer
from tests.translation.test_glossary import TERMS

GLOSSARY = """\
source,target,note
LazyLLM,=,
GitHub Actions,=,
Python,=,
library,=,
draft,草稿,
translation memory,翻译记忆库,
memory,内存,
"""


def segment(markdown):
    return parse_units(markdown)[0][0].segments[0]


class Engine:
    """What it answers, by what it is asked; anything else is said back in upper case Chinese brackets."""

    def __init__(self):
        self.answers = {}
        self.asked = []

    def __call__(self, text):
        self.asked.append(text)
        tags = re.findall(r"\[\[\d+/?\]\]|\[\[/\d+\]\]|<\d+/>|</?\d+>", text)
        plain = text
        for number, tag in enumerate(tags):
            plain = plain.replace(tag, f"{{{number}}}", 1)
        return self.answers.get(plain, plain).format(*tags)


@pytest.fixture
def engine():
    return Engine()


@pytest.fixture
def server(engine):
    with LibreTranslateServer(translate=engine) as started:
        yield started


@pytest.fixture
def translated(checkout, engine):
    """The draft of one paragraph that the engine translates as it is told, and the problems with terms."""

    def translated(english, **answers):
        checkout.write("glossary.csv", GLOSSARY)
        checkout.english(f"{english}\n")
        engine.answers = answers.pop("answers")
        report = checkout.translate_one()
        return checkout.draft().rstrip("\n"), [p for p in report.problems if p.check == "glossary"]

    return translated


def test_a_kept_term_is_never_seen_by_the_engine(translated, engine):
    draft, problems = translated(
        "LazyLLM's authors like Python and GitHub\nActions.",
        answers={"{0}'s authors like {1} and {2}.": "{2} 和 {1} 受到 {0} 作者的喜爱。"},
    )
    assert draft == "GitHub Actions 和 Python 受到 LazyLLM 作者的喜爱。"
    assert not problems
    assert not any(re.search("Lazy|Python|GitHub", text) for text in engine.asked)


def test_chinese_has_no_plural(translated):
    draft, _ = translated("Two libraries and a library.", answers={"Two {0} and a {1}.": "两个 {0} 和一个 {1}。"})
    assert draft == "两个 library 和一个 library。"


def test_a_kept_term_that_the_engine_cannot_keep_is_reported(translated, engine):
    """Asked with tags it drops them; asked in plain sight it translates the term."""
    draft, problems = translated(
        "We use Python.", answers={"We use {0}.": "我们使用蟒蛇。", "We use Python.": "我们使用蟒蛇。"}
    )
    assert draft == "我们使用蟒蛇。"
    assert [(p.line, p.message) for p in problems] == [
        (1, "“Python” is not translated, and the translation does not say so.")
    ]


def test_a_term_that_is_translated_so_is_fine(translated):
    draft, problems = translated("Drafts are drafts.", answers={"Drafts are drafts.": "草稿就是草 稿。"})
    assert draft == "草稿就是草 稿。"
    assert not problems


def test_a_term_that_the_engine_left_is_put_right(translated):
    draft, problems = translated(
        "Read Drafts in the translation memory.",
        answers={"Read Drafts in the translation memory.": "在 translation memory 中阅读 draft 内容。"},
    )
    assert draft == "在翻译记忆库中阅读草稿内容。"
    assert not problems


def test_another_translation_is_reported_and_not_guessed(translated, checkout):
    draft, problems = translated(
        "First.\n\nA draft in memory.", answers={"First.": "第一。", "A draft in memory.": "内存中的草案。"}
    )
    assert draft == "第一。\n\n内存中的草案。"
    ((line, message),) = [(problem.line, problem.message) for problem in problems]
    assert line == 3
    assert "“draft” is “草稿” here" in message
    assert checkout.translate().needs_person is False  # the draft is there; it is not made again


def test_a_gloss_in_brackets_is_left_alone(translated):
    draft, problems = translated("A draft.", answers={"A draft.": "一份草稿（draft）。"})
    assert draft == "一份草稿（draft）。"
    assert not problems


def test_code_and_addresses_are_no_terms(translated, engine):
    draft, problems = translated(
        "Run `draft` at https://draft.example/draft or draft.md.",
        answers={"Run {0} at {1} or draft.md.": "在 {1} 或 draft.md 运行 {0}。"},
    )
    assert draft == "在 https://draft.example/draft 或 draft.md 运行 `draft`。"
    assert not problems


@pytest.mark.parametrize(
    ("source", "answer", "wanted"),
    [
        ("A draft.", "一份 draft。", "一份草稿。"),
        ("A draft of drafts.", "drafts 的 Draft。", "草稿的草稿。"),
        ("A draft of drafts.", "草稿的 draft。", "草稿的草稿。"),
        ("A draft.", "draft 和 draft。", None),  # one too many
        ("A draft.", "草案。", None),
        ("A translation memory.", "一个 translation 内存。", None),
        ("A draft.", "一份 redraft。", None),
        ("The `draft` of it.", "它的 `draft`。", None),
        ("LazyLLM drafts.", "LazyLLM draft。", "LazyLLM 草稿。"),
        ("A policy.", "一项policies。", "一项策略。"),
        ("An API.", "一个 api。", None),
    ],
)
def test_what_is_repaired(source, answer, wanted):
    pieces = tuple(
        type(piece)("text", "", 0, 0, piece.text) if piece.kind == "text" else piece for piece in segment(answer).pieces
    )
    source_text = "".join(piece.text for piece in segment(source).pieces)
    found = repaired(source_text, pieces, TERMS)
    assert "".join(piece.text or piece.source for piece in found) == (wanted or answer)
    if wanted:
        assert not list(missed(source_text, "".join(piece.text for piece in found), TERMS))


PARTS = st.lists(
    st.sampled_from(
        ["LazyLLM", "LazyLLM's", "S3-compatible", "GitHub", "Actions", "\n", "draft", "`S3`",
         "**C++**", "[S3](/S3)", "node.js", "x"]
    ),
    min_size=1,
    max_size=9,
).map(" ".join)  # fmt: skip


@given(PARTS)
def test_hiding_and_showing_changes_nothing(text):
    (unit, *_), env = parse_units(f"A {text}")
    for number, part in enumerate(unit.segments):
        covered = hidden(part.pieces, TERMS)
        assert not any(
            re.search("LazyLLM|S3|GitHub Actions|C\\+\\+", piece.text) for piece in covered if piece.kind == "text"
        )
        again = shown(covered, TERMS, plurals=True)
        assert reading(again) == reading(part.pieces)
        assert compose(unit, {number: again}, env) is not None


def reading(pieces):
    return "".join(" " if piece.kind == "break" else piece.text or f"<{piece.kind}{piece.id}>" for piece in pieces)
