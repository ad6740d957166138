"""What the settings allow at a place: which keys, and values of which kind. A place is a tuple of names."""

from __future__ import annotations

from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

from pipeline.config.settings import Settings

__all__ = ["Place", "keys_at", "kind_at", "takes_text"]

Place = tuple[str, ...]


def kind_at(place: Place) -> Any:
    """The type of what stands there, None where nothing may."""
    kind: Any = Settings
    for name in place:
        if _is_section(kind):
            field = kind.model_fields.get(name)
            kind = field.annotation if field else None
        else:
            kind = get_args(kind)[1] if get_origin(kind) is dict else None
    return kind


def keys_at(place: Place) -> list[str]:
    """The keys of a section; empty where any name goes, or none."""
    kind = kind_at(place)
    return sorted(set(kind.model_fields) - {"root"}) if _is_section(kind) else []


def takes_text(kind: Any) -> bool:
    """A text may stand there."""
    return kind is str or get_origin(kind) is Literal or str in get_args(kind)


def _is_section(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
