"""Manifest, plan, stores and releases: from a directory to a bucket, and no more requests than changes."""

from pipeline.publishing.current import Current, current
from pipeline.publishing.parallel import Progress
from pipeline.publishing.plan import Action
from pipeline.publishing.publish import PublishReport, publish
from pipeline.publishing.rollback import ReleaseInfo, releases, rollback

__all__ = [
    "Action",
    "Current",
    "Progress",
    "PublishReport",
    "ReleaseInfo",
    "current",
    "publish",
    "releases",
    "rollback",
]
