"""Front matter that Hugo reads and this pipeline would not."""

from pathlib import Path

import pytest

from pipeline.adoption.front import hidden, pins, read_text
from pipeline.content.meta import read_meta

PATH = Path("a.md")


def meta(text):
    found = read_text(text.encode(), PATH)
    assert found.problem is None, found.problem
    return found, read_meta(found.text, found.front, PATH)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2020-01-02 10:00:00 +0800", "2020-01-02T10:00:00+08:00"),
        ("2020-1-2", "2020-01-02"),
        ("2020/01/02", "2020-01-02"),
        ("2020-01-02 10:00:00 +0800 CST", "2020-01-02T10:00:00+08:00"),
        ("Jan 5, 2020", "2020-01-05"),
        ("5 January 2020", "2020-01-05"),
    ],
)
def test_dates(written, expected):
    for front in (
        f"---\ndate: {written}\n---\n",
        f"---\ndate: '{written}' # when\n---\n",
        f'+++\ndate = "{written}"\n+++\n',
    ):
        found, _ = meta(front + "text\n")
        assert found.data["date"] is not None
        assert str(found.data["date"]).replace(" ", "T")[: len(expected)] in {expected, expected.replace(" ", "T")}
        assert found.body == "text\n"
        assert [now for _, now in found.changes] in ([expected], [f'"{expected}"'])
        assert ("# when" in found.text) == ("# when" in front)


def test_dates_that_both_read_stay():
    for written in ("2020-01-02", "2020-01-02T03:04:05Z", '"2020-01-02T03:04:05+08:00"', "2020-01-02 10:00"):
        found, _ = meta(f"---\ndate: {written}\n---\n")
        assert not found.changes


def test_keys_in_any_case_and_by_other_names():
    fields = "Title: T\nDRAFT: true\nTags: [a]\npublishdate: 2030-01-01\nmodified: 2021-02-03\n"
    found, typed = meta(f"---\n{fields}published: true\nOther: x\n---\n")
    assert (typed.title, typed.draft, typed.tags) == ("T", True, ("a",))
    assert str(typed.publish_date) == "2030-01-01"
    assert str(typed.lastmod) == "2021-02-03"
    assert "published: true\nOther: x\n" in found.text
    assert found.changes == (
        ("Title", "title"),
        ("DRAFT", "draft"),
        ("Tags", "tags"),
        ("publishdate", "publishDate"),
        ("modified", "lastmod"),
    )


def test_a_key_that_is_there_already_is_not_written_twice():
    found, typed = meta("---\ntitle: right\nTitle: other\n---\n")
    assert typed.title == "right"
    assert not found.changes


def test_toml_keys_above_tables_only():
    found, typed = meta('+++\nTitle = "T" # why\nDraft = false\n[params]\nTitle = "inner"\n+++\n')
    assert typed.title == "T"
    assert found.text == '+++\ntitle = "T" # why\ndraft = false\n[params]\nTitle = "inner"\n+++\n'


def test_json():
    found, typed = meta('{\n  "title": "A } brace",\n  "Tags": ["a"]\n}\n\ntext {"not": "front"}\n')
    assert (typed.title, typed.tags) == ("A } brace", ("a",))
    assert found.body == '\ntext {"not": "front"}\n'
    assert "JSON" in found.changes[0][0]


def test_braces_that_are_no_front_matter():
    for text in ("{{< figure >}}\n", "{not json\n", '{"open": \n'):
        assert read_text(text.encode(), PATH).text == text


def test_front_matter_that_cannot_be_read_is_kept_and_told():
    found = read_text(b"---\ntitle: a: b\n---\ntext\n", PATH)
    assert found.text == "---\ntitle: a: b\n---\ntext\n"
    assert "YAML" in str(found.problem)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"headless": True}, True),
        ({"Build": {"render": "never"}}, True),
        ({"_build": {"render": False}}, True),
        ({"build": {"render": "always"}}, False),
        ({"_build": {"list": "never"}}, False),
        ({"build": {"render": ["odd"]}}, False),
        ({}, False),
    ],
)
def test_pages_without_an_address(data, expected):
    assert bool(hidden(data)) is expected


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("default_lang_commit: 1e69c8f94a605ca7624b6b6657080f98d26e59dd # patched", True),
        ("sourceCommit: '1e69c8f'", True),
        ("  source-commit: 1e69c8f", True),
        ("commit: " + "1" * 40, True),
        ("upstream_sha: 1e69c8f", True),
        ("share: deadbeef", False),
        ("revision: 20240102", False),
        ("commits: 1234567", False),
        ("commit: the last one", False),
        ("title: commit 1e69c8f", False),
    ],
)
def test_pins(line, found):
    text = read_text(f"---\n{line}\n---\ncommit: 1e69c8f\n".encode(), PATH)
    assert len(pins(text.text, text.front)) == found


def test_a_date_that_cannot_be_rewritten_is_kept_and_told():
    text = "---\ndate: &d 2020/01/02\nlastmod: *d\n---\n"
    found = read_text(text.encode(), PATH)
    assert found.text == text
    assert found.problem is not None
