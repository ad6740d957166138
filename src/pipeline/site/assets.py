"""Style sheets, scripts and images of the theme: named after their content, so that they can be cached for ever."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path, PurePosixPath

__all__ = ["Assets", "collect_assets"]

STYLE_SHEET = "site.css"
# The cascade's order; a user's further style sheets come after these.
_STYLES = ("colours.css", "type.css", "page.css", "lists.css", "prose.css", "code.css", "math.css", "print.css")
_URL = re.compile(r"""url\(\s*(["']?)([^"')]+)\1\s*\)""")


@dataclass(frozen=True, slots=True)
class Assets:
    """`files` are what to write by path in the site, `paths` that path by the asset's own name."""

    files: Mapping[str, bytes]
    paths: Mapping[str, str]


def collect_assets(directories: list[Path], *, extra_style: str = "") -> Assets:
    """All assets below the `assets` folders of a theme's directories; a file in an earlier one hides a later one.

    All style sheets become one, `site.css`, with `extra_style` at its end. `url(…)` in them may name other assets.
    """
    found: dict[str, Path] = {}
    for folder in reversed([directory / "assets" for directory in directories]):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.name.startswith("."):
                found[path.relative_to(folder).as_posix()] = path
    files: dict[str, bytes] = {}
    paths: dict[str, str] = {}
    styles = [name for name in found if name.endswith(".css")]
    for name in sorted(found.keys() - styles):
        _add(name, found[name].read_bytes(), files, paths)
    order = [name for name in _STYLES if name in found] + sorted(set(styles) - set(_STYLES))
    texts = [*(found[name].read_text(encoding="utf-8") for name in order), extra_style]
    joined = "\n".join(text.strip() for text in texts if text) + "\n"
    _add(STYLE_SHEET, _URL.sub(lambda match: _relative(match, paths), joined).encode(), files, paths)
    return Assets(files, paths)


def _add(name: str, data: bytes, files: dict[str, bytes], paths: dict[str, str]) -> None:
    pure = PurePosixPath(name)
    digest = blake2b(data, digest_size=5).hexdigest()
    path = f"assets/{pure.with_name(f'{pure.stem}.{digest}{pure.suffix}')}"
    paths[name] = path
    files[path] = data


def _relative(match: re.Match[str], paths: Mapping[str, str]) -> str:
    """The style sheet stands in `assets/` itself."""
    path = paths.get(match[2])
    return f'url("{path.removeprefix("assets/")}")' if path else match[0]
