"""Approving: a draft and its snapshot move into content/, where they are live."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from pipeline.config import Settings
from pipeline.content import Library, Pair, Post, finish_pending, remove_pair, write_pair
from pipeline.errors import DraftError, PipelineError
from pipeline.translation import TranslationReport
from pipeline.translation.document import Document
from pipeline.translation.moves import moves
from pipeline.translation.starts import forget_start, with_later_edits

__all__ = ["ApprovalReport", "Refusal", "approve", "approve_unchanged", "check_names"]


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

    A draft with a mark is refused, with its line, and so is one that would undo what somebody changed in the live
    translation since the draft was begun. Raises DraftError for a post that has no draft.
    """
    report = ApprovalReport()
    locales = [locale] if locale else settings.targets
    for target in locales:
        finish_pending(settings.drafts(target))
        finish_pending(settings.content(target))
    library = Library.read(settings)
    check_names(posts, locales, library)
    for target in locales:
        drafts = library.drafts[target]
        _Approval(settings, library, target, report).approve(sorted(drafts.posts) if everything else posts)
        for error in drafts.problems:
            key = _key_of(settings, target, error)
            if everything or key in posts:
                report.refused.append(Refusal(key, target, error.line or 1, error.message))
    return report


def approve_unchanged(settings: Settings, report: TranslationReport) -> ApprovalReport:
    """Approve the drafts of a run in which every segment has been approved before, if the configuration says so."""
    total = ApprovalReport()
    if settings.review.approve != "when nothing new":
        return total
    for target in settings.targets:
        posts = [
            post.post
            for post in report.posts
            if post.locale == target and post.draft and post.counts.kept == post.counts.total and not post.problems
        ]
        if posts:
            one = approve(settings, posts, locale=target)
            total.approved += one.approved
            total.refused += one.refused
    return total


def check_names(posts: Sequence[str], locales: Sequence[str], library: Library) -> None:
    """Raise DraftError, with the nearest name, for a post that has no draft in any of the locales."""
    known = {key for target in locales for key in library.drafts[target].posts}
    for key in posts:
        if key not in known and not any(library.drafts[target].fault(key) for target in locales):
            near = get_close_matches(key, known, n=1)
            remedy = f"Did you mean `{near[0]}`?" if near else "`pipeline status` shows which posts are in review."
            raise DraftError(f"there is no draft of `{key}`.", remedy=remedy)


def _key_of(settings: Settings, locale: str, error: PipelineError) -> str:
    path = str(error.path or "")
    return path.removeprefix(f"{settings.drafts(locale)}/").removesuffix(".md").removesuffix("/index")


class _Approval:
    """Drafts of one locale on their way into content/."""

    def __init__(self, settings: Settings, library: Library, locale: str, report: ApprovalReport) -> None:
        self.settings, self.library, self.locale, self.report = settings, library, locale, report
        self.moved = moves(library, locale)

    def approve(self, keys: Sequence[str]) -> None:
        for key in keys:
            pair = self.library.pair(key, self.locale)
            if pair.draft is not None:
                refusal = self.approve_one(pair, pair.draft)
                if refusal:
                    self.report.refused.append(Refusal(key, self.locale, *refusal))
                else:
                    self.report.approved.append((key, self.locale))

    def approve_one(self, pair: Pair, draft: Post) -> tuple[int, str] | None:
        """Move one draft; (line, reason) if it stays where it is."""
        if pair.fault:
            return pair.fault.line or 1, f"a part of this post cannot be read: {pair.fault}"
        if pair.draft_snapshot is None:
            return 1, "the draft has no snapshot: run `pipeline translate` again."
        if pair.source is None:
            return 1, "the post that it translates is gone. Restore that, or remove the draft."
        mark = self.marked(draft)
        if mark:
            return mark
        former = self.library.pair(self.moved[pair.key], self.locale) if pair.key in self.moved else pair
        text = draft.text
        if former.target is not None:
            merged = with_later_edits(self.settings, self.locale, draft, former.target)
            if isinstance(merged, int):
                return merged, (
                    f"{former.target.path.relative_to(self.settings.root)} was changed after this draft was begun. "
                    "Bring the change over, or the approval would undo it."
                )
            text = merged
        content, file = self.settings.content(self.locale), str(pair.source.file)
        write_pair(content, file, text.encode(), pair.draft_snapshot.text.encode())
        if former.target is not None and str(former.target.file) != file:
            remove_pair(content, str(former.target.file))
        remove_pair(self.settings.drafts(self.locale), str(draft.file))
        forget_start(self.settings, self.locale, draft)
        return None

    def marked(self, draft: Post) -> tuple[int, str] | None:
        """The first mark of a draft, and what to do about it."""
        document = Document.of(draft, self.settings.translation.fields)
        for index in sorted(document.marks):
            mark, unit = document.marks[index], document.units[index]
            if mark.kind == "untranslated":
                what, how = "still in the source language", "Run `pipeline translate` again, or translate it"
            else:
                what, how = f"taken from a similar text ({mark})", "Finish it"
            return unit.line, f"{what}. {how} and delete the mark, or delete the mark to keep it as it is."
        return None
