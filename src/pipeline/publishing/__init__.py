"""Manifest, plan, stores and releases: from a directory to a bucket, and no more requests than changes."""

from pipeline.publishing.act import Progress
from pipeline.publishing.plan import Action
from pipeline.publishing.publish import PublishReport, publish

__all__ = ["Action", "Progress", "PublishReport", "publish"]
