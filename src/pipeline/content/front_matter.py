"""Front matter: read by python-frontmatter's handlers, located so that it can be changed by splicing.

A round trip through `frontmatter.dumps` changes nearly every real file (dates, quotes, flow lists, the last newline),
so what is written is always the original text with some values' text replaced.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import yaml
from frontmatter.default_handlers import TOMLHandler, YAMLHandler

from pipeline.errors import ContentError

__all__ = ["FrontMatter", "read_front_matter"]

try:
    _Loader: Any = yaml.CSafeLoader
except AttributeError:  # PyYAML built without libyaml
    _Loader = yaml.SafeLoader

# Only a fence on the very first line opens front matter, and only an equal one closes it.
_FENCES: dict[str, Literal["yaml", "toml"]] = {"---": "yaml", "+++": "toml"}
_KEY = re.compile(r"[A-Za-z_][\w-]*[ \t]*:")
_OPEN = re.compile("\ufeff?(---|\\+\\+\\+)[ \t]*(?:\r\n|\n|\r)")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The fields of a post, and where their text is: `text[start:end]` lies between the fences, the body follows
    `body`. Without front matter all three are equal.
    """

    data: Mapping[str, Any] = field(default_factory=dict)
    kind: Literal["yaml", "toml", ""] = ""
    start: int = 0
    end: int = 0
    body: int = 0


def read_front_matter(text: str, path: Path | str) -> FrontMatter:
    """Fields and offsets (in characters of `text`); raises ContentError with the line of a fault."""
    opening = _OPEN.match(text)
    if not opening:
        bom = 1 if text.startswith("\ufeff") else 0
        return FrontMatter(start=bom, end=bom, body=bom)
    fence = opening[1]
    closing = re.compile(rf"^{re.escape(fence)}[ \t]*(?:\r\n|\n|\r|\Z)", re.MULTILINE).search(text, opening.end())
    if not closing:
        if fence == "---" and not _KEY.match(text, opening.end()):  # a thematic break on the first line
            bom = 1 if text.startswith("\ufeff") else 0
            return FrontMatter(start=bom, end=bom, body=bom)
        raise ContentError(
            f"the front matter that `{fence}` opens is never closed.",
            path=path,
            line=1,
            remedy=f"Add a line `{fence}`.",
        )
    raw = text[opening.end() : closing.start()]
    data = _load(raw, fence, path)
    return FrontMatter(data, _FENCES[fence], opening.end(), closing.start(), closing.end())


def _load(raw: str, fence: str, path: Path | str) -> Mapping[str, Any]:
    try:
        data = YAMLHandler().load(raw, Loader=_Loader) if fence == "---" else TOMLHandler().load(raw)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise ContentError(
            f"the front matter is not valid YAML: {error.problem or error.context}.",
            path=path,
            line=mark.line + 2 if mark else 1,
            remedy="Put quotes around values that hold `: ` or start with a special character.",
        ) from error
    except (yaml.YAMLError, ValueError) as error:
        line = re.search(r"line (\d+)", str(error))
        raise ContentError(
            f"the front matter cannot be read: {error}.",
            path=path,
            line=int(line[1]) + 1 if line else 1,
            remedy="Mend it by hand.",
        ) from error
    if data is None:
        return {}
    if not isinstance(data, Mapping) or not all(isinstance(key, str) for key in data):
        raise ContentError(
            "the front matter is not a list of `key: value` fields.", path=path, line=1, remedy="Mend it by hand."
        )
    return data
