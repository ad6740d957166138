"""Articles: what each language shows of each post, at a given moment."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from pipeline.config import Settings
from pipeline.content import Library, Meta, Pair, Post

if TYPE_CHECKING:
    from pipeline.site.changes import Change

__all__ = ["Article", "articles", "as_of", "field_line", "moment"]

_FIRST_HEADING = re.compile(r"\s*# +(?P<title>[^\n]*?)(?: +#+)?(?: *\{[^}\n]*\})? *(?:\r?\n|\Z)")

State = Literal["source", "translated", "untranslated", "draft"]


@dataclass(frozen=True, slots=True)
class Article:
    """One post as one locale shows it.

    `written_in` is the locale of its text, `snapshot` the source that a translation was made from, `held` why it
    would not be shown in an ordinary build (`""`, `draft`, `future`), `changes` what has changed in the source since it
    was translated, `source_changed` when it did, if that is known.
    """

    key: str
    locale: str
    written_in: str
    post: Post
    source: Post | None
    snapshot: Post | None
    state: State
    held: Literal["", "draft", "future"]
    changes: tuple[Change, ...]
    source_changed: datetime | None
    date: datetime | None
    lastmod: datetime | None
    slug: str
    aliases: tuple[str, ...]
    categories: tuple[str, ...]
    tags: tuple[str, ...]
    series: tuple[str, ...]
    weight: int

    @property
    def title(self) -> str:
        """From the front matter, else the body's first line if that is a heading, else made from the file's name."""
        if self.post.meta.title:
            return self.post.meta.title
        if heading := _FIRST_HEADING.match(self.post.body):
            return re.sub(r"[*_`]", "", heading["title"])
        return self.key.rpartition("/")[2].replace("-", " ").strip().capitalize()

    @property
    def indexable(self) -> bool:
        """The one page that search engines should know for this text."""
        return self.state in {"source", "translated"} and not self.held


def articles(settings: Settings, library: Library, now: datetime, *, drafts: bool) -> dict[str, dict[str, Article]]:
    """By locale, then by key: every post that is to be shown at `now`.

    Posts that are drafts, not yet due or expired are left out; with `drafts`, open drafts of translations take the
    place of what they would replace, and posts that are held back are shown as such.
    """
    zone = ZoneInfo(settings.site.timezone)
    shown: dict[str, dict[str, Article]] = {settings.source: {}}
    for key, post in library.source.posts.items():
        article = _article(key, settings.source, post, Pair(key, "", post, None, None, None, None), "source", zone, now)
        if article and (drafts or not article.held):
            shown[settings.source][key] = article
    for locale in settings.targets:
        shown[locale] = {}
        for pair in library.pairs(locale):
            found = _translated(settings, pair, zone, now, drafts=drafts)
            if found and (drafts or not found.held):
                shown[locale][pair.key] = found
    return shown


def as_of(settings: Settings, article: Article, posts: Mapping[Path, Post], now: datetime) -> Article | None:
    """An article as it is at `now`, where some of its posts, by their paths, are others; None if it is not shown."""
    post, source, snapshot = (
        one and posts.get(one.path, one) for one in (article.post, article.source, article.snapshot)
    )
    zone = ZoneInfo(settings.site.timezone)
    if post is None:
        return None
    if article.state == "source":
        pair = Pair(article.key, "", post, None, None, None, None)
        return _article(article.key, article.locale, post, pair, "source", zone, now)
    target = None if article.state == "untranslated" else post
    pair = Pair(article.key, article.locale, source, target, snapshot, None, None)
    return _translated(settings, pair, zone, now, drafts=False)


def moment(value: date | datetime | None, zone: tzinfo) -> datetime | None:
    """A date from front matter with everything it leaves open filled in: midnight, the site's zone."""
    if value is None:
        return None
    if not isinstance(value, datetime):
        return datetime.combine(value, time.min, zone)
    return value if value.tzinfo else value.replace(tzinfo=zone)


def field_line(post: Post, name: str) -> int | None:
    """The line of the file on which a front matter field stands."""
    head = post.text[: post.front.end]
    match = re.search(rf"^\s*[\"']?{re.escape(name)}[\"']?\s*[:=]", head, re.MULTILINE)
    return head.count("\n", 0, match.end()) + 1 if match else None


def _translated(settings: Settings, pair: Pair, zone: tzinfo, now: datetime, *, drafts: bool) -> Article | None:
    fields = settings.translation.fields
    if drafts and pair.draft:
        return _article(pair.key, pair.locale, pair.draft, pair, "draft", zone, now)
    if pair.target and not _own_draft(pair):
        return _article(pair.key, pair.locale, pair.target, pair, "translated", zone, now, fields=fields)
    if pair.target and drafts:
        return _article(pair.key, pair.locale, pair.target, pair, "translated", zone, now, fields=fields)
    if pair.source and settings.site.untranslated == "notice":
        return _article(pair.key, pair.locale, pair.source, pair, "untranslated", zone, now, settings.source)
    return None


def _own_draft(pair: Pair) -> bool:
    """`draft: true` that was written into the translation, rather than copied from its source."""
    if not pair.target or not pair.target.meta.draft:
        return False
    return not (pair.source and pair.snapshot and pair.snapshot.meta.draft)


def _article(
    key: str,
    locale: str,
    post: Post,
    pair: Pair,
    state: State,
    zone: tzinfo,
    now: datetime,
    written_in: str | None = None,
    fields: Sequence[str] = (),
) -> Article | None:
    snapshot = pair.draft_snapshot if state == "draft" else pair.snapshot
    meta = _inherited(post, pair.source, snapshot)
    if (expiry := moment(meta.expiry_date, zone)) and expiry <= now:
        return None
    published = moment(meta.date, zone)
    due = moment(meta.publish_date, zone) or published
    held: Literal["", "draft", "future"] = "draft" if meta.draft else "future" if due and due > now else ""
    changed: tuple[Change, ...] = ()
    if state == "translated" and pair.behind and pair.snapshot and pair.source:
        from pipeline.site.changes import changes

        changed = changes(pair.snapshot, pair.source, fields)
    return Article(
        key=key,
        locale=locale,
        written_in=written_in or locale,
        post=post,
        source=pair.source,
        snapshot=snapshot if state in {"translated", "draft"} else None,
        state=state,
        held=held,
        changes=changed,
        source_changed=moment(_new_lastmod(pair), zone) if changed else None,
        date=published or due,
        lastmod=moment(post.meta.lastmod if changed else meta.lastmod, zone),
        slug=meta.slug,
        aliases=post.meta.aliases if state != "untranslated" else (),
        categories=meta.categories,
        tags=meta.tags,
        series=post.meta.series or (pair.source.meta.series if pair.source else ()),
        weight=meta.weight,
    )


def _new_lastmod(pair: Pair) -> date | None:
    """The source's `lastmod`, if it is another than the translation was made from."""
    now = pair.source.meta.lastmod if pair.source else None
    then = pair.snapshot.meta.lastmod if pair.snapshot else None
    return now if now != then else None


_SHARED = ("date", "publish_date", "expiry_date", "lastmod", "draft", "slug", "categories", "tags", "weight")


def _inherited(post: Post, source: Post | None, snapshot: Post | None) -> Meta:
    """A translation's fields, where those that it merely copied from its source follow the source of today."""
    if not source or not snapshot or post is source or snapshot.digest == source.digest:
        return post.meta
    copied = {
        name: getattr(source.meta, name) for name in _SHARED if getattr(post.meta, name) == getattr(snapshot.meta, name)
    }
    return post.meta.model_copy(update=copied)
