"""Which rows a person has accepted: kept in .pipeline/, by what they say, so that only what changes is read again."""

from __future__ import annotations

import json
import logging
from pathlib import Path

from pipeline.config import Settings
from pipeline.files import write_atomic

__all__ = ["Progress"]

log = logging.getLogger(__name__)


class Progress:
    """The accepted rows of one draft, by their digests."""

    def __init__(self, settings: Settings, locale: str, key: str) -> None:
        """What cannot be read counts as nothing accepted."""
        self._path: Path = settings.work / "desk" / locale / f"{key}.json"
        self._accepted: set[str] = set()
        try:
            known = json.loads(self._path.read_bytes())
            self._accepted = {digest for digest in known if isinstance(digest, str)}
        except FileNotFoundError:
            pass
        except (OSError, ValueError, TypeError) as error:
            log.warning("%s is left aside: %s", self._path, error)

    def __contains__(self, digest: str) -> bool:
        return digest in self._accepted

    def accept(self, digest: str) -> None:
        """Remember that somebody has read and accepted it."""
        if digest not in self._accepted:
            self._accepted.add(digest)
            self._write()

    def take_back(self, digest: str) -> None:
        """It is to be read again."""
        if digest in self._accepted:
            self._accepted.remove(digest)
            self._write()

    def forget(self) -> None:
        """The draft is no more."""
        self._path.unlink(missing_ok=True)

    def _write(self) -> None:
        write_atomic(self._path, json.dumps(sorted(self._accepted), indent=0).encode())
