"""The languages of a Hugo site: where each one's content is, which is the source, which are translated from it."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.adoption.hugo import Config, table
from pipeline.errors import ConfigError

__all__ = ["MARKDOWN", "Language", "Site", "find_site"]

MARKDOWN = frozenset({".md", ".markdown", ".mdown"})
_SUFFIX = re.compile(r"\.([a-z]{2,3}(?:[-_][a-z0-9]{2,8})*)\.(?:md|markdown|mdown)$", re.IGNORECASE)
_CHINESE = re.compile(r"zh(?:[-_].+)?|cn|tw|chinese")
_TRADITIONAL = re.compile(r"zh[-_](?:hant.*|tw|hk|mo)|tw")
_ENGLISH = re.compile(r"en(?:[-_].+)?|english")
_NAMES = {"en": "English", "zh": "简体中文", "zh-tw": "繁體中文", "zh-hant": "繁體中文", "ja": "日本語", "ko": "한국어"}


@dataclass(frozen=True, slots=True)
class Language:
    """One language. `key` is Hugo's name for it (in lower case), `locale` ours; `folder` is where its files are,
    below the site (several languages may share one), `settings` its part of the configuration.
    """

    key: str
    locale: str
    folder: str
    settings: Mapping[str, Any]

    @property
    def tag(self) -> str:
        """Its BCP 47 tag."""
        for name in ("locale", "languagecode"):
            value = self.settings.get(name)
            if isinstance(value, str) and re.fullmatch(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*", value):
                return _tag(value)
        return _tag(self.key)

    @property
    def name(self) -> str:
        """Its name in itself."""
        for name in ("label", "languagename"):
            if isinstance(self.settings.get(name), str) and self.settings[name].strip():
                return str(self.settings[name]).strip()
        return _NAMES.get(self.locale, self.tag)


@dataclass(frozen=True, slots=True)
class Site:
    """`default` is the key of the language of files that name none; `others` are languages that are not adopted."""

    root: Path
    config: Config
    source: Language
    targets: tuple[Language, ...]
    others: tuple[Language, ...]
    default: str

    @property
    def languages(self) -> tuple[Language, ...]:
        """All of them, those that are adopted first."""
        return (self.source, *self.targets, *self.others)

    @property
    def layout(self) -> str:
        """How the languages are kept apart: `directories`, or `names` of files."""
        return "directories" if self.targets and self.targets[0].folder != self.source.folder else "names"


def find_site(root: Path, config: Config, source: str | None = None, targets: Sequence[str] = ()) -> Site:
    """The languages of the site in `root`. `source` and `targets` are keys as Hugo writes them; by default English,
    and the one other language or, of several, Chinese.

    Raises ConfigError if this is no Hugo site, or has no such language.
    """
    base = config.text("contentdir") or "content"
    settings = {
        key: table(value) for key, value in config.table("languages").items() if not table(value).get("disabled")
    }
    disabled = {str(key).lower() for key in config.data.get("disablelanguages") or ()}
    settings = {_key(key): value for key, value in settings.items() if key not in disabled}
    folders = {key: str(value.get("contentdir") or base).strip("/") for key, value in settings.items()}
    folders |= _mounted(config)
    _check(root, {base, *folders.values()})
    default = _key(config.text("defaultcontentlanguage")) or "en"
    suffixes = _suffixes(root / base)
    wanted = [_key(key) for key in (source, *targets) if key]
    if not config.text("defaultcontentlanguage") and not settings:
        default = _unnamed(suffixes)
    listed = len(settings) > 1
    for key in [default, *sorted(suffixes)]:
        if key == default or key in wanted or (_familiar(key) and not listed):
            folders.setdefault(key, base)
    if len(set(folders.values())) == 1 and (found := _directories(root, base, wanted, settings)):
        folders = {**(folders if listed else {}), **found}
    languages = [Language(key, "", folder, settings.get(key, {})) for key, folder in folders.items()]
    return _chosen(root, config, languages, default, (source, targets))


def _key(key: str | None) -> str:
    return (key or "").strip().lower().replace("_", "-")


def _familiar(key: str) -> bool:
    return bool(_CHINESE.fullmatch(key) or _ENGLISH.fullmatch(key))


def _mounted(config: Config) -> dict[str, str]:
    """Content directories that `module.mounts` gives a language."""
    found = {}
    mounts = table(config.data.get("module")).get("mounts")
    for mount in mounts if isinstance(mounts, list) else ():
        if table(mount).get("lang") and str(mount.get("target", "")).strip("/") == "content":
            found[_key(str(mount["lang"]))] = str(mount.get("source", "")).strip("/")
    return found


def _check(root: Path, folders: Iterable[str]) -> None:
    if not root.is_dir():
        raise ConfigError(f"there is no directory {root}.", remedy="Name the top directory of a Hugo site.")
    for folder in folders:
        for _, _, names in os.walk(root / folder):
            if any(Path(name).suffix.lower() in MARKDOWN for name in names):
                return
    expected = ", ".join(sorted(f"{folder}/" for folder in folders))
    raise ConfigError(
        f"{root} is not a Hugo site: there is no Markdown in {expected}.",
        remedy="Name the directory that holds hugo.toml (or config.toml) and content/.",
    )


def _suffixes(folder: Path) -> Counter[str]:
    """How many files carry which language in their names."""
    found: Counter[str] = Counter()
    for _, _, names in os.walk(folder):
        found.update(_key(match[1]) for name in names if (match := _SUFFIX.search(name)))
    return found


def _unnamed(suffixes: Counter[str]) -> str:
    """The language of files that name none, where no configuration says: the one that no file names."""
    english, chinese = any(map(_ENGLISH.fullmatch, suffixes)), any(map(_CHINESE.fullmatch, suffixes))
    return "zh" if english and not chinese else "en"


def _directories(root: Path, base: str, wanted: Sequence[str], known: Iterable[str]) -> dict[str, str]:
    """content/en and content/zh, where the configuration does not say so but the names do."""
    found = {}
    for path in sorted(root.joinpath(base).iterdir()) if root.joinpath(base).is_dir() else ():
        key = _key(path.name)
        if path.is_dir() and (key in known or key in wanted or _familiar(key)):
            found[key] = f"{base}/{path.name}"
    families = [any(map(pattern.fullmatch, found)) for pattern in (_ENGLISH, _CHINESE)]
    return found if len(found) > 1 and (all(families) or wanted) else {}


def _chosen(
    root: Path, config: Config, languages: list[Language], default: str, asked: tuple[str | None, Sequence[str]]
) -> Site:
    by_key = {language.key: language for language in languages}
    keys = ", ".join(sorted(by_key))
    for name in filter(None, (asked[0], *asked[1])):
        if _key(name) not in by_key:
            raise ConfigError(f"the site in {root} has no language `{name}`.", remedy=f"It has {keys}.")
    english = [key for key in by_key if _ENGLISH.fullmatch(key)]
    source = _key(asked[0]) or (sorted(english, key=lambda key: (key != default, key)) or [""])[0]
    if not source:
        raise ConfigError(
            f"the site in {root} has no English: its languages are {keys}.", remedy="Name the source with --source."
        )
    rest = [key for key in by_key if key != source]
    chinese = [key for key in rest if _CHINESE.fullmatch(key)]
    targets = [_key(key) for key in asked[1]] or (rest if len(rest) == 1 else chinese)
    if not rest:  # a site that waits for its first translation
        by_key["zh"], targets = Language("zh", "", by_key[source].folder, {}), ["zh"]
    if source in targets:
        raise ConfigError(f"`{source}` is the source: it cannot be a target as well.", remedy="Name another.")
    locales = _locales(source, targets)
    named = {key: replace(by_key[key], locale=locales.get(key, key)) for key in by_key}
    others = tuple(named[key] for key in rest if key not in targets)
    return Site(root, config, named[source], tuple(named[key] for key in targets), others, default)


def _locales(source: str, targets: Sequence[str]) -> dict[str, str]:
    """`en` for any English, `zh` for Simplified Chinese, if it is the only one; others keep their names."""
    locales: dict[str, str] = {}
    for key in (source, *targets):
        name = "en" if _ENGLISH.fullmatch(key) else key
        if _CHINESE.fullmatch(key) and not _TRADITIONAL.fullmatch(key):
            name = "zh"
        locales[key] = key if name in locales.values() else name
    return locales


def _tag(key: str) -> str:
    """`zh-CN` for zh_cn; `zh-CN` for zh and cn alone, because a reader's browser has to choose a font."""
    known = {"zh": "zh-CN", "cn": "zh-CN", "chinese": "zh-CN", "tw": "zh-TW", "english": "en"}
    if key.lower() in known:
        return known[key.lower()]
    language, *rest = key.replace("_", "-").split("-")
    return "-".join([language.lower(), *(part.title() if len(part) == 4 else part.upper() for part in rest)])
