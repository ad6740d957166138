"""YAML as front matter needs it: texts stay as they are written, and faults have a line.

YAML 1.1 reads `title: 1.10` as 1.1, `title: Yes` as true and `on: x` as a field named true. What can only be a text is
not guessed at. A field that stands twice, which YAML forbids and PyYAML lets pass, is an error.
"""

from __future__ import annotations

from typing import Any

import yaml
from yaml.constructor import ConstructorError
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

__all__ = ["TEXT_FIELDS", "FrontMatterLoader"]

TEXT_FIELDS = frozenset({"title", "summary", "description", "slug", "categories", "tags", "aliases"})
_GUESSED = {f"tag:yaml.org,2002:{kind}" for kind in ("bool", "float", "int", "timestamp")}
_TEXT = "tag:yaml.org,2002:str"
_MERGE = "tag:yaml.org,2002:merge"

try:
    _Base: Any = yaml.CSafeLoader
except AttributeError:  # PyYAML built without libyaml
    _Base = yaml.SafeLoader


class FrontMatterLoader(_Base):  # type: ignore[misc]
    """A safe loader; raises yaml.MarkedYAMLError for a fault that has a place."""

    def get_single_data(self) -> Any:
        """The only document; the names of its fields, and the texts of text fields, are as they are written."""
        root = self.get_single_node()
        if root is None:
            return None
        _check_keys(root, set())
        if isinstance(root, MappingNode):
            for key, value in root.value:
                _keep_as_written(key)
                if isinstance(key, ScalarNode) and key.value in TEXT_FIELDS:
                    _keep_as_written(value)
        return self.construct_document(root)

    def construct_object(self, node: Node, deep: bool = False) -> Any:  # noqa: FBT001, FBT002
        """A value; one that looks like a date or a number and is none gets a place too."""
        try:
            return super().construct_object(node, deep=deep)
        except ValueError as error:
            raise ConstructorError(None, None, f"{node.value!r}: {error}", node.start_mark) from error


def _check_keys(node: Node, seen: set[int]) -> None:
    """Raise ConstructorError for a key that stands twice in one mapping. Done before merge keys are expanded."""
    if id(node) in seen or isinstance(node, ScalarNode):
        return
    seen.add(id(node))
    keys = set()
    for item in node.value:
        key, value = item if isinstance(node, MappingNode) else (None, item)
        if isinstance(key, ScalarNode) and key.tag != _MERGE:
            if key.value in keys:
                raise ConstructorError(None, None, f"the field `{key.value}` stands here twice", key.start_mark)
            keys.add(key.value)
        _check_keys(value, seen)


def _keep_as_written(node: Node) -> None:
    if isinstance(node, ScalarNode) and node.tag in _GUESSED:
        node.tag = _TEXT
    elif isinstance(node, SequenceNode):
        for item in node.value:
            if isinstance(item, ScalarNode):
                _keep_as_written(item)
