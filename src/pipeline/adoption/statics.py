"""Files that are copied as they are from static directories, and what of a Hugo site belongs to Hugo alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from pipeline.adoption.files import is_junk
from pipeline.adoption.hugo import table
from pipeline.adoption.languages import Site
from pipeline.adoption.report import LeftOut, counted

__all__ = ["hugos_own", "static_files"]

_HUGOS = {
    "layouts": "Hugo's templates: a theme/ directory may override the built-in one",
    "themes": "Hugo's themes",
    "assets": "files for Hugo's themes: those that posts show belong into static/",
    "i18n": "texts of Hugo's themes",
    "data": "data for Hugo's templates",
    "archetypes": "Hugo's patterns for new posts",
}


def static_files(site: Site, left_out: list[LeftOut]) -> dict[str, Path]:
    """Path below static/ → the file, of all static directories. Of two with one name the later counts, as in Hugo."""
    found: dict[str, Path] = {}
    real = site.root.resolve()
    for folder in _folders(site):
        top = site.root / folder
        for directory, folders, names in os.walk(top):
            folders[:] = sorted(name for name in folders if name != ".git")
            for name in sorted(names):
                path = Path(directory, name)
                where = path.relative_to(site.root).as_posix()
                if is_junk(name):
                    continue
                if not path.is_file() or not path.resolve().is_relative_to(real):
                    left_out.append(LeftOut(where, "a link that leads out of the site, or no file"))
                    continue
                target = path.relative_to(top).as_posix()
                if target in found:
                    left_out.append(
                        LeftOut(found[target].relative_to(site.root).as_posix(), f"{where} takes its place")
                    )
                found[target] = path
    return found


def hugos_own(site: Site) -> Iterator[LeftOut]:
    """Directories whose purpose ends with Hugo, and submodules that are not there."""
    for name, reason in _HUGOS.items():
        folder = site.root / (site.config.text(f"{name.rstrip('s')}dir") or name)
        number = sum(len(names) for _, _, names in os.walk(folder))
        if number:
            yield LeftOut(f"{folder.relative_to(site.root).as_posix()}/", f"{reason} ({counted(number, 'file')})")


def _folders(site: Site) -> list[str]:
    """The static directories, those of the whole site first."""
    names: list[str] = []
    for settings in (site.config.data, *(language.settings for language in site.languages)):
        for key in sorted(key for key in settings if key.startswith("staticdir")):
            value = settings[key]
            names += [value] if isinstance(value, str) else [str(item) for item in value or ()]
    mounts = table(site.config.data.get("module")).get("mounts")
    for mount in mounts if isinstance(mounts, list) else ():
        if str(table(mount).get("target", "")).strip("/") == "static":
            names.append(str(mount.get("source", "")))
    names = [name.strip("/") for name in names or ["static"]]
    return [name for name in dict.fromkeys(names) if name and (site.root / name).resolve().is_relative_to(site.root)]
