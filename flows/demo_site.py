"""The demo's own small steps: a copy of the site to work on, what it may approve, what can be read in the end."""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit

from pipeline.config import CONFIG_NAME, PublishSettings, Settings, load
from pipeline.review import approve
from pipeline.translation import TranslationReport

__all__ = ["Page", "approve_proven", "copy_site", "point_at", "read_back"]

SHIPPED = ["content", "static", "theme", "glossary.csv", "memory"]  # and pipeline.toml
ENGINE_PATIENCE = {"timeout": 5.0, "retries": 0}  # the demo ends within a minute, whatever the network does


@dataclass(frozen=True, slots=True)
class Page:
    """What a browser gets at an address. Status 0: no answer."""

    url: str
    status: int
    title: str


def copy_site(root: Path, into: Path) -> Settings:
    """A fresh copy of the sources of the site in `root`; raises ConfigError when there is no site there."""
    load(root)
    if into.exists():
        shutil.rmtree(into)
    into.mkdir(parents=True)
    for name in SHIPPED:
        if (root / name).is_dir():
            shutil.copytree(root / name, into / name)
        elif (root / name).is_file():
            shutil.copyfile(root / name, into / name)
    shutil.copyfile(root / CONFIG_NAME, into / CONFIG_NAME)
    return load(into)


def point_at(settings: Settings, publish: PublishSettings, *, base_url: str) -> Settings:
    """Write another place to publish to, and little patience with engines, into the copy's pipeline.toml."""
    path = settings.root / CONFIG_NAME
    document: Any = tomlkit.parse(path.read_text(encoding="utf-8-sig"))
    document.setdefault("site", tomlkit.table())["base_url"] = base_url
    document.setdefault("publish", tomlkit.table()).update(publish.model_dump(exclude_defaults=True))
    engines = document.setdefault("engines", tomlkit.table(is_super_table=True))
    for name in settings.translation.engines:
        engines.setdefault(name, tomlkit.table()).update(ENGINE_PATIENCE)
    path.write_text(tomlkit.dumps(document), encoding="utf-8")
    return load(settings.root)


def approve_proven(settings: Settings, report: TranslationReport) -> list[tuple[str, str]]:
    """Approve what holds nothing but reviewed text: no machine's words go live without a person's word."""
    proven = [
        (post.post, post.locale)
        for post in report.posts
        if not (post.problems or post.counts.fuzzy or post.counts.machine or post.counts.untranslated)
    ]
    approved: list[tuple[str, str]] = []
    for locale in sorted({locale for _, locale in proven}):
        approved += approve(settings, [post for post, of in proven if of == locale], locale=locale).approved
    return approved


def read_back(settings: Settings, posts: Iterable[tuple[str, str]] = ()) -> list[Page]:
    """Fetch over HTTP: the home page of each locale, then each of `posts` (post, locale)."""
    homes = [("", locale) for locale in (settings.source, *settings.targets)]
    return [_fetch(_address(settings, post, locale)) for post, locale in (*homes, *posts)]


def _address(settings: Settings, post: str, locale: str) -> str:
    return "/".join(part for part in (settings.site.base_url, settings.prefix(locale), post) if part) + "/"


def _fetch(url: str) -> Page:
    import requests

    try:
        answer = requests.get(url, timeout=30)
    except requests.RequestException:
        return Page(url, 0, "")
    answer.encoding = "utf-8"
    title = re.search(r"<title>([^<]*)</title>", answer.text)
    return Page(url, answer.status_code, html.unescape(title[1]).strip() if title else "")
