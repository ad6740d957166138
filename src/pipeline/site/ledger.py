"""What a site consists of, in a temporary file: of a large one it is more than the memory of a build should hold."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from itertools import groupby

__all__ = ["Ledger"]

_TABLES = """
CREATE TABLE files (path TEXT PRIMARY KEY, made_from TEXT NOT NULL, waits INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE notes (post TEXT, path TEXT, PRIMARY KEY (post, path)) WITHOUT ROWID;
"""


class Ledger:
    """The files of a site, each with the digest of what it was made from, and those that belong to each post. It is for
    the process that made it alone, and gone with it.
    """

    def __init__(self) -> None:
        """One without files."""
        self._db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._db.executescript(f"PRAGMA journal_mode = OFF; PRAGMA cache_size = -1000; {_TABLES}")

    def __del__(self) -> None:
        self._db.close()

    def add(self, path: str, made_from: str, *, waits: bool = False) -> bool:
        """A file, whose content may wait to be put into its place; False if there is one of that name. Raises
        UnicodeEncodeError for a name that is no text.
        """
        rows = self._db.execute("INSERT OR IGNORE INTO files VALUES (?, ?, ?)", (path, made_from, waits))
        return rows.rowcount > 0

    def note(self, post: str, path: str) -> None:
        """A file belongs to a post, by `locale/key`."""
        self._db.execute("INSERT OR IGNORE INTO notes VALUES (?, ?)", (post, path))

    def made_from(self, path: str) -> str | None:
        """What a file was made from; None if there is no such file."""
        try:
            row = self._db.execute("SELECT made_from FROM files WHERE path = ?", (path,)).fetchone()
        except UnicodeEncodeError:  # a name that is no text
            return None
        return str(row[0]) if row else None

    def __len__(self) -> int:
        """How many files there are."""
        return int(self._db.execute("SELECT count(*) FROM files").fetchone()[0])

    def files(self) -> Iterator[tuple[str, str]]:
        """Path, and what it was made from, of each, in order."""
        yield from self._db.execute("SELECT path, made_from FROM files ORDER BY path")

    def waiting(self) -> Iterator[str]:
        """The paths of those whose content waits, in order."""
        return (path for (path,) in self._db.execute("SELECT path FROM files WHERE waits ORDER BY path"))

    def notes(self) -> Iterator[tuple[str, list[str]]]:
        """Each post that has files, with their paths, in order."""
        rows = self._db.execute("SELECT post, path FROM notes ORDER BY post, path")
        return ((post, [path for _, path in some]) for post, some in groupby(rows, key=_first))


def _first(row: tuple[str, str]) -> str:
    return row[0]
