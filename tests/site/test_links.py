"""Links inside the site: as authors write them, in the reader's language."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.site.conftest import PNG, Site
from tests.site.links import Document


@pytest.fixture
def linked(site: Site) -> Site:
    site.post("en/posts/bundle/index.md", "x\n", title="Bundle", aliases="[/old/bundle/]")
    site.write("content/en/posts/bundle/a b.png", PNG)
    site.post("en/posts/deep/nested.md", "## Part\n", title="Nested", slug="other")
    site.post("en/about.md", title="About")
    site.write("content/en/posts/images/shared.png", PNG)
    site.write("static/images/logo.png", PNG)
    return site


def hrefs(site: Site, path: str) -> list[str]:
    html = site.html(path)
    prose = Document(html[html.index('<div class="prose"') : html.index('<footer class="post-footer"')])
    found = [values.get("href") or values.get("src") or "" for tag, values in prose.tags if tag in {"a", "img"}]
    return [value for value in found if not value.startswith("#")]


RIGHT = {
    "/posts/bundle/": "/{}posts/bundle/",
    "/posts/bundle": "/{}posts/bundle/",
    "/posts/bundle/index.html": "/{}posts/bundle/",
    "../bundle/": "/{}posts/bundle/",
    "../bundle/index.md": "/{}posts/bundle/",
    "bundle/index.md": "/{}posts/bundle/",
    "bundle/": "/{}posts/bundle/",
    "/old/bundle/": "/{}posts/bundle/",
    "deep/nested.md#part": "/{}posts/deep/other/#part",
    "/posts/deep/other/?a=b#part": "/{}posts/deep/other/?a=b#part",
    "/about/": "/{}about/",
    "../about.md": "/{}about/",
    "/": "/{}",
    "/posts/": "/{}posts/",
    "/zh/posts/bundle/": "/zh/posts/bundle/",
    "bundle/a%20b.png": "/posts/bundle/a%20b.png",
    "/posts/bundle/a%20b.png": "/posts/bundle/a%20b.png",
    "images/shared.png": "/posts/images/shared.png",
    "/images/logo.png": "/images/logo.png",
    "/atom.xml": "/atom.xml",
    "https://example.com/posts/nowhere/": "https://example.com/posts/nowhere/",
    "mailto:a@example.com": "mailto:a@example.com",
}


@pytest.mark.parametrize("base", ["", "/blog"])
@pytest.mark.parametrize("address", RIGHT)
def test_a_link_leads_to_the_same_post_in_the_readers_language(linked: Site, address: str, base: str) -> None:
    linked.post("en/posts/x.md", f"[link]({address})\n")
    linked.translated("posts/x.md", f"[链接]({address})\n")
    assert not linked.build(base_url=f"https://example.org{base}").warnings
    expected = RIGHT[address]
    inside = expected.startswith("/")
    for locale in ("", "zh/"):
        assert hrefs(linked, f"{locale}posts/x") == [(base if inside else "") + expected.format(locale)]


def test_what_a_browser_would_find_comes_first(linked: Site) -> None:
    """`../other/` in posts/x.md is meant from /posts/x/, though the folder above the file has an `other` too."""
    linked.post("en/other/a.md")
    linked.post("en/posts/other.md")
    linked.post("en/posts/x.md", "[link](../other/)\n")
    linked.build()
    assert hrefs(linked, "posts/x") == ["/posts/other/"]


WRONG = ["/posts/nowhere/", "nowhere.md", "../../../etc/passwd", "/../../x.png", "%2e%2e/%2e%2e/x", "bundle/no.png"]


@pytest.mark.parametrize("address", WRONG)
def test_a_link_to_nothing_is_a_warning_with_its_line(linked: Site, address: str) -> None:
    linked.post("en/posts/x.md", f"One\ntwo.\n\n- three\n- four\n  [link]({address})\n")
    warnings = linked.build().warnings
    assert {(warning.path, warning.line) for warning in warnings} == {(linked.root / "content/en/posts/x.md", 9)}
    assert all("nothing is there" in warning.message and warning.remedy for warning in warnings)


def test_a_missing_image_is_a_warning_with_its_line(linked: Site) -> None:
    linked.post("en/posts/x.md", "Text\n\n![A](none.png)\n")
    first, *_ = linked.build().warnings
    assert str(first).startswith(f"{linked.root}/content/en/posts/x.md:6: the image leads to 'none.png'")


@pytest.mark.parametrize(
    ("link", "wrong"),
    [
        ("#part", True),
        ("#ok", False),
        ("deep/nested.md#part", False),
        ("deep/nested.md#no", True),
        ("#raw", False),
        ("/posts/#x", False),
    ],
)
def test_a_fragment_that_is_not_there_is_a_warning(linked: Site, link: str, wrong: bool) -> None:
    linked.configure(site='untranslated = "hide"')
    linked.post("en/posts/x.md", f"## Ok\n\n[link]({link})\n\n<a id='raw'></a>\n")
    warnings = linked.build().warnings
    assert [warning.line for warning in warnings] == ([6] if wrong else [])


def test_raw_html_is_resolved_too(linked: Site) -> None:
    linked.post("en/posts/x.md", "<p><img src='bundle/a b.png' alt=''> <a class=y href=\"../about.md\">A</a></p>\n")
    linked.translated("posts/x.md", '<a href="../about.md">A</a>\n')
    assert not linked.build().warnings
    assert hrefs(linked, "posts/x") == ["/posts/bundle/a%20b.png", "/about/"]
    assert hrefs(linked, "zh/posts/x") == ["/zh/about/"]


def test_a_translation_may_bring_an_image_of_its_own(linked: Site) -> None:
    body = "![a](<a b.png>) ![c](c.png)\n"
    linked.write("content/en/posts/bundle/c.png", PNG)
    linked.post("en/posts/bundle/index.md", body)
    linked.translated("posts/bundle/index.md", body)
    linked.write("content/zh/posts/bundle/c.png", PNG + b"zh")
    assert not linked.build().warnings
    assert hrefs(linked, "zh/posts/bundle") == ["/posts/bundle/a%20b.png", "/zh/posts/bundle/c.png"]
    assert (linked.public / "zh/posts/bundle/c.png").read_bytes() == PNG + b"zh"


def test_a_link_to_an_untranslated_post_where_these_are_hidden(linked: Site) -> None:
    linked.configure(site='untranslated = "hide"')
    linked.post("en/posts/x.md", "[link](/about/)\n")
    linked.translated("posts/x.md", "[链接](/about/)\n")
    assert not linked.build().warnings
    assert '<a href="/about/" hreflang="en">链接</a>' in linked.html("zh/posts/x")


def test_what_is_held_back_takes_its_files_along(linked: Site) -> None:
    linked.post("en/posts/secret/index.md", draft="true")
    linked.write("content/en/posts/secret/plan.png", PNG)
    linked.build()
    assert not (linked.public / "posts/secret").exists()
    linked.build(drafts=True)
    assert (linked.public / "posts/secret/plan.png").exists()


def test_a_symbolic_link_out_of_the_tree_is_not_followed(
    linked: Site, tmp_path_factory: pytest.TempPathFactory
) -> None:
    secret = tmp_path_factory.mktemp("home") / "secret.txt"
    secret.write_text("secret")
    (linked.root / "static/leak.txt").symlink_to(secret)
    (linked.root / "content/en/posts/bundle/leak.png").symlink_to(secret)
    warnings = linked.build().warnings
    assert {warning.path for warning in warnings} == {
        linked.root / "static/leak.txt",
        linked.root / "content/en/posts/bundle/leak.png",
    }
    assert not list(linked.public.rglob("leak*"))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.sampled_from("abz/.%2e#?:[]@\\ é文\u200b&\"'"), max_size=14))
def test_no_address_breaks_the_build_or_leaves_the_tree(tmp_path_factory: pytest.TempPathFactory, address: str) -> None:
    scratch = Site(tmp_path_factory.mktemp("site"))
    scratch.post("en/posts/z.md", f"<a href='{address.replace(chr(39), '')}'>x</a>\n\n[y](<{address}>)\n")
    scratch.build()
    page = Document(scratch.html("posts/z"))
    assert not page.faults
    assert not [values for values in page.all("a") if re.match(r"(?i)\s*javascript:", values.get("href", ""))]
    assert all(path.is_relative_to(scratch.root) for path in scratch.root.rglob("*"))
