"""The headers of each file: by kind, and what [publish] says of patterns."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from fnmatch import fnmatchcase

from pipeline.config import PublishSettings
from pipeline.publishing.headers import cache_control, content_type
from pipeline.publishing.manifest import Entry

__all__ = ["Rules"]

logger = logging.getLogger(__name__)


class Rules:
    """What a file is stored with."""

    def __init__(self, settings: PublishSettings, redirects: Mapping[str, str]) -> None:
        """`redirects` are locations by the paths of the pages that are left behind for them."""
        self._settings = settings
        self._redirects = redirects

    def entry(self, path: str, digest: str, size: int) -> Entry:
        """The entry of a file with this digest and size."""
        rules = [rule for pattern, rule in self._settings.files.items() if fnmatchcase(path, pattern)]
        kind = next((rule.content_type for rule in reversed(rules) if rule.content_type), "")
        cache = next((rule.cache_control for rule in reversed(rules) if rule.cache_control), "")
        headers = {name.lower(): value for rule in rules for name, value in rule.headers.items()}
        zipped = any(fnmatchcase(path, pattern) for pattern in self._settings.precompress)
        return Entry(
            digest,
            size,
            kind or content_type(path),
            cache or cache_control(path),
            "gzip" if zipped else "",
            self._redirects.get(path, ""),
            tuple(sorted(headers.items())),
        )

    def check(self, site: Collection[str]) -> None:
        """Say which redirects have no page, and so cannot be stored."""
        for path in sorted(self._redirects.keys() - set(site)):
            logger.warning("The redirect of %s is left out: the build made no page there.", path)
