"""A note on this machine of what a publish is about to touch, for where the manifest cannot hold one.

A publish that deletes has no request to spare for a claim (see `act`). If it is killed, and the site is then set back
to exactly what the manifest says, only this note tells that something else may be stored.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from pipeline.files import write_atomic
from pipeline.publishing.paths import fault_of
from pipeline.publishing.published import Published

__all__ = ["Journal"]

logger = logging.getLogger(__name__)


class Journal:
    """The note for one target. What cannot be written or read is done without."""

    def __init__(self, directory: Path, target: str) -> None:
        """`directory` is for such notes; `target` tells one place to publish to from another."""
        self._file = directory / f"{hashlib.sha256(target.encode()).hexdigest()[:16]}.json"

    def note(self, version: str | None, paths: Collection[str]) -> None:
        """These paths are about to be touched; `version` is of the manifest that stands."""
        try:
            write_atomic(self._file, json.dumps({"version": version, "paths": sorted(paths)}).encode())
        except OSError as error:
            logger.debug("No note can be left in %s: %s", self._file, error)

    def clear(self) -> None:
        """The publish came to its end."""
        try:
            self._file.unlink(missing_ok=True)
        except OSError as error:
            logger.debug("The note %s stays: %s", self._file, error)

    def doubted(self, known: Published) -> Published:
        """`known`, with the paths of a note as unsettled, if the manifest is still the one that it was made for."""
        try:
            found = json.loads(self._file.read_bytes())
            paths = {path for path in found["paths"] if not fault_of(path)}
            if not known.trusted or found["version"] != known.version:
                return known
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return known
        manifest = known.manifest
        return replace(known, manifest=replace(manifest, unsettled=manifest.unsettled.union(paths)))
