"""A translation that is behind says since when, and what has changed."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from pipeline.content import parse_post
from pipeline.site.changes import Change, changes, marked
from tests.site.conftest import Site
from tests.site.links import broken_links, document

HEAD = "---\ntitle: T\ndate: 2026-01-01\n---\n"
OLD = HEAD + "First one.\n\n## Part\n\nSecond with [a link](a.md).\n\n```\ncode\n```\n\n- x\n- y\n"


def between(before: str, after: str) -> list[tuple[str, str, str]]:
    posts = [parse_post(Path(), Path("a.md"), text) for text in (before, after)]
    return [(change.before, change.after, change.part) for change in changes(*posts, ["title", "params.sub"])]


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("First one.", "First two.", [("First one.", "First two.", "")]),
        ("Second", "2nd", [("Second with a link.", "2nd with a link.", "part")]),
        ("a.md", "b.md", [("Second with [a link](a.md).", "Second with [a link](b.md).", "part")]),
        ("code", "core", [("code", "core", "part")]),
        ("- y\n", "", [("y", "", "part")]),
        ("- y\n", "- y\n- z\n", [("", "z", "part")]),
        ("title: T", "title: U", [("T", "U", "")]),
        ("title: T", "title: T\nparams: {sub: S}", [("", "S", "")]),
        ("date: 2026-01-01", "date: 2026-01-02\ntags: [a]", []),
        ("First one.\n\n##", "First\none.\n\n\n##", []),
        ("one.", "one.", []),
    ],
)
def test_what_has_changed(old: str, new: str, found: list[tuple[str, str, str]]) -> None:
    assert between(OLD, OLD.replace(old, new)) == found


@pytest.mark.parametrize(
    ("before", "after", "html"),
    [
        ("It takes 30 days.", "It takes 31 days.", "It takes <del>30</del><ins>31</ins> days."),
        ("", "New <b>.", "<ins>New &lt;b&gt;.</ins>"),
        ("Gone.", "", "<del>Gone.</del>"),
        ("共三篇。", "共四篇。", "共<del>三</del><ins>四</ins>篇。"),
        ("One thing.", "Something else", "<del>One thing.</del> <ins>Something else</ins>"),
    ],
)
def test_a_change_as_html(before: str, after: str, html: str) -> None:
    assert marked(Change(before, after, "")) == html


def test_a_long_paragraph_shows_what_stands_around() -> None:
    text = " ".join(f"word{number}" for number in range(200))
    html = marked(Change(text, text.replace("word100 ", ""), ""))
    assert "<del>word100 </del>" in html
    assert "word99" in html
    assert len(html) < 300


@settings(deadline=None)
@given(st.text(max_size=80), st.text(max_size=80))
def test_nothing_of_a_change_gets_out(before: str, after: str) -> None:
    html = marked(Change(before, after, ""))
    assert isinstance(html, Markup)
    for element in ("<del>", "</del>", "<ins>", "</ins>"):
        html = Markup(html.replace(element, ""))
    assert "<" not in html


def git(root: Path, *arguments: str, date: str = "2026-01-01T12:00:00+00:00") -> None:
    who = {f"GIT_{role}_{key}": "a@b" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")}
    env = {**os.environ, **who, "GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date, "GIT_CONFIG_GLOBAL": os.devnull}
    subprocess.run(["git", "-C", str(root), *arguments], check=True, capture_output=True, env=env)


def test_since_when_is_told_by_the_history(site: Site) -> None:
    """The first of several edits counts, in the zone of the site; one that is not committed is not dated."""
    site.configure('history_url = "https://example.com/commits/main/{path}"')
    git(site.root, "init", "-q")
    source = site.post("en/posts/a b.md", "## Part\n\nIt takes 30 days.\n", title="One")
    site.translated("posts/a b.md", "## 部分\n\n需要 30 天。\n")
    git(site.root, "add", ".")
    git(site.root, "commit", "-qm", "one")
    source.write_text(source.read_text().replace("30", "31"))
    site.build()
    assert "本文译出之后，原文又有改动。" in site.html("zh/posts/a-b")
    for date, days in (("2026-02-02T23:30:00+00:00", "31"), ("2026-03-03T12:00:00+00:00", "32")):
        source.write_text(source.read_text().replace("takes 31", "takes 30").replace("takes 30", f"takes {days}"))
        git(site.root, "commit", "-qam", days, date=date)
    site.build()
    html = site.html("zh/posts/a-b")
    assert "原文于 2026 年 2 月 3 日又有改动。" in html
    assert '<a href="/posts/a-b/#part">Part</a>: It takes <del>30</del><ins>32</ins> days.' in html
    assert "https://example.com/commits/main/content/en/posts/a%20b.md" in html
    assert not broken_links(site.public, "https://example.org")


def test_a_change_that_readers_do_not_see_is_none(site: Site) -> None:
    source = site.post("en/posts/a.md", "Text.\n", tags="[x]")
    site.translated("posts/a.md", "文字。\n")
    source.write_text(source.read_text().replace("[x]", "[x, y]"))
    site.build()
    assert not document(site.public / "zh/posts/a/index.html").all("div", **{"class": "notice"})


def test_many_changes_are_not_all_shown(site: Site) -> None:
    source = site.post("en/posts/a.md", "".join(f"Old {number}.\n\n" for number in range(30)))
    site.translated("posts/a.md", "文字。\n")
    source.write_text(source.read_text().replace("Old", "New"))
    site.build()
    html = site.html("zh/posts/a")
    assert "改动了什么（30 处）" in html
    assert html.count("<del>Old</del>") == 20
