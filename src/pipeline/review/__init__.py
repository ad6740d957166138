"""Drafts: listing and approving."""

from pipeline.review.approve import ApprovalReport, Refusal, approve, approve_unchanged

__all__ = ["ApprovalReport", "Refusal", "approve", "approve_unchanged"]
