"""Drafts become pull requests, where [review] says to which repository."""

from __future__ import annotations

from flows.lineage import emit
from flows.options import EVERY, SyncOptions
from flows.steps import propose_step
from pipeline.config import Settings
from pipeline.review import ProposalReport

__all__ = ["proposed"]

NEW = ("opened", "updated")


def proposed(settings: Settings, options: SyncOptions) -> ProposalReport | None:
    """Propose the drafts that `options` mean; None where nobody asked for it.

    Asked for is it by the stage `propose`, and by `remote` or `repository` in [review]: a checkout has a remote that
    nobody may want drafts in.
    """
    wanted = options.stage == "propose" or (
        options.stage == "all" and bool(settings.review.remote or settings.review.repository)
    )
    if not wanted:
        return None
    report = propose_step(
        settings,
        posts=options.posts,
        locale=None if options.locale == EVERY else options.locale,
        dry_run=options.dry_run,
        again=options.force,
    )
    for proposal in report.proposals if not options.dry_run else ():
        if proposal.action in NEW:
            emit("draft.proposed", f"post.{proposal.locale}.{proposal.post}", proposal.to_json())
    return report
