"""Every byte of a post stays, whatever it holds."""

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.adoption.front import read_text
from pipeline.errors import ContentError
from tests.adoption.old_site import CHINESE, ENGLISH, post

PATH = Path("a.md")
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
LINES = st.sampled_from(
    ["\n", "\r\n", "\r", "---\n", "+++\n", "{", "}", '"', "﻿", "title: x\n", "Date: 2020-01-02 03:04:05 +0800\n"]
)
NASTY = st.lists(st.one_of(TEXTS, LINES), max_size=12).map("".join)
KEYS = st.sampled_from(
    ["title", "Title", "DRAFT", "Tags", "lastMod", "publishdate", "weight", "my-key", "自定义", "params"]
)
VALUES = st.sampled_from(
    [
        "x",
        '"quoted"',
        "[a, b]",
        "true",
        "12",
        "2020-01-02 10:00:00 +0800",
        "'it''s'",
        "# no",
        "{a: 1}",
        "|\n  block\n  text",
        "&anchor v",
    ]
)


@given(NASTY)
@settings(max_examples=400, deadline=None)
def test_a_text_without_front_matter_keeps_every_byte(text):
    found = read_text(text.encode(), PATH)
    if not found.changes:
        assert found.text == text
    assert text.endswith(found.body)


@given(st.lists(st.tuples(KEYS, VALUES), max_size=8), NASTY, st.sampled_from(["\n", "\r\n"]))
@settings(max_examples=400, deadline=None)
def test_only_keys_and_dates_of_front_matter_change(fields, body, line_end):
    front = "".join(f"{key}: {value}\n" for key, value in dict(fields).items()).replace("\n", line_end)
    text = f"---{line_end}{front}---{line_end}{body}"
    found = read_text(text.encode(), PATH)
    assert found.body == body or found.problem
    assert found.text.endswith(f"---{line_end}{body}")
    if not found.changes:
        assert found.text == text
    undone = found.text
    for was, now in found.changes:
        assert now in undone
        undone = undone.replace(now, was, 1)
    assert len(re.findall(r"\n", found.text)) == len(re.findall(r"\n", text))
    if found.changes and not found.problem:
        before, after = (
            yaml.load(re.split(r"^---\s*$", t, flags=re.MULTILINE)[1], yaml.SafeLoader) for t in (text, found.text)
        )
        assert [str(key).lower() for key in before] == [str(key).lower() for key in after]


@given(st.binary(max_size=80))
@settings(max_examples=200, deadline=None)
def test_bytes_that_are_no_text_are_an_error_and_nothing_else(raw):
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        with pytest.raises(ContentError, match="UTF-8"):
            read_text(raw, PATH)
    else:
        assert text.endswith(read_text(raw, PATH).body)


def test_a_whole_site_keeps_its_bytes(adoption):
    bodies = {
        "crlf": "one\r\n\r\ntwo\r\n",
        "tabs": "\tcode\n\n- a\n\t- b\n",
        "noend": "no final line end",
        "bom": "text",
        "odd": "{{< foo >}}\n\n| a | `\\|` |\n| - | - |\n\n<b>x</b>&nbsp;\u200b\x0b",
        "empty": "",
    }
    texts = {}
    for slug, body in bodies.items():
        for language, words in (("en", "English words are here."), ("zh-cn", "这里是中文。")):
            head = "\ufeff" if slug == "bom" else ""
            end = "\r\n" if slug == "crlf" else "\n"
            front = f"---\ntitle: '{slug}'   # why\nweight:   3\ncustom: &a [x,  y]\nmore: *a\n---\n\n{words}\n\n"
            texts[slug, language] = (head + front.replace("\n", end) + body).encode()
            adoption.old.write(f"content/posts/{slug}/index.{language}.md", texts[slug, language])
    report = adoption.run()
    assert not report.mapped
    for (slug, language), raw in texts.items():
        name = f"posts/{slug}/index.md"
        if language == "en":
            assert (adoption.root / "content/en" / name).read_bytes() == raw
            assert (adoption.root / "content/zh/.source" / name).read_bytes() == raw
        else:
            assert (adoption.root / "content/zh" / name).read_bytes() == raw
    assert {state.state for state in adoption.states().values()} == {"current"}


def test_the_old_site_is_only_read(adoption):
    adoption.both("a")
    adoption.old.commit()
    adoption.both("b")

    def everything():
        return {
            path.relative_to(adoption.old.root).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
            for path in adoption.old.root.rglob("*")
            if path.is_file()
        }

    before = everything()
    adoption.run()
    assert everything() == before


def test_a_second_run_finds_everything_there(adoption):
    adoption.both("a", ENGLISH, CHINESE)
    first = adoption.run()
    again = adoption.run()
    assert (again.written, again.unchanged) == (0, first.written - 2)  # glossary.csv and .gitignore are the user's
    assert adoption.read("content/zh/posts/a/index.md") == post("a", *CHINESE)
