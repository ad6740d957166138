"""Whatever the text: no rule fails, and a page that says what its source says has no fault in comparison with it."""

from pathlib import PurePosixPath

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.content import Post
from pipeline.content.front_matter import read_front_matter
from pipeline.content.meta import read_meta
from pipeline.translation.checks import Page, Shared, check_page

FRAGMENTS = [
    "# Title", "## 标题 {#id}", "Text, 5 of 10.", "文字,混排 Text 50%。", "- item", "  - nested", "1. one",
    "> quote", "> [!NOTE]", "| a | b |", "| - | -: |", "| 1 | `2` |", "```sh", "```", "    code", "**bold**",
    "**粗：**体", "[a](b \"t\")", "[r][1]", "[1]: /x 'y'", "![图](a.png)", "<kbd>x</kbd>", "<div>", "</div>",
    "<!-- note -->", "text[^1]", "[^1]: note", "^[inline 3]", "$a+b$", "$$", "{{< tip >}}", "{{< /tip >}}",
    ":::note 提示", ":::", "---", "Term", ": definition", "https://a.org/b,c", "<!-- pipeline: untranslated -->",
    "<!-- pipeline: ignore numbers: a reason -->", "<!-- pipeline: ignore x -->", "“引（号", "\\*", "&amp;", "\t",
    "", "", "\r\n", "\ufeff", "\ue000", "繁體", "的的", "the the",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(FRAGMENTS), max_size=14).flatmap(
    lambda parts: st.sampled_from(["\n", "\n\n", " "]).map(lambda joint: "\n" + joint.join(parts))
)
COMPARING = {"structure", "tags", "code", "urls", "numbers", "length", "fields"}


def post(text, tmp_path):
    path = tmp_path / "page.md"
    front = read_front_matter(text, path)
    return Post("page", PurePosixPath("page.md"), path, text, front, read_meta(text, front, path))


def page(source, target, tmp_path):
    shared = Shared()
    made = Page(
        post(target, tmp_path), post(source, tmp_path), locale="zh", language="zh-CN", file="page.md", shared=shared
    )
    shared.pages.append(made)
    return made


@settings(max_examples=80)
@given(TEXTS, TEXTS)
def test_no_rule_fails(tmp_path_factory, source, target):
    checked = page(source, target, tmp_path_factory.getbasetemp())
    lines = target.count("\n") + target.count("\r") + 1
    for finding in check_page(checked)[0]:
        assert 1 <= finding.line <= lines
        assert finding.message


@settings(max_examples=80)
@given(TEXTS)
def test_nothing_is_wrong_with_the_same_text(tmp_path_factory, text):
    findings, _ = check_page(page(text, text, tmp_path_factory.getbasetemp()))
    assert not [str(finding) for finding in findings if finding.rule in COMPARING and "ignore" not in text]
