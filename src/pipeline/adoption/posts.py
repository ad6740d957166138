"""Which posts an old site has: their texts, and which of them are a text at all."""

from __future__ import annotations

import re
from pathlib import Path

from pipeline.adoption.files import Page
from pipeline.adoption.front import KNOWN, Text, hidden, read_text
from pipeline.adoption.placeholders import placeholder
from pipeline.adoption.report import LeftOut, Mapped
from pipeline.adoption.work import Work
from pipeline.errors import ContentError

__all__ = ["follow_keys", "place_page", "read_pages", "sort_posts"]

_CODE = re.compile(r"^[ \t>]*(```+|~~~+).*?^[ \t>]*\1|`[^`\n]+`", re.MULTILINE | re.DOTALL)
_SHORTCODE = re.compile(r"\{\{[<%]\s*([A-Za-z][\w./-]*)")


def read_pages(work: Work) -> None:
    """The texts. What cannot be read at all stays out; what this pipeline alone cannot read is copied and told."""
    for language, pages in work.found.pages.items():
        for key, page in list(pages.items()):
            try:
                text = read_text(page.path.read_bytes(), Path(page.where))
            except (ContentError, OSError) as error:
                reason = error.message if isinstance(error, ContentError) else f"cannot be read: {error.strerror}."
                work.report.left_out.append(LeftOut(page.where, reason))
            else:
                if not (reason := hidden(text.data)):
                    work.texts[language, key] = text
                    continue
                work.report.left_out.append(LeftOut(page.where, reason))
            del pages[key]


def follow_keys(work: Work) -> None:
    """`translationKey` joins pages with different names: a translation takes the name of its source."""
    sources = {
        str(name): key
        for key in work.found.pages.get(work.site.source.key, {})
        if (name := _translation_key(work.texts[work.site.source.key, key]))
    }
    for target in work.site.targets:
        pages = work.found.pages.get(target.key, {})
        for key in list(pages):
            other = sources.get(_translation_key(work.texts[target.key, key]))
            if other and other != key and other not in pages:
                page = pages.pop(key)
                pages[other] = page
                work.texts[target.key, other] = work.texts.pop((target.key, key))
                work.moved[key] = other, target.locale
                work.report.mapped.append(
                    Mapped(page.where, page.post, work.found.pages[work.site.source.key][other].post)
                )


def _translation_key(text: Text) -> str:
    return next((str(value) for key, value in text.data.items() if key.lower() == "translationkey"), "")


def sort_posts(work: Work) -> None:
    """Which posts there are: those with a text of their own in the source language."""
    source = work.site.source
    for key, page in sorted(work.found.pages.get(source.key, {}).items()):
        text = work.texts[source.key, key]
        others = [work.texts[target.key, key].body for target in work.site.targets if (target.key, key) in work.texts]
        reason = placeholder(text.body, source.locale, max(others, key=len, default=None))
        introduction = page.name.stem == "_index" and not text.body.strip()
        if not reason or introduction:
            work.posts[key] = page
        else:
            work.report.left_out.append(LeftOut(page.where, f"no {source.name} text ({reason})"))
    for target in work.site.targets:
        for key, page in sorted(work.found.pages.get(target.key, {}).items()):
            if key not in work.posts:
                reason = f"only in {target.name}: a post begins with its {source.name}"
                work.report.left_out.append(LeftOut(page.where, reason))
    work.report.posts = len(work.posts)


def place_page(work: Work, page: Page, text: Text, target: str) -> None:
    """One page, and what is to be said of its front matter."""
    work.files[target] = text.text.encode()
    work.report.mapped += [Mapped(page.where, was, now) for was, now in text.changes]
    work.report.kept.update(name for name in text.data if name not in KNOWN)
    names = _SHORTCODE.findall(_CODE.sub("", text.body))
    work.report.shortcodes.update(name for name in names if name.lower() not in work.shortcodes)
    if text.problem:
        work.report.problems.append(text.problem)
