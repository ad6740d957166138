"""Approving: a draft and its snapshot move into content/, where they are live."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from pipeline.config import Settings
from pipeline.content import Library, Pair, finish_pending, remove_pair, write_pair
from pipeline.errors import DraftError, PipelineError
from pipeline.translation import TranslationReport
from pipeline.translation.document import Document
from pipeline.translation.states import moves

__all__ = ["ApprovalReport", "Refusal", "approve", "approve_unchanged"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A draft that cannot be approved as it is; `line` is the draft's, from 1."""

    post: str
    locale: str
    line: int
    reason: str


@dataclass
class ApprovalReport:
    """(post, locale) of what was approved, and what was not."""

    approved: list[tuple[str, str]] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """As `pipeline approve --json` prints it."""
        return {
            "approved": [{"post": post, "locale": locale} for post, locale in self.approved],
            "refused": [{"post": r.post, "locale": r.locale, "line": r.line, "reason": r.reason} for r in self.refused],
        }


def approve(
    settings: Settings, posts: Sequence[str] = (), *, locale: str | None = None, everything: bool = False
) -> ApprovalReport:
    """Move finished drafts into content/. `posts` are keys; with `everything` all drafts are meant.

    A draft with a mark is refused, with its line. Raises DraftError for a post that has no draft.
    """
    report = ApprovalReport()
    locales = [locale] if locale else settings.targets
    for target in locales:
        finish_pending(settings.drafts(target))
        finish_pending(settings.content(target))
    library = Library.read(settings)
    _check_names(posts, locales, library)
    for target in locales:
        moved = moves(library, target)
        for key in sorted(library.drafts[target].posts):
            if everything or key in posts:
                _approve(settings, library.pair(key, target), moved, library, report)
    for target in locales:
        for error in library.drafts[target].problems:
            if everything or any(key in str(error.path) for key in posts):
                report.refused.append(Refusal(_key_of(settings, target, error), target, error.line or 1, error.message))
    return report


def approve_unchanged(settings: Settings, report: TranslationReport) -> ApprovalReport:
    """Approve the drafts of a run in which every segment has been approved before, if the configuration says so."""
    total = ApprovalReport()
    if settings.review.approve != "when nothing new":
        return total
    for post in report.posts:
        if post.counts.kept == post.counts.total and not post.problems and post.draft:
            one = approve(settings, [post.post], locale=post.locale)
            total.approved += one.approved
            total.refused += one.refused
    return total


def _check_names(posts: Sequence[str], locales: Sequence[str], library: Library) -> None:
    known = {key for target in locales for key in library.drafts[target].posts}
    unreadable = [str(error.path) for target in locales for error in library.drafts[target].problems]
    for key in posts:
        if key not in known and not any(key in path for path in unreadable):
            near = get_close_matches(key, known, n=1)
            remedy = f"Did you mean `{near[0]}`?" if near else "`pipeline status` shows which posts are in review."
            raise DraftError(f"there is no draft of `{key}`.", remedy=remedy)


def _key_of(settings: Settings, locale: str, error: PipelineError) -> str:
    path = str(error.path or "")
    return path.removeprefix(f"{settings.drafts(locale)}/").removesuffix(".md").removesuffix("/index")


def _approve(settings: Settings, pair: Pair, moved: dict[str, str], library: Library, report: ApprovalReport) -> None:
    draft, snapshot = pair.draft, pair.draft_snapshot
    if draft is None:
        return
    if pair.fault:
        report.refused.append(Refusal(pair.key, pair.locale, 1, str(pair.fault)))
        return
    refusal = _refusal(settings, pair)
    if refusal or snapshot is None:
        line, reason = refusal or (1, "the draft has no snapshot: run `pipeline translate` again.")
        report.refused.append(Refusal(pair.key, pair.locale, line, reason))
        return
    content = settings.content(pair.locale)
    write_pair(content, str(draft.file), draft.text.encode(), snapshot.text.encode())
    former = library.pair(moved[pair.key], pair.locale) if pair.key in moved else pair
    if former.target is not None and former.target.file != draft.file:
        remove_pair(content, str(former.target.file))
    remove_pair(settings.drafts(pair.locale), str(draft.file))
    report.approved.append((pair.key, pair.locale))


def _refusal(settings: Settings, pair: Pair) -> tuple[int, str] | None:
    """(line, reason) when a draft is unfinished."""
    if pair.draft is None:
        return None
    document = Document.of(pair.draft, settings.translation.fields)
    for index in sorted(document.marks):
        mark, unit = document.marks[index], document.units[index]
        what = "still in the source language" if mark.kind == "untranslated" else f"taken from a similar text ({mark})"
        return unit.line, f"{what}. Finish it and delete the mark, or delete the mark to keep it as it is."
    return None
