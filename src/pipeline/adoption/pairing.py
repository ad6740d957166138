"""Every translation beside the English it was made from, and how sure that is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime

from pipeline.adoption.evidence import fit
from pipeline.adoption.files import Page
from pipeline.adoption.front import Text
from pipeline.adoption.history import Histories
from pipeline.adoption.languages import Language
from pipeline.adoption.placeholders import placeholder
from pipeline.adoption.posts import place_page
from pipeline.adoption.report import Adopted, Missing
from pipeline.adoption.snapshots import Finder, Sheet, Snapshot
from pipeline.adoption.work import Work

__all__ = ["pair_posts"]

# Below this score a person should look whether the two belong together.
_DOUBTFUL = 70.0


def pair_posts(work: Work) -> None:
    """Place every translation with its snapshot; report those that are missing."""
    histories = Histories(work.site.root)
    done, total = 0, len(work.posts) * len(work.site.targets)
    try:
        for target in work.site.targets:
            finder = Finder(histories, work.site.source.locale, target.locale, work.fields)
            for key in work.posts:
                _pair(work, finder, target, key)
                done += 1
                if work.progress:
                    work.progress(done, total)
    finally:
        histories.close()
    work.report.warnings += _warnings(histories, work)


def _pair(work: Work, finder: Finder, target: Language, key: str) -> None:
    source, english = work.posts[key], work.texts[work.site.source.key, key]
    page, theirs = work.found.pages.get(target.key, {}).get(key), work.texts.get((target.key, key))
    if page is None or theirs is None:
        work.report.missing.append(Missing(source.post, target.locale, "", f"there is no {target.name} file"))
        return
    if reason := placeholder(theirs.body, target.locale, english.body):
        work.report.missing.append(Missing(source.post, target.locale, page.where, reason))
        return
    found = finder.find(Sheet(source.path, english), Sheet(page.path, theirs))
    # `foo.md` and `foo/index.md` are one post; each finds the files beside it where it is.
    name = page.name if page.post == source.post else source.name
    place_page(work, page, theirs, f"content/{target.locale}/{name}")
    work.files[f"content/{target.locale}/.source/{name}"] = found.text.text.encode()
    work.report.adopted.append(_adopted(source.post, target, page, found, english))


def _adopted(post: str, target: Language, page: Page, found: Snapshot, english: Text) -> Adopted:
    quality = fit(found.source, found.target)
    doubts = []
    if quality.score < _DOUBTFUL:
        doubts.append(f"only {quality.score:.0f} % of it fits the English that was found")
    if found.lost:
        doubts.append(f"its front matter names the commit {found.lost[:12]}, which is not in the history at hand")
    return Adopted(
        post=post,
        locale=target.locale,
        path=page.where,
        method=found.method,
        commit=found.commit,
        date=_date(found.time) if found.commit else "",
        score=quality.score,
        aligned=quality.aligned,
        segments=quality.segments,
        behind=found.text.text != english.text,
        doubt="; ".join(doubts),
    )


def _date(time: int) -> str:
    with suppress(OverflowError, ValueError, OSError):
        return datetime.fromtimestamp(time, UTC).isoformat() if time else ""
    return ""


def _warnings(histories: Histories, work: Work) -> Iterator[str]:
    yield from (f"Git could not be asked: {fault}." for fault in histories.faults)
    for top in sorted(histories.shallow):
        yield f"{top} is a shallow clone: run `git fetch --unshallow` there and adopt again for a better match."
    modules = work.site.root / ".gitmodules"
    text = modules.read_text(encoding="utf-8", errors="replace") if modules.is_file() else ""
    ours = {"static", *(language.folder for language in work.site.languages)}
    for path in re.findall(r"^\s*path\s*=\s*(\S+)", text, re.MULTILINE):
        folder = work.site.root / path
        if any(path == top or path.startswith(f"{top}/") for top in ours) and not (folder / ".git").exists():
            yield f"The submodule {path} is not checked out: run `git submodule update --init` and adopt again."
