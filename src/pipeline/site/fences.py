"""What stands beside the language of a code block: `python {1,3-5} title="x.py" linenos`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pipeline.site.highlight import language_of

__all__ = ["Fence", "from_options", "read_fence"]

_RANGES = re.compile(r"(?<=\{)\s*\d+(?:\s*-\s*\d+)?(?:[\s,]+\d+(?:\s*-\s*\d+)?)*\s*(?=\})")
_OPTION = re.compile(r"""([\w-]+)\s*[=:]\s*("[^"]*"|'[^']*'|\[[^\]]*\]|[^\s,{}]+)|([\w-]+)""")
_OFF = frozenset({"false", "none", "0", ""})
_MOST = 100_000


@dataclass(frozen=True, slots=True)
class Fence:
    """How a block of code is shown. `numbered` is the number of its first line, 0 for none; `marked` are lines of it,
    from 1.
    """

    language: str = ""
    title: str = ""
    numbered: int = 0
    marked: frozenset[int] = frozenset()


def read_fence(info: str) -> Fence:
    """A fence from its info string, as blogs, Hugo and Docusaurus write it. What is not understood is left out."""
    language = language_of(info)
    rest = info.split(maxsplit=1)[1] if language and len(info.split(maxsplit=1)) > 1 else info.removeprefix(language)
    ranges = _RANGES.search(rest)
    return from_options(language, _options(_RANGES.sub("", rest)), ranges[0] if ranges else "")


def from_options(language: str, options: Mapping[str, str], ranges: str = "") -> Fence:
    """A fence from options by name; `ranges` are further lines to mark."""
    numbers = next((options[name] for name in ("linenos", "linenumbers", "showlinenumbers") if name in options), "")
    first = options.get("linenostart") or options.get("startfrom") or (numbers if numbers.isdigit() else "1")
    start = int(first) if first.isdigit() and int(first) < _MOST else 1
    return Fence(
        language=language,
        title=next((options[name] for name in ("title", "filename", "file", "name") if options.get(name)), ""),
        numbered=0 if numbers.lower() in _OFF and "linenostart" not in options else max(start, 1),
        marked=frozenset(_lines(f"{ranges} {options.get('hl_lines', '')} {options.get('highlight', '')}")),
    )


def _options(text: str) -> dict[str, str]:
    found = {}
    for name, value, flag in _OPTION.findall(text):
        found[(name or flag).lower()] = value.strip("\"'") if name else "true"
    return found


def _lines(text: str) -> Iterator[int]:
    for first, last in re.findall(r"(\d+)(?:\s*-\s*(\d+))?", text):
        if int(first) <= _MOST:
            yield from range(int(first), min(int(last or first), _MOST) + 1)
