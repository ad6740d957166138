"""The flow *sync*: detect what changed, write drafts of the translations, propose them for review."""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows.artifacts import show_coverage, show_drafts
from flows.limits import engine_slot
from flows.lineage import emit, made, show_posts
from flows.options import AS_CONFIGURED, EVERY, SyncOptions
from flows.parts import make_drafts
from flows.person import ask_person, check_can_wait, decide, waited_for
from flows.progress import progress_of
from flows.proposing import fetched, proposed
from flows.spreading import spread_by
from flows.steps import approve_unchanged_step, clear, detect_step, translate_step
from flows.summaries import coverage_summary, fetch_summary, proposal_summary, translation_summary
from pipeline.config import Settings, load
from pipeline.review import ApprovalReport, ProposalReport
from pipeline.translation import PostState, TranslationReport

__all__ = ["SyncOptions", "Synced", "sync"]


class Synced:
    """What a run found, what it wrote, what it approved and what it proposed where that is configured.

    No dataclass: Prefect would search it, and every post in it, for futures.
    """

    def __init__(
        self,
        states: list[PostState],
        report: TranslationReport | None = None,
        approval: ApprovalReport | None = None,
        proposals: ProposalReport | None = None,
    ) -> None:
        self.states = states
        self.report = report or TranslationReport()
        self.approval = approval
        self.proposals = proposals


DEFAULTS = SyncOptions()


@flow(name="sync", description=__doc__, timeout_seconds=6 * 3600)
@clear
def sync(options: SyncOptions = DEFAULTS) -> State[Any]:
    """Write drafts for what is missing or stale, and propose them.

    Args:
        options: What to translate, by whom, and how far to go.
    """
    settings = load(options.root)
    if options.wait_for_person:
        if drafts := waited_for():
            return decide(settings, drafts)
        check_can_wait()
    brought = fetched(settings, options)
    states = detect_step(settings)
    show_coverage(settings, states)
    if options.stage == "detect":
        return Completed(message=coverage_summary(states), data=Synced(states))
    report = _translated(settings, options)
    approval = None if options.dry_run else approve_unchanged_step(settings, report)
    proposals = proposed(settings, options)
    show_drafts(report, dry_run=options.dry_run, proposals=proposals)
    written = [post for post in report.posts if post.written]
    _tell(settings, report)
    message = translation_summary(report, approval, dry_run=options.dry_run) if options.stage != "propose" else ""
    parts = [fetch_summary(brought), message, proposal_summary(proposals, dry_run=options.dry_run)]
    message = " ".join(filter(None, parts))
    left = [
        (post.post, post.locale)
        for post in written
        if not approval or (post.post, post.locale) not in approval.approved
    ]
    if options.wait_for_person and left:
        ask_person(left, message)
    final = Failed if report.failed else Completed
    return final(message=message, data=Synced(states, report, approval, proposals))


def _translated(settings: Settings, options: SyncOptions) -> TranslationReport:
    if options.stage == "propose":
        return TranslationReport()
    arguments: dict[str, Any] = {
        "posts": options.posts,
        "locale": None if options.locale == EVERY else options.locale,
        "engine": None if options.engine == AS_CONFIGURED else options.engine,
    }
    if options.dry_run:
        return translate_step(settings, **arguments, dry_run=True)
    arguments |= {"progress": progress_of("translate"), "spread": spread_by(settings), "each": make_drafts}
    with engine_slot(settings):
        return translate_step(settings, **arguments)


def _tell(settings: Settings, report: TranslationReport) -> None:
    """The drafts that were written, as events, assets and a page a post."""
    written = [post for post in report.posts if post.written]
    for post in written:
        payload = {"post": post.post, "locale": post.locale, "draft": post.draft, "segments": post.counts.to_json()}
        emit("post.translated", f"post.{post.locale}.{post.post}", payload)
    made("draft", {f"{post.locale}/{post.post}": post.draft for post in written})
    if written:
        show_posts(settings, [post.post for post in written])
