"""Front matter: read, and located so that it can be changed by splicing.

A round trip through `frontmatter.dumps` changes nearly every real file (dates, quotes, flow lists, the last newline),
so what is written is always the original text with some values' text replaced. Its TOML handler wants a parser that
accepts what TOML forbids; the standard library's is used.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import yaml
from frontmatter.default_handlers import YAMLHandler

from pipeline.content.yaml_loader import FrontMatterLoader
from pipeline.errors import ContentError

__all__ = ["FrontMatter", "read_front_matter"]

# Only a fence on the very first line opens front matter, and only an equal one closes it.
_FENCES: dict[str, Literal["yaml", "toml"]] = {"---": "yaml", "+++": "toml"}
_LINE_END = "(?:\r\n|\n|\r)"
_OPEN = re.compile(rf"\ufeff?(---|\+\+\+)[ \t]*{_LINE_END}")
_CLOSE = {fence: re.compile(rf"(?<=[\n\r]){re.escape(fence)}[ \t]*(?:{_LINE_END}|\Z)") for fence in _FENCES}
_KEY = r"[ \t]*[\"']?\w[\w -]*[\"']?[ \t]*:"
_FIELD = re.compile(rf"(?:\A|[\n\r])(?:{_KEY}|[ \t]*\{{)")
_PROSE = re.compile(rf"[ \t]*{_LINE_END}(?:[ \t]*(?:\#[^\r\n]*)?{_LINE_END})*(?!{_KEY}|[ \t]*\{{)[ \t]*[^\s#]")
_NOT_YAML = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


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
        return _none(text)
    fence = opening[1]
    closing = _CLOSE[fence].search(text, opening.end())
    if not closing:
        if fence == "---" and not re.match(_KEY, text[opening.end() :]):
            return _none(text)
        raise ContentError(
            f"the front matter that `{fence}` opens is never closed.",
            path=path,
            line=1,
            remedy=f"Add a line `{fence}`.",
        )
    raw = text[opening.end() : closing.start()]
    if fence == "---" and not _may_be_fields(raw):
        return _none(text)
    return FrontMatter(_load(raw, fence, path), _FENCES[fence], opening.end(), closing.start(), closing.end())


def _may_be_fields(raw: str) -> bool:
    """What stands between two fences is a field somewhere, or nothing but comments. Behind a thematic break there is a
    blank line and then prose, which may hold a colon.
    """
    if _PROSE.match(raw):
        return False
    return bool(_FIELD.search(raw)) or all(line.lstrip()[:1] in {"", "#"} for line in raw.splitlines())


def _none(text: str) -> FrontMatter:
    """A text that has no front matter: what looks like a fence is a thematic break."""
    bom = 1 if text.startswith("\ufeff") else 0
    return FrontMatter(start=bom, end=bom, body=bom)


def _load(raw: str, fence: str, path: Path | str) -> Mapping[str, Any]:
    try:
        data = YAMLHandler().load(raw, Loader=FrontMatterLoader) if fence == "---" else tomllib.loads(_one_kind(raw))
    except yaml.MarkedYAMLError as error:
        started = error.context_mark if "end of stream" in str(error.problem) else None
        mark = started or error.problem_mark or error.context_mark
        raise ContentError(
            f"the front matter is not valid YAML: {' '.join(filter(None, (error.problem, error.context)))}.",
            path=path,
            line=mark.line + 2 if mark else 1,
            remedy=_remedy(error),
        ) from error
    except yaml.reader.ReaderError as error:
        raise ContentError(
            "the front matter holds a control character, which YAML does not allow.",
            path=path,
            line=len(re.findall(_LINE_END, _NOT_YAML.split(raw)[0])) + 2,
            remedy="Delete it.",
        ) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        line = re.search(r"at line (\d+)", str(error))
        raise ContentError(
            f"the front matter is not valid {_FENCES[fence].upper()}: {error}.",
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


def _one_kind(raw: str) -> str:
    """TOML knows no lone carriage return as a line end."""
    return re.sub(r"\r(?!\n)", "\n", raw)


def _remedy(error: yaml.MarkedYAMLError) -> str:
    if isinstance(error.__cause__, ValueError):
        return "Mend the value."
    if "twice" in str(error.problem):
        return "Remove one of them."
    if "tab character" in str(error.problem):
        return "Indent with blanks."
    return "Put quotes around values that hold `: ` or start with a special character."
