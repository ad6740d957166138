"""Previews: the site as a branch would make it, below `preview/` of the published one, until the branch ends."""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.config import Settings
from pipeline.errors import ConfigError
from pipeline.review.names import preview_path
from pipeline.review.phrases import PHRASES

if TYPE_CHECKING:
    from pipeline.config import PublishSettings
    from pipeline.publishing import PublishReport

__all__ = ["Preview", "end_preview", "preview"]

_HEAD = '<meta charset="utf-8">'
_NOINDEX = f'{_HEAD}\n  <meta name="robots" content="noindex, nofollow">'
_BODY = re.compile(r"<body[^>]*>")
_CHINESE = re.compile(r"<html[^>]* lang=\"?zh")
_LISTS = ("sitemap.xml", "robots.txt")


@dataclass(frozen=True, slots=True)
class Preview:
    """Where a preview is, and what publishing it did."""

    url: str
    report: PublishReport


def preview(settings: Settings, branch: str, *, progress: Callable[[int, int], None] | None = None) -> Preview:
    """Build this checkout with its drafts and publish it below preview/`branch`/. Each page says that it is a preview,
    and no search engine may list it.

    Raises ConfigError without a target, BuildError, PublishError.
    """
    from pipeline.publishing import publish
    from pipeline.site import build

    path = preview_path(branch)
    target = _target(settings, path)
    url = f"{settings.site.base_url}/{path}"
    built, out = settings.work / "branch" / "site", settings.work / "branch" / "out"
    shutil.rmtree(out, ignore_errors=True)
    build(settings, out=built, drafts=True, base_url=url)
    for file in sorted(built.rglob("*")):
        if file.is_file() and file.name not in _LISTS:
            copy = out / file.relative_to(built)
            copy.parent.mkdir(parents=True, exist_ok=True)
            data = file.read_bytes()
            copy.write_bytes(_marked(data, branch) if file.suffix == ".html" else data)
    report = publish(out, target, allow_deletions=True, incomplete=True, root=settings.root, progress=progress)
    return Preview(f"{url}/", report)


def _marked(data: bytes, branch: str) -> bytes:
    """A page that is not to be listed, below a bar that says what it is: what a branch proposes looks live in it."""
    page = data.decode(errors="surrogateescape")  # below static/ there may be pages in other encodings
    language = "zh" if _CHINESE.search(page) else "en"
    told = PHRASES[language]["preview bar"].format(branch=html.escape(branch))
    bar = f'<p class="bar whole" role="status">{told}</p>'
    marked = _BODY.sub(lambda body: f"{body[0]}\n{bar}", page.replace(_HEAD, _NOINDEX, 1), count=1)
    return marked.encode(errors="surrogateescape")


def end_preview(settings: Settings, branch: str) -> int:
    """Remove everything of a preview; returns how many objects there were. Raises StoreError."""
    from pipeline.publishing.manifest import Manifest
    from pipeline.publishing.paths import MANIFEST_PATH
    from pipeline.publishing.target import open_store
    from pipeline.publishing.wire import to_bytes

    path = preview_path(branch)
    target = _target(settings, path)
    store = open_store(target, root=settings.root, site=settings.work / "branch" / "out")
    try:
        known = store.read(MANIFEST_PATH)
        if known is not None:  # a manifest of nothing stays, so that a preview that comes back is whole
            store.swap(MANIFEST_PATH, to_bytes(Manifest()), expected=known.version)
        paths = [one.path for one in store.listing()]
        store.delete(paths)
    finally:
        store.close()
    return len(paths)


def _target(settings: Settings, path: str) -> PublishSettings:
    target = settings.publish.target.strip().rstrip("/")
    if not target:
        raise ConfigError("[publish] `target` is not set.", remedy="A preview is published below it.")
    where = f"{target}/{path}" if "://" in target else str(Path(target) / path)
    cdn = settings.publish.cloudfront
    below = cdn.model_copy(update={"path": f"{cdn.path}/{path}"})
    return settings.publish.model_copy(update={"target": where, "keep": 0, "cloudfront": below})
