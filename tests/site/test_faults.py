"""What is wrong with a site: said with file, line, cause and remedy, and never paid for by other pages."""

from __future__ import annotations

import pytest

from pipeline.errors import BuildError, ContentError
from tests.site.conftest import Site
from tests.site.links import document


def failure(site: Site) -> BuildError:
    with pytest.raises(BuildError) as caught:
        site.build()
    assert caught.value.remedy
    assert not site.public.exists()
    return caught.value


def test_two_posts_with_one_address(site: Site) -> None:
    site.post("en/posts/a.md")
    site.post("en/posts/b.md", slug="A")
    error = failure(site)
    assert str(error.path).endswith("b.md")
    assert "a.md" in error.message
    assert "/posts/a/" in error.message


def test_a_post_in_the_place_of_a_page_of_ours(site: Site) -> None:
    site.post("en/posts/a.md", tags="[x]")
    site.post("en/tags.md")
    assert "the taxonomy page" in str(failure(site))


def test_a_file_in_the_place_of_a_page(site: Site) -> None:
    site.post("en/posts/a.md")
    site.write("static/posts/a/index.html", "x")
    assert "/posts/a/index.html" in failure(site).message


def test_a_name_that_makes_no_address(site: Site) -> None:
    site.post("en/posts/%%.md")
    assert str(failure(site).path).endswith("%%.md")


@pytest.mark.parametrize(
    ("name", "text", "line", "words"),
    [
        ("post.html", "one\n{{ page.nothing }}\n", 2, "nothing"),
        ("post.html", "one\n{% if %}\n", 2, "Expected"),
        ("post.html", '\n\n{% include "nowhere.html" %}', None, "nowhere.html"),
        ("post.html", "{{ asset('nowhere.css') }}", 1, "nowhere.css"),
        ("post.html", '{{ t("no.such.text") }}', 1, "nothing is named 'no.such.text'"),
        ("parts/footer.html", "\n{{ 'x' + 1 }}", 2, "str"),
        ("strings/en.toml", 'a = 1\n', None, "`a` is not a text"),
        ("strings/en.toml", 'menu = "x\n', 1, "line 1"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_theme(site: Site, name: str, text: str, line: int | None, words: str) -> None:
    site.post("en/posts/a.md")
    path = site.write(f"theme/{name}", text)
    error = failure(site)
    assert words in error.message
    if line is not None:
        assert (str(error.path), error.line) == (str(path), line)


def test_a_date_that_is_none(site: Site) -> None:
    path = site.post("en/posts/a.md", date="yesterday")
    site.post("en/posts/b.md")
    (warning,) = site.build().warnings
    assert isinstance(warning, ContentError)
    assert (warning.path, warning.line) == (path, 3)
    assert "yesterday" in warning.message
    assert warning.remedy
    assert (site.public / "posts/b/index.html").is_file()


def test_aliases(site: Site) -> None:
    english = site.post("en/posts/a.md", aliases="[/old/a/, older, /page.html, /posts/a/]")
    site.translated("posts/a.md", "译文\n", aliases="[/old/a/]")
    assert not site.build(base_url="https://example.org/blog").warnings
    for path, target in {
        "old/a/index.html": "/blog/posts/a/",
        "older/index.html": "/blog/posts/a/",
        "page.html": "/blog/posts/a/",
        "zh/old/a/index.html": "/blog/zh/posts/a/",
    }.items():
        page = document(site.public / path)
        assert page.all("a") == [{"href": target}]
        assert page.all("meta", content=f"0; url={target}")
        assert page.meta("robots") == "noindex"
        assert page.all("link", rel="canonical") == [{"rel": "canonical", "href": f"https://example.org{target}"}]
    assert english.exists()


@pytest.mark.parametrize(
    "alias",
    [
        "../../x",
        "/a/../../x",
        "/posts/b/",
        "",
        "https://example.org/x",
        "a\\\\b",
        "/%2e%2e/%2e%2e/x",
        "/a/%2E%2E/%2e./x",
        "/a%5cb",
        "/c:/x",
        "/a%00b",
    ],
)
def test_aliases_that_cannot_be(site: Site, alias: str) -> None:
    path = site.post("en/posts/a.md", aliases=f'["{alias}"]')
    site.post("en/posts/b.md")
    (warning,) = site.build().warnings
    assert (warning.path, warning.line) == (path, 3)
    assert "alias" in warning.message
    assert "<title>Title — Scratch</title>" in site.html("posts/b")


def test_a_cycle_of_aliases_cannot_be_made(site: Site) -> None:
    site.post("en/posts/a.md", aliases="[/posts/b/]")
    site.post("en/posts/b.md", aliases="[/posts/a/]")
    assert len(site.build().warnings) == 2
    assert "http-equiv" not in site.html("posts/a") + site.html("posts/b")


def test_templates_and_assets_are_overridden_file_by_file(site: Site) -> None:
    site.post("en/posts/a.md")
    site.write("theme/parts/footer.html", "<footer>Mine</footer>")
    site.write(
        "theme/post.html", '{% extends "builtin/post.html" %}{% block head %}<meta name="x" content="y">{% endblock %}'
    )
    site.write(
        "theme/assets/custom.css", "a { background: url('dots.png') } b { background: url(https://x.org/y.png) }"
    )
    site.write("theme/assets/dots.png", b"dots")
    site.write("theme/assets/print.css", "/* none */")
    site.write("theme/strings/en.toml", 'skip = "Jump"\n')
    site.build()
    html = site.html("posts/a")
    assert "<footer>Mine</footer>" in html
    assert '<meta name="x" content="y">' in html
    assert '<h1 lang="en">Title</h1>' in html
    assert '<a class="skip" href="#main">Jump</a>' in html
    assert 'aria-label="Main menu"' in html
    (style,) = site.public.glob("assets/site.*.css")
    (dots,) = site.public.glob("assets/dots.*.png")
    text = style.read_text()
    assert f'a {{ background: url("{dots.name}") }}' in text
    assert "url(https://x.org/y.png)" in text
    assert "/* none */" in text
    assert "@media print" not in text
    assert f"/assets/{style.name}" in html
    before = style.name
    site.write("theme/assets/custom.css", "b {}")
    site.build()
    assert [path.name for path in site.public.glob("assets/site.*.css")] != [before]
