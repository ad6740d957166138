"""Files that are copied as they are: those of static/, and those beside the posts."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pipeline.config import Settings
from pipeline.content.tree import NOT_TEXT, escaped, is_text
from pipeline.errors import BuildError
from pipeline.site.pages import Plan
from pipeline.site.permalinks import inside

__all__ = ["Attachments", "find_attachments", "leads_out"]

_JUNK = frozenset({".DS_Store", ".git", "Thumbs.db", "desktop.ini"})


@dataclass(frozen=True, slots=True)
class Attachments:
    """`files` are the files to copy by their path in the site; `beside` gives, for each locale, the path in the site
    of every file beside its posts by its name below content/LOCALE (in Unicode's composed form).
    """

    files: Mapping[str, Path]
    beside: Mapping[str, Mapping[str, str]]
    problems: tuple[BuildError, ...]


def find_attachments(settings: Settings, plan: Plan, prefixes: Mapping[str, str]) -> Attachments:
    """Everything to copy. A file of a page bundle stays out while its post does; links that lead out of the tree are
    problems.
    """
    problems: list[BuildError] = []
    files = dict(_walk(settings.root / "static", problems, hidden=True))
    beside: dict[str, dict[str, str]] = {}
    for locale in [settings.source, *settings.targets]:
        beside[locale] = {}
        found = dict(_walk(settings.content(locale), problems))
        bundles = {name.rpartition("/")[0] for name in found if name.endswith("/index.md")}
        for name, path in found.items():
            target = None if _is_markdown(name) else _place(name, locale, bundles, plan, prefixes[locale])
            if target is not None:
                beside[locale][name] = target
                files[target] = path
    return Attachments(files, beside, tuple(problems))


def leads_out(path: Path) -> BuildError:
    """The problem of a link to a file that is not part of the checkout."""
    message = "is a link that leads out of the tree."
    return BuildError(message, path=path, remedy="Put the file itself there.", kind="files")


def _place(name: str, locale: str, bundles: set[str], plan: Plan, prefix: str) -> str | None:
    """Where a file beside posts goes: with the page of its bundle, else to the same place below the locale."""
    for parent in map(str, PurePosixPath(name).parents):
        if parent in bundles:
            page = plan.page(locale, parent)
            return f"{page.path}{name.removeprefix(parent + '/')}" if page else None
    return f"{prefix}/{name}" if prefix else name


def _walk(root: Path, problems: list[BuildError], *, hidden: bool = False) -> Iterator[tuple[str, Path]]:
    """(name below `root`, path) of every file; with `hidden` of those, too, that start with a dot."""
    real_root = root.resolve()
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if _wanted(name, hidden=hidden))
        for name in sorted(names):
            path = Path(folder, name)
            relative = unicodedata.normalize("NFC", path.relative_to(root).as_posix())
            if not _wanted(name, hidden=hidden) or not inside(relative):
                continue
            if not hidden and _is_markdown(name):
                yield relative, path
            elif not is_text(relative):
                problems.append(BuildError(NOT_TEXT, path=root / escaped(relative), remedy="Rename it.", kind="files"))
            elif path.is_symlink() and not path.resolve().is_relative_to(real_root):
                problems.append(leads_out(path))
            elif path.is_file():
                yield relative, path


def _is_markdown(name: str) -> bool:
    """Posts are read and judged elsewhere."""
    return name.lower().endswith(".md")


def _wanted(name: str, *, hidden: bool) -> bool:
    return name not in _JUNK and (hidden or not name.startswith("."))
