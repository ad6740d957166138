"""The text of a pull request: complete, short enough, and with nothing in it that does more than be read."""

import re
from collections import Counter
from html.parser import HTMLParser

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from pipeline.review.body import BEGIN, END, LIMIT, Part, body, comment, title, within
from pipeline.review.evidence import Evidence, Witness
from pipeline.review.marks import compared, inline
from pipeline.review.phrases import PHRASES
from pipeline.translation.checks import Finding

OURS = {"table", "thead", "tbody", "tr", "th", "td", "code", "del", "ins", "br", "details", "summary"}
MARKDOWN = {"p", "h2", "h3", "ul", "li", "strong"}
NASTY = [
    "</code></td></tr></table><script>alert(1)</script>",
    "@everyone #12 !3 org/repo#4 deadbeefdeadbeefdeadbeefdeadbeefdeadbeef :smile: https://evil.example/?a=b",
    "```\n~~~\n<!-- -->\n\n# A heading\n\n| a | b |\n| - | - |",
    "&lt;img src=x onerror=alert(1)&gt; \u202e txt \x00 \x1b[31m",
    "</details>\n\n---\n\n* a list",
    f"{END} {BEGIN}",
]


class Reader(HTMLParser):
    """Which tags there are, and what text is in which of them."""

    def __init__(self, page):
        super().__init__()
        self.open, self.tags, self.texts = [], set(), []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        assert set(dict(attributes)) <= {"style"}, attributes
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(("code" in self.open, data))


def read(text):
    """As a forge renders it."""
    return Reader(MarkdownIt("gfm-like", {"html": True}).render(text))


def witness(before="", after="English", previous="", text="中文", origin="machine", line=3, findings=()):
    return Witness(line, "paragraph", before, after, previous, text, origin, 80, tuple(findings))


def part(*witnesses, post="posts/foo", findings=(), kept=5):
    counts = Counter({"kept": kept})
    counts.update(one.origin for one in witnesses if one.origin != "removed")
    path = f"content/zh/{post}.md"
    return Part(post, "zh", "简体中文", path, Evidence(counts, witnesses, tuple(findings), fresh=False))


def finding(message="The number 5 is not there.", severity="error", line=3):
    return Finding("numbers", severity, "posts/foo", "zh", "content/zh/posts/foo.md", line, message, "Compare.")


def test_what_is_urgent_comes_first_and_changed_words_are_marked():
    text = body(
        [
            part(
                witness("Read this.", "Read that.", "读这个。", "读那个。"),
                witness(origin="adapted"),
                witness(after="Left", text="Left", origin="untranslated"),
                witness(origin="fuzzy"),
                witness(after="With five", findings=[finding()]),
                witness("Gone", "", "没了", "", "removed", 0),
            )
        ],
        "en",
    )
    parts = [
        "To finish (3)",
        "still in English",
        "80 % alike",
        "With five",
        "The number 5",
        "To read (1)",
        "To glance at",
    ]
    text_ = text[text.index("To finish") :]
    assert sorted(parts, key=text_.index) == parts
    assert "Read <del>this</del><ins>that</ins>." in text
    assert "读<del>这</del><ins>那</ins>个。" in text
    assert "5 of 10 segments" in text
    assert "Merging this approves it" in text


@pytest.mark.parametrize("language", PHRASES)
def test_every_language_says_everything(language):
    assert PHRASES[language].keys() == PHRASES["en"].keys()
    for key, phrase in PHRASES[language].items():
        assert re.findall(r"{(\w+)}", PHRASES["en"][key]).sort() == re.findall(r"{(\w+)}", phrase).sort()
    assert read(body([part(witness(findings=[finding()]))], language)).tags <= OURS | MARKDOWN


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(*[st.text(max_size=80) | st.sampled_from(NASTY)] * 4), max_size=4), st.text(max_size=60))
@example([tuple(NASTY[:4]), tuple(NASTY[2:])], NASTY[1])
def test_nothing_in_a_text_is_markup_or_a_mention(texts, message):
    ones = [
        witness(*four, origin) for four, origin in zip(texts, ["machine", "fuzzy", "edited", "removed"], strict=False)
    ]
    page = body([part(*ones, findings=[finding(message)])], "en")
    assert page.count(BEGIN) == page.count(END) == 1
    shown = read(page)
    assert shown.tags <= OURS | MARKDOWN
    assert shown.open == []
    for is_code, data in shown.texts:
        assert is_code or not re.search(r"(?<![\w`])[@#]\w|https?://\w", data), data


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
@example("@octocat fixes #1 https://x.org <b> *bold* `code` [l](x) GH-1 user@example.org")
def test_a_sentence_stays_a_sentence(text):
    shown = read(inline(text))
    assert shown.tags <= {"p"}
    assert not any(re.search(r"[@#]\w", data) for _, data in shown.texts)


@settings(max_examples=60, deadline=None)
@given(st.text("ab 中文。\n", max_size=60), st.text("ab 中文。\n", max_size=60))
def test_what_is_marked_is_the_difference(before, after):
    if not before or not after or before == after:
        return
    marked = compared(before, after, 700)
    plain = re.sub(r"<br>", "\n", marked.removeprefix("<code>").removesuffix("</code>"))
    if "<del>" in plain and plain.count("<del>") == plain.count("<ins>") == 1 and plain.startswith("<del>"):
        return  # little is alike: one after the other
    assert re.sub(r"<del>.*?</del>|</?ins>", "", plain, flags=re.DOTALL) == after
    assert re.sub(r"<ins>.*?</ins>|</?del>", "", plain, flags=re.DOTALL) == before


@pytest.mark.parametrize("size", [20, 400, 5000])
def test_two_hundred_segments_are_within_the_limit_and_readable(size):
    ones = [
        witness(f"Old {n} " + "x y " * size, f"New {n} " + "x y " * size, "旧" * size, f"新{n}" * size)
        for n in range(200)
    ]
    text = body([part(*ones)], "en")
    assert len(text) <= LIMIT
    assert read(text).open == []
    shown = text.count("<table>")
    assert shown >= 130
    if shown < 200:
        assert f"{200 - shown} more are not shown" in text
    assert "How to go on" in text


def test_many_posts_share_the_room():
    parts = [part(*[witness("a " * 200, "b " * 200)] * 30, post=f"posts/{n}") for n in range(40)]
    text = body(parts, "zh")
    assert len(text) <= LIMIT
    assert text.count("\n## ") == 40
    assert title(parts, "en") == "Translate 40 posts (zh)"


def test_what_people_wrote_around_it_stays():
    old, new = body([part(witness())], "en"), body([part(witness(after="Other"))], "en")
    assert within(f"Before.\n{old}After.", new) == f"Before.\n{new.strip()}\nAfter."
    assert within("Only mine.", new) == "Only mine."


def test_a_comment_says_what_is_new():
    first = part(witness(), witness(after="Second", text="第二"))
    second = part(witness(), witness(after="Second, changed", text="第二，改"))
    text = comment(second, first.evidence, "en", "The English has changed.")
    assert "The English has changed" in text
    assert text.count("<table>") == 1
    assert "changed" in text
