"""Which pages are checked, how bad findings are, and what happens to what cannot be read."""

import json
import time

import pytest
from click.testing import CliRunner

from pipeline.commands.check import check as command
from pipeline.errors import ConfigError
from pipeline.translation.checks import RULES, check
from pipeline.translation.checks.rules import levels

ENGLISH = "---\ntitle: A page\n---\nIt takes 30 seconds.\n"
CHINESE = "---\ntitle: 一页\n---\n需要 30 秒。\n"


def places(report):
    return [(finding.file, finding.line, finding.rule, finding.severity) for finding in report.findings]


def test_drafts_and_approved_pages(site):
    site.pair("good", "A page.\n", "一页。\n")
    site.pair("bad", ENGLISH, CHINESE.replace("30", "3"))
    site.pair("bad", ENGLISH, CHINESE.replace("30", "40"), draft=True)
    report = check(site.settings)
    assert places(report) == [
        ("content/zh/bad.md", 4, "numbers", "error"),
        ("drafts/zh/bad.md", 4, "numbers", "error"),
    ]
    assert (report.pages, report.errors, report.warnings) == (3, 2, 0)
    assert check(site.settings, ["good"]).pages == 1


def test_an_approved_page_is_compared_with_its_own_snapshot(site):
    site.pair("post", ENGLISH, CHINESE)
    site.write("content/en/post.md", ENGLISH.replace("30", "45"))
    assert not check(site.settings).findings


def test_without_a_snapshot_only_the_page_itself_is_checked(site):
    site.write("content/en/post.md", ENGLISH)
    site.write("content/zh/post.md", CHINESE.replace("30 秒。", "3 秒,很快"))
    assert places(check(site.settings)) == [("content/zh/post.md", 4, "punctuation", "warning")]


def test_the_configuration_decides(site):
    site.pair("post", ENGLISH, CHINESE.replace("30 秒。", "3 秒,很快"))

    def severities(**configured):
        return {finding.rule: finding.severity for finding in check(site.settings, configured=configured).findings}

    assert severities() == {"numbers": "error", "punctuation": "warning"}
    assert severities(numbers="off") == {"punctuation": "warning"}
    assert severities(numbers="warning", punctuation="error") == {"numbers": "warning", "punctuation": "error"}


def test_a_mild_finding_is_raised_with_its_rule(site):
    site.pair("post", "Read **every** draft.\n", "阅读每一份草稿。\n")
    assert [finding.severity for finding in check(site.settings).findings] == ["warning"]
    assert [finding.severity for finding in check(site.settings, configured={"tags": "error"}).findings] == ["error"]


def test_unknown_names_are_said_with_the_nearest(site):
    site.pair("post", ENGLISH, CHINESE)
    with pytest.raises(ConfigError, match="Did you mean `post`"):
        check(site.settings, ["posst"])
    with pytest.raises(ConfigError, match="not a target locale"):
        check(site.settings, locale="en")
    with pytest.raises(ConfigError, match="Did you mean `numbers`"):
        levels({"number": "off"})
    with pytest.raises(ConfigError, match="off, warning or error"):
        levels({"numbers": "loud"})


def test_what_cannot_be_read_is_a_finding_and_the_others_go_on(site):
    site.pair("good", ENGLISH, CHINESE.replace("30", "3"))
    site.pair("date", ENGLISH, CHINESE.replace("title: 一页", "title: 一页\ndate: 昨天"))
    site.pair("bytes", ENGLISH, CHINESE)
    site.write("content/zh/bytes.md", b"\xff\xfe")
    report = check(site.settings)
    assert [(finding.post, finding.line, finding.rule) for finding in report.findings] == [
        ("bytes", 1, "fields"),
        ("date", 3, "fields"),
        ("good", 4, "numbers"),
    ]
    assert not report.failed
    assert not check(site.settings, ["good"], configured={"numbers": "off"}).findings


