"""The tables of docs/configuration.md, made from the settings. `python -m tests.config_tables` writes them anew."""

import json
import re
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from pipeline.config import Settings

DOCS = Path(__file__).parents[1] / "docs" / "configuration.md"
BLOCK = re.compile(r"(<!-- keys: (\S+) -->\n).*?(<!-- end -->)", re.DOTALL)


def sections(model: type[BaseModel] = Settings, above: str = "") -> dict[str, type[BaseModel]]:
    """`site` and its class, `locales.*` and its class, and so on, the nested ones too."""
    found = {}
    for name, field in model.model_fields.items():
        kind: Any = field.annotation
        place = f"{above}{name}"
        if get_origin(kind) is dict and _is_section(get_args(kind)[1]):
            place, kind = f"{place}.*", get_args(kind)[1]
        if _is_section(kind):
            found[place] = kind
            found |= sections(kind, f"{place}.")
    return found


def _is_section(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _is_key(field: FieldInfo) -> bool:
    """Not a section of its own."""
    kind: Any = field.annotation
    return not (_is_section(kind) or (get_origin(kind) is dict and _is_section(get_args(kind)[1])))


def keys(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The keys of a section, without those that are sections."""
    return {name: field for name, field in model.model_fields.items() if _is_key(field)}


def table(model: type[BaseModel]) -> str:
    """One row a key."""
    rows = [f"| `{name}` | {_default(field)} | {_meaning(field)} |" for name, field in keys(model).items()]
    return "\n".join(["| key | default | meaning |", "| --- | --- | --- |", *rows, ""])


def _default(field: FieldInfo) -> str:
    if field.default is PydanticUndefined:
        return "required"
    return "" if field.default in ("", None) else f"`{json.dumps(field.default, ensure_ascii=False)}`"


def _meaning(field: FieldInfo) -> str:
    choices = get_args(field.annotation) if get_origin(field.annotation) is Literal else ()
    told = [", ".join(f'`"{choice}"`' for choice in choices if choice), _bounds(field.metadata)]
    return " ".join([field.description or "", *(f"({text})" for text in told if text)])


def _bounds(metadata: list[Any]) -> str:
    """`1 to 64`, `more than 0`; that a number is not negative goes without saying."""
    low = next((item.ge for item in metadata if isinstance(item, Ge)), 0)
    high = next((item.le for item in metadata if isinstance(item, Le)), None)
    above = next((item.gt for item in metadata if isinstance(item, Gt)), None)
    if high is not None:
        return f"{low:g} to {high:g}"
    return f"more than {above:g}" if above is not None else ""


def filled(text: str) -> str:
    """The document with today's tables."""
    known = sections()
    return BLOCK.sub(lambda match: match[1] + table(known[match[2]]) + match[3], text)


if __name__ == "__main__":
    DOCS.write_text(filled(DOCS.read_text(encoding="utf-8")), encoding="utf-8")
