"""Reading pipeline.toml: the file, then the environment, then what no single key can say."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pipeline.config.environment import override
from pipeline.config.faults import explained, line_of, unknown
from pipeline.config.settings import Settings
from pipeline.errors import ConfigError

__all__ = ["CONFIG_NAME", "load"]

CONFIG_NAME = "pipeline.toml"


def load(root: Path, env: Mapping[str, str] | None = None) -> Settings:
    """Read `root`/pipeline.toml and the `PIPELINE_` variables of `env` (default: the process's environment).

    Raises ConfigError with the file, the line where there is one, the key, and the nearest right key.
    """
    path = root / CONFIG_NAME
    text = _read(path)
    data = _parse(path, text)
    if "root" in data:
        raise unknown(path, text, ("root",))
    overrides = override(data, os.environ if env is None else env)
    try:
        settings = Settings.model_validate({**data, "root": root.resolve()})
    except ValidationError as error:
        raise explained(path, text, error, overrides) from None
    _check_locales(path, text, settings)
    return settings


def _read(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise _missing(path.parent) from None
    except OSError as error:
        raise ConfigError(
            f"cannot be read: {error.strerror}.", path=path, remedy="Check the file and its permissions."
        ) from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ConfigError("is not UTF-8.", path=path, line=line, remedy="Save it as UTF-8.") from error


def _missing(root: Path) -> ConfigError:
    above = next((folder for folder in root.resolve().parents if (folder / CONFIG_NAME).is_file()), None)
    remedy = "Run `pipeline init` to make one, or name the directory with --root."
    if above:
        remedy = f"There is one above: add `--root {os.path.relpath(above)}`, or run `pipeline init` to make one here."
    return ConfigError(f"there is no {CONFIG_NAME} in {root.resolve()}.", remedy=remedy)


def _parse(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found else text.rstrip().count("\n") + 1
        raise ConfigError(f"is not valid TOML: {error}.", path=path, line=line, remedy="Mend that line.") from error


def _check_locales(path: Path, text: str, settings: Settings) -> None:
    """Source and targets are locales, none is both, and no two share their addresses."""
    for name, keys in (("source", [settings.source]), ("targets", settings.targets)):
        for key in keys:
            if key not in settings.locales:
                raise ConfigError(
                    f"[translation] names the locale `{key}`, but there is no [locales.{key}].",
                    path=path,
                    line=line_of(text, ("translation", name)),
                    remedy=f'Add [locales.{key}] with `name = "…"`, or change [translation] `{name}`.',
                )
    if settings.source in settings.targets or len(set(settings.targets)) < len(settings.targets):
        raise ConfigError(
            "[translation] `targets` names the source, or a locale twice.",
            path=path,
            line=max(
                filter(None, (line_of(text, ("translation", key)) for key in ("source", "targets"))), default=None
            ),
            remedy="Name each target once.",
        )
    prefixes: dict[str, str] = {}
    for key in [settings.source, *settings.targets]:
        other = prefixes.setdefault(settings.prefix(key), key)
        if other != key:
            raise ConfigError(
                f"the locales `{other}` and `{key}` have the same `prefix`, so their pages would collide.",
                path=path,
                line=line_of(text, ("locales", key, "prefix")) or line_of(text, ("locales", other, "prefix")),
                remedy="Give each its own.",
            )
