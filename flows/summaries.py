"""What a run did and why, in one line: the message of its final state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from pipeline.adoption import AdoptionReport
from pipeline.errors import ContentError
from pipeline.publishing import PublishReport
from pipeline.review import ApprovalReport, ProposalReport
from pipeline.site import BuildReport
from pipeline.translation import PostReport, PostState, TranslationReport

__all__ = [
    "adoption_summary",
    "build_summary",
    "coverage_summary",
    "fetch_summary",
    "needs_person",
    "preview_summary",
    "proposal_summary",
    "publish_summary",
    "rollback_summary",
    "translation_summary",
    "verdict_summary",
]

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


def coverage_summary(states: Sequence[PostState]) -> str:
    """Such as `83 translations: 61 current, 22 missing.`."""
    count = Counter(state.state for state in states)
    told = ", ".join(f"{number} {state}" for state, number in count.most_common())
    return f"{_count(len(states), 'translation')}: {told}." if states else "There are no posts."


def fetch_summary(report: ProposalReport | None) -> str:
    """Such as `From reviewers: posts/foo (zh).`; empty where there was nothing new."""
    new = [(one.post, one.locale) for one in report.proposals if one.action == "fetched"] if report else []
    return f"From reviewers: {_named(new)}." if new else ""


def proposal_summary(report: ProposalReport | None, *, dry_run: bool = False) -> str:
    """Such as `Proposals: 2 opened, 1 held (posts/foo (zh): resolve the conflict).`; empty where nobody asked."""
    if report is None:
        return ""
    count = Counter(proposal.action for proposal in report.proposals)
    told = ", ".join(f"{number} {action}" for action, number in count.most_common())
    held = next((one for one in report.proposals if one.action == "held"), None)
    why = f" ({held.post} ({held.locale}): {held.reason})" if held else ""
    return f"{'Proposals, planned' if dry_run else 'Proposals'}: {told or 'none'}{why}."


def build_summary(built: BuildReport) -> str:
    """Such as `94 pages: 14 files written, 300 as they were, 2 removed.`."""
    what = f"{built.written} files written, {built.unchanged} as they were, {built.removed} removed"
    return f"{built.pages} pages: {what}.{_unread(built)}"


def publish_summary(
    built: BuildReport | None, published: PublishReport, *, dry_run: bool = False, why: str = ""
) -> str:
    """Such as `Release 7: 12 uploaded, 2 deleted, 80 as they were; 14 files of 94 pages written.` in one line.

    `why` is what made it due, or at least had it built.
    """
    note = _unread(built) if built else ""
    if not published.uploaded and not published.deleted:
        anew = f" They were built anew, because {why}." if why else ""
        return f"Nothing was due: all {published.unchanged} objects are published as they are.{anew}{note}"
    what = f"{published.uploaded} uploaded, {published.deleted} deleted, {published.unchanged} as they were"
    head = "Planned, nothing sent" if dry_run else f"Release {published.release}"
    pages = f"; {built.pages} pages, {built.written} files written" if built else ""
    reason = f" Due, because {why}." if why else ""
    cdn = f" {published.cdn}" if published.cdn else ""
    return f"{head}: {what}{pages}.{reason}{cdn}{note}"


def rollback_summary(report: PublishReport, *, dry_run: bool) -> str:
    """Such as `Release 8: 12 restored, 2 deleted, 80 as they were.` in one line."""
    if not report.uploaded and not report.deleted:
        return f"Nothing to do: all {report.unchanged} objects are as they were in that release."
    head = "Planned, nothing changed" if dry_run else f"Release {report.release}"
    return f"{head}: {report.uploaded} restored, {report.deleted} deleted, {report.unchanged} as they were."


def preview_summary(built: BuildReport, published: PublishReport | None, where: str) -> str:
    """Such as `94 pages, 3 of its files new: https://preview.example.org.`."""
    new = f"{published.uploaded} uploaded" if published else f"{built.written} files written"
    return f"{built.pages} pages, {new}: {where}{_unread(built)}"


def adoption_summary(report: AdoptionReport, *, dry_run: bool) -> str:
    """Such as `61 translations of 83 posts, 2 of them to be looked at; 500 files written.` in one line."""
    doubt = f", {len(report.doubtful)} of them to be looked at" if report.doubtful else ""
    files = "planned, nothing written" if dry_run else f"{_count(report.written, 'file')} written"
    mend = f" {_count(len(report.problems), 'file')} to be mended by hand." if report.problems else ""
    return f"{_count(len(report.adopted), 'translation')} of {_count(report.posts, 'post')}{doubt}; {files}.{mend}"


def verdict_summary(decision: str, note: str, drafts: Sequence[tuple[str, str]], report: ApprovalReport) -> str:
    """What a person decided, and what came of it."""
    said = f' "{note}"' if (note := " ".join(note.split())) else ""
    if decision == "reject":
        return f"Rejected by a person: {_named(drafts)} stay in drafts/.{said}"
    parts = [f"Approved by a person: {_named(report.approved)}." if report.approved else "Nothing was approved."]
    parts += [
        f"{entry.post} ({entry.locale}) was refused, line {entry.line}: {entry.reason}"
        for entry in report.refused[:SHOWN]
    ]
    return " ".join(parts) + said


def _unread(built: BuildReport) -> str:
    unread = [warning for warning in built.warnings if isinstance(warning, ContentError)]
    return f" {_count(len(unread), 'post')} could not be read, and keeps its pages: {unread[0]}" if unread else ""


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
