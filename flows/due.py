"""What has become due since the site was last published from here: by an edit, or by a date."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path

import pipeline
from pipeline.config import CONFIG_NAME, Settings
from pipeline.content import Library
from pipeline.files import write_atomic
from pipeline.site.articles import articles

__all__ = ["Due", "look", "remember"]

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Due:
    """`why` in a few words, empty if nothing is due; `state` is what `remember` keeps when that is published."""

    why: str
    state: dict[str, object]


def look(settings: Settings, now: datetime | None = None) -> Due:
    """Compare what the site is made of, what it shows at `now` and what is built with what was published last.

    Files are told by size and time of change, as make does; no file of content/ is read but for its front matter.
    """
    shown = sorted(_shown(settings, now or datetime.now(UTC)))
    state: dict[str, object] = {
        "inputs": _digest(_inputs(settings), settings.model_dump_json()),
        "public": _digest(_files(settings.public)),
        "shown": shown,
    }
    before = _remembered(settings)
    if before.get("inputs") != state["inputs"]:
        return Due("the content or the configuration changed" if before else "nothing was published from here", state)
    told = {"appeared": set(shown) - set(_texts(before)), "went": set(_texts(before)) - set(shown)}
    if any(told.values()):
        return Due("; ".join(f"{_named(posts)} {what}" for what, posts in told.items() if posts), state)
    return Due("" if before.get("public") == state["public"] else "public/ is not what was published", state)


def remember(settings: Settings, due: Due) -> None:
    """Note that all of this is published now; `public` is looked at anew, because it has just been built."""
    kept = due.state | {"public": _digest(_files(settings.public))}
    settings.work.mkdir(parents=True, exist_ok=True)
    write_atomic(_place(settings), json.dumps(kept).encode())


def _shown(settings: Settings, now: datetime) -> Iterator[str]:
    library = Library.read(settings)
    for locale, found in articles(settings, library, now, drafts=False).items():
        yield from (f"{key} ({locale})" for key in found)


def _texts(before: dict[str, object]) -> list[str]:
    shown = before.get("shown")
    return [str(key) for key in shown] if isinstance(shown, list) else []


def _place(settings: Settings) -> Path:
    return settings.work / "published.json"


def _remembered(settings: Settings) -> dict[str, object]:
    try:
        found = json.loads(_place(settings).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _inputs(settings: Settings) -> Iterator[str]:
    for name in ("content", "static", "theme"):
        yield from _files(settings.root / name)
    yield from _files(Path(pipeline.__file__).parent / "site")  # another version of the program builds other pages
    yield _stat(settings.root / CONFIG_NAME)


def _files(folder: Path) -> Iterator[str]:
    for directory, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        yield from (_stat(Path(directory, name)) for name in sorted(names))


def _stat(path: Path) -> str:
    try:
        found = path.stat()
    except OSError:
        return f"{path} is gone"
    return f"{path} {found.st_size} {found.st_mtime_ns}"


def _digest(lines: Iterable[str], *more: str) -> str:
    digest = blake2b(digest_size=16)
    for line in (*lines, *more):
        digest.update(line.encode("utf-8", "surrogateescape") + b"\n")
    return digest.hexdigest()


def _named(posts: Iterable[str]) -> str:
    names = sorted(posts)
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
