"""Front matter as Hugo understands it, changed only where this pipeline would read it otherwise.

Hugo takes keys in any case, several spellings of a date, and JSON. A key or value that would be lost is rewritten in
its place; every other byte stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from typing import Any

import yaml
from pydantic import ValidationError

from pipeline.content import FrontMatter, Meta, Post, read_front_matter
from pipeline.content.meta import read_meta
from pipeline.errors import ContentError

__all__ = ["KNOWN", "Text", "hidden", "pins", "read_text"]

KNOWN = frozenset(field.alias or name for name, field in Meta.model_fields.items())
_CANONICAL = {name.lower(): name for name in KNOWN}
_DATES = {"date", "lastmod", "publishDate", "expiryDate"}
_ALIASES = {"modified": "lastmod", "pubdate": "publishDate", "published": "publishDate", "unpublishdate": "expiryDate"}
_FORMATS = ("%B %d, %Y", "%b %d, %Y", "%d %B %Y", "%d %b %Y", "%a, %d %b %Y %H:%M:%S %z", "%d %b %Y %H:%M %z")
_NUMERIC = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?"
    r"\s*(Z|[+-]\d{2}:?\d{2})?(?:\s+[A-Z]{2,5})?"
)
_TOML_FIELD = re.compile(r"""^[ \t]*["']?([\w-]+)["']?[ \t]*=[ \t]*("[^"\n]*"|'[^'\n]*'|[^\n#]*)""", re.MULTILINE)
_PIN = re.compile(
    r"""^[ \t]*["']?[\w-]*(?:commit|revision|(?:\b|[_-])sha\b)[\w-]*["']?[ \t]*[:=]
    [ \t]*["']?(?P<sha>(?=[0-9]*[a-f]|[0-9]{40})[0-9a-f]{7,64})\b""",
    re.MULTILINE | re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Text:
    """A page's text as it is written here; `changes` are (was, now) of its front matter, `problem` why this pipeline
    cannot read it, if so.
    """

    text: str
    front: FrontMatter
    changes: tuple[tuple[str, str], ...] = ()
    problem: ContentError | None = None

    @property
    def data(self) -> Mapping[str, Any]:
        """The fields."""
        return self.front.data

    @property
    def body(self) -> str:
        """The Markdown."""
        return self.text[self.front.body :]

    def post(self, path: Path) -> Post:
        """As the other rooms know it; its typed fields are left empty, because only its text is compared."""
        return Post("", PurePosixPath(path), path, self.text, self.front, Meta())


def read_text(raw: bytes, path: Path) -> Text:
    """A page. Raises ContentError if it is not UTF-8."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ContentError("is not UTF-8.", path=path, line=line, remedy="Save it as UTF-8.") from error
    whole, changes = _fenced(text)
    try:
        front = read_front_matter(whole, path)
    except ContentError as error:
        return Text(text, FrontMatter(), (), error)
    whole, front, more = _mapped(whole, front, path)
    try:
        read_meta(whole, front, path)
    except ContentError as error:
        return Text(whole, front, changes + more, error)
    return Text(whole, front, changes + more)


def _mapped(text: str, front: FrontMatter, path: Path) -> tuple[str, FrontMatter, tuple[tuple[str, str], ...]]:
    """The text with keys and dates rewritten, if it can be read as well as before."""
    with suppress(ContentError, yaml.YAMLError):
        edits = list(_edits(text, front))
        edited = _spliced(text, edits)
        again = read_front_matter(edited, path)
        if edits and len(again.data) == len(front.data):
            return edited, again, tuple((was, now) for _, _, was, now in edits)
    return text, front, ()


def hidden(data: Mapping[str, Any]) -> str:
    """Why Hugo gives a page no address, or nothing."""
    lower = {key.lower(): value for key, value in data.items()}
    build = lower.get("build") or lower.get("_build")
    render = build.get("render") if isinstance(build, Mapping) else None
    if lower.get("headless") is True:
        return "`headless: true`: it has no page of its own"
    if render == "never" or render is False:
        return "`build.render: never`: it has no page of its own"
    return ""


def pins(text: str, front: FrontMatter) -> list[str]:
    """The commits that a translation names as what it was made from: `default_lang_commit: 1e69c8f…`."""
    return [match["sha"].lower() for match in _PIN.finditer(text, front.start, front.end)]


def _fenced(text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """JSON is YAML too, once it stands between fences."""
    bom = "\ufeff" if text.startswith("\ufeff") else ""
    if not re.match(r"\{\s*[\"}]", text[len(bom) :]):
        return text, ()
    depth = 0
    for match in re.finditer(r'"(?:\\.|[^"\\])*"|[{}]', text):
        depth += {"{": 1, "}": -1}.get(match[0], 0)
        if depth == 0 and match[0] == "}":
            head, rest = text[len(bom) : match.end()], text[match.end() :].lstrip(" \t")
            rest = rest if rest.startswith(("\n", "\r")) or not rest else f"\n{rest}"
            return f"{bom}---\n{head}\n---{rest}", (("JSON front matter", "the same between `---` lines"),)
    return text, ()


def _edits(text: str, front: FrontMatter) -> Iterator[tuple[int, int, str, str]]:
    """(start, end, was, now) of the keys and dates to rewrite, in order."""
    names = {key: _name(key, value, front.data) for key, value in front.data.items()}
    dates = {key: now for key, value in front.data.items() if names[key] in _DATES and (now := _iso(value))}
    if all(key == name for key, name in names.items()) and not dates:
        return
    for key, start, end, left, right in sorted(_located(text, front), key=lambda place: place[1]):
        if names.get(key, key) != key:
            was = text[start:end]
            yield start, end, was, was.replace(key, names[key])
        if key in dates:
            yield left, right, text[left:right], dates[key]


def _name(key: str, value: Any, data: Mapping[str, Any]) -> str:
    name = _CANONICAL.get(key.lower(), key)
    if key.lower() in _ALIASES and (isinstance(value, date) or _iso(value)):
        name = _ALIASES[key.lower()]
    return key if name != key and name in data else name


def _iso(value: Any) -> str:
    """A date that Hugo reads and a strict reader does not, as ISO 8601; empty for all others."""
    if not isinstance(value, str):
        return ""
    with suppress(ValidationError):
        Meta(date=value)
        return ""
    if match := _NUMERIC.fullmatch(value.strip()):
        year, month, day, hour, minute, second, zone = match.groups()
        zone = zone if not zone or ":" in zone or zone == "Z" else f"{zone[:3]}:{zone[3:]}"
        time = f"T{int(hour):02}:{minute}:{second or '00'}{zone or ''}" if hour else ""
        return _checked(f"{year}-{int(month):02}-{int(day):02}{time}")
    for form in _FORMATS:
        try:
            found = datetime.strptime(value.strip(), form)
        except ValueError:
            continue
        return found.isoformat() if "%H" in form else found.date().isoformat()
    return ""


def _checked(written: str) -> str:
    try:
        datetime.fromisoformat(written)
    except ValueError:
        return ""
    return written


def _located(text: str, front: FrontMatter) -> Iterator[tuple[str, int, int, int, int]]:
    """(key, its start, its end, start and end of its value) of the top-level fields."""
    raw = text[front.start : front.end]
    if front.kind == "yaml":
        root = yaml.compose(raw, Loader=yaml.SafeLoader)
        for key, value in root.value if isinstance(root, yaml.MappingNode) else ():
            marks = (key.start_mark, key.end_mark, value.start_mark, value.end_mark)
            yield (str(key.value), *(front.start + mark.index for mark in marks))
        return
    top = re.split(r"^[ \t]*\[", raw, maxsplit=1, flags=re.MULTILINE)[0]
    for match in _TOML_FIELD.finditer(top):
        spans = (match.start(1), match.end(1), match.start(2), match.start(2) + len(match[2].rstrip()))
        yield (match[1], *(front.start + offset for offset in spans))  # type: ignore[misc]


def _spliced(text: str, edits: list[tuple[int, int, str, str]]) -> str:
    for start, end, _, now in reversed(edits):
        text = text[:start] + now + text[end:]
    return text
