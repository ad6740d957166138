"""pipeline.toml: typed, strict, and overridable from the environment.

Every key is a field below, with its default and its meaning. An unknown key or a wrong type is an error that names
the key and the nearest right one. `PIPELINE_<SECTION>__<KEY>` (two underscores between the levels) overrides a key:
`PIPELINE_PUBLISH__TARGET=s3://bucket`, `PIPELINE_LOCALES__ZH__PREFIX=cn`.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from pipeline.errors import ConfigError

__all__ = ["CONFIG_NAME", "EngineSettings", "Locale", "PublishSettings", "Settings", "load"]

CONFIG_NAME = "pipeline.toml"
_ENV = re.compile(r"PIPELINE_([A-Z0-9]+(?:_[A-Z0-9]+)*(?:__[A-Z0-9]+(?:_[A-Z0-9]+)*)+)")
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

    @field_validator("base_url")
    @classmethod
    def _absolute(cls, value: str) -> str:
        if not re.match(r"https?://[^/\s]+", value):
            raise ValueError("must be an absolute http(s) address, such as https://example.org")
        return value.rstrip("/")

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            raise ValueError(f"{value!r} is not an IANA time zone, such as Europe/Berlin") from None
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

    @field_validator("prefix")
    @classmethod
    def _plain(cls, value: str | None) -> str | None:
        if value and not re.fullmatch(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*", value):
            raise ValueError("may hold letters, digits, - and _, without slashes at the ends")
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
    max_characters: int = Field(
        0, ge=0, description="Characters that one run may send to engines; what is more waits for the next. 0 is no limit."
    )

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


class ReviewSettings(_Section):
    """[review]: how drafts become translations."""

    approve: Literal["by hand", "when nothing new"] = Field(
        "by hand",
        description="`when nothing new` approves drafts whose every segment a person has approved before.",
    )


class PublishSettings(_Section):
    """[publish]: where the site goes."""

    target: str = Field("", description="`s3://bucket`, `s3://bucket/prefix`, or a directory.")
    endpoint_url: str = Field("", description="Address of an S3-compatible server. Default: AWS.")
    region: str = Field("", description="Region of the bucket. Default: as AWS tools are configured.")
    profile: str = Field("", description="Name of a profile in the AWS configuration files.")
    concurrency: int = Field(16, ge=1, le=128, description="Uploads in flight at once.")


class Settings(_Section):
    """The whole configuration. `root` is the directory that holds pipeline.toml."""

    root: Path = Field(Path(), exclude=True)
    site: SiteSettings = SiteSettings()
    locales: dict[str, Locale] = {"en": Locale(name="English"), "zh": Locale(name="简体中文")}
    translation: TranslationSettings = TranslationSettings()
    engines: dict[str, EngineSettings] = {}
    review: ReviewSettings = ReviewSettings()
    publish: PublishSettings = PublishSettings()

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
    def public(self) -> Path:
        """The rendered site."""
        return self.root / "public"

    def content(self, locale: str) -> Path:
        """Where a locale's approved posts are."""
        return self.root / "content" / locale

    def snapshots(self, locale: str) -> Path:
        """Where the English that a target locale's posts were made from is."""
        return self.content(locale) / ".source"

    def drafts(self, locale: str) -> Path:
        """Where a target locale's drafts are; their snapshots are in `.source` below it."""
        return self.root / "drafts" / locale

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


