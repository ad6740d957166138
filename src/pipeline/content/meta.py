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
    series: tuple[str, ...] = ()
    raw_html: str = ""

    @field_validator("title", "summary", "description", "slug", mode="before")
    @classmethod
    def _text(cls, value: Any) -> Any:
        """`title = 2024` is a title."""
        return str(value) if _plain(value) else value

    @field_validator("categories", "tags", "aliases", mode="before")
    @classmethod
    def _texts(cls, value: Any) -> Any:
        """`tags: python` is a list of one; an empty item is none."""
        values = value if isinstance(value, (list, tuple)) else [value]
        return tuple(str(item) if _plain(item) else item for item in values if item is not None)

    @field_validator("series", mode="before")
    @classmethod
    def _names(cls, value: Any) -> Any:
        """What is no name is left out: other programs keep other things here."""
        values = value if isinstance(value, (list, tuple)) else [value]
        return tuple(str(item) for item in values if isinstance(item, (str, int)) and str(item).strip())

    @field_validator("raw_html", mode="before")
    @classmethod
    def _word(cls, value: Any) -> Any:
        return value if isinstance(value, str) else ""

    @field_validator("date", "lastmod", "publish_date", "expiry_date", mode="before")
    @classmethod
    def _moment(cls, value: Any) -> Any:
        """A number is no date, though it could count seconds."""
        if isinstance(value, (int, float)) or (isinstance(value, str) and re.fullmatch(r"[-+]?[\d.]+", value)):
            raise ValueError(_A_DATE)
        return value

    @field_validator("slug")
    @classmethod
    def _one_part(cls, value: str) -> str:
        if "/" in value or "\\" in value or value in {".", ".."}:
            raise ValueError("a slug is one part of an address, without slashes")
        return value


def read_meta(text: str, front: FrontMatter, path: Path) -> Meta:
    """Typed fields; an empty one is as if it were not there. Raises ContentError that names the field and its line."""
    try:
        known = {key: value for key, value in front.data.items() if key in _KNOWN and value is not None}
        return Meta.model_validate(known)
    except ValidationError as error:
        found = error.errors()[0]
        key = str(found["loc"][0])
        match = re.search(rf"(?:\A|[\r\n])[ \t]*[\"']?{re.escape(key)}[\"']?\s*[:=]", text[front.start : front.end])
        line = len(_LINE_END.findall(text[: front.start + match.end()])) + 1 if match else 1
        raise ContentError(
            f"the front matter field `{key}` is {_shown(found['input'])}, but {_expected(key, found)}.",
            path=path,
            line=line,
            remedy="Mend the value.",
        ) from error


_KNOWN = {field.alias or name for name, field in Meta.model_fields.items()}
_LINE_END = re.compile(r"\r\n|\n|\r")
_A_DATE = "it has to be a date, such as 2024-12-31 or 2024-12-31T08:00:00+01:00"
_KINDS = {
    "bool": "it has to be true or false",
    "int": "it has to be a whole number",
    "string": "it has to be a text",
    "date": _A_DATE,
    "datetime": _A_DATE,
}


def _plain(value: Any) -> bool:
    return isinstance(value, (int, float, dt.date, dt.time)) and not isinstance(value, bool)


def _shown(value: Any) -> str:
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= 60 else text[:59] + "…"


def _expected(key: str, found: Any) -> str:
    if found["type"] == "value_error":
        return str(found["ctx"]["error"])
    kind = str(found["type"]).split("_")[0]
    if key in {"categories", "tags", "aliases"}:
        return "it has to be a list of texts"
    return _KINDS.get(kind, str(found["msg"]))
