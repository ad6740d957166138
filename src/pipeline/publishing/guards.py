"""What is refused because it is hardly ever meant, each with the flag that says it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.errors import PublishError
from pipeline.publishing.headers import is_page
from pipeline.publishing.manifest import Manifest
from pipeline.publishing.plan import Action

if TYPE_CHECKING:
    from pipeline.config import PublishSettings

__all__ = ["guard_deletions"]

_MEANT = "Check that the build is whole; if it is meant, publish again with --allow-deletions."


def guard_deletions(published: Manifest, actions: Sequence[Action], settings: PublishSettings, name: str) -> None:
    """Raise PublishError if more pages, or more objects, would go than [publish] allows."""
    going = {action.path for action in actions if action.kind == "delete"}
    pages = sum(map(is_page, published.objects))
    gone = sum(is_page(path) and path in published.objects for path in going)
    if gone > pages * settings.max_deleted_share:
        share = "more than half" if settings.max_deleted_share == 0.5 else f"over {settings.max_deleted_share:.0%}"
        raise PublishError(f"this would delete {gone} of the {pages} pages in {name}, which is {share}.", remedy=_MEANT)
    if settings.max_deleted and len(going) > settings.max_deleted:
        raise PublishError(
            f"this would delete {len(going)} objects in {name}; [publish] `max_deleted` is {settings.max_deleted}.",
            remedy=_MEANT,
        )
