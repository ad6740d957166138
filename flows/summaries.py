"""What a run did and why, in one line: the message of its final state."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.errors import ContentError
from pipeline.publishing import PublishReport
from pipeline.review import ApprovalReport
from pipeline.site import BuildReport
from pipeline.translation import PostReport, TranslationReport

__all__ = ["needs_person", "publish_summary", "translation_summary"]

SHOWN = 3  # posts named in a line; the artifact has them all


def needs_person(post: PostReport) -> bool:
    """A draft in which a segment was left in the source language or guessed, or a check found something."""
    return bool(post.counts.untranslated or post.counts.fuzzy or post.problems)


def translation_summary(
    report: TranslationReport, approval: ApprovalReport | None = None, *, dry_run: bool = False
) -> str:
    """Such as `2 drafts: 38 segments kept, 1 left in English. A person is needed: posts/foo (zh).` in one line."""
    parts = []
    drafts = [post for post in report.posts if post.written or dry_run]
    if drafts:
        head = "Planned, nothing written: " if dry_run else ""
        parts.append(f"{head}{_count(len(drafts), 'draft')}: {_origins(drafts)}.")
    elif report.posts:
        parts.append("No draft changed.")
    elif not report.failed:
        parts.append("Nothing to translate: no post is missing, stale or moved.")
    if approval and approval.approved:
        parts.append(f"Approved, with nothing new in them: {_named(approval.approved)}.")
    if left := [(post.post, post.locale) for post in report.posts if needs_person(post)]:
        parts.append(f"A person is needed: {_named(left)}.")
    if report.failed:
        more = f" ({len(report.failed) - 1} more like it)" if len(report.failed) > 1 else ""
        parts.append(f"{_count(len(report.failed), 'post')} could not be worked on: {report.failed[0]}{more}")
    return " ".join(parts)


def publish_summary(built: BuildReport, published: PublishReport, *, dry_run: bool = False) -> str:
    """Such as `Release 7: 12 uploaded, 2 deleted, 80 as they were; 14 files of 94 pages written.` in one line."""
    unread = [warning for warning in built.warnings if isinstance(warning, ContentError)]
    note = f" {_count(len(unread), 'post')} could not be read, and keeps its pages: {unread[0]}" if unread else ""
    if not published.uploaded and not published.deleted:
        return f"Nothing was due: all {published.unchanged} objects are published as they are.{note}"
    what = f"{published.uploaded} uploaded, {published.deleted} deleted, {published.unchanged} as they were"
    head = "Planned, nothing sent" if dry_run else f"Release {published.release}"
    return f"{head}: {what}; {built.pages} pages, {built.written} files written.{note}"


def _origins(posts: Sequence[PostReport]) -> str:
    """Where the segments' translations came from, in the order in which they are looked for."""
    words = {
        "kept": "kept",
        "memory": "from the memory",
        "adapted": "adapted",
        "fuzzy": "from a fuzzy match",
        "machine": "by the engine",
        "untranslated": "left in English",
    }
    sums = {name: sum(getattr(post.counts, name) for post in posts) for name in words}
    first = next((name for name in words if sums[name]), "kept")
    return ", ".join(
        f"{_count(sums[name], 'segment')} {word}" if name == first else f"{sums[name]} {word}"
        for name, word in words.items()
        if sums[name] or name == first
    )


def _named(posts: Iterable[tuple[str, str]]) -> str:
    names = [f"{post} ({locale})" for post, locale in posts]
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
