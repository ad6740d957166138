"""A pipeline.toml from the settings of a Hugo site, and what of them has no counterpart."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import tomlkit

from pipeline.adoption.hugo import table
from pipeline.adoption.languages import Language, Site
from pipeline.adoption.report import LeftOut
from pipeline.config import CONFIG_NAME, Settings, load

__all__ = ["Configuration", "configuration"]

_DEFAULT_FIELDS = ("title", "summary", "description")
# Settings that are about how Hugo works, not about the site.
_SILENT = """
    baseurl title languages languagecode locale defaultcontentlanguage defaultcontentlanguageinsubdir contentdir
    staticdir timezone author params copyright hascjklanguage languagename disablelanguages publishdir theme themesdir
    ignorefiles ignoreerrors ignorelogs enablerobotstxt enablegitinfo minify caches build imaging security server
    module buildfuture builddrafts buildexpired summarylength disablekinds languagedirection archetypedir assetdir
    datadir layoutdir i18ndir resourcedir cachedir cleandestinationdir disablehugogeneratorinject timeout
    enableinlineshortcodes markup removepathaccents watch environment label weight"""
_NO_COUNTERPART = {
    "menu": "menus: the header names the sections by itself",
    "menus": "menus: the header names the sections by itself",
    "permalinks": "addresses follow the files' names here: put the old ones into `aliases`",
    "taxonomies": "categories and tags are the ones there are",
    "outputs": "every page is HTML, every list has its feeds",
    "enableemoji": "`:smile:` stays as it is written: write the character",
    "googleanalytics": "no analytics",
    "services": "no comments and no analytics",
    "disqusshortname": "no comments",
    "cascade": "front matter is a post's own",
    "frontmatter": "dates come from `date` and `lastmod`",
    "related": "no related posts",
    "sitemap": "the sitemap is made without settings",
    "pagination": "lists are whole",
    "paginate": "lists are whole",
    "rsslimit": "feeds have a fixed length",
}


@dataclass(frozen=True, slots=True)
class Configuration:
    """`text` is the pipeline.toml, `settings` what it means, `taken` its keys that come from the old site."""

    text: str
    settings: Settings
    taken: Mapping[str, str]
    left_out: tuple[LeftOut, ...]
    warnings: tuple[str, ...]


def configuration(site: Site, fields: Sequence[str] = _DEFAULT_FIELDS) -> Configuration:
    """The configuration of the new site; `fields` are the front matter fields that its translations translate."""
    warnings: list[str] = []
    site_values = dict(_site(site, warnings))
    locales = {language.locale: dict(_locale(site, language, site_values)) for language in (site.source, *site.targets)}
    text = _written(site_values, locales, fields)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, CONFIG_NAME).write_text(text, encoding="utf-8")
        settings = load(Path(folder), env={})
    taken = {f"site.{key}": value for key, value in site_values.items()}
    taken |= {f"locales.{name}.{key}": value for name, values in locales.items() for key, value in values.items()}
    return Configuration(text, settings, taken, tuple(_left_out(site)), tuple(warnings))


def _site(site: Site, warnings: list[str]) -> Iterator[tuple[str, str]]:
    config, own = site.config, site.source.settings
    title = config.text("title", "params.title") or _text(own, "title")
    if title:
        yield "title", title
    base = config.text("baseurl")
    base = f"https:{base}" if base.startswith("//") else base
    if re.match(r"https?://[^/\s]+", base):
        yield "base_url", base.rstrip("/")
    else:
        warnings.append("The old site names no absolute `baseURL`: set [site] base_url.")
    if any(_text(language.settings, "baseurl") for language in site.languages):
        warnings.append("Languages with addresses of their own are not known here: they are below one base_url.")
    if author := config.text("params.author", "params.author.name", "author.name", "author"):
        yield "author", author
    if description := config.text("params.description", "description") or _text(own, "description"):
        yield "description", description
    zone = config.text("timezone")
    if zone and zone != "Local":
        try:
            ZoneInfo(zone)
            yield "timezone", zone
        except (KeyError, ValueError, OSError):
            warnings.append(f"The time zone {zone!r} is not known: set [site] timezone.")


def _locale(site: Site, language: Language, whole: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    yield "name", language.name
    yield "language", language.tag
    yield "prefix", _prefix(site, language)
    title = _text(language.settings, "title") or _text(table(language.settings.get("params")), "title")
    if title and title != whole.get("title"):
        yield "title", title
    description = _text(table(language.settings.get("params")), "description") or _text(
        language.settings, "description"
    )
    if description and description != whole.get("description"):
        yield "description", description


def _prefix(site: Site, language: Language) -> str:
    """As Hugo addresses it, so that every page keeps its address."""
    in_subdirectory = site.config.data.get("defaultcontentlanguageinsubdir") is True
    return "" if language.key == site.default and not in_subdirectory else language.key


def _text(settings: Mapping[str, Any], name: str) -> str:
    value = settings.get(name)
    return value.strip() if isinstance(value, str) else ""


def _written(values: Mapping[str, str], locales: Mapping[str, Mapping[str, str]], fields: Sequence[str]) -> str:
    document = tomlkit.document()
    document.add(tomlkit.comment("The names and addresses are those of the Hugo site that this one was adopted from."))
    document.add("site", _table({"title": "My site", "base_url": "http://localhost:8000", **values}))
    every = tomlkit.table(is_super_table=True)
    for name, own in locales.items():
        every.add(name, _table(own))
    document.add("locales", every)
    source, *targets = locales
    translation: dict[str, Any] = {"source": source, "targets": targets, "engine": "google"}
    if tuple(fields) != _DEFAULT_FIELDS:
        translation["fields"] = list(fields)
    document.add("translation", _table(translation))
    document.add("publish", _table({"target": "published"}))
    return tomlkit.dumps(document)


def _table(values: Mapping[str, Any]) -> tomlkit.items.Table:
    made = tomlkit.table()
    for key, value in values.items():
        made.add(key, value)
    return made


def _left_out(site: Site) -> Iterator[LeftOut]:
    """Settings without a counterpart, each once."""
    found = {*site.config.data, *(key for language in site.languages for key in language.settings)} - set(
        _SILENT.split()
    )
    names = [str(path.relative_to(site.root)) for path in site.config.files]
    where = names[0] if len(names) == 1 else "config"
    reasons = {key: _NO_COUNTERPART.get(key, "no counterpart in pipeline.toml") for key in found}
    for reason in sorted(set(reasons.values())):
        keys = ", ".join(sorted(key for key in found if reasons[key] == reason))
        yield LeftOut(f"{where}: {keys}", reason)
    params = sorted({*site.config.table("params")} - {"author", "description", "title"})
    if params:
        shown = ", ".join(params[:8]) + (f" and {len(params) - 8} more" if len(params) > 8 else "")
        yield LeftOut(f"{where}: params", f"settings of the theme: {shown}")
