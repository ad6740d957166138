"""The keys of [theme]: what the site looks like, without a template of one's own."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

__all__ = ["MenuItem", "ThemeSettings"]

_COLOUR = re.compile(r"#[0-9A-Fa-f]{3}(?:[0-9A-Fa-f]{3})?")
_FONT = re.compile(r"[\w\s,\"'.-]+")


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class MenuItem(_Section):
    """A link of a menu to a page of the site, by its key, or to any address."""

    page: str = ""
    url: str = ""
    label: str | dict[str, str] = ""

    def named(self, locale: str) -> str:
        """The label in a language, `""` for the page's own title."""
        return self.label if isinstance(self.label, str) else self.label.get(locale, "")


class ThemeSettings(_Section):
    """[theme]: menus, colours, fonts, what stands at the foot of a page and what is added to its HTML."""

    menu: list[str | MenuItem] = Field(
        [],
        description='The main menu: keys of pages (`"posts"`, `"about"`, `"archive"`, `"tags"`), or tables such as '
        '`{ url = "https://…", label = { en = "Code", zh = "代码" } }`. Default: all sections and single pages.',
    )
    social: dict[str, str] = Field(
        {}, description="Links to the author elsewhere, by the name that is shown, at the foot of each page."
    )
    footer: str | dict[str, str] = Field("", description="HTML at the foot of each page; one text, or one by locale.")
    head: str = Field("", description="HTML added at the end of each page's `head`.")
    body_end: str = Field("", description="HTML added at the end of each page's `body`.")
    colours: dict[str, list[str]] = Field(
        {},
        description="Colours by their names in the theme's `colours.css`, light and dark: "
        '`accent = ["#a32d1c", "#f0937b"]`.',
    )
    fonts: dict[Literal["text", "title", "interface", "code"], str] = Field(
        {}, description="Font families as CSS has them, for `text`, `title`, `interface` and `code`."
    )
    share: dict[str, str] = Field(
        {},
        description="Links below a post by the name that is shown; `{url}` and `{title}` in an address are the post's.",
    )
    giscus: dict[str, str] = Field(
        {}, description="Comments by giscus.app: `repo`, `repo-id`, `category`, `category-id` and its other data."
    )

    @field_validator("colours")
    @classmethod
    def _pairs(cls, value: dict[str, list[str]]) -> dict[str, list[str]]:
        for name, pair in value.items():
            if not re.fullmatch(r"[a-z-]+", name) or len(pair) != 2 or not all(map(_COLOUR.fullmatch, pair)):
                raise ValueError(f'{name!r} has to be two colours, light and dark, such as ["#a32d1c", "#f0937b"]')
        return value

    @field_validator("fonts")
    @classmethod
    def _families(cls, value: dict[str, str]) -> dict[str, str]:
        for name, families in value.items():
            if not _FONT.fullmatch(families):
                raise ValueError(f'{name!r} has to be names of fonts with commas between, such as "Georgia, serif"')
        return value

    @field_validator("menu")
    @classmethod
    def _lead_somewhere(cls, value: list[str | MenuItem]) -> list[str | MenuItem]:
        for item in value:
            if isinstance(item, MenuItem) and bool(item.page) == bool(item.url):
                raise ValueError("an item of the menu has a `page` or a `url`")
            if isinstance(item, MenuItem) and item.url and not item.label:
                raise ValueError("an item of the menu with a `url` needs a `label`")
        return value

    @field_validator("share")
    @classmethod
    def _addresses(cls, value: dict[str, str]) -> dict[str, str]:
        for name, address in value.items():
            if not re.match(r"(https?://|mailto:)", address):
                raise ValueError(f"the address of {name!r} has to begin with https://")
        return value

    def footer_in(self, locale: str) -> str:
        """The text at the foot of a page in a language."""
        return self.footer if isinstance(self.footer, str) else self.footer.get(locale, "")
