"""The keys of pipeline.toml: a section is a class, a key is a field with its default and its meaning."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator

from pipeline.config.checks import CheckSettings
from pipeline.config.prefect import PrefectSettings
from pipeline.config.problems import ProblemSettings
from pipeline.config.publishing import PublishSettings
from pipeline.config.review import ReviewSettings
from pipeline.config.theme import ThemeSettings
from pipeline.places import Places

__all__ = ["EngineSettings", "Locale", "PublishSettings", "Settings"]

PERMALINK_PARTS = {"section", "sections", "year", "month", "day", "slug", "title", "filename"}
_BUNDLED_LANGUAGES = {"en": "en", "zh": "zh-CN"}


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class SiteSettings(_Section):
    """[site]: what the whole site shares."""

    title: str = Field("My site", description="Name of the site, shown in its header and feeds.")
    base_url: str = Field("http://localhost:8000", description="Absolute address the site is published under.")
    author: str = Field("", description="Name shown in feeds and page metadata.")
    description: str = Field("", description="One sentence about the site, for feeds and search engines.")
    timezone: str = Field("UTC", description="IANA zone of dates that carry no offset.")
    untranslated: Literal["notice", "hide"] = Field(
        "notice", description="A post without a translation: shown in the source language with a `notice`, or `hide`."
    )
    per_page: int = Field(
        20, ge=1, le=1000, description="Posts on one page of a list; older ones are on further pages."
    )
    permalinks: dict[str, str] = Field(
        {},
        description='Addresses of posts by their section: `posts = "/:year/:month/:slug/"`. Known: `:section`, '
        "`:sections`, `:year`, `:month`, `:day`, `:slug`, `:title`, `:filename`. Default: as the files lie.",
    )
    feed_length: int = Field(20, ge=1, le=1000, description="Posts in a feed.")
    feed_content: Literal["full", "summary"] = Field("full", description="What feeds hold of each post.")
    cards: bool = Field(
        default=True,
        description="Draw a picture with each post's title, for links to it in social networks. "
        "Chinese needs a font on the machine, such as Noto Sans CJK.",
    )
    image_widths: list[int] = Field(
        [480, 960, 1600],
        description="Widths in pixels in which images of posts are made, as WebP and AVIF, for small screens; `[]` "
        "makes none. SVG and GIF stay as they are.",
    )
    raw_html: Literal["trusted", "sanitised"] = Field(
        "trusted",
        description="HTML in posts: as it is, or without what could run or restyle the page. A post's own "
        "`raw_html: sanitised` tightens it.",
    )
    history_url: str = Field(
        "",
        description="Where the changes of a post can be seen: an address with `{path}` for its file. A translation "
        "that is behind leads there.",
    )
    edit_url: str = Field(
        "",
        description="Where a post can be edited: an address with `{path}` for its file, such as `content/en/foo.md`.",
    )
    allow: dict[str, str] = Field(
        {},
        description="What the `Content-Security-Policy` allows besides the site's own files, by directive: "
        '`allow = { frame-src = "https://player.example.org" }`.',
    )

    @field_validator("allow")
    @classmethod
    def _sources(cls, value: dict[str, str]) -> dict[str, str]:
        for directive, sources in value.items():
            if not re.fullmatch(r"[a-z]+(-[a-z]+)*", directive) or not re.fullmatch(
                r"[!-+\--:<-~]+( [!-+\--:<-~]+)*", sources
            ):
                raise ValueError(f'{directive!r} has to be sources with blanks between, such as "https://example.org"')
        return value

    @field_validator("permalinks")
    @classmethod
    def _patterns(cls, value: dict[str, str]) -> dict[str, str]:
        for section, pattern in value.items():
            unknown = set(re.findall(r":(\w+)", pattern)) - PERMALINK_PARTS
            if unknown or not re.search(r":(slug|title|filename)", pattern) or ".." in pattern:
                names = ", ".join(f":{name}" for name in sorted(PERMALINK_PARTS))
                raise ValueError(f"the pattern of {section!r} needs a :slug, and may hold {names}")
        return value

    @field_validator("image_widths")
    @classmethod
    def _widths(cls, value: list[int]) -> list[int]:
        if not all(64 <= width <= 8192 for width in value):
            raise ValueError("widths are between 64 and 8192 pixels")
        return sorted(set(value))

    @field_validator("base_url")
    @classmethod
    def _absolute(cls, value: str) -> str:
        if not re.fullmatch(r"https?://[^/\s?#]+(/[^\s?#]*)?", value):
            raise ValueError("it has to be an absolute http(s) address, such as https://example.org/blog")
        return value.rstrip("/")

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            raise ValueError("it has to be an IANA time zone, such as Europe/Berlin") from None
        return value


class Locale(_Section):
    """[locales.KEY]: one language of the site."""

    name: str = Field(description="The language's name in itself, for the switcher: English, 简体中文.")
    language: str = Field("", description="BCP 47 tag for `lang` and `hreflang`. Default: the key (zh-CN for zh).")
    prefix: str | None = Field(
        None, description='First part of the locale\'s addresses. Default: "" for the source, the key for targets.'
    )
    title: str = Field("", description="The site's title in this language. Default: [site] title.")
    description: str = Field("", description="The site's description in this language. Default: [site] description.")
    raw_html: Literal["", "trusted", "sanitised"] = Field(
        "", description="HTML in this language's posts, as in [site]. Default: [site] raw_html."
    )

    @field_validator("prefix")
    @classmethod
    def _plain(cls, value: str | None) -> str | None:
        if value and not re.fullmatch(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*", value):
            raise ValueError("it may hold letters, digits, - and _, without slashes at the ends")
        return value

    @field_validator("language")
    @classmethod
    def _tag(cls, value: str) -> str:
        if value and not re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", value):
            raise ValueError("it has to be a BCP 47 tag, such as en or zh-CN")
        return value


class TranslationSettings(_Section):
    """[translation]: from which language into which, and by whom."""

    source: str = Field("en", description="Key of the locale that people write.")
    targets: list[str] = Field(["zh"], description="Keys of the locales that are translated from it.")
    engine: str | list[str] = Field(
        "google", description="Name of an engine, or a list of names that are tried in order."
    )
    fields: list[str] = Field(
        ["title", "summary", "description"],
        description="Front matter fields to translate; `params.subtitle` reaches into nested ones.",
    )
    fuzzy_threshold: float = Field(
        75.0, ge=50.0, le=100.0, description="Similarity in percent from which a memory match may fill a gap, marked."
    )
    spacing: bool = Field(default=True, description="A blank between Han and Latin letters in machine answers.")
    max_characters: int = Field(
        0,
        ge=0,
        description="Characters that one run may send to engines; what is more waits for the next. 0 is no limit.",
    )
    journal: str = Field(
        "",
        description="Directory in which engines' answers are kept, so that none is asked for twice, its path relative "
        "to pipeline.toml; such as `~/journal` for checkouts that come and go. Default: .pipeline/journal.",
    )

    @field_validator("journal")
    @classmethod
    def _directory(cls, value: str) -> str:
        if "://" in value:
            raise ValueError("it has to be a directory, such as ~/journal: answers are appended to a file there")
        return value

    @field_validator("engine")
    @classmethod
    def _some(cls, value: str | list[str]) -> str | list[str]:
        if not value or not all(value):
            raise ValueError("it has to name an engine, such as google")
        return value

    @property
    def engines(self) -> list[str]:
        """The engines to try, in order."""
        return [self.engine] if isinstance(self.engine, str) else list(self.engine)


class EngineSettings(_Section):
    """[engines.NAME]: how one engine is reached. Keys that an engine does not use are ignored by it."""

    kind: str = Field("", description="Which engine this is, if NAME is a name of your own. Default: NAME.")
    url: str = Field("", description="Address of the service, where it is not fixed.")
    command: list[str] = Field(
        [], description="For the kind `command`: a program and its arguments that translates from stdin to stdout."
    )
    api_key_env: str = Field(
        "", description="Name of the environment variable that holds the key. Never the key. Default: the engine's own."
    )
    account_env: str = Field(
        "", description="Name of the environment variable that holds the account, where one goes with the key (Baidu)."
    )
    region: str = Field("", description="Region of the service, where it has some (Microsoft).")
    model: str = Field("", description="Model of the kinds `openai` (required) and `deepl` (its `model_type`).")
    instructions: str = Field(
        "", description="A text file, its path relative to pipeline.toml, with the style that a language model follows."
    )
    formality: Literal["", "more", "less", "prefer_more", "prefer_less"] = Field(
        "", description="How formally readers are addressed; `prefer_…` where the language knows no such difference."
    )
    glossary_id: str = Field(
        "", description="Id of a glossary that stands at DeepL already. Default: one is made of glossary.csv."
    )
    options: dict[str, str | int | float | bool] = Field(
        {}, description="Whatever else the service understands (`temperature`, `seed` …), handed to it as it is."
    )
    timeout: float = Field(30.0, gt=0, description="Seconds to wait for one answer.")
    retries: int = Field(4, ge=0, le=20, description="How often a request is repeated after a passing fault.")
    concurrency: int = Field(8, ge=1, le=64, description="Most requests in flight at once.")
    requests_per_second: float = Field(
        0.0, ge=0, description="Upper limit on requests per second; 0 is the engine's own."
    )
    characters_per_minute: int = Field(0, ge=0, description="Upper limit on characters in any minute; 0 is none.")
    max_characters: int = Field(0, ge=0, description="Characters in one request; 0 is the engine's own limit.")
    price: float = Field(0.0, ge=0, description="What a million characters cost, for estimates; 0 is unknown or none.")
    currency: str = Field("USD", description="In what `price` is.")


class Settings(Places, _Section):
    """The whole configuration. `root` is the directory that holds pipeline.toml."""

    root: Path = Field(Path(), exclude=True)
    site: SiteSettings = SiteSettings()
    locales: dict[str, Locale] = {"en": Locale(name="English"), "zh": Locale(name="简体中文")}
    translation: TranslationSettings = TranslationSettings()
    engines: dict[str, EngineSettings] = {}
    review: ReviewSettings = ReviewSettings()
    publish: PublishSettings = PublishSettings()
    theme: ThemeSettings = ThemeSettings()
    checks: CheckSettings = CheckSettings()
    problems: ProblemSettings = ProblemSettings()
    prefect: PrefectSettings = PrefectSettings()

    @field_validator("locales")
    @classmethod
    def _names_of_directories(cls, value: dict[str, Locale]) -> dict[str, Locale]:
        for key in value:
            if not re.fullmatch(r"[A-Za-z0-9]+([_-][A-Za-z0-9]+)*", key):
                raise ValueError(f"{key!r} cannot be the name of a directory; use letters and digits, as in zh-TW")
        return value

    @property
    def source(self) -> str:
        """Key of the source locale."""
        return self.translation.source

    @property
    def targets(self) -> list[str]:
        """Keys of the target locales."""
        return self.translation.targets

    @property
    def work(self) -> Path:
        """Caches and journals; safe to delete when nothing runs."""
        return self.root / ".pipeline"

    @property
    def journal(self) -> Path:
        """Where the answers of engines are kept."""
        where = self.translation.journal
        return self.root / Path(where).expanduser() if where else self.work / "journal"

    @property
    def public(self) -> Path:
        """The rendered site."""
        return self.root / "public"

    def language(self, locale: str) -> str:
        """BCP 47 tag of a locale."""
        return self.locales[locale].language or _BUNDLED_LANGUAGES.get(locale, locale)

    def prefix(self, locale: str) -> str:
        """First part of a locale's addresses, without slashes at the ends; may be empty."""
        prefix = self.locales[locale].prefix
        if prefix is None:
            return "" if locale == self.source else locale
        return prefix

    def engine(self, name: str) -> EngineSettings:
        """Settings of a named engine, or the defaults; `instructions` as a path from the root."""
        found = self.engines.get(name, EngineSettings())
        if not found.instructions:
            return found
        return found.model_copy(update={"instructions": str(self.root / found.instructions)})
