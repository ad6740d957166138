"""Feeds and sitemaps of both sites, held to every rule of their specifications that can be told from the file alone."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from tests.served import Served

ATOM = "{http://www.w3.org/2005/Atom}"
XML = "{http://www.w3.org/XML/1998/namespace}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"
TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*|x-default")
# https://www.rfc-editor.org/rfc/rfc4287#section-4.1: (least, most) of each child; None is any number.
FEED = {"id": (1, 1), "title": (1, 1), "updated": (1, 1), "link": (1, None), "author": (0, None), "subtitle": (0, 1)}
FEED |= {"entry": (0, None), "category": (0, None), "generator": (0, 1), "icon": (0, 1), "logo": (0, 1)}
ENTRY = {"id": (1, 1), "title": (1, 1), "updated": (1, 1), "link": (0, None), "author": (0, None), "published": (0, 1)}
ENTRY |= {"summary": (0, 1), "content": (0, 1), "category": (0, None)}
# https://www.rssboard.org/rss-specification
CHANNEL = {"title": (1, 1), "link": (1, 1), "description": (1, 1), "language": (0, 1), "lastBuildDate": (0, 1)}
CHANNEL |= {"item": (0, None), f"{ATOM}link": (0, 1), "ttl": (0, 1), "image": (0, 1), "generator": (0, 1)}
ITEM = {"title": (0, 1), "link": (0, 1), "description": (0, 1), "guid": (0, 1), "pubDate": (0, 1), "author": (0, 1)}
ITEM |= {"category": (0, None), "{http://purl.org/rss/1.0/modules/content/}encoded": (0, 1)}


def check_children(parent: ET.Element, rules: dict[str, tuple[int, int | None]], namespace: str = "") -> None:
    counts = Counter(child.tag.removeprefix(namespace) if namespace else child.tag for child in parent)
    assert set(counts) <= set(rules), f"<{parent.tag}> has unknown children"
    for name, (least, most) in rules.items():
        assert counts[name] >= least, f"<{parent.tag}> without <{name}>"
        assert most is None or counts[name] <= most, f"<{parent.tag}> has more than one <{name}>"


def check_address(address: str | None, served: Served) -> None:
    """Absolute, and of this site: then it is there."""
    assert address
    assert urlsplit(address).scheme in {"http", "https"}, address
    assert not re.search(r"[^!-~]", address), f"{address} is an IRI, not a URI"
    if address.startswith(f"{served.url}/"):
        path = served.directory / address.removeprefix(f"{served.url}/").partition("#")[0]
        assert path.is_file() or (path / "index.html").is_file(), address


def check_html(html: str) -> None:
    """It can be read anywhere: no address in it hangs on the page that it is taken from, and nothing runs."""
    for address in re.findall(r'<[^>]*\s(?:href|src)="([^"]*)"', html):
        assert urlsplit(address).scheme in {"http", "https", "mailto"}, address
    assert not re.search(r"<(script|style|iframe|button|input type=\"submit\")\b|\son\w+=", html)


def check_atom(path: Path, served: Served) -> int:
    feed = ET.fromstring(path.read_bytes())
    assert feed.tag == f"{ATOM}feed"
    assert TAG.fullmatch(feed.get(f"{XML}lang", ""))
    check_children(feed, FEED, ATOM)
    entries = feed.findall(f"{ATOM}entry")
    links = [(link.get("rel", "alternate"), link.get("type")) for link in feed.findall(f"{ATOM}link")]
    assert len(links) == len(set(links))
    assert feed.find(f"{ATOM}link[@rel='self']").get("href") == f"{served.url}/{path.relative_to(served.directory)}"
    for entry in entries:
        check_children(entry, ENTRY, ATOM)
        assert entry.find(f"{ATOM}author") is not None or feed.find(f"{ATOM}author") is not None
        alternate = entry.find(f"{ATOM}link[@rel='alternate']")
        assert alternate is not None or entry.find(f"{ATOM}content") is not None
        check_html(entry.findtext(f"{ATOM}content") or "")
        assert all(category.get("term") for category in entry.findall(f"{ATOM}category"))
    for element in feed.iter():
        if element.tag in {f"{ATOM}updated", f"{ATOM}published"}:
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d|Z)", element.text or "")
        if element.tag == f"{ATOM}author":
            assert element.findtext(f"{ATOM}name")
        if element.tag == f"{ATOM}link":
            check_address(element.get("href"), served)
        if element.tag == f"{ATOM}id":
            check_address(element.text, served)
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(ids) == len(set(ids))
    return len(entries)


def check_rss(path: Path, served: Served) -> int:
    root = ET.fromstring(path.read_bytes())
    assert (root.tag, root.get("version"), len(root)) == ("rss", "2.0", 1)
    channel = root[0]
    check_children(channel, CHANNEL)
    check_address(channel.findtext("link"), served)
    assert re.fullmatch(r"[a-z]{2}(-[a-z]{2})?", channel.findtext("language") or "")
    items = channel.findall("item")
    for item in items:
        check_children(item, ITEM)
        assert item.findtext("title") or item.findtext("description")
        check_address(item.findtext("link"), served)
        check_address(item.findtext("guid"), served)
        check_html(item.findtext("{http://purl.org/rss/1.0/modules/content/}encoded") or "")
    for element in [*channel.iter("pubDate"), *channel.iter("lastBuildDate")]:
        assert parsedate_to_datetime(element.text or "").tzinfo, element.text
    return len(items)


def check_json(path: Path, served: Served) -> int:
    """https://www.jsonfeed.org/version/1.1/"""
    feed: dict[str, Any] = json.loads(path.read_bytes())
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"]
    assert feed["feed_url"] == f"{served.url}/{path.relative_to(served.directory)}"
    assert TAG.fullmatch(feed["language"])
    assert all(author.get("name") for author in feed["authors"])
    check_address(feed["home_page_url"], served)
    for item in feed["items"]:
        assert isinstance(item["id"], str)
        check_address(item["url"], served)
        assert item.get("content_html") or item.get("content_text")
        check_html(item.get("content_html", ""))
        for key in {"date_published", "date_modified"} & set(item):
            assert datetime.fromisoformat(item[key]).tzinfo
        assert all(isinstance(tag, str) and tag for tag in item.get("tags", []))
    assert len({item["id"] for item in feed["items"]}) == len(feed["items"])
    return len(feed["items"])


