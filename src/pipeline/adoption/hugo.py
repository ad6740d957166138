"""A Hugo site's configuration, read the way Hugo merges it: one file, or a directory of files, keys in any case."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from pipeline.errors import ConfigError

__all__ = ["Config", "read_config", "table"]

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _load_yaml(text: str) -> Any:
    return yaml.load(text, Loader=_Loader)  # noqa: S506 (both loaders are safe ones)


_PARSERS: dict[str, Callable[[str], Any]] = {
    ".toml": tomllib.loads,
    ".yaml": _load_yaml,
    ".yml": _load_yaml,
    ".json": json.loads,
}
_MAIN = ("hugo", "config")


@dataclass(frozen=True, slots=True)
class Config:
    """The merged settings with all keys in lower case, and the files they came from."""

    data: Mapping[str, Any] = field(default_factory=dict)
    files: tuple[Path, ...] = ()

    def text(self, *names: str) -> str:
        """The first of some settings (`params.description`) that is a text."""
        for name in names:
            value: Any = self.data
            for part in name.split("."):
                value = value.get(part) if isinstance(value, Mapping) else None
            if isinstance(value, str) and value.strip():
                return value.strip()
        return ""

    def table(self, name: str) -> Mapping[str, Any]:
        """A table, or an empty one."""
        return table(self.data.get(name))


def table(value: Any) -> Mapping[str, Any]:
    """The value if it is a table, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def read_config(root: Path) -> Config:
    """hugo.* or config.* in `root`, then config/_default and config/production. No file at all is an empty Config.

    Raises ConfigError for a file that cannot be parsed: nothing below it could be understood.
    """
    data: dict[str, Any] = {}
    files = []
    for path, place in _files(root):
        _merge(data, _nested(place, _lower(_read(path))))
        files.append(path)
    return Config(data, tuple(files))


def _files(root: Path) -> Iterator[tuple[Path, list[str]]]:
    """Each file, and the table that its content belongs to."""
    main = next(
        (path for path in (root / f"{name}{end}" for name in _MAIN for end in _PARSERS) if path.is_file()), None
    )
    if main:
        yield main, []
    for environment in ("_default", "production"):
        folder = root / "config" / environment
        found = [path for path in folder.iterdir() if path.suffix in _PARSERS] if folder.is_dir() else []
        for path in sorted(found, key=lambda path: (path.stem not in _MAIN, path.name)):
            name, _, language = path.stem.lower().partition(".")
            if name in _MAIN:
                yield path, []
            elif name == "languages":
                yield path, ["languages", *filter(None, [language])]
            else:
                yield path, ["languages", language, name] if language else [name]


def _read(path: Path) -> Any:
    try:
        return _PARSERS[path.suffix](path.read_text(encoding="utf-8-sig")) or {}
    except (OSError, ValueError, yaml.YAMLError) as error:
        line = re.search(r"line (\d+)", str(error))
        cause = " ".join(str(error).split())
        raise ConfigError(
            f"cannot be read: {cause}.",
            path=path,
            line=int(line[1]) if line else None,
            remedy="Mend it, or take it away if Hugo does not read it either.",
        ) from error


def _nested(place: list[str], data: Any) -> dict[str, Any]:
    nested: dict[str, Any] = data if isinstance(data, dict) else {}
    for name in reversed(place):
        nested = {name: nested}
    return nested


def _lower(value: Any) -> Any:
    """Keys of tables in lower case: Hugo does not distinguish them."""
    if isinstance(value, dict):
        return {str(key).lower(): _lower(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_lower(item) for item in value]
    return value


def _merge(into: dict[str, Any], data: Mapping[str, Any]) -> None:
    for key, value in data.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = value