def test_an_unreadable_snapshot_is_an_error(site):
    site.pair("post", ENGLISH, CHINESE)
    site.write("content/zh/.source/post.md", b"\xff")
    assert [str(error.path).endswith(".source/post.md") for error in check(site.settings).failed] == [True]


def test_the_same_source_in_two_ways(site):
    source = "## Getting started\n\nName\n\nOne and the same sentence.\n"
    site.pair("a", source, "## 快速上手\n\n名称\n\n同一个句子。\n")
    site.pair("b", source, "## 快速上手\n\n姓名\n\n同一个句子\n")
    site.pair("c", source, "## 开始使用\n\n名字\n\n同一个 句子。\n")
    report = check(site.settings)
    assert [(finding.file, finding.line, finding.rule) for finding in report.findings] == [
        ("content/zh/c.md", 1, "inconsistent")
    ]
    assert "“快速上手” in content/zh/a.md:1" in report.findings[0].message


def test_a_draft_takes_the_place_of_its_page_when_pages_are_compared(site):
    source = "## Getting started\n"
    site.pair("a", source, "## 开始\n")
    site.pair("a", source, "## 快速上手\n", draft=True)
    site.pair("b", source, "## 快速上手\n")
    assert not check(site.settings).findings


def test_twice_in_one_page(site):
    source = "\n\n".join(["One and the same sentence."] * 3) + "\n"
    site.pair("a", source, "同一个句子。\n\n同样的句子。\n\n同一个句子。\n")
    assert [(finding.line, finding.rule) for finding in check(site.settings).findings] == [(3, "inconsistent")]


def run(site, *arguments):
    result = CliRunner().invoke(command, list(arguments), obj=site.root)
    return result.exit_code, result.stdout, result.stderr


def test_exit_codes(site):
    site.pair("post", ENGLISH, CHINESE)
    assert run(site)[:2] == (0, "1 page checked: nothing found.\n")
    site.pair("post", ENGLISH, CHINESE.replace("。", ",很快。"))
    code, out, _ = run(site)
    assert code == 0
    assert out.endswith("1 page checked: 1 warning.\n")
    site.pair("post", ENGLISH, CHINESE.replace("30", "3"))
    code, out, _ = run(site, "post", "--locale", "zh")
    assert code == 3
    assert out.startswith("content/zh/post.md:4: error numbers: 3 stands here where the source has 30.")
    site.write("content/zh/.source/post.md", b"\xff")
    code, _, err = run(site)
    assert code == 1
    assert "is not UTF-8" in err


def test_json_is_one_document(site):
    site.pair("post", ENGLISH, CHINESE.replace("30", "3"))
    code, out, err = run(site, "--json")
    assert (code, err) == (3, "")
    assert json.loads(out) == {
        "findings": [
            {
                "rule": "numbers",
                "severity": "error",
                "post": "post",
                "locale": "zh",
                "file": "content/zh/post.md",
                "line": 4,
                "message": "3 stands here where the source has 30.",
                "remedy": "Correct the number.",
                "suggestion": "30",
            }
        ],
        "pages": 1,
        "errors": 1,
        "warnings": 0,
        "ignored": 0,
    }
    assert run(site, "--format", "json") == (code, out, err)


def test_a_hundred_pages_take_a_few_seconds(site):
    body = "".join(
        f"## Part {i}\n\nA paragraph with **bold** text, `code` and [a link](/about/) number {i}.\n\n"
        for i in range(30)
    )
    chinese = "".join(
        f"## 第 {i} 部分\n\n一个段落，有**粗体**文字、`code` 和[链接](/about/)，编号 {i}。\n\n" for i in range(30)
    )
    for number in range(100):
        site.pair(
            f"posts/p{number}", f"---\ntitle: Page {number}\n---\n{body}", f"---\ntitle: 第 {number} 页\n---\n{chinese}"
        )
    started = time.process_time()
    assert not check(site.settings).findings
    assert time.process_time() - started < 30  # about 3 on a quiet machine


def test_rules_are_described():
    assert all(rule.what.endswith(".") and rule.name == name for name, rule in RULES.items())
