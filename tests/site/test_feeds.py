"""Atom, RSS and the sitemap: well-formed, complete, in one language, the same on every build."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from xml.etree import ElementTree as ET

from tests.site.conftest import Site

ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"


def atom(site: Site, prefix: str = "") -> ET.Element:
    return ET.fromstring((site.public / f"{prefix}atom.xml").read_bytes())


def rss(site: Site, prefix: str = "") -> ET.Element:
    return ET.fromstring((site.public / f"{prefix}rss.xml").read_bytes())


def test_atom_has_what_the_specification_asks_for(bilingual: Site) -> None:
    """https://www.rfc-editor.org/rfc/rfc4287#section-4.1"""
    bilingual.build()
    feed = atom(bilingual)
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == "en"
    assert feed.findtext(f"{ATOM}id") == "https://example.org/"
    assert feed.findtext(f"{ATOM}updated") == "2026-02-03T10:00:00+08:00"
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links == {"alternate": "https://example.org/", "self": "https://example.org/atom.xml"}
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "A. Writer"
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == ["Second", "First"]
    for entry in entries:
        assert entry.findtext(f"{ATOM}id").startswith("https://example.org/posts/")
        assert datetime.fromisoformat(entry.findtext(f"{ATOM}updated")).tzinfo
        assert entry.find(f"{ATOM}content").get("type") == "html"
    assert [c.get("term") for c in entries[1].findall(f"{ATOM}category")] == ["Guide"]
    content = entries[1].findtext(f"{ATOM}content")
    assert '<a href="https://example.org/posts/second/#more">' in content
    assert 'class="anchor"' not in content
    assert '<a href="https://example.org/posts/first/#a-part">' in content
    assert '<img src="https://example.org/posts/second/dot.png"' in entries[0].findtext(f"{ATOM}content")


def test_each_language_has_its_own(bilingual: Site) -> None:
    bilingual.build()
    assert [e.findtext(f"{ATOM}title") for e in atom(bilingual, "zh/").findall(f"{ATOM}entry")] == ["第一篇"]
    assert [e.findtext("title") for e in rss(bilingual, "zh/").findall("channel/item")] == ["第一篇"]
    assert rss(bilingual, "zh/").findtext("channel/language") == "zh-cn"


def test_rss(bilingual: Site) -> None:
    bilingual.build(base_url="https://example.org/blog")
    channel = rss(bilingual).find("channel")
    assert channel.findtext("link") == "https://example.org/blog/"
    assert channel.find(f"{ATOM}link").get("href") == "https://example.org/blog/rss.xml"
    first = channel.findall("item")[1]
    assert first.findtext("guid") == first.findtext("link") == "https://example.org/blog/posts/first/"
    assert parsedate_to_datetime(first.findtext("pubDate")) == datetime(2026, 1, 1, 23, tzinfo=UTC)
    content = first.findtext("{http://purl.org/rss/1.0/modules/content/}encoded")
    assert 'href="https://example.org/blog/about/"' in content


def test_nothing_breaks_a_feed(site: Site) -> None:
    site.post(
        "en/posts/x.md", "Text ]]> &amp; <b>raw</b> \x0b\x1f \ufffe 𝄞\n", title='"A & <b> \\x01"', date="2026-01-01"
    )
    site.post("en/posts/undated.md", title="Undated")
    site.build()
    (entry,) = atom(site).findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "A & <b> "
    assert "<b>raw</b>" in entry.findtext(f"{ATOM}content")
    assert "𝄞" in rss(site).findtext("channel/item/description")


def test_feeds_of_an_empty_site(site: Site) -> None:
    site.build()
    assert atom(site).findtext(f"{ATOM}updated") == "1970-01-01T00:00:00+00:00"
    assert rss(site).findall("channel/item") == []


def test_a_post_that_was_changed_moves_its_feed(site: Site) -> None:
    site.post("en/posts/x.md", date="2026-01-01", lastmod="2026-05-01")
    site.build()
    (entry,) = atom(site).findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}published").startswith("2026-01-01")
    assert entry.findtext(f"{ATOM}updated").startswith("2026-05-01")
    assert atom(site).findtext(f"{ATOM}updated").startswith("2026-05-01")


def test_the_sitemap(bilingual: Site) -> None:
    bilingual.build()
    index = ET.fromstring((bilingual.public / "sitemap.xml").read_bytes())
    parts = [part.findtext(f"{SITEMAP}loc") for part in index]
    assert parts == ["https://example.org/sitemap-pages.xml", "https://example.org/zh/sitemap-pages.xml"]
    files = [bilingual.public / part.removeprefix("https://example.org/") for part in parts]
    pages = {url.findtext(f"{SITEMAP}loc"): url for file in files for url in ET.fromstring(file.read_bytes())}
    assert "https://example.org/posts/first/" in pages
    assert "https://example.org/zh/posts/second/" not in pages
    assert not [loc for loc in pages if "404" in loc]
    for loc, url in pages.items():
        alternates = {link.get("hreflang"): link.get("href") for link in url.findall(f"{XHTML}link")}
        assert not alternates or loc in alternates.values()
        # What one page names as another's translation names it in return.
        for other in alternates.values():
            back = {link.get("href") for link in pages[other].findall(f"{XHTML}link")}
            assert back == set(alternates.values())
    first = pages["https://example.org/posts/first/"]
    assert first.findtext(f"{SITEMAP}lastmod") == "2026-01-02T00:00:00+01:00"
    assert not pages["https://example.org/posts/second/"].findall(f"{XHTML}link")


def test_robots(bilingual: Site) -> None:
    bilingual.build()
    assert "Sitemap: https://example.org/sitemap.xml" in (bilingual.public / "robots.txt").read_text()
    bilingual.write("static/robots.txt", "User-agent: *\nDisallow: /\n")
    bilingual.build()
    assert "Disallow: /" in (bilingual.public / "robots.txt").read_text()
