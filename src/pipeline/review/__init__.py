"""Drafts on their way into content/: approved here, or proposed as branches."""

from pipeline.review.approve import ApprovalReport, Refusal, approve, approve_unchanged
from pipeline.review.archive import Archived, archive
from pipeline.review.fetch import fetch
from pipeline.review.proposals import Proposal, ProposalReport
from pipeline.review.propose import propose

__all__ = [
    "ApprovalReport",
    "Archived",
    "Proposal",
    "ProposalReport",
    "Refusal",
    "approve",
    "approve_unchanged",
    "archive",
    "fetch",
    "propose",
]
