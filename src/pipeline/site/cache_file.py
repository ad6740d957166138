"""The SQLite file of a cache, which is of one program: by another one it is begun anew."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from pipeline.taken import program

__all__ = ["connected", "ground_of", "has_site", "remove"]

_TABLES = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE posts (path TEXT PRIMARY KEY, stat TEXT NOT NULL, facts TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE articles (name TEXT PRIMARY KEY, made_from TEXT NOT NULL, digest TEXT NOT NULL, remarks TEXT NOT NULL,
 facts TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX remarked ON articles (name) WHERE remarks != '';
CREATE TABLE texts (name TEXT PRIMARY KEY, html BLOB NOT NULL, text BLOB NOT NULL);
CREATE TABLE superseded (name TEXT PRIMARY KEY, text BLOB NOT NULL);
CREATE TABLE searched (language TEXT, number INTEGER, name TEXT NOT NULL, made_from TEXT NOT NULL, labels TEXT NOT NULL,
 PRIMARY KEY (language, number));
CREATE INDEX searched_names ON searched (language, name);
CREATE TABLE files (path TEXT PRIMARY KEY, made_from TEXT NOT NULL, stat TEXT NOT NULL)
 WITHOUT ROWID;
"""


def connected(path: Path | None, out: Path) -> sqlite3.Connection:
    """The file for the site in `out`, taken; in memory without a path. It is empty where another program made it.

    Raises sqlite3.OperationalError if another build has it, any sqlite3.Error if it is damaged, and OSError.
    """
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
    db = sqlite3.connect(path or ":memory:", timeout=0, check_same_thread=False)
    db.execute("PRAGMA synchronous = OFF")  # what a crash of the machine spoils is found to be damaged
    db.execute("PRAGMA cache_size = -2000")
    tables = {name for (name,) in db.execute("SELECT name FROM sqlite_master")}
    known = db.execute("SELECT value FROM facts WHERE name = 'program'").fetchone() if "facts" in tables else None
    of_today = program()
    if known != (of_today,):
        for name in tables:
            db.execute(f'DROP TABLE IF EXISTS "{name}"')
        db.executescript(_TABLES)
        db.execute("INSERT INTO facts VALUES ('program', ?), ('out', ?)", (of_today, os.fspath(out.resolve())))
        db.commit()
    db.execute("BEGIN IMMEDIATE")  # of two builds at once, the second does without what is kept
    return db


def has_site(path: Path) -> bool:
    """Whether the directory that a file is for is there, or may be: somebody has the file."""
    try:
        db = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=0)
        try:
            rows = db.execute("SELECT value FROM facts WHERE name = 'out'").fetchall()
        finally:
            db.close()
    except sqlite3.OperationalError:
        return True
    except sqlite3.Error:
        return False
    return bool(rows) and Path(rows[0][0]).is_dir()


def ground_of(path: Path) -> Path:
    """The file beside it, of what the last build decided."""
    return path.with_suffix(".ground")


def remove(path: Path) -> None:
    """The file, and what goes with it."""
    for name in (path, path.with_name(f"{path.name}-journal"), ground_of(path)):
        name.unlink(missing_ok=True)
