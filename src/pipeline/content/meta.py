"""The front matter fields that the pipeline understands, typed. Others are kept and left alone."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from pipeline.content.front_matter import FrontMatter
from pipeline.errors import ContentError

__all__ = ["Meta", "read_meta"]


class Meta(BaseModel):
    """Typed fields of a post. A date without a time or offset is completed by the site's time zone when it is used."""

    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=True)

    title: str = ""
    date: dt.datetime | dt.date | None = None
    lastmod: dt.datetime | dt.date | None = None
    publish_date: dt.datetime | dt.date | None = Field(None, alias="publishDate")
    expiry_date: dt.datetime | dt.date | None = Field(None, alias="expiryDate")
    summary: str = ""
    description: str = ""
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    slug: str = ""
    aliases: tuple[str, ...] = ()
    draft: bool = False
    translate: bool = True
    weight: int = 0

    @field_validator("title", "summary", "description", "slug", mode="before")
    @classmethod
    def _text(cls, value: Any) -> Any:
        """`title: 2024` is a title; an empty field is no title."""
        if value is None:
            return ""
        return str(value) if isinstance(value, (int, float, dt.date)) and not isinstance(value, bool) else value

    @field_validator("categories", "tags", "aliases", mode="before")
    @classmethod
    def _texts(cls, value: Any) -> Any:
        """`tags: python` is a list of one."""
        if value is None:
            return ()
        values = value if isinstance(value, (list, tuple)) else [value]
        return tuple(str(item) if isinstance(item, (int, float, dt.date)) else item for item in values)

    @field_validator("weight", mode="before")
    @classmethod
    def _weight(cls, value: Any) -> Any:
        return 0 if value is None else value

    @field_validator("slug")
    @classmethod
    def _one_part(cls, value: str) -> str:
        if "/" in value or "\\" in value or value in {".", ".."}:
            raise ValueError("a slug is one part of an address, without slashes")
        return value


def read_meta(text: str, front: FrontMatter, path: Path) -> Meta:
    """Typed fields; raises ContentError that names the field and its line."""
    try:
        return Meta.model_validate({key: value for key, value in front.data.items() if key in _KNOWN})
    except ValidationError as error:
        found = error.errors()[0]
        key = str(found["loc"][0])
        match = re.search(rf"^\s*[\"']?{re.escape(key)}[\"']?\s*[:=]", text[front.start : front.end], re.MULTILINE)
        line = text.count("\n", 0, front.start + match.end()) + 1 if match else 1
        message = str(found["msg"]).removeprefix("Value error, ")
        raise ContentError(
            f"the front matter field `{key}` has the value {found['input']!r}: {message}.",
            path=path,
            line=line,
            remedy="Mend the value.",
        ) from error


_KNOWN = {field.alias or name for name, field in Meta.model_fields.items()}
