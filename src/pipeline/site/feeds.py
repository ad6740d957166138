"""Atom and RSS: the newest posts of one language, in full."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from email.utils import format_datetime

from markupsafe import Markup, escape

from pipeline.site.editions import Edition
from pipeline.site.permalinks import Addresses
from pipeline.site.presenter import FEEDS, Presenter, feed_path
from pipeline.site.theme import Theme
from pipeline.site.views import Entry

__all__ = ["feeds", "xml_text"]

# https://www.w3.org/TR/xml/#charsets
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ROOT_RELATIVE = re.compile(r'(?<=\s)(href|src|poster)="/(?!/)')
_OWN_FRAGMENT = re.compile(r'(?<=\s)href="#')
_ANCHOR = re.compile(r' <a class="anchor"[^>]*>#</a>')
_BEGINNING = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def feeds(edition: Edition, presenter: Presenter, theme: Theme, addresses: Addresses) -> dict[str, bytes]:
    """The feeds of a language by their path. They change when a post does: the time of building is not in them."""
    entries = [_whole(entry, addresses) for entry in presenter.feed(edition.locale)]
    dates = [date for entry in entries for date in (entry.updated, entry.date) if date]
    updated = max(dates, default=_BEGINNING)
    found = {}
    for name in FEEDS:
        path = feed_path(edition, name)
        text = theme.render(
            name,
            site=presenter.site(edition.locale),
            entries=entries,
            updated=updated,
            url=addresses.absolute(path),
            rfc822=format_datetime,
        )
        found[path] = xml_text(text)
    return found


def xml_text(text: str) -> bytes:
    """The text without the characters that no XML may hold."""
    return _NOT_XML.sub("", text).encode()


def _whole(entry: Entry, addresses: Addresses) -> Entry:
    """The entry with its HTML as it can be read anywhere: absolute addresses, no links to itself for readers."""
    host = addresses.absolute("")[: -len(addresses.href(""))]
    html = _ANCHOR.sub("", str(entry.html))
    html = _ROOT_RELATIVE.sub(lambda match: f'{match[1]}="{host}/', html)
    html = _OWN_FRAGMENT.sub(f'href="{escape(entry.url)}#', html)
    return replace(entry, html=Markup(html))  # noqa: S704 (HTML before, HTML after)
