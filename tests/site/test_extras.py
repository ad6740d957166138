"""Lists over several pages, series, related posts, addresses by pattern, and what is there beside the pages."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from pipeline.errors import BuildError, ConfigError
from pipeline.publishing.redirects import read_redirects
from pipeline.site import cards
from tests.site.conftest import Site
from tests.site.links import broken_links, document


def many(site: Site, count: int) -> None:
    for number in range(count):
        site.post(f"en/posts/p{number:02}.md", title=f"P{number:02}", date=f"2025-{number + 1:02}-01", tags="[x]")


def test_pages_of_lists(site: Site) -> None:
    site.configure(site="per_page = 5")
    many(site, 11)
    site.translated("posts/p00.md", "一\n", date="2025-01-01")
    site.build()
    assert broken_links(site.public, "https://example.org") == []
    for folder in ("posts", "tags/x", "zh/posts"):
        seen = [re.findall(r'href="/[^"]*p(\d\d)/"', site.html(place)) for place in
                (folder, f"{folder}/page/2", f"{folder}/page/3")]  # fmt: skip
        assert [number for page in seen for number in page] == [f"{number:02}" for number in range(10, -1, -1)]
        assert not (site.public / folder / "page/4").exists()
    second = document(site.public / "posts/page/2/index.html")
    assert second.all("link", rel="prev")[0]["href"] == "/posts/"
    assert second.all("link", rel="next")[0]["href"] == "/posts/page/3/"
    assert second.all("link", rel="canonical")[0]["href"] == "https://example.org/posts/page/2/"
    assert {link["hreflang"]: link["href"] for link in second.all("link", rel="alternate") if "hreflang" in link} == {
        "en": "https://example.org/posts/page/2/",
        "zh-CN": "https://example.org/zh/posts/page/2/",
        "x-default": "https://example.org/posts/page/2/",
    }
    assert "<title>Posts, page 2 — Scratch</title>" in site.html("posts/page/2")


def test_a_list_that_is_shorter_in_one_language_leads_to_its_beginning(site: Site) -> None:
    site.configure(site='per_page = 2\nuntranslated = "hide"')
    many(site, 3)
    site.translated("posts/p00.md", "一\n", date="2025-01-01", tags="[x]")
    site.build()
    page = document(site.public / "posts/page/2/index.html")
    assert [link["href"] for link in page.all("a", hreflang="zh-CN")] == ["/zh/posts/"]
    assert broken_links(site.public, "https://example.org") == []


def test_the_archive_by_year(site: Site) -> None:
    site.post("en/posts/a.md", title="A", date="2024-12-31")
    site.post("en/posts/b.md", title="B", date="2026-01-02")
    site.post("en/posts/c.md", title="C")
    site.build()
    years = re.findall(r'<h2 id="y(\d+)">([^<]*)</h2>.*?<a href="([^"]*)"', site.html("archive"), re.DOTALL)
    assert years == [("2026", "2026", "/posts/b/"), ("2024", "2024", "/posts/a/"), ("0", "Without a date", "/posts/c/")]
    assert "<h1>归档</h1>" in site.html("zh/archive")


def test_a_page_of_ones_own_takes_the_place_of_ours(site: Site) -> None:
    site.post("en/posts/a.md")
    site.post("en/archive.md", "Mine.\n", title="My archive")
    site.build()
    assert "Mine." in site.html("archive")


def test_series(site: Site) -> None:
    site.post("en/posts/a.md", title="First part", date="2026-01-01", series="Learning")
    site.post("en/posts/b.md", title="Second part", date="2026-02-01", series="[Learning]")
    site.post("en/posts/c.md", title="Before all", date="2026-03-01", series="[Learning]", weight=-1)
    site.translated("posts/a.md", "一\n", title="第一部分", date="2026-01-01", series="[学习]")
    site.build()
    order = re.findall(r"<li><a href=\"/posts/(\w)/\" lang=\"en\"( aria-current)?", site.html("posts/b"))
    assert order[:3] == [("c", ""), ("a", ""), ("b", " aria-current")]
    assert "Part 3 of 3:" in site.html("posts/b")
    assert re.findall(r'<h2><a href="/posts/(\w)/"', site.html("series/learning")) == ["c", "a", "b"]
    assert "第 2 篇，共 3 篇：" in site.html("zh/posts/a")
    assert '<span lang="zh-CN">学习</span></summary>' in site.html("zh/posts/a")
    assert broken_links(site.public, "https://example.org") == []


def test_related_posts_share_what_is_rare(site: Site) -> None:
    site.post("en/posts/a.md", title="A", date="2026-01-01", tags="[rare, common]")
    site.post("en/posts/b.md", title="B", date="2026-01-02", tags="[common]")
    site.post("en/posts/c.md", title="C", date="2026-01-03", tags="[rare]")
    for name in "defgh":
        site.post(f"en/posts/{name}.md", title=name, date="2026-02-01", tags="[everywhere]")
    site.post("en/posts/z.md", title="Z", tags="[alone]")
    site.build()
    found = {name: re.findall(r'<section class="related".*?</section>', site.html(f"posts/{name}"), re.DOTALL)
             for name in "abz"}  # fmt: skip
    assert [re.findall(r"/posts/(\w)/", part) for part in found["a"]] == [["c", "b"]]
    assert [re.findall(r"/posts/(\w)/", part) for part in found["b"]] == [["a"]]
    assert found["z"] == []


def test_categories_of_one_name_are_paired_first(site: Site) -> None:
    site.post("en/posts/a.md", tags="[Python, Guide]")
    site.translated("posts/a.md", "一\n", tags="[指南, Python]")
    site.build()
    assert '<h1 lang="zh-CN">指南</h1>' in site.html("zh/tags/guide")
    assert '<h1 lang="zh-CN">Python</h1>' in site.html("zh/tags/python")


def test_addresses_by_pattern(site: Site) -> None:
    site.configure(site='permalinks = { posts = "/:year/:month/:slug/", notes = "n/:filename" }')
    site.post("en/posts/deep/a.md", "[b](/notes/x/b.md) [c](../../about.md)\n", date="2026-01-02")
    site.post("en/notes/x/b/index.md", "![i](i.svg) [a](/posts/deep/a.md)\n", slug="other")
    site.write("content/en/notes/x/b/i.svg", "<svg/>")
    site.post("en/about.md")
    assert not site.build().warnings
    assert '<a href="/n/b/">b</a>' in site.html("2026/01/a")
    assert '<a href="/2026/01/a/">a</a>' in site.html("zh/n/b").replace("/zh/2026", "/2026")
    assert (site.public / "n/b/i.svg").is_file()
    assert broken_links(site.public, "https://example.org") == []
    site.post("en/posts/undated.md")
    with pytest.raises(BuildError, match="has no date"):
        site.build()


@pytest.mark.parametrize("pattern", ["/:year/", "/:yaer/:slug/", "/../:slug"])
def test_patterns_that_cannot_be(site: Site, pattern: str) -> None:
    site.configure(site=f'permalinks = {{ posts = "{pattern}" }}')
    with pytest.raises(ConfigError, match="permalinks"):
        site.build()


def test_a_feed_for_programs_and_one_for_each_term(bilingual: Site) -> None:
    bilingual.build()
    feed = json.loads((bilingual.public / "feed.json").read_text())
    assert (feed["version"], feed["language"]) == ("https://jsonfeed.org/version/1.1", "en")
    assert [item["title"] for item in feed["items"]] == ["Second", "First"]
    assert '<a href="https://example.org/posts/second/#more">' in feed["items"][1]["content_html"]
    assert feed["items"][1]["tags"] == ["Guide"]
    term = ET.fromstring((bilingual.public / "tags/c-plus-plus/atom.xml").read_bytes())
    namespace = "{http://www.w3.org/2005/Atom}"
    assert [entry.findtext(f"{namespace}title") for entry in term.findall(f"{namespace}entry")] == ["First"]
    assert term.findtext(f"{namespace}id") == "https://example.org/tags/c-plus-plus/"
    page = bilingual.html("tags/c-plus-plus")
    for name in ("atom.xml", "rss.xml", "feed.json"):
        assert f'href="/tags/c-plus-plus/{name}"' in page
    rss = ET.fromstring((bilingual.public / "zh/tags/c-plus-plus/rss.xml").read_bytes())
    assert rss.findtext("channel/title") == "C++ — 草稿本"
    assert rss.findtext("channel/link") == "https://example.org/zh/tags/c-plus-plus/"
    assert [item.text for item in rss.findall("channel/item/title")] == ["第一篇"]
    feed = json.loads((bilingual.public / "tags/c-plus-plus/feed.json").read_text())
    assert feed["feed_url"] == "https://example.org/tags/c-plus-plus/feed.json"
    assert [item["title"] for item in feed["items"]] == ["First"]


def test_feeds_of_summaries(bilingual: Site) -> None:
    bilingual.configure(site='feed_content = "summary"\nfeed_length = 1')
    bilingual.build()
    assert "<content" not in (bilingual.public / "atom.xml").read_text()
    (item,) = json.loads((bilingual.public / "feed.json").read_text())["items"]
    assert item["content_text"] == item["summary"]


def test_what_a_page_says_of_itself(bilingual: Site) -> None:
    bilingual.post("en/posts/odd.md", title='"</script><b> & \\u2028"', date="2026-01-01")
    bilingual.build()
    text = re.search(r'<script type="application/ld\+json">(.*?)</script>', bilingual.html("posts/odd"), re.DOTALL)[1]
    data = json.loads(text)
    assert (data["@type"], data["headline"]) == ("BlogPosting", "</script><b> & \u2028")
    assert data["datePublished"].startswith("2026-01-01")
    home = re.search(r'<script type="application/ld\+json">(.*?)</script>', bilingual.html(""), re.DOTALL)[1]
    assert json.loads(home)["@type"] == "WebSite"


def test_posts_as_markdown(bilingual: Site) -> None:
    bilingual.build()
    text = (bilingual.public / "zh/posts/first/index.md").read_text()
    assert text.startswith("# 第一篇\n\n<https://example.org/zh/posts/first/>\n\n你好，**世界**。")
    assert not (bilingual.public / "zh/posts/second/index.md").exists()
    overview = (bilingual.public / "llms.txt").read_text()
    assert overview.startswith("# Scratch\n\n> A site for tests.\n")
    assert "- [First](https://example.org/posts/first/index.md): Hello world." in overview
    assert "[第一篇](https://example.org/zh/posts/first/index.md)" in (bilingual.public / "zh/llms.txt").read_text()


def test_icons_and_the_manifest(bilingual: Site) -> None:
    bilingual.build(base_url="https://example.org/blog")
    data = json.loads((bilingual.public / "zh/site.webmanifest").read_text())
    assert (data["name"], data["lang"], data["start_url"]) == ("草稿本", "zh-CN", "/blog/zh/")
    for icon in data["icons"]:
        with Image.open(bilingual.public / icon["src"].removeprefix("/blog/")) as image:
            assert "x".join(map(str, image.size)) == icon["sizes"]
    assert (bilingual.public / "favicon.ico").is_file()


def test_redirects_are_handed_over(site: Site) -> None:
    site.post("en/posts/a.md", aliases="[/old/a/, /page.html]")
    site.build(base_url="https://example.org/blog")
    assert read_redirects(site.public) == {"old/a/index.html": "/blog/posts/a/", "page.html": "/blog/posts/a/"}
    site.post("en/posts/a.md")
    site.build()
    assert not (site.public / ".redirects.json").exists()


def test_cards_are_drawn_once(bilingual: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (bilingual.root / "pipeline.toml").read_text().replace("cards = false", "cards = true")
    (bilingual.root / "pipeline.toml").write_text(text)
    bilingual.build()
    page = document(bilingual.public / "posts/first/index.html")
    assert page.meta("og:image") == "https://example.org/posts/first/card.png"
    assert page.meta("twitter:card") == "summary_large_image"
    with Image.open(bilingual.public / "posts/first/card.png") as image:
        assert image.size == cards.SIZE
        assert len(image.convert("RGB").getcolors(maxcolors=4096)) > 3
    assert not (bilingual.public / "zh/posts/second/card.png").exists()
    before = bilingual.files()
    monkeypatch.setattr(cards, "_drawn", None)
    bilingual.build()
    assert bilingual.files() == before


def test_a_card_without_a_font(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "_font_file", str)
    cards._font.cache_clear()
    assert cards.card(tmp_path, "一", "Site", "", "zh-CN") is None
    assert cards.card(tmp_path, "One", "Site", "", "en").startswith(b"\x89PNG")
    cards._font.cache_clear()
