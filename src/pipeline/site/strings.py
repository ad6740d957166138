"""The theme's own words in one language: strings/KEY.toml, a file a locale."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import BuildError

__all__ = ["Strings", "read_strings"]

_FALLBACK = "en"


@dataclass(frozen=True, slots=True)
class Strings:
    """Texts by dotted name; `months` are the twelve names, for languages that use them."""

    texts: Mapping[str, str]
    months: tuple[str, ...] = ()

    def __call__(self, name: str, /, **values: object) -> str:
        """The text with its `{placeholders}` filled in. An unknown name is a mistake in a template: KeyError."""
        return self.texts[name].format(**values)

    def has(self, name: str) -> bool:
        """Whether there is a text of that name."""
        return name in self.texts

    def count(self, name: str, number: int) -> str:
        """`name.one` or `name.other`, with `{number}` filled in."""
        return self(f"{name}.one" if number == 1 else f"{name}.other", number=number)

    def date(self, value: dt.date) -> str:
        """A date as it is written in running text."""
        month = self.months[value.month - 1] if self.months else str(value.month)
        return self("date", year=value.year, month=month, day=value.day)

    def short_date(self, value: dt.date) -> str:
        """A date as it stands in a list."""
        month = self.months[value.month - 1] if self.months else str(value.month)
        return self("date_short", year=value.year, month=month[:3], day=value.day)

    def day(self, value: dt.date) -> str:
        """A date without its year."""
        month = self.months[value.month - 1] if self.months else str(value.month)
        return self("day", month=month[:3], day=value.day)


def read_strings(directories: list[Path], names: list[str]) -> Strings:
    """The strings of the first of `names` that has a file (`zh-CN`, then `zh`), completed from English.

    `directories` are searched in order, and a file in an earlier one may hold a few texts only.
    Raises BuildError for a file that is not TOML or not made of texts.
    """
    texts: dict[str, str] = {}
    months: tuple[str, ...] = ()
    chosen = next((name for name in names if any((d / f"{name}.toml").is_file() for d in directories)), _FALLBACK)
    for name in dict.fromkeys([_FALLBACK, chosen]):
        for path in [folder / f"{name}.toml" for folder in reversed(directories)]:
            if not path.is_file():
                continue
            data = _read(path)
            names_of_months = data.pop("months", ())
            if "date" in data:  # a pattern and the names that go into it belong together
                months = tuple(str(month) for month in names_of_months)
            texts |= dict(_flat(data, path))
    if months and len(months) != 12:
        raise BuildError(f"the strings for `{chosen}` name {len(months)} months.", remedy="Name twelve, or none.")
    return Strings(texts, months)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        line = re.search(r"at line (\d+)", str(error))
        raise BuildError(
            f"the theme's strings cannot be read: {error}.",
            path=path,
            line=int(line[1]) if line else None,
            remedy="Mend the file; its format is TOML, in UTF-8.",
        ) from error


def _flat(data: Mapping[str, Any], path: Path, prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in data.items():
        if isinstance(value, Mapping):
            yield from _flat(value, path, f"{prefix}{key}.")
        elif isinstance(value, str):
            yield f"{prefix}{key}", value
        else:
            raise BuildError(f"`{prefix}{key}` is not a text.", path=path, remedy="Put quotes around it.")
