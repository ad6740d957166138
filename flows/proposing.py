"""Drafts become pull requests, where [review] says to which repository, and what reviewers write there comes back."""

from __future__ import annotations

from flows.lineage import emit
from flows.options import EVERY, SyncOptions
from flows.steps import fetch_step, propose_step
from pipeline.config import Settings
from pipeline.review import ProposalReport

__all__ = ["fetched", "proposed"]

NEW = ("opened", "updated")


def fetched(settings: Settings, options: SyncOptions) -> ProposalReport | None:
    """Bring what reviewers wrote on branches to drafts/, so that it is translated on from there; None if nobody asked.

    A clone of a worker has no drafts: without this, all that is in review would be translated once more there.
    """
    if options.dry_run or options.stage not in ("all", "translate") or not _configured(settings):
        return None
    return fetch_step(settings, locale=None if options.locale == EVERY else options.locale)


def proposed(settings: Settings, options: SyncOptions) -> ProposalReport | None:
    """Propose the drafts that `options` mean; None where nobody asked for it.

    Asked for is it by the stage `propose`, and by `remote` or `repository` in [review]: a checkout has a remote that
    nobody may want drafts in.
    """
    if options.stage != "propose" and not (options.stage == "all" and _configured(settings)):
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


def _configured(settings: Settings) -> bool:
    return bool(settings.review.remote or settings.review.repository)
