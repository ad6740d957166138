"""Home, sections and their introductions, order, neighbours, and what a page says of itself in its head."""

from __future__ import annotations

import re

import pytest

from pipeline.errors import BuildError
from tests.site.conftest import Site
from tests.site.links import broken_links, document


def titles(html: str) -> list[str]:
    return re.findall(r'<h2><a href="[^"]*" lang="[^"]*">([^<]*)</a>', html)


def test_introductions(site: Site) -> None:
    site.post("en/_index.md", "Welcome. [Notes](notes/_index.md)\n", title="Hello there")
    site.post("en/notes/_index.md", "Short ones. ![Dot](/dot.svg)\n", title="Small notes")
    site.post("en/notes/a.md", title="A")
    site.post("en/posts/b.md", title="B")
    site.translated("notes/_index.md", "短的。\n", title="随笔")
    site.write("static/dot.svg", "<svg/>")
    assert not site.build().warnings
    home = document(site.public / "index.html")
    assert "Welcome." in home.text
    assert {"href": "/notes/"} in home.all("a")
    assert "Short ones." in document(site.public / "notes/index.html").text
    assert "短的。" in document(site.public / "zh/notes/index.html").text
    menu = re.search(r'<nav class="menu".*?</nav>', site.html("zh/notes"), re.DOTALL)
    assert re.findall(r'href="([^"]*)"(?: aria-current="(\w+)")?>([^<]*)<', menu[0]) == [
        ("/zh/notes/", "page", "随笔"),
        ("/zh/posts/", "", "文章"),
    ]
    assert titles(site.html("")) == ["B"]  # the home page is about posts, where there are any
    assert broken_links(site.public, "https://example.org") == []


def test_a_site_without_posts_lists_what_it_has(site: Site) -> None:
    site.post("en/recipes/a.md", title="A", date="2026-01-01")
    site.build()
    assert titles(site.html("")) == ["A"]
    assert "A" in (site.public / "atom.xml").read_text()
    assert "<h1>Recipes</h1>" in site.html("recipes")


def test_order_and_neighbours(site: Site) -> None:
    site.post("en/posts/old.md", title="Old", date="2026-01-01")
    site.post("en/posts/east.md", title="East", date="2026-02-01T01:00:00+08:00")
    site.post("en/posts/west.md", title="West", date="2026-01-31T20:00:00Z")
    site.post("en/posts/undated.md", title="Undated")
    site.build()
    assert titles(site.html("posts")) == ["West", "East", "Old", "Undated"]
    assert re.findall(r'rel="(prev|next)" href="([^"]*)"', site.html("posts/east")) == [
        ("prev", "/posts/old/"),
        ("next", "/posts/west/"),
    ]
    assert "rel=" not in re.sub(r"<head>.*</head>", "", site.html("posts/undated"), flags=re.DOTALL).replace(
        'rel="next"', ""
    )


def test_home_shows_the_newest_and_leads_to_the_rest(site: Site) -> None:
    for number in range(25):
        site.post(f"en/posts/p{number:02}.md", title=f"P{number:02}", date=f"2026-01-{number + 1:02}")
    site.build()
    assert titles(site.html("")) == [f"P{number:02}" for number in range(24, 4, -1)]
    assert '<p class="more"><a href="/posts/">' in site.html("")
    assert titles(site.html("posts")) == titles(site.html(""))
    assert titles(site.html("posts/page/2")) == [f"P{number:02}" for number in range(4, -1, -1)]
    assert (site.public / "atom.xml").read_text().count("<entry>") == 20


@pytest.mark.parametrize(
    ("fields", "description", "summary"),
    [
        ({}, "The first.", "The first."),
        ({"summary": '"A & <b>"'}, "A & <b>", "A & <b>"),
        ({"description": "For engines"}, "For engines", "For engines"),
        ({"summary": "For people", "description": "For engines"}, "For engines", "For people"),
    ],
)
def test_descriptions(site: Site, fields: dict[str, str], description: str, summary: str) -> None:
    site.post("en/posts/x.md", "![i](x.svg)\n\nThe *first*.\n\nThe second.\n", **fields)
    site.write("content/en/posts/x.svg", "<svg/>")
    site.build()
    page = document(site.public / "posts/x/index.html")
    assert page.meta("description") == page.meta("og:description") == description
    assert page.meta("og:title") == "Title"
    assert page.meta("og:url") == "https://example.org/posts/x/"
    assert page.meta("og:type") == "article"
    assert document(site.public / "posts/index.html").text.count(summary) == 1


def test_every_page_has_a_title_a_canonical_address_and_one_main_part(bilingual: Site) -> None:
    bilingual.build()
    for path in bilingual.public.rglob("*.html"):
        page = document(path)
        assert len(page.all("title")) == len(page.all("main")) == len(page.all("h1")) == 1, path
        assert page.all("html")[0]["lang"] == ("zh-CN" if path.is_relative_to(bilingual.public / "zh") else "en")
        robots, canonical = page.meta("robots"), page.all("link", rel="canonical")
        assert (robots == "noindex") != bool(canonical), path
        assert not [values for _, values in page.tags if "style" in values or any(k.startswith("on") for k in values)]
        assert all("src" in one or one["type"] == "application/ld+json" for one in page.all("script"))
        assert page.all("style") == []


def test_an_output_that_cannot_be_written(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(waiting: object, target: object) -> None:
        raise OSError(28, "No space left on device", str(target))

    monkeypatch.setattr("pipeline.site.staging._replace", full)
    with pytest.raises(BuildError, match="No space left") as caught:
        site.build()
    assert caught.value.path
    assert caught.value.remedy
