"""Editions: the site in one language, with its names, its words and its place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.config import Settings
from pipeline.site.strings import Strings, read_strings

__all__ = ["Edition", "read_editions"]


@dataclass(frozen=True, slots=True)
class Edition:
    """One language of the site. `language` is its BCP 47 tag, `prefix` the first part of its paths (may be empty)."""

    locale: str
    language: str
    name: str
    prefix: str
    title: str
    description: str
    strings: Strings

    @property
    def og_locale(self) -> str:
        """The tag as the Open Graph protocol writes it: zh_CN."""
        return self.language.replace("-", "_")


def read_editions(settings: Settings, string_directories: list[Path]) -> dict[str, Edition]:
    """The source's edition and one for each target, in that order. Raises BuildError for broken strings."""
    editions = {}
    for locale in [settings.source, *settings.targets]:
        section = settings.locales[locale]
        language = settings.language(locale)
        names = list(dict.fromkeys([locale, language, language.split("-")[0]]))
        editions[locale] = Edition(
            locale=locale,
            language=language,
            name=section.name,
            prefix=settings.prefix(locale),
            title=section.title or settings.site.title,
            description=section.description or settings.site.description,
            strings=read_strings(string_directories, names),
        )
    return editions
