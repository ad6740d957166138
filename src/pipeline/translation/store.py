"""What was learnt from each post, kept between runs, so that a run reads only what it needs of a large memory.

`.pipeline/memory/LOCALE.sqlite`. It holds nothing that is not in the posts: it may be deleted at any time, and is made
anew when the program that reads posts is another one.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.errors import ConfigError
from pipeline.markdown import Piece
from pipeline.translation.entries import Entry, is_verbatim, shape_of, tag_values, verbatim_pieces

__all__ = ["Kept", "Learn", "Store", "open_store"]

log = logging.getLogger(__name__)

_SECONDS = 30.0  # to wait for another process
_SCHEMA = """
CREATE TABLE program (digest TEXT);
CREATE TABLE post (id INTEGER PRIMARY KEY, name TEXT UNIQUE, digest TEXT);
CREATE TABLE entry (
    id INTEGER PRIMARY KEY, post INTEGER, shape INTEGER, exact INTEGER, message TEXT, signature TEXT,
    origin TEXT, line INTEGER, file TEXT, before TEXT, after TEXT, pieces TEXT
);
CREATE INDEX by_post ON entry (post);
CREATE INDEX by_exact ON entry (exact);
CREATE INDEX by_shape ON entry (shape);
"""
_COLUMNS = "message, signature, origin, line, file, before, after, pieces"
_ALL = f"SELECT {_COLUMNS} FROM entry JOIN post ON post.id = entry.post ORDER BY post.name, entry.id"  # noqa: S608
_EXACT = _ALL.replace(" ORDER", " WHERE exact = ? ORDER")
_SHAPE = _ALL.replace(" ORDER", " WHERE shape = ? ORDER")
_KEYS = _ALL.replace(_COLUMNS, "message, signature")
_Key = tuple[str, tuple[str, ...]]
Learn = Callable[[], Iterable[Entry]]


class Kept(NamedTuple):
    """An entry as it is kept. A heading may stand in every post, and only the one that fits best is unpacked."""

    message: str
    signature: str
    post: str
    line: int
    file: str
    before: str
    after: str
    pieces: str

    @property
    def around(self) -> tuple[str, str]:
        """The messages before and after it."""
        return self.before, self.after

    def unpacked(self) -> Entry:
        """The entry."""
        source, target = map(_unpacked, json.loads(self.pieces))
        names = tuple(json.loads(self.signature))
        return Entry(
            self.post, self.line, self.message, names, target, tag_values(source), self.around, source, self.file
        )


def open_store(path: Path, posts: Mapping[str, tuple[str, Learn]]) -> Store | None:
    """The store, holding these posts (see `Store.refresh`): made if there is none, and made anew if it is damaged.

    None where it cannot be written.
    """
    for fresh in (False, True):
        try:
            if fresh:
                path.unlink(missing_ok=True)
            path.parent.mkdir(parents=True, exist_ok=True)
            store = Store(path)
            store.refresh(posts)
        except (sqlite3.OperationalError, OSError) as error:  # in use, or not to be written
            log.debug("%s cannot be used: %s", path, error)
            return None
        except sqlite3.Error as error:
            log.debug("%s is damaged: %s", path, error)
        else:
            return store
    return None


class Store:
    """The entries of one locale by post. Threads may share it, and processes the file."""

    def __init__(self, path: Path) -> None:
        """Raises sqlite3.Error for a file that is none."""
        self._path = path
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, timeout=_SECONDS, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA synchronous = OFF")  # what is lost is learnt anew
        with self._lock, self._db:
            self._db.execute("BEGIN IMMEDIATE")
            tables = self._db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            known = self._db.execute("SELECT digest FROM program").fetchone() if ("program",) in tables else None
            if known != (_program(),):
                for (table,) in tables:
                    self._db.execute(f'DROP TABLE "{table}"')
                for statement in filter(str.strip, _SCHEMA.split(";")):
                    self._db.execute(statement)
                self._db.execute("INSERT INTO program VALUES (?)", (_program(),))

    def refresh(self, posts: Mapping[str, tuple[str, Learn]]) -> None:
        """Make it hold these posts, each with a digest of what it is learnt from, and no others.

        Raises sqlite3.Error.
        """
        with self._lock:
            known = dict(self._db.execute("SELECT name, digest FROM post"))
        stale = [name for name, digest in known.items() if name not in posts or posts[name][0] != digest]
        learnt = {name: list(learn()) for name, (digest, learn) in posts.items() if known.get(name) != digest}
        if not stale and not learnt:
            return
        with self._lock, self._db:
            self._db.execute("BEGIN IMMEDIATE")
            for name in {*stale, *learnt}:  # another process may have been at it
                self._db.execute("DELETE FROM entry WHERE post IN (SELECT id FROM post WHERE name = ?)", (name,))
                self._db.execute("DELETE FROM post WHERE name = ?", (name,))
            for name, entries in learnt.items():
                row = self._db.execute("INSERT INTO post (name, digest) VALUES (?, ?)", (name, posts[name][0]))
                self._db.executemany(
                    f"INSERT INTO entry (post, shape, exact, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
                    [(row.lastrowid, *_row(entry)) for entry in entries],
                )

    def find(self, key: _Key) -> list[Kept]:
        """The entries with this message and signature, by post and line."""
        message, signature = key[0], json.dumps(key[1])
        found = self._kept(_EXACT, _number(*key))
        return [entry for entry in found if entry.message == message and entry.signature == signature]

    def alike(self, key: _Key) -> list[Kept]:
        """Those with this shape and signature."""
        shape, signature = key[0], json.dumps(key[1])
        found = self._kept(_SHAPE, _number(*key))
        return [entry for entry in found if shape_of(entry.message) == shape and entry.signature == signature]

    def keys(self) -> list[_Key]:
        """All messages with their signatures, each once, by post and line of the first that has it."""
        rows = self._rows(_KEYS)
        signatures = {text: tuple(json.loads(text)) for text in {row[1] for row in rows}}
        return list(dict.fromkeys((message, signatures[signature]) for message, signature in rows))

    def __iter__(self) -> Iterator[Entry]:
        for entry in self._kept(_ALL):
            yield entry.unpacked()

    def _kept(self, query: str, *values: int) -> list[Kept]:
        return [Kept(*row) for row in self._rows(query, values)]

    def _rows(self, query: str, values: tuple[int, ...] = ()) -> list[Any]:
        try:
            with self._lock:
                return self._db.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise ConfigError(f"it is damaged: {error}.", path=self._path, remedy="Delete it.") from error

    def close(self) -> None:
        """It cannot be used any more."""
        self._db.close()


def _number(message: str, signature: tuple[str, ...]) -> int:
    digest = blake2b(f"{message}\0{signature}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _row(entry: Entry) -> tuple[int, int, str, str, str, int, str, str, str, str]:
    """Its shape and message as numbers, and its columns."""
    return (
        _number(entry.shape, entry.signature),
        _number(entry.message, entry.signature),
        entry.message,
        json.dumps(entry.signature),
        entry.post,
        entry.line,
        entry.file,
        *entry.around,
        json.dumps([*map(_packed, (entry.source, entry.target))], ensure_ascii=False, separators=(",", ":")),
    )


def _packed(pieces: Iterable[Piece]) -> list[list[Any]]:
    """Pieces without their places; of plain text little more than the text."""
    return [
        [piece.text, piece.source, is_verbatim(piece)]
        if piece.kind == "text"
        else [piece.text, piece.source, is_verbatim(piece), piece.kind, piece.id, piece.name, piece.value]
        for piece in pieces
    ]


def _unpacked(rows: Iterable[list[Any]]) -> tuple[Piece, ...]:
    return tuple(_piece(*row) for row in rows)


def _piece(text: str, source: str, verbatim: Any, kind: Any = "text", *tag: Any) -> Piece:
    piece = Piece(kind, source, 0, 0, text, *tag)
    return verbatim_pieces([piece])[0] if verbatim else piece


@cache
def _program() -> str:
    """A digest of everything that decides what is learnt from a post."""
    digest = blake2b(version("markdown-it-py").encode(), digest_size=16)
    for room in ("content", "markdown", "translation"):
        for path in sorted(Path(__file__).parents[1].joinpath(room).glob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()