def load(root: Path, env: Mapping[str, str] | None = None) -> Settings:
    """Read `root`/pipeline.toml and the `PIPELINE_` variables of `env` (default: the process's environment).

    Raises ConfigError with the file, the line where there is one, the key, and the nearest right key.
    """
    path = root / CONFIG_NAME
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ConfigError(
            f"there is no {CONFIG_NAME} in {root.resolve()}.",
            remedy="Run `pipeline init` to make one, or name the directory with --root.",
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot be read: {error}.", path=path, remedy="Save it as UTF-8.") from error
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        raise ConfigError(
            f"is not valid TOML: {error}.", path=path, line=int(line[1]) if line else None, remedy="Mend that line."
        ) from error
    if "root" in data:
        raise _unknown(path, text, ("root",))
    overrides = set(_override(data, os.environ if env is None else env))
    try:
        settings = Settings.model_validate({**data, "root": root.resolve()})
    except ValidationError as error:
        raise _explained(path, text, error, overrides) from None
    _check_locales(path, text, settings)
    return settings


def _override(data: dict[str, Any], env: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    """Merge `PIPELINE_A__B=value` into `data`; yield the keys that came from the environment."""
    for name, value in sorted(env.items()):
        match = _ENV.fullmatch(name)
        if not match:
            continue
        keys = tuple(match[1].lower().split("__"))
        if keys[0] not in Settings.model_fields:
            continue  # another program's variable
        table = data
        for key in keys[:-1]:
            table = table.setdefault(key, {})
            if not isinstance(table, dict):
                raise ConfigError(f"{name} reaches into `{key}`, which is not a table.", remedy="Check its name.")
        try:
            table[keys[-1]] = tomllib.loads(f"v = {value}")["v"]
        except tomllib.TOMLDecodeError:
            table[keys[-1]] = value  # a bare word is a string
        yield keys


def _explained(path: Path, text: str, error: ValidationError, overrides: set[tuple[str, ...]]) -> ConfigError:
    """The first of pydantic's findings as one sentence about one key."""
    found = error.errors()[0]
    location = tuple(str(part) for part in found["loc"] if part not in ("str", "list[str]"))
    if found["type"] == "extra_forbidden" and location not in overrides:
        return _unknown(path, text, location)
    key = ".".join(location)
    if location in overrides:
        name = "PIPELINE_" + "__".join(location).upper()
        return ConfigError(
            f"the environment variable {name} does not fit: {_message(found)}.", remedy="Mend or unset it."
        )
    if found["type"] == "missing":
        return ConfigError(
            f"`{key}` is missing.",
            path=path,
            line=_line(text, location[:-1]),
            remedy=f"Add `{location[-1]} = …` to [{'.'.join(location[:-1])}].",
        )
    return ConfigError(
        f"`{key}` has the value {found['input']!r}, but {_message(found)}.",
        path=path,
        line=_line(text, location),
        remedy="Mend the value.",
    )


def _message(found: Mapping[str, Any]) -> str:
    message = str(found["msg"]).removeprefix("Value error, ")
    message = message.replace("Input should be", "it should be")
    return message if message.startswith(("it ", "'")) else f"it {message}"


def _unknown(path: Path, text: str, location: tuple[str, ...]) -> ConfigError:
    known = sorted(_keys_at(location[:-1]))
    near = get_close_matches(location[-1], known, n=1, cutoff=0.5)
    section = f"[{'.'.join(location[:-1])}]" if len(location) > 1 else "the file"
    remedy = f"Did you mean `{near[0]}`?" if near else f"Known there: {', '.join(f'`{key}`' for key in known)}."
    return ConfigError(f"{section} has no key `{location[-1]}`.", path=path, line=_line(text, location), remedy=remedy)


def _keys_at(location: tuple[str, ...]) -> list[str]:
    """Names of the keys that a section may hold."""
    model: Any = Settings
    for part in location:
        if isinstance(model, type) and issubclass(model, BaseModel):
            annotation = model.model_fields[part].annotation if part in model.model_fields else None
            args = get_args(annotation)
            model = args[1] if args and args[0] is str else annotation  # dict[str, Model]: any name
            if args and args[0] is str:
                model = {"*": args[1]}
        elif isinstance(model, dict):
            model = model["*"]
    if isinstance(model, type) and issubclass(model, BaseModel):
        return [name for name in model.model_fields if name != "root"]
    return []


def _line(text: str, location: tuple[str, ...]) -> int | None:
    """The line (from 1) on which a key stands, found by reading as far as the last key that is there."""
    lines = text.splitlines()
    section: tuple[str, ...] = ()
    best = None
    for number, line in enumerate(lines, 1):
        header = re.match(r"\s*\[\[?\s*([^\]]+?)\s*\]", line)
        if header:
            section = tuple(part.strip(" \"'") for part in header[1].split("."))
            if section == location:
                best = number
        key = re.match(r"\s*([\w.\"'-]+)\s*=", line)
        if key and section + tuple(part.strip(" \"'") for part in key[1].split(".")) == location:
            return number
    return best


def _check_locales(path: Path, text: str, settings: Settings) -> None:
    """Source and targets are locales, none is both, and no two share their addresses."""
    for key in [settings.source, *settings.targets]:
        if key not in settings.locales:
            raise ConfigError(
                f"[translation] names the locale `{key}`, but there is no [locales.{key}].",
                path=path,
                line=_line(text, ("translation", "targets")),
                remedy=f'Add [locales.{key}] with `name = "…"`.',
            )
    if settings.source in settings.targets or len(set(settings.targets)) < len(settings.targets):
        raise ConfigError(
            "[translation] `targets` names the source, or a locale twice.",
            path=path,
            line=_line(text, ("translation", "targets")),
            remedy="Name each target once.",
        )
    prefixes: dict[str, str] = {}
    for key in [settings.source, *settings.targets]:
        other = prefixes.setdefault(settings.prefix(key), key)
        if other != key:
            raise ConfigError(
                f"the locales `{other}` and `{key}` have the same `prefix`, so their pages would collide.",
                path=path,
                line=_line(text, ("locales", key, "prefix")),
                remedy="Give each its own.",
            )
