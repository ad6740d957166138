"""BCP 47 tags, as far as engines tell them apart.

Only the parts that choose a translation are read: the language, its script, its region. https://www.rfc-editor.org/rfc/rfc5646
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipeline.errors import ConfigError

__all__ = ["Language", "code_of", "read_tag", "unsupported"]

_TRADITIONAL_REGIONS = frozenset({"TW", "HK", "MO"})


@dataclass(frozen=True, slots=True)
class Language:
    """The parts of a tag: `zh-Hant-TW` is (zh, Hant, TW). A part that is not there is empty."""

    language: str
    script: str = ""
    region: str = ""

    @property
    def chinese(self) -> str:
        """`Hans` or `Hant` for written Chinese, by its script or else by its region; empty for anything else."""
        if self.language != "zh":
            return ""
        if self.script:
            return self.script if self.script in {"Hans", "Hant"} else ""
        return "Hant" if self.region in _TRADITIONAL_REGIONS else "Hans"


def read_tag(tag: str) -> Language:
    """Read a BCP 47 tag; raises ConfigError when it is none."""
    first, *rest = re.split(r"[-_]", tag.strip())
    if not re.fullmatch(r"[A-Za-z]{2,3}", first):
        raise ConfigError(f"{tag!r} is not a language tag.", remedy="Use one such as `en`, `zh-CN` or `zh-Hant`.")
    language, script, region = first.lower(), "", ""
    for part in rest:
        if len(part) == 1:
            break  # extensions and private use
        if re.fullmatch(r"[A-Za-z]{3}", part) and not script and not region:
            language = part.lower()  # zh-yue is yue
        elif re.fullmatch(r"[A-Za-z]{4}", part) and not script:
            script = part.title()
        elif re.fullmatch(r"[A-Za-z]{2}|[0-9]{3}", part) and not region:
            region = part.upper()
    return Language("zh" if language == "cmn" else language, script, region)


def code_of(tag: str, codes: Iterable[str], chinese: Mapping[str, str], aliases: Mapping[str, str]) -> str | None:
    """The code for `tag` among an engine's `codes`, or None.

    `chinese` has the engine's codes for `Hans` and `Hant`, `aliases` its codes for languages that it calls otherwise.
    A tag with a script is not answered by a code without one: the engine's idea of the script may be another.
    """
    wanted = read_tag(tag)
    if wanted.language == "zh":
        return chinese.get(wanted.chinese)
    known = {code.lower(): code for code in codes}
    language = wanted.language
    spellings = [
        tag.replace("_", "-"),
        f"{language}-{wanted.script}" if wanted.script else f"{language}-{wanted.region}",
    ]
    if not wanted.script:
        spellings += [language, aliases.get(language, "")]
    return next((known[spelling.lower()] for spelling in spellings if spelling.lower() in known), None)


def unsupported(name: str, tag: str) -> ConfigError:
    """The error for a language that an engine lacks."""
    return ConfigError(
        f"the engine `{name}` has no language `{tag}`.",
        remedy="Check `language` of the locale in pipeline.toml, or choose another engine for it.",
    )
