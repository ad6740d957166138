"""`PIPELINE_SECTION__KEY=value`: the environment over the file."""

from __future__ import annotations

import logging
import re
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from pipeline.config.schema import Place, keys_at, kind_at, takes_text
from pipeline.config.settings import Settings
from pipeline.errors import ConfigError

__all__ = ["misnamed", "override"]

log = logging.getLogger(__name__)

_NAME = re.compile(r"PIPELINE_([A-Z0-9]+(?:_[A-Z0-9]+)*(?:__[A-Z0-9]+(?:_[A-Z0-9]+)*)+)")


def override(data: dict[str, Any], env: Mapping[str, str]) -> dict[Place, str]:
    """Merge the variables of `env` into `data`; returns which place came from which variable.

    Variables of other programs, which name no section of ours, are left alone.
    """
    for name, near in misnamed(env).items():
        log.warning("The environment variable %s is not used: did you mean the section %s?", name, near.upper())
    places: dict[Place, str] = {}
    for name, value in sorted(env.items()):
        match = _NAME.fullmatch(name)
        if not match:
            continue
        section, *rest = match[1].lower().split("__")
        if section not in keys_at(()):
            continue
        if section == "locales" and section not in data:
            data[section] = {key: locale.model_dump() for key, locale in Settings().locales.items()}
        place: Place = (section,)
        table = data.setdefault(section, {})
        for part in rest:
            if not isinstance(table, dict):
                raise ConfigError(f"{name} reaches into `{'.'.join(place)}`, which is no table.", remedy="Unset it.")
            key = _key(table, part)
            place = (*place, key)
            if len(place) <= len(rest):
                table = table.setdefault(key, {})
        table[place[-1]] = _value(value, kind_at(place))
        places[place] = name
    return places


def misnamed(env: Mapping[str, str]) -> dict[str, str]:
    """The variables that name no section, but nearly, and the section that each may mean."""
    sections = keys_at(())
    named = {name: match[1].lower().split("__")[0] for name in sorted(env) if (match := _NAME.fullmatch(name))}
    found = {name: get_close_matches(section, sections, n=1, cutoff=0.7) for name, section in named.items()}
    return {name: near[0] for name, near in found.items() if near and named[name] not in sections}


def _key(table: Mapping[str, Any], part: str) -> str:
    """The key that is meant: `zh_tw` is `zh-TW`, if that is there."""
    return next((key for key in table if re.sub("[^a-z0-9]", "_", key.lower()) == part), part)


def _value(text: str, kind: Any) -> Any:
    """A value as TOML has it; a bare word is a text, and so is a number or a date where a text is wanted."""
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
    return text if takes_text(kind) and not isinstance(value, (str, list, dict)) else value
