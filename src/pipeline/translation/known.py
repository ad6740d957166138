"""What is known in a locale: the approved segments of all posts, and those that were imported."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from pathlib import Path

from pipeline.config import Settings
from pipeline.content import Library, Post
from pipeline.errors import ConfigError, PipelineError
from pipeline.files import write_atomic
from pipeline.markdown import Segment
from pipeline.translation.document import Document
from pipeline.translation.entries import Entry
from pipeline.translation.memory import Memory, learnt
from pipeline.translation.store import Learn, open_store
from pipeline.translation.tmx import Languages, TmxFile, read_tmx, tmx_lines

__all__ = ["Imported", "exported", "import_tmx", "imported", "known", "known_memory", "memory_file"]

log = logging.getLogger(__name__)

_LAST = "\U0010ffff"  # no post has this name, and every one is before it


def memory_file(settings: Settings, locale: str) -> Path:
    """Where a locale's imported pairs are: a TMX file that is kept with the posts."""
    return settings.root / "memory" / f"{locale}.tmx"


def known(settings: Settings, library: Library, locale: str) -> Iterable[Entry]:
    """All pairs: those of the posts, then the imported ones. Raises ConfigError for a file of these that is damaged."""
    memory = known_memory(settings, library, locale)
    return memory.store or [entry for entries in memory.exact.values() for entry in entries]


def known_memory(settings: Settings, library: Library, locale: str) -> Memory:
    """The same, to look things up in."""
    sources = dict(_sources(settings, library, locale))
    store = open_store(settings.work / "memory" / f"{locale}.sqlite", sources)
    if store is not None:
        return Memory(store=store)
    memory = Memory()
    for _, learn in sources.values():
        memory.learn(learn())
    return memory


def _sources(settings: Settings, library: Library, locale: str) -> Iterator[tuple[str, tuple[str, Learn]]]:
    """What there is to learn from: (name, (digest, learn)) of each post, and of the imported pairs."""
    fields = settings.translation.fields
    for pair in library.pairs(locale):
        if pair.target is not None and pair.snapshot is not None:
            yield (
                pair.key,
                (
                    _digest(repr(fields), pair.snapshot.text, pair.target.text),
                    partial(_learnt, pair.snapshot, pair.target, fields),
                ),
            )
    path = memory_file(settings, locale)
    if path.exists():
        languages = _languages(settings, locale)
        yield _LAST, (_digest(repr(languages), path.read_bytes()), lambda: imported(settings, locale).entries)


def _digest(*parts: str | bytes) -> str:
    digest = blake2b(digest_size=16)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()


def _learnt(snapshot: Post, target: Post, fields: Sequence[str]) -> list[Entry]:
    try:
        return list(learnt(Document.of(snapshot, fields), Document.of(target, fields)))
    except PipelineError as error:
        log.warning("%s is left out of the memory: %s", target.key, error)
        return []


def imported(settings: Settings, locale: str) -> TmxFile:
    """What `memory_file` holds. Raises ConfigError, with the line, if it is damaged."""
    path = memory_file(settings, locale)
    return _read(settings, locale, path) if path.exists() else TmxFile()


def _read(settings: Settings, locale: str, path: Path) -> TmxFile:
    name = str(path.relative_to(settings.root)) if path.is_relative_to(settings.root) else str(path)
    return read_tmx(path, _languages(settings, locale), name=name)


def _languages(settings: Settings, locale: str) -> Languages:
    return Languages(settings.language(settings.source), settings.language(locale))


def exported(settings: Settings, locale: str, entries: Iterable[Entry]) -> Iterator[str]:
    """Pairs of a locale as the lines of a TMX file."""
    languages = _languages(settings, locale)
    return tmx_lines(entries, source=languages.source, target=languages.target)


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: pairs that are new, pairs that were known, and (line, reason) of units that are no use."""

    added: int
    known: int
    skipped: tuple[tuple[int, str], ...]


def import_tmx(settings: Settings, library: Library, locale: str, path: Path, *, dry_run: bool = False) -> Imported:
    """Add the pairs of a TMX file that are not known yet to the locale's own.

    Raises ConfigError, with the line, for a file that cannot be read, and where the locale's own is not as this writes
    it. With `dry_run` nothing is written.
    """
    file = _read(settings, locale, path)
    own = imported(settings, locale)
    if not own.own or own.skipped:
        raise ConfigError(
            "another tool wrote this, and some of it would be lost.",
            path=memory_file(settings, locale),
            line=own.skipped[0][0] if own.skipped else None,
            remedy="Move it out of memory/ and import it from there.",
        )
    seen = {_said(entry) for entry in known(settings, library, locale)}
    added = []
    for entry in file.entries:
        if _said(entry) not in seen:
            seen.add(_said(entry))
            added.append(entry)
    if added and not dry_run:
        text = "".join(exported(settings, locale, [*own.entries, *added]))
        write_atomic(memory_file(settings, locale), text.encode())
    return Imported(len(added), len(file.entries) - len(added), file.skipped)


def _said(entry: Entry) -> tuple[str, tuple[str, ...], str]:
    return entry.message, entry.signature, Segment("text", 0, 0, entry.target).message
