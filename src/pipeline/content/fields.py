"""Front matter fields located in their text, so that a value can be replaced and everything else stays as it is."""

from __future__ import annotations

import logging
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import yaml

from pipeline.content.front_matter import FrontMatter
from pipeline.errors import ContentError

__all__ = ["Field", "locate_fields", "replace_fields"]

log = logging.getLogger(__name__)

_PROPERTIES = re.compile(r"(?:[&!]\S*\s+)+")


@dataclass(frozen=True, slots=True)
class Field:
    """A string value: `text[start:end]` is how it is written, `encode` writes another value in the same manner.

    `name` is the path to it: `title`, `params.subtitle`, `tags.0`.
    """

    name: str
    value: str
    start: int
    end: int
    encode: Callable[[str], str]


def locate_fields(text: str, front: FrontMatter, names: Sequence[str]) -> list[Field]:
    """The string values of the named fields (`a.b` reaches into tables, a list stands for its items), in text order."""
    if not front.kind:
        return []
    raw = text[front.start : front.end]
    try:
        found = _yaml_fields(raw, front.start) if front.kind == "yaml" else _toml_fields(raw, front.start)
    except (yaml.YAMLError, ValueError) as error:  # one parser could read it and the other cannot
        log.warning("the front matter that begins with %r is left as it is: %s", raw[:40], error)
        return []
    wanted = {tuple(name.split(".")) for name in names}
    return [
        field
        for field in found
        if any(
            tuple(part for part in field.name.split(".") if not part.isdigit())[: len(name)] == name for name in wanted
        )
    ]


def replace_fields(text: str, front: FrontMatter, values: Mapping[Field, str]) -> str:
    """`text` with some values replaced; raises ContentError when the front matter would not read back as meant."""
    result = text
    for field, value in sorted(values.items(), key=lambda item: -item[0].start):
        result = result[: field.start] + field.encode(value) + result[field.end :]
    raw = result[front.start : front.end + len(result) - len(text)]
    try:
        loaded = yaml.load(raw, Loader=yaml.SafeLoader) if front.kind == "yaml" else tomllib.loads(raw)
    except (yaml.YAMLError, ValueError) as error:
        raise ContentError(f"the front matter would not be valid with its translated fields: {error}.") from error
    for field, value in values.items():
        if _reach(loaded, field.name) != value:
            raise ContentError(f"the front matter field `{field.name}` cannot be written as {value!r}.")
    return result


def _reach(data: Any, name: str) -> Any:
    for part in name.split("."):
        data = data[int(part)] if isinstance(data, list) else data[part]
    return data


def _yaml_fields(raw: str, start: int) -> list[Field]:
    # The pure Python loader: its marks count characters.
    root = yaml.compose(raw, Loader=yaml.SafeLoader)
    return [_yaml_field(raw, start, name, node) for name, node in _scalars(root, (), set()) if _is_text(node)]


def _is_text(node: yaml.ScalarNode) -> bool:
    return bool(node.tag == "tag:yaml.org,2002:str" and node.value.strip())


def _scalars(node: yaml.Node | None, path: tuple[str, ...], seen: set[int]) -> Iterator[tuple[str, yaml.ScalarNode]]:
    """Every scalar where it is written: an alias is the node of its anchor, which stands elsewhere."""
    if node is None or id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.ScalarNode):
        yield ".".join(path), node
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _scalars(item, (*path, str(index)), seen)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                yield from _scalars(value, (*path, key.value), seen)


def _yaml_field(raw: str, start: int, name: str, node: yaml.ScalarNode) -> Field:
    left, right = node.start_mark.index, node.end_mark.index
    properties = _PROPERTIES.match(raw, left, right)  # an anchor or a tag, which stays
    left = properties.end() if properties else left
    written = raw[left:right]
    return Field(
        name, node.value, start + left, start + right, partial(_yaml_scalar, written=written, style=node.style)
    )


def _yaml_scalar(value: str, written: str, style: str | None) -> str:
    """`value` in the style that it was written in, or between double quotes where that style cannot hold it."""
    if style in {"|", ">"}:
        header, _, body = written.partition("\n")
        indent = re.match(r"[ \t]*", body.lstrip("\r\n"))
        tail = written[len(written.rstrip()) :]
        line_end = "\r\n" if header.endswith("\r") else "\n"
        join = line_end if style == "|" else line_end * 2
        lines = join.join(f"{indent[0] if indent else ''}{line}" for line in value.rstrip("\n").split("\n"))
        return f"{header.rstrip()}{line_end}{lines}{tail}"
    candidates = {"'": ["'" + value.replace("'", "''") + "'"], '"': [], None: [value]}[style]
    for candidate in candidates:
        if _reads_as(candidate, value):
            return candidate
    return yaml.dump(value, Dumper=yaml.SafeDumper, default_style='"', allow_unicode=True, width=1 << 30).rstrip("\n")


def _reads_as(written: str, value: str) -> bool:
    """In a block and in a flow collection, with a comment after it."""
    try:
        return all(
            yaml.load(text, Loader=yaml.SafeLoader) == expected
            for text, expected in ((f"k: {written} # c", {"k": value}), (f"k: [{written}, x]", {"k": [value, "x"]}))
        )
    except yaml.YAMLError:
        return False


def _toml_fields(raw: str, start: int) -> list[Field]:
    """Values that can be found by their key's line; others (inline tables, arrays) are left alone.

    Raises ValueError for what tomlkit does not read.
    """
    import tomlkit  # here: it takes as long to import as all of Markdown, and few posts have TOML
    from tomlkit.exceptions import TOMLKitError
    from tomlkit.items import String

    fields = []
    try:
        document: Any = tomlkit.parse(raw.replace("\r\n", "\n"))
    except TOMLKitError as error:
        raise ValueError(str(error)) from error
    table: tuple[str, ...] = ()
    offset = 0
    for line in raw.splitlines(keepends=True):
        header = re.match(r"\s*\[([^\[\]]+)\]", line)
        key = re.match(r"\s*([\w-]+)\s*=\s*", line)
        if header:
            table = tuple(part.strip(" \"'") for part in header[1].split("."))
        elif key:
            item = _reach_toml(document, (*table, key[1]))
            written = item.as_string() if isinstance(item, String) else ""
            left = offset + key.end()
            if written and raw[left : left + len(written)] == written:
                name = ".".join((*table, key[1]))
                fields.append(Field(name, str(item), start + left, start + left + len(written), _toml_string))
        offset += len(line)
    return fields


def _reach_toml(document: Any, path: Sequence[str]) -> Any:
    for part in path:
        if not isinstance(document, Mapping) or part not in document:
            return None
        document = document[part]
    return document


def _toml_string(value: str) -> str:
    import tomlkit

    return tomlkit.string(value).as_string()
