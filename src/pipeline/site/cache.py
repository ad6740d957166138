"""What earlier builds into a directory have found out, in one SQLite file below .pipeline/: safe to delete at any time.

It holds what was read in the files of posts, by their size and times; what articles became, by all that went into
them; what the files of the site were made from; what the search knows. A build that is given up or killed leaves the
file as it was before, but for articles that it had rendered; whatever is wrong with it makes it be begun anew.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import shutil
import sqlite3
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from hashlib import blake2b
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

from pipeline.site.cache_file import connected, ground_of, has_site, remove

__all__ = ["Cache", "Damaged", "Made", "Row", "digest", "packed"]

log = logging.getLogger(__name__)

_STAGED = ".staged"
_LONG = 3600.0  # seconds in which a build that goes on stages a file
_T = TypeVar("_T")


def digest(*parts: object) -> str:
    """A name for some values that tell all about themselves in their `repr`."""
    return blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


@dataclass(frozen=True, slots=True)
class Made:
    """A file of the site: the digest of all that went into it, and the size and times it had when it was written."""

    made_from: str
    stat: str


@dataclass(frozen=True, slots=True)
class Row:
    """An article: the digest of all that went into it, and of what came out; what else the site has to do with it, and
    what its pages show of it, both as JSON.
    """

    made_from: str
    digest: str
    remarks: str
    facts: str


class Cache:
    """One build's view of the file. Nothing is kept before `commit`."""

    def __init__(self, folder: Path, out: Path, *, kept: bool = True) -> None:
        """The cache for the site in `out`; `folder` need not be there. `is_kept` says whether what is told to it will
        be there for the next build.
        """
        self._out = out
        self.is_kept = kept
        self.path = folder / f"{blake2b(str(out.resolve()).encode(), digest_size=8).hexdigest()}.db"
        self._shareable = False
        self._is_lost = False
        self._process = os.getpid()
        # Of the process that this one is a copy of: never to be closed here.
        self._copied: list[sqlite3.Connection] = []
        self._db = self._opened(out) if kept else connected(None, out)

    def _opened(self, out: Path) -> sqlite3.Connection:
        self._shareable = True
        try:
            return connected(self.path, out)
        except sqlite3.OperationalError as error:
            log.info("%s is not used: %s", self.path, error)  # another build has it
            self.is_kept, self._shareable, self._is_lost = False, False, True
            return connected(None, out)
        except (sqlite3.Error, OSError) as error:
            log.warning("%s is begun anew: %s", self.path, error)
        remove(self.path)
        try:
            return connected(self.path, out)
        except (sqlite3.Error, OSError) as error:
            log.warning("%s cannot be used: %s", self.path, error)
            self.is_kept = self._shareable = False
            return connected(None, out)

    def fact(self, name: str) -> str:
        """A value that was kept; `""` if there is none."""
        rows = self._read("SELECT value FROM facts WHERE name = ?", name)
        return str(rows[0][0]) if rows else ""

    def keep_fact(self, name: str, value: str) -> None:
        """Keep a value."""
        self._write("INSERT OR REPLACE INTO facts VALUES (?, ?)", [(name, value)])

    def posts(self) -> dict[str, tuple[str, str]]:
        """(size and times, facts as JSON) of each file of a post that was read, by path."""
        return {path: (stat, facts) for path, stat, facts in self._read("SELECT * FROM posts")}

    def keep_posts(self, fresh: Mapping[str, tuple[str, str]], gone: Iterable[str]) -> None:
        """Add some, and forget others."""
        self._write("INSERT OR REPLACE INTO posts VALUES (?, ?, ?)", [(path, *rest) for path, rest in fresh.items()])
        self._write("DELETE FROM posts WHERE path = ?", [(path,) for path in gone])

    def article(self, name: str) -> Row | None:
        """What is known of an article, by `locale/key`."""
        rows = self._read("SELECT made_from, digest, remarks, facts FROM articles WHERE name = ?", name)
        return Row(*rows[0]) if rows else None

    def article_names(self) -> set[str]:
        """`locale/key` of each article that is kept."""
        return {name for (name,) in self._read("SELECT name FROM articles")}

    def article_shown(self, name: str) -> tuple[str, str] | None:
        """The digest of what an article became, and its facts; None if it is not kept."""
        rows = self._read("SELECT digest, facts FROM articles WHERE name = ?", name)
        return (str(rows[0][0]), str(rows[0][1])) if rows else None

    def remarked(self) -> set[str]:
        """`locale/key` of each article that is kept with which the site has more to do than to show it."""
        return {name for (name,) in self._read("SELECT name FROM articles WHERE remarks != ''")}

    def article_remarks(self, name: str) -> str:
        """What else the site has to do with an article that is kept, as JSON."""
        rows = self._read("SELECT remarks FROM articles WHERE name = ?", name)
        if not rows:
            raise Damaged(f"{self.path}: {name} is missing")
        return str(rows[0][0])

    def keep_article(self, name: str, row: Row, html: bytes, text: str) -> None:
        """Keep an article, its HTML, `packed`, and its text. The text of the one before it is kept until it is
        `forget_superseded`.
        """
        self._supersede([name])
        self._write("INSERT OR REPLACE INTO articles VALUES (?, ?, ?, ?, ?)", [(name, *astuple(row))])
        self._write("INSERT OR REPLACE INTO texts VALUES (?, ?, ?)", [(name, html, _encoded(text))])

    def forget_articles(self, names: Iterable[str]) -> None:
        """These are no more, but for what the search still knows of them."""
        names = list(names)
        self._supersede(names)
        for table in ("articles", "texts"):
            self._write(f"DELETE FROM {table} WHERE name = ?", [(name,) for name in names])  # noqa: S608 (names of ours)

    def _supersede(self, names: Iterable[str]) -> None:
        """Keep the text that the search index was made of, should there be another when it is brought up to date."""
        command = "INSERT OR IGNORE INTO superseded SELECT name, text FROM texts WHERE name = ?"
        self._write(command, [(name,) for name in names])

    def html(self, name: str) -> str:
        """The HTML of an article that is kept."""
        return self._text("SELECT html FROM texts WHERE name = ?", name, is_packed=True)

    def text(self, name: str) -> str:
        """The text of an article that is kept."""
        return self._text("SELECT text FROM texts WHERE name = ?", name)

    def searched(self, language: str) -> list[tuple[str, str]]:
        """(name, what its terms were made from) of each document of a search index, in order."""
        question = "SELECT name, made_from FROM searched WHERE language = ? ORDER BY number"
        return [(name, made_from) for name, made_from in self._read(question, language)]

    def searched_places(self, language: str, names: Iterable[str]) -> dict[str, int]:
        """The numbers of the documents of these names, where there are such."""
        question = "SELECT number FROM searched WHERE language = ? AND name = ?"
        return {name: number for name in names for (number,) in self._read(question, language, name)}

    def searched_labels(self, language: str, number: int) -> tuple[str, str]:
        """Title and labels that a document of a search index had."""
        question = "SELECT labels FROM searched WHERE language = ? AND number = ?"
        try:
            title, labels = json.loads(self._read(question, language, number)[0][0])
        except (ValueError, TypeError, LookupError) as error:
            raise Damaged(f"{self.path}: {error}") from error
        return str(title), str(labels)

    def searched_text(self, name: str) -> str:
        """The text of an article when the search index was made."""
        question = (
            "SELECT text FROM superseded WHERE name = ?1 UNION ALL SELECT text FROM texts WHERE name = ?1 LIMIT 1"
        )
        return self._text(question, name)

    def keep_searched(self, language: str, documents: Iterable[tuple[int, str, str, Sequence[str]]]) -> None:
        """Keep (number, name, what its terms were made from, title and labels) of documents of a search index."""
        rows = ((language, number, name, made, json.dumps(labels)) for number, name, made, labels in documents)
        self._write("INSERT OR REPLACE INTO searched VALUES (?, ?, ?, ?, ?)", rows)

    def forget_searched(self, language: str, first: int) -> None:
        """The documents from this one on are no more."""
        self._write("DELETE FROM searched WHERE language = ? AND number >= ?", [(language, first)])

    def forget_superseded(self) -> None:
        """All search indexes know the articles as they are."""
        self._write("DELETE FROM superseded", [()])

    def files(self) -> dict[str, Made]:
        """What the files of the site were made from, by path."""
        return {path: Made(*rest) for path, *rest in self._read("SELECT * FROM files")}

    def known_files(self) -> Mapping[str, Made]:
        """As `files`, for those who ask for few of them."""
        return _Files(self)

    def file(self, path: str) -> Made | None:
        """What a file of the site was made from."""
        rows = self._read("SELECT made_from, stat FROM files WHERE path = ?", path)
        return Made(*rows[0]) if rows else None

    def keep_files(self, fresh: Iterable[tuple[str, Made]], gone: Iterable[str]) -> None:
        """Add some, and forget others."""
        rows = ((path, made.made_from, made.stat) for path, made in fresh)
        self._write("INSERT OR REPLACE INTO files VALUES (?, ?, ?)", rows)
        self._write("DELETE FROM files WHERE path = ?", [(path,) for path in gone])

    def commit(self) -> None:
        """From here on all of it is kept."""
        try:
            self._db.commit()
        except sqlite3.Error as error:
            log.warning("%s is not kept: %s", self.path, error)
            self.is_kept = False

    def share(self) -> bool:
        """Let copies of this process read what is there; False where they cannot.

        The articles are kept from here on, and the next build looks at all pages again, should this one not end.
        """
        if not self._shareable:
            return False
        self.keep_fact("facts", "")
        self._guarded(self._db.commit)
        # What is written from here on stays in memory until the end, so that it locks nobody out who reads.
        self._guarded(lambda: self._db.execute("PRAGMA cache_spill = OFF"))
        self._guarded(lambda: self._db.execute("PRAGMA busy_timeout = 5000"))
        self._go_on()
        return True

    def alone(self) -> None:
        """There are no copies any more."""
        self._guarded(lambda: self._db.execute("PRAGMA cache_spill = ON"))

    @property
    def ground(self) -> Path:
        """The file of what the last build decided."""
        return ground_of(self.path)

    def staging(self) -> Path:
        """A new name for a directory of files that wait for the end of a build."""
        return self.path.with_suffix(f".{secrets.token_hex(4)}{_STAGED}")

    def prune(self) -> None:
        """Remove what is kept for directories that are no more, and what killed builds have left."""
        for path in self.path.parent.glob(f"*{_STAGED}"):
            if time.time() - path.stat().st_mtime > _LONG:
                shutil.rmtree(path, ignore_errors=True)
        for path in self.path.parent.glob("*.db"):
            if path != self.path and not has_site(path):
                remove(path)

    def close(self) -> None:
        """Give up what was not committed."""
        self._db.close()

    def _go_on(self) -> None:
        """Take the file again, which copies may read all the same. Raises Damaged where another build has it by now."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            self._is_lost = True
            raise Damaged(f"{self.path}: another build has it ({error})") from error

    def _text(self, question: str, name: str, *, is_packed: bool = False) -> str:
        try:
            ((data,),) = self._read(question, name)
            data = zlib.decompress(data) if is_packed else data
            return str(data, "utf-8", "surrogatepass")
        except (TypeError, ValueError, zlib.error) as error:
            raise Damaged(f"{self.path}: {error}") from error

    def _read(self, question: str, *values: str | int) -> list[tuple[Any, ...]]:
        if self._process != os.getpid():
            self._process = os.getpid()
            self._copied.append(self._db)
            self._db = self._guarded(lambda: sqlite3.connect(f"{self.path.absolute().as_uri()}?mode=ro", uri=True))
            self._guarded(lambda: self._db.execute("PRAGMA cache_size = -500"))
        return self._guarded(lambda: self._db.execute(question, values).fetchall())

    def _write(self, command: str, rows: Iterable[tuple[Any, ...]]) -> None:
        left = iter(rows)
        first = next(left, None)
        if first is not None:  # without any, the file need not be taken
            self._guarded(lambda: self._db.executemany(command, chain([first], left)))

    def _guarded(self, what: Callable[[], _T]) -> _T:
        try:
            return what()
        except sqlite3.Error as error:
            raise Damaged(f"{self.path}: {error}") from error

    def anew(self) -> Cache:
        """One that knows nothing; where another build has the file, it is left to that one."""
        self.close()
        if self._is_lost:
            return Cache(self.path.parent, self._out, kept=False)
        remove(self.path)
        return Cache(self.path.parent, self._out)


class _Files(Mapping[str, Made]):
    """What the files of a site were made from, read when it is asked for."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    def __getitem__(self, path: str) -> Made:
        made = self._cache.file(path)
        if made is None:
            raise KeyError(path)
        return made

    def __iter__(self) -> Iterator[str]:
        return iter(self._cache.files())

    def __len__(self) -> int:
        return len(self._cache.files())


class Damaged(Exception):
    """What was kept cannot be used."""


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def packed(text: str) -> bytes:
    """A long text as it is kept."""
    return zlib.compress(_encoded(text), 1)
