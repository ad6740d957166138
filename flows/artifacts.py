"""Artifacts under stable keys, so that Prefect's UI shows their history: status, drafts, publish plan and result."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from prefect.artifacts import create_markdown_artifact, create_table_artifact

from flows.summaries import needs_person
from pipeline.config import Settings
from pipeline.publishing import PublishReport
from pipeline.translation import PostReport, PostState, TranslationReport

__all__ = ["show_drafts", "show_publish", "show_status"]

ROWS = 500  # in one artifact: they are kept in the server's database, and drawn by a browser


def show_status(states: Iterable[PostState]) -> None:
    """`translation-status`: each post and locale with its state and the reason, what needs work first."""
    rows = [state.to_json() for state in states]
    rows.sort(key=lambda row: (row["state"] in ("current", "excluded"), row["post"], row["locale"]))
    _table("translation-status", rows, "Every post in every target locale, and why it is in its state.")


def show_drafts(report: TranslationReport, *, dry_run: bool) -> None:
    """`translation-plan` or `drafts-report`: where each segment comes from, and what the checks found."""
    if report.posts:
        key, what = ("translation-plan", "Planned; nothing was written.") if dry_run else ("drafts-report", "Drafts.")
        create_markdown_artifact(drafts_markdown(report), key=key, description=what)


def show_publish(settings: Settings, report: PublishReport, *, dry_run: bool) -> None:
    """`publish-plan` or `publish-result`: every action with its reason. Nothing, when there was nothing to do."""
    if report.uploaded or report.deleted:
        rows = [{"action": a.kind, "path": a.path, "reason": a.reason} for a in report.actions]
        what = "Planned; nothing was sent." if dry_run else f"Release {report.release}."
        _table(
            "publish-plan" if dry_run else "publish-result",
            rows,
            f"{what} {report.uploaded} uploaded, {report.deleted} deleted, {report.unchanged} as they were. "
            f"Site: {settings.site.base_url}/",
        )


def drafts_markdown(report: TranslationReport) -> str:
    """The drafts as a Markdown page: a table of counts, then the findings of each draft that has some."""
    columns = ["kept", "memory", "adapted", "fuzzy", "machine", "untranslated"]
    lines = [f"| post | locale | segments | {' | '.join(columns)} | draft |", "|" + " --- |" * (len(columns) + 4)]
    for post in report.posts:
        counts = " | ".join(str(getattr(post.counts, name)) for name in columns)
        lines.append(f"| {post.post} | {post.locale} | {post.counts.total} | {counts} | `{post.draft}` |")
    for post in report.posts:
        if needs_person(post):
            lines += ["", f"## {post.post} ({post.locale}) needs a person", "", *_findings(post)]
    engine = report.engine
    lines += ["", f"Engine {engine.name or 'not asked'}: {engine.requests} requests, {engine.characters} characters."]
    return "\n".join(lines)


def _findings(post: PostReport) -> Iterable[str]:
    if post.counts.untranslated:
        yield f"* {post.counts.untranslated} of {post.counts.total} segments are still in English."
    for problem in post.problems[:ROWS]:
        yield f"* {problem.severity}, line {problem.line}: {problem.message} ({problem.check})"


def _table(key: str, rows: list[dict[str, Any]], description: str) -> None:
    if len(rows) > ROWS:
        description += f" The first {ROWS} of {len(rows)} are shown."
    create_table_artifact(rows[:ROWS], key=key, description=description)
