"""What programs read instead of pages: each post as Markdown, llms.txt, the web manifest."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from pipeline.site.assets import Assets
from pipeline.site.editions import Edition
from pipeline.site.frame import MANIFEST, feed_path
from pipeline.site.pages import Page, Plan
from pipeline.site.permalinks import Addresses
from pipeline.site.presenter import MARKDOWN, has_markdown

__all__ = ["icons", "llms", "manifest", "markdown"]

_ICONS = {"icon-192.png": "192x192", "icon-512.png": "512x512"}


def markdown(page: Page, addresses: Addresses) -> bytes:
    """A page's text as its author wrote it, below its title."""
    if page.article is None:
        raise KeyError(page.key)
    meta = page.article.post.meta
    head = [f"# {page.title}", f"<{addresses.absolute(page.path)}>"]
    if summary := meta.summary or meta.description:
        head.insert(1, f"> {' '.join(summary.split())}")
    body = page.article.post.body.strip()
    if not meta.title and body.startswith("# "):
        body = body.partition("\n")[2].strip()
    return ("\n\n".join([*head, body]) + "\n").encode()


def llms(edition: Edition, plan: Plan, summaries: Mapping[str, str], addresses: Addresses) -> bytes:
    """A language's llms.txt (https://llmstxt.org): what there is, as links to Markdown.
    `summaries` are by key.
    """
    pages = [page for page in plan.pages if page.locale == edition.locale and has_markdown(page)]
    order = {key: place for place, key in enumerate(plan.by_key[edition.locale, ""].posts)}
    parts = [f"# {edition.title}"]
    if edition.description:
        parts.append(f"> {edition.description}")
    for kind, title in (("page", edition.title), ("post", edition.strings("sections.posts"))):
        chosen = sorted((page for page in pages if page.kind == kind), key=lambda page: order.get(page.key, len(order)))
        if chosen:
            parts.append(f"## {title}\n\n" + "\n".join(_entries(chosen, summaries, addresses)))
    return ("\n\n".join(parts) + "\n").encode()


def _entries(pages: Iterable[Page], summaries: Mapping[str, str], addresses: Addresses) -> Iterable[str]:
    for page in pages:
        summary = " ".join(summaries.get(page.key, "").split())
        title = page.title.replace("[", "\\[").replace("]", "\\]")
        yield f"- [{title}]({addresses.absolute(page.path + MARKDOWN)})" + (f": {summary}" if summary else "")


def manifest(edition: Edition, home: str, assets: Assets, addresses: Addresses) -> tuple[str, bytes]:
    """(path, content) of a language's web manifest (https://www.w3.org/TR/appmanifest/)."""
    data = {
        "name": edition.title,
        "short_name": edition.title,
        "description": edition.description,
        "lang": edition.language,
        "start_url": home,
        "scope": home,
        "display": "browser",
        "icons": [
            {"src": addresses.href(assets.paths[name]), "sizes": size, "type": "image/png"}
            for name, size in _ICONS.items()
        ],
    }
    return feed_path(edition, MANIFEST), (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()


def icons(assets: Assets) -> dict[str, bytes]:
    """Icons that programs ask for without reading a page."""
    return {
        name: assets.files[assets.paths[asset]]
        for name, asset in {"favicon.ico": "favicon.ico", "apple-touch-icon.png": "icon-180.png"}.items()
    }
