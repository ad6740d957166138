"""What the last survey found, in one file below .pipeline/: the digest of the rest in its first line, then JSON."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.config import Settings
from pipeline.files import write_atomic
from pipeline.taken import program
from pipeline.translation.state import PostState

__all__ = ["Entry", "Surveyed"]

log = logging.getLogger(__name__)


class Entry(NamedTuple):
    """The files of a post, as numbers, and a row for each target locale, or None where it has no state there."""

    files: list[int]
    rows: list[list[Any] | None]

    @classmethod
    def of(cls, files: list[int], states: Iterable[PostState | None]) -> Entry:
        """Of the states in the order of the locales."""
        rows = [[one.state, one.changed, one.segments, one.reason, one.line] if one else None for one in states]
        return cls(files, rows)

    def state(self, key: str, locale: str, number: int) -> PostState | None:
        """The state in the locale of that number."""
        row = self.rows[number]
        return PostState(key, locale, *row) if row else None


@dataclass(frozen=True)
class Surveyed:
    """The entries by the keys of their posts; `origin` tells what besides the files they depend on."""

    path: Path
    origin: str
    entries: dict[str, Entry]

    @classmethod
    def read(cls, settings: Settings) -> Surveyed:
        """What is known; nothing, if it was found by other settings or another program, or cannot be read."""
        path = settings.work / "states.json"
        origin = _origin(settings)
        try:
            digest, _, data = path.read_bytes().partition(b"\n")
            if digest.decode("ascii", "replace") != _digest(data):
                raise ValueError("it is damaged")
            found = json.loads(data)
            if found["origin"] == origin:
                return cls(path, origin, dict(_entries(found["posts"], len(settings.targets))))
        except FileNotFoundError:
            pass
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            log.info("%s is left aside: %s", path, error)
        return cls(path, origin, {})

    def keep(self, entries: dict[str, Entry]) -> None:
        """Write `entries`, if they are others. Where nothing can be written, all is read the next time."""
        if entries == self.entries:
            return
        found = {"origin": self.origin, "posts": entries}
        data = json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
        try:
            write_atomic(self.path, _digest(data).encode() + b"\n" + data)
        except OSError as error:
            log.info("%s cannot be written: %s", self.path, error)


def _entries(posts: Any, locales: int) -> Iterator[tuple[str, Entry]]:
    kinds = [str, int, int, str]
    for key, (files, rows) in posts.items():
        for row in rows:
            fits = row is None or ([*map(type, row[:4])] == kinds and len(row) == 5 and _is_line(row[4]))
            if not fits:
                raise ValueError(f"{key} has the state {row}")
        if len(rows) != locales:
            raise ValueError(f"{key} has {len(rows)} states")
        yield key, Entry(files, rows)


def _is_line(value: Any) -> bool:
    return value is None or type(value) is int


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _origin(settings: Settings) -> str:
    """The settings, and the program that goes by them."""
    return _digest(repr((program(), str(settings.root), settings.model_dump_json())).encode("utf-8", "surrogateescape"))
