"""A fault of the configuration as one sentence about one key, with its line and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pipeline.config.schema import Place, keys_at
from pipeline.errors import ConfigError

__all__ = ["explained", "line_of", "unknown"]

_KINDS = {
    "bool_type": "true or false",
    "dict_type": "a table",
    "float_type": "a number",
    "int_from_float": "a whole number",
    "int_type": "a whole number",
    "list_type": 'a list, such as ["zh"]',
    "model_type": "a table",
    "string_type": "a text, in quotes",
}


def explained(path: Path, text: str, error: ValidationError, overrides: Mapping[Place, str]) -> ConfigError:
    """The first of pydantic's findings. `overrides` says which places came from which environment variable."""
    findings = error.errors()
    place = _place(findings[0])
    found = [finding for finding in findings if _place(finding) == place]
    kind = found[0]["type"]
    variable = _variable(place, overrides)
    if kind == "missing":
        section = ".".join(place[:-1])
        return ConfigError(
            f"`{'.'.join(place)}` is missing.",
            path=path,
            line=line_of(text, place[:-1]),
            remedy=f"Add `{place[-1]} = …` to [{section}].",
        )
    if kind == "extra_forbidden":
        return _unknown_variable(variable, place) if variable else unknown(path, text, place)
    expected = _expected(found)
    if variable:
        return ConfigError(f"the environment variable {variable} does not fit: {expected}.", remedy="Mend or unset it.")
    value = found[0]["input"]
    is_what = ":" if isinstance(value, dict) and kind == "value_error" else f" is {_shown(value)}, but"
    return ConfigError(
        f"`{'.'.join(place)}`{is_what} {expected}.",
        path=path,
        line=line_of(text, place),
        remedy="Mend the value.",
    )


def unknown(path: Path, text: str, place: Place) -> ConfigError:
    """There is no such key: the nearest one, or all."""
    where = f"[{'.'.join(place[:-1])}]" if len(place) > 1 else "the file"
    return ConfigError(
        f"{where} has no key `{place[-1]}`.", path=path, line=line_of(text, place), remedy=_nearest(place)
    )


def line_of(text: str, place: Place) -> int | None:
    """The line (from 1) where something stands; else of the first thing below it, else of the nearest above it."""
    below = above = None
    depth = 0
    for number, found in _places(text):
        if found == place:
            return number
        if found[: len(place)] == place:
            below = below or number
        elif len(found) > depth and place[: len(found)] == found:
            above, depth = number, len(found)
    return below or above


def _places(text: str) -> Iterator[tuple[int, Place]]:
    section: Place = ()
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*\[\[?\s*([^\]]+?)\s*\]", line)
        key = re.match(r"""\s*((?:[\w.-]|"[^"]*"|'[^']*')+)\s*=""", line)
        if header:
            section = _parts(header[1])
            yield number, section
        elif key:
            yield number, section + _parts(key[1])


def _parts(dotted: str) -> Place:
    return tuple(part.strip(" \"'") for part in re.findall(r"\"[^\"]*\"|'[^']*'|[^.\"']+", dotted) if part.strip())


def _place(found: Any) -> Place:
    """Without the items of lists and the branches of unions, which stand behind the key."""
    place: Place = ()
    for part in found["loc"]:
        if not isinstance(part, str) or part in {"str", "int", "float", "bool", "list[str]"}:
            break
        place = (*place, part)
    return place


def _variable(place: Place, overrides: Mapping[Place, str]) -> str | None:
    """The variable that made a value, or a part of it."""
    return next((name for other, name in overrides.items() if other[: len(place)] == place), None)


def _expected(found: list[Any]) -> str:
    first = found[0]
    if first["type"] == "value_error":
        return str(first["ctx"]["error"])
    kinds = [_KINDS[finding["type"]] for finding in found if finding["type"] in _KINDS]
    if kinds:
        return f"it has to be {' or '.join(dict.fromkeys(kinds))}"
    message = str(first["msg"])
    return message[:1].lower() + message[1:].replace("nput should be", "t has to be", 1)


def _nearest(place: Place) -> str:
    known = keys_at(place[:-1])
    near = get_close_matches(place[-1], known, n=1, cutoff=0.5)
    return f"Did you mean `{near[0]}`?" if near else f"Known there: {', '.join(f'`{key}`' for key in known)}."


def _unknown_variable(variable: str, place: Place) -> ConfigError:
    return ConfigError(
        f"the environment variable {variable} names no key: [{'.'.join(place[:-1])}] has no `{place[-1]}`.",
        remedy=_nearest(place),
    )


def _shown(value: Any) -> str:
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= 60 else f"{text[:59]}…"
