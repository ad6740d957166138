"""Atom, RSS and JSON Feed: the newest posts of one language."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from email.utils import format_datetime
from functools import cache, partial
from typing import Any

from markupsafe import Markup, escape

from pipeline.site.cache import digest
from pipeline.site.editions import Edition
from pipeline.site.frame import FEEDS, feed_path
from pipeline.site.pages import Page
from pipeline.site.permalinks import Addresses
from pipeline.site.presenter import Presenter
from pipeline.site.theme import Theme
from pipeline.site.views import Body, Entry, SiteView

__all__ = ["feeds", "xml_text"]

# https://www.w3.org/TR/xml/#charsets, besides which there are only surrogates
_CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\r")
_NONCHARACTERS = ("\ufffe".encode(), "\uffff".encode())
# Patterns that begin with what is always there are found many times as fast.
_ROOT_RELATIVE = re.compile(r'="/(?!/)(?:(?<=\shref="/)|(?<=\ssrc="/)|(?<=\sposter="/))')
_OWN_FRAGMENT = re.compile(r'href="#(?<=\shref="#)')
_ANCHOR = re.compile(r' <a class="anchor"[^>]*>#</a>')
_PICTURE = re.compile(r"<picture>(?:<source [^>]*>)*(<img [^>]*>)</picture>")
_BEGINNING = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class _Channel:
    """What a feed is of: a language as a whole, or a term. `folder` is the path that its files are in."""

    folder: str
    title: str
    entries: tuple[Entry, ...]


def feeds(
    edition: Edition, presenter: Presenter, theme: Theme, addresses: Addresses, term: Page | None, *, full: bool
) -> Iterator[tuple[str, str, Callable[[], bytes]]]:
    """(path, digest of what goes into it, how it is made) of the feeds of a language, or of those of the page of a
    term. With `full`, posts are in them as a whole. They change when a post does: the time of building is not in them.
    """
    site = presenter.site(edition.locale)
    entries = tuple(presenter.feed(edition.locale, term.terms[0] if term else None))
    title = f"{term.title} — {site.title}" if term else site.title
    channel = _Channel(term.path if term else feed_path(edition, ""), title, entries)
    made_from = digest(site, channel, [entry.body for entry in entries], full)
    whole = cache(lambda: replace(channel, entries=tuple(_whole(entry, addresses, full=full) for entry in entries)))
    for name in FEEDS:
        path = channel.folder + name
        make = _json_feed if name.endswith(".json") else partial(_xml, theme, name)
        yield path, made_from, partial(_made, make, site, whole, addresses, path)


def _made(
    make: Callable[..., bytes], site: SiteView, whole: Callable[[], _Channel], addresses: Addresses, path: str
) -> bytes:
    channel = whole()
    return make(site, channel, url=addresses.absolute(path), home=addresses.absolute(channel.folder))


def _xml(theme: Theme, name: str, site: SiteView, channel: _Channel, *, url: str, home: str) -> bytes:
    dates = [date for entry in channel.entries for date in (entry.updated, entry.date) if date]
    text = theme.render(
        name,
        site=site,
        entries=channel.entries,
        updated=max(dates, default=_BEGINNING),
        url=url,
        title=channel.title,
        home=home,
        rfc822=format_datetime,
    )
    return xml_text(text)


def _json_feed(site: SiteView, channel: _Channel, *, url: str, home: str) -> bytes:
    """The feed as https://www.jsonfeed.org/version/1.1/ has it."""
    data: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": channel.title,
        "home_page_url": home,
        "feed_url": url,
        "description": site.description,
        "language": site.language,
        "authors": [{"name": site.author or site.title}],
    }
    items = ",\n".join(_json(_item(entry)) for entry in channel.entries)
    return f'{_json(data)[:-1]}, "items": [\n{items}\n]}}\n'.encode("utf-8", "replace")


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False)  # with `indent`, the encoder that is written in C is not used


def _item(entry: Entry) -> dict[str, Any]:
    item: dict[str, Any] = {"id": entry.url, "url": entry.url, "title": entry.title}
    item |= {"summary": entry.summary} if entry.summary else {}
    item |= {"content_html": str(entry.html)} if entry.html else {"content_text": entry.summary}
    item |= {"date_published": entry.date.isoformat()} if entry.date else {}
    item |= {"date_modified": entry.updated.isoformat()} if entry.updated else {}
    return item | {"tags": [term.name for term in entry.categories]}


def xml_text(text: str) -> bytes:
    """The text without the characters that no XML may hold."""
    data = text.encode("utf-8", "ignore").translate(None, _CONTROLS)  # much sooner than to look for them in a text
    for character in _NONCHARACTERS:
        data = data.replace(character, b"")
    return data


def _whole(entry: Entry, addresses: Addresses, *, full: bool) -> Entry:
    """The entry with its HTML as it can be read anywhere: absolute addresses, no links to itself for readers."""
    if not full:
        return replace(entry, body=Body(Markup, ""))
    host = addresses.absolute("")[: -len(addresses.href(""))]
    html = _anywhere(entry.body, host, entry.url)
    return replace(entry, body=Body(lambda: html, entry.body.digest))


def _anywhere(body: Body, host: str, url: str) -> Markup:
    html = _PICTURE.sub(r"\1", _ANCHOR.sub("", str(body.html)))
    html = _ROOT_RELATIVE.sub(lambda _: f'="{host}/', html)
    html = _OWN_FRAGMENT.sub(lambda _: f'href="{escape(url)}#', html)
    return Markup(html)  # noqa: S704 (HTML before, HTML after)