def test_feeds_are_valid_and_tell_of_the_same_posts(served: Served) -> None:
    root = served.directory
    for folder in (root, root / "zh"):
        counts = {check_atom(folder / "atom.xml", served), check_rss(folder / "rss.xml", served)}
        counts.add(check_json(folder / "feed.json", served))
        assert len(counts) == 1
        assert counts.pop() >= 2
    of_terms = [path for path in root.rglob("atom.xml") if path.parent not in {root, root / "zh"}]
    assert len(of_terms) >= 6
    assert all(check_atom(path, served) for path in of_terms)


def test_sitemaps_are_valid_and_name_every_page_that_may_be_found(served: Served) -> None:
    """https://www.sitemaps.org/protocol.html"""
    root = served.directory
    index = ET.fromstring((root / "sitemap.xml").read_bytes())
    assert index.tag == f"{SITEMAP}sitemapindex"
    named = {}
    for part in index:
        assert part.tag == f"{SITEMAP}sitemap"
        check_address(part.findtext(f"{SITEMAP}loc"), served)
        sitemap = ET.fromstring((root / part.findtext(f"{SITEMAP}loc").removeprefix(f"{served.url}/")).read_bytes())
        assert sitemap.tag == f"{SITEMAP}urlset"
        for url in sitemap:
            assert next(child.tag for child in url if child.tag != f"{XHTML}link") == f"{SITEMAP}loc"
            assert {child.tag for child in url} <= {f"{SITEMAP}loc", f"{SITEMAP}lastmod", f"{XHTML}link"}
            check_address(url.findtext(f"{SITEMAP}loc"), served)
            if url.find(f"{SITEMAP}lastmod") is not None:
                datetime.fromisoformat(url.findtext(f"{SITEMAP}lastmod"))
            named[url.findtext(f"{SITEMAP}loc")] = {
                link.get("hreflang"): link.get("href") for link in url.findall(f"{XHTML}link")
            }
    for alternates in named.values():
        assert all(TAG.fullmatch(language) for language in alternates)
        assert all(named[other] == alternates for other in alternates.values())
    indexable = set()
    for page in root.rglob("index.html"):
        text = page.read_text(encoding="utf-8")
        address = f"{served.url}/{page.parent.relative_to(root).as_posix()}/".replace("/./", "/")
        if 'name="robots" content="noindex"' not in text and f'rel="canonical" href="{address}"' in text:
            indexable.add(address)
    assert set(named) == indexable
