"""The files of a Hugo site's content: pages by language and name, and what lies beside them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from pipeline.adoption.languages import MARKDOWN, Language, Site
from pipeline.adoption.report import LeftOut, counted

__all__ = ["Found", "Page", "find_files", "is_junk", "path_key"]

_JUNK = frozenset({".DS_Store", "Thumbs.db", "desktop.ini", ".git", ".gitkeep", ".keep", ".hugo_build.lock"})
# Formats that Hugo renders and this pipeline does not.
_OTHER_MARKUP = frozenset({".adoc", ".asciidoc", ".ad", ".org", ".rst", ".pandoc", ".pdc", ".gotmpl"})


@dataclass(frozen=True, slots=True)
class Page:
    """A Markdown file. `name` is where it belongs below a locale: `posts/foo/index.md`, without the language;
    `where` is its path below the old site.
    """

    path: Path
    where: str
    language: str
    name: PurePosixPath

    @property
    def post(self) -> str:
        """What it is called here: `posts/foo`."""
        bundle = self.name.name == "index.md" and len(self.name.parts) > 1
        return str(self.name.parent if bundle else self.name.with_suffix(""))

    @property
    def key(self) -> str:
        """What its translations share."""
        return path_key(self.post)


@dataclass(slots=True)
class Found:
    """`pages` by language, then by key; `attachments`: (language, name below the locale) → the file; `bundles`: the
    directories of page bundles, by name below the locale.
    """

    pages: dict[str, dict[str, Page]] = field(default_factory=dict)
    attachments: dict[tuple[str, str], Path] = field(default_factory=dict)
    bundles: set[str] = field(default_factory=set)
    left_out: list[LeftOut] = field(default_factory=list)


def find_files(site: Site) -> Found:
    """Everything below the content directories of the languages that are adopted."""
    found = Found()
    folders = {language.folder for language in site.languages}
    wanted = {language.key: language for language in (site.source, *site.targets)}
    skipped: dict[str, int] = {}
    for folder in sorted(folders):
        inner = {site.root / other for other in folders if other.startswith(f"{folder}/")}
        owner = _owner(site, folder)
        paths = sorted(_files(site, folder, inner, found))
        bundles = {path.parent for path in paths if _is_index(path, site, owner)}
        found.bundles |= {path.relative_to(site.root / folder).as_posix() for path in bundles} - {"."}
        for path in paths:
            language, name = _place(path.relative_to(site.root / folder), site, owner)
            if language not in wanted:
                skipped[language] = skipped.get(language, 0) + 1
            elif path.suffix.lower() in MARKDOWN:
                within = any(up in bundles for up in _above(path, site.root / folder))
                _page(Page(path, _where(site, path), language, name), found, within=within)
            else:
                _attachment(site, path, wanted[language], name, found)
    for language, number in sorted(skipped.items()):
        reason = (
            f"{counted(number, 'file')} in `{language}`, which was not asked for: --target {language} adopts it too"
        )
        found.left_out.append(LeftOut(f"[{language}]", reason))
    return found


def path_key(name: str) -> str:
    """Hugo compares paths without regard to case and blanks."""
    return re.sub(r"\s+", "-", name.lower())


def is_junk(name: str) -> bool:
    """A file that belongs to an editor or a system."""
    return name in _JUNK or name.endswith("~")


def _owner(site: Site, folder: str) -> str:
    """The language of a directory's files that name none."""
    here = [language.key for language in site.languages if language.folder == folder]
    return here[0] if len(here) == 1 or site.default not in here else site.default


def _files(site: Site, folder: str, inner: set[Path], found: Found) -> Iterator[Path]:
    real = site.root.resolve()
    for directory, folders, names in os.walk(site.root / folder, onerror=lambda error: _unlisted(site, error, found)):
        here = Path(directory)
        for name in sorted(folders):
            path = here / name
            if name.startswith(".") or path in inner:
                folders.remove(name)
            elif path.is_symlink():
                found.left_out.append(LeftOut(_where(site, path), "a link to a directory: put the files there"))
        for name in names:
            path = here / name
            if name.startswith(".") or is_junk(name):
                continue
            if path.is_symlink() and not (path.exists() and path.resolve().is_relative_to(real)):
                found.left_out.append(LeftOut(_where(site, path), "a link that leads out of the site, or nowhere"))
            elif not path.is_file():
                found.left_out.append(LeftOut(_where(site, path), "no file: a pipe, a socket or a device"))
            elif path.suffix.lower() in _OTHER_MARKUP:
                found.left_out.append(LeftOut(_where(site, path), "not Markdown"))
            else:
                yield path


def _unlisted(site: Site, error: OSError, found: Found) -> None:
    path = Path(str(error.filename))
    found.left_out.append(LeftOut(_where(site, path), f"cannot be read: {error.strerror}"))


def _where(site: Site, path: Path) -> str:
    return path.relative_to(site.root).as_posix() if path.is_relative_to(site.root) else str(path)


def _place(path: Path, site: Site, owner: str) -> tuple[str, PurePosixPath]:
    """The language of a file, and its name without it: `a/index.zh-cn.md` gives zh-cn and `a/index.md`."""
    stem, dot, suffix = path.stem.rpartition(".")
    key = suffix.lower().replace("_", "-")
    language = key if dot and stem and any(key == other.key for other in site.languages) else owner
    end = ".md" if path.suffix.lower() in MARKDOWN else path.suffix
    name = (stem if language == key and dot and stem else path.stem) + end
    return language, PurePosixPath(*path.parts[:-1], name)


def _is_index(path: Path, site: Site, owner: str) -> bool:
    return path.suffix.lower() in MARKDOWN and _place(Path(path.name), site, owner)[1].stem == "index"


def _above(path: Path, top: Path) -> list[Path]:
    """The directories that a page lies in, but the one that it is the index of, and the top."""
    folders = [up for up in path.parents if up != top and up.is_relative_to(top)]
    return folders[1:] if path.stem.partition(".")[0] == "index" else folders


def _page(page: Page, found: Found, *, within: bool) -> None:
    if within:
        found.left_out.append(LeftOut(page.where, "part of a page bundle, not a page of its own"))
        return
    pages = found.pages.setdefault(page.language, {})
    other = pages.setdefault(page.key, page)
    if other is not page:
        # A name that says its language is meant; one that says none may be a leftover.
        kept, out = (page, other) if len(page.path.name) > len(other.path.name) else (other, page)
        pages[page.key] = kept
        found.left_out.append(LeftOut(out.where, f"has the same name as {kept.where}"))


def _attachment(site: Site, path: Path, language: Language, name: PurePosixPath, found: Found) -> None:
    """A file that is not a page; one for a single language, in a directory that all share, has both its names, since
    a post may use either.
    """
    if path.suffix.lower() in {".html", ".htm"} and _has_front_matter(path):
        found.left_out.append(LeftOut(_where(site, path), "not Markdown"))
        return
    found.attachments[language.key, name.as_posix()] = path
    if path.name != name.name:
        found.attachments[site.source.key, name.with_name(path.name).as_posix()] = path


def _has_front_matter(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(8).lstrip(b"\xef\xbb\xbf").startswith((b"---", b"+++"))
    except OSError:
        return False
