"""Comments that say which findings are to be left alone."""

import pytest

from pipeline.translation.checks import check_page

SOURCE = "It takes 30 seconds.\n\nIt takes 40 seconds.\n"


def test_a_comment_speaks_for_its_paragraph_alone(page_of):
    target = "需要 3 秒。 <!-- pipeline: ignore numbers: the author asked for it -->\n\n需要 4 秒。\n"
    findings, ignored = check_page(page_of(SOURCE, target))
    assert [(finding.line, finding.rule) for finding in findings] == [(3, "numbers")]
    assert [(finding.line, finding.rule, finding.ignored) for finding in ignored] == [
        (1, "numbers", "the author asked for it")
    ]


def test_it_speaks_for_the_rules_it_names(found):
    target = "需要 3 秒,很快。 <!-- pipeline: ignore length, punctuation: as the engine said -->\n\n需要 40 秒。\n"
    assert found(SOURCE, target) == [(1, "numbers")]


def test_all_lines_of_a_paragraph(found):
    source = "One line of 10,\nanother of 20,\nand a third.\n"
    target = "一行 11，\n另一行 21,\n第三行。 <!-- pipeline: ignore numbers, punctuation: a joke about counting -->\n"
    assert found(source, target) == []


@pytest.mark.parametrize("where", ["list", "quote", "cell", "heading"])
def test_in_every_kind_of_block(found, where):
    comment = "<!-- pipeline: ignore numbers: it is a joke -->"
    source, target = {
        "list": ("- one 5\n- two 6\n", f"- 甲 7 {comment}\n- 乙 6\n"),
        "quote": ("> [!NOTE]\n> Five is 5.\n", f"> [!NOTE]\n> 五是 6。 {comment}\n"),
        "cell": ("| a | b |\n| - | - |\n| 1 | one 2 |\n", f"| a | b |\n| - | - |\n| 1 | 一 3 {comment} |\n"),
        "heading": ("## Part 1 and 7\n", f"## 第 8 部分 {comment}\n"),
    }[where]
    assert found(source, target) == []


def test_a_comment_of_its_own_speaks_for_the_next_block(found):
    source = "Words.\n\n```sh\nmake\n```\n\nMore words.\n"
    comment = "<!-- pipeline: ignore code: the Chinese site has another target -->"
    target = f"文字。\n\n{comment}\n\n```sh\nmake zh\n```\n\n更多文字。\n"
    assert found(source, target) == []
    assert found(source, target.replace("code:", "numbers:")) == [(3, "ignore"), (6, "code")]


def test_in_front_matter(found):
    source = "---\ntitle: One of 10\nsummary: Two of 20\n---\nText of 30.\n"
    target = "---\ntitle: 十一之一 # pipeline: ignore numbers: a joke\nsummary: 21 之二\n---\n正文 31。\n"
    assert found(source, target) == [(3, "numbers"), (5, "numbers")]
    whole = target.replace("---\n正文", "# pipeline: ignore numbers: it counts from one\n---\n正文")
    assert (4, "ignore") not in found(source, whole)
    assert found(source, whole) == [(2, "ignore")] or found(source, whole) == []


@pytest.mark.parametrize(
    ("comment", "says"),
    [
        ("ignore numbers", "gives no reason"),
        ("ignore numbers:", "gives no reason"),
        ("ignore numbrs: why not", "no check `numbrs`"),
        ("ignore : because", "names no check"),
        ("ignore doubled: because", "nothing to ignore"),
    ],
)
def test_a_comment_that_does_not_count_is_a_finding(page_of, comment, says):
    findings, ignored = check_page(page_of(SOURCE, f"需要 3 秒。 <!-- pipeline: {comment} -->\n\n需要 40 秒。\n"))
    assert not ignored
    assert [(finding.line, finding.rule) for finding in findings] == [(1, "numbers"), (1, "ignore")]
    assert says in findings[1].message


def test_no_complaint_about_a_comment_for_a_rule_that_is_off(page_of):
    page = page_of(SOURCE, "需要 3 秒。 <!-- pipeline: ignore numbers: a joke -->\n\n需要 40 秒。\n")
    assert check_page(page, {"numbers": "off"}) == ([], [])


def test_in_code_it_is_code(found):
    source = "```md\n<!-- pipeline: ignore code: x -->\n```\n\n`<!-- pipeline: ignore code: x -->` and 5\n"
    assert found(source, source.replace("and", "和")) == []
    assert found(source, source.replace("and 5", "和 6")) == [(5, "numbers")]


def test_lines_stay_as_they_are(found):
    source = "One.\n\n- a\n- b\n\nThe last of 9.\n"
    target = (
        "<!-- pipeline: ignore structure: x -->\n一。\n\n- 甲 <!-- pipeline: ignore tags: y -->\n- 乙\n\n最后 8。\n"
    )
    assert [line for line, rule in found(source, target) if rule == "numbers"] == [7]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_counted_whatever_ends_them(page_of, end):
    """The comment's own line, those that it speaks for, and that of a finding in the front matter."""
    comment = "<!-- pipeline: ignore numbers: it is a joke -->"
    source = "---\ntitle: Words\nlevel: 3\n---\n\nOne line,\nand one of 20.\n\nThen 30.\n".replace("\n", end)
    target = f"---\ntitle: 词\nlevel: three\n---\n\n一行，\n另一行 21。 {comment}\n\n然后 31。\n".replace("\n", end)
    findings, ignored = check_page(page_of(source, target))
    assert {finding.line for finding in findings} == {3, 9}
    assert [finding.line for finding in ignored] == [6]
