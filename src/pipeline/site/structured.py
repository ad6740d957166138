"""What a page says of itself to search engines, as JSON-LD (https://schema.org)."""

from __future__ import annotations

import json
from typing import Any

from markupsafe import Markup

from pipeline.site.views import ArticleView, SiteView

__all__ = ["json_ld"]


def json_ld(
    kind: str, site: SiteView, article: ArticleView | None, *, title: str, description: str, url: str, image: str
) -> Markup:
    """The content of a `script` of the type application/ld+json; empty for pages that say nothing."""
    data: dict[str, Any]
    if kind == "home":
        data = {"@type": "WebSite", "name": site.title, "url": url, "inLanguage": site.language}
    elif kind == "post" and article:
        data = {"@type": "BlogPosting", "headline": title, "url": url, "mainEntityOfPage": url}
        data["inLanguage"] = article.language
        data["datePublished"] = article.date.isoformat() if article.date else None
        data["dateModified"] = (article.updated or article.date).isoformat() if article.date else None
        data["image"] = image
        data["author"] = {"@type": "Person", "name": site.author} if site.author else None
        data["keywords"] = [term.name for term in article.tags]
        data["isPartOf"] = {"@type": "Blog", "name": site.title, "url": site.url}
    else:
        return Markup("")
    data = {"@context": "https://schema.org"} | data | {"description": description}
    text = json.dumps({key: value for key, value in data.items() if value}, ensure_ascii=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 (nothing in it can end the element)
