"""What is refused because it is hardly ever meant, each with the flag that says it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pipeline.errors import PublishError
from pipeline.publishing.headers import is_page
from pipeline.publishing.manifest import Entry, Manifest
from pipeline.publishing.plan import Action

if TYPE_CHECKING:
    from pipeline.config import PublishSettings

__all__ = ["guard_deletions", "guard_shrinking"]

_TELLING = 10_000  # bytes; of less than that, a share says nothing
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


def guard_shrinking(published: Manifest, site: Mapping[str, Entry], settings: PublishSettings, name: str) -> None:
    """Raise PublishError if the pages that stay would lose a larger share of their bytes than pages may be deleted."""
    stay = [path for path in published.objects if path in site and is_page(path)]
    before, now = (sum(objects[path].size for path in stay) for objects in (published.objects, site))
    if before > _TELLING and now < before * (1 - settings.max_deleted_share):
        raise PublishError(
            f"the {len(stay)} pages that {name} has already would shrink from {before:,} to {now:,} bytes.",
            remedy="Check that the build is whole; if it is meant, publish again with --incomplete.",
        )
