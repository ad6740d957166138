"""Pseudo-localisation: accented, lengthened, bracketed English, to try layouts and to see what is not translated."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.config import EngineSettings
from pipeline.translation.engines.base import Capabilities
from pipeline.translation.engines.languages import read_tag

__all__ = ["PseudoEngine"]

_ACCENTS = str.maketrans(
    "AaBbCcDdEeFfGgHhIiJjKkLlMmNnOoPpQqRrSsTtUuVvWwXxYyZz",
    "ÅåƁƀÇçÐðÉéƑƒĜĝĤĥÎîĴĵĶķĻļṀṁÑñÖöÞþǪǫŔŕŠšŢţÛûṼṽŴŵẊẋÝýŽž",
)
# Tags in either spelling, HTML, template braces, entities, format directives.
_KEPT = re.compile(r"(<[^<>]*>|\[\[[^\[\]]*\]\]|\{[^{}]*\}|&#?\w+;|%(?:\(\w+\))?[sdif])")
_VOWELS = re.compile(r"[aeiouAEIOU]")


class PseudoEngine:
    """Translates into no language, at once and offline. Whatever looks like a tag is kept as it is."""

    def __init__(self, name: str, settings: EngineSettings) -> None:
        del settings
        self.name = name
        self.capabilities = Capabilities(100_000, 1_000, ("xml", "bracket"), needs_network=False)

    def language(self, tag: str) -> str:
        """The tag itself; ConfigError when it is none."""
        read_tag(tag)
        return tag

    def translate(self, texts: Sequence[str], *, source: str, target: str) -> list[str]:
        """`Read <1>this</1>` becomes `⟦Ŕééåð <1>ţĥîîš</1>⟧`; a text without letters stays as it is."""
        del source, target
        return [_pseudo(text) for text in texts]


def _pseudo(text: str) -> str:
    parts = _KEPT.split(text)
    if not any(char.isalpha() for part in parts[::2] for char in part):
        return text
    parts[::2] = [_VOWELS.sub(lambda vowel: vowel[0] * 2, part).translate(_ACCENTS) for part in parts[::2]]
    spoken = "".join(parts)
    start, end = len(spoken) - len(spoken.lstrip()), len(spoken.rstrip())
    return f"{spoken[:start]}⟦{spoken[start:end]}⟧{spoken[end:]}"
