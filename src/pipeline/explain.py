"""`pipeline explain`: one post through every stage, with the state of each and the reason."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches

from pipeline.config import Settings
from pipeline.console import shown, told
from pipeline.content import Library, Pair
from pipeline.errors import ConfigError, PipelineError
from pipeline.translation import detect
from pipeline.translation.align import align
from pipeline.translation.document import Document
from pipeline.translation.survey import library_of

__all__ = ["UNREADABLE", "Stage", "built_files", "explain"]

UNREADABLE = "unreadable"
_MARKER = ".pipeline-site.json"  # what a build notes beside its pages: which post made which files


@dataclass(frozen=True, slots=True)
class Stage:
    """`stage` is source, translation, snapshot, draft, change, mark or page."""

    stage: str
    locale: str
    state: str
    why: str

    def to_json(self) -> dict[str, str]:
        """All fields by name."""
        return {"stage": self.stage, "locale": self.locale, "state": self.state, "why": self.why}


def explain(settings: Settings, key: str, library: Library | None = None) -> list[Stage]:
    """The stages of the post `key`. Raises ConfigError for a post that nobody knows, with the nearest name.

    `library` saves reading the post again: what `library_of` says of it, or more.
    """
    library = library or library_of(settings, [key])
    pairs = [library.pair(key, locale) for locale in settings.targets]
    source = library.source.posts.get(key)
    fault = library.source.fault(key)
    if not (source or fault or any(_known(pair) for pair in pairs)):
        raise _unknown(settings, key)
    pages = _Pages(settings, library, key)
    stages = [Stage("source", settings.source, "there", shown(source.path)) if source else _gone(settings)]
    if fault:
        stages = [Stage("source", settings.source, UNREADABLE, told(fault))]
    stages.append(pages.stage(settings.source))
    for pair in pairs:
        stages.extend(_target(settings, library, pair))
        stages.append(pages.stage(pair.locale))
    return stages


def _known(pair: Pair) -> bool:
    return any((pair.target, pair.snapshot, pair.draft, pair.draft_snapshot, pair.fault))


def _gone(settings: Settings) -> Stage:
    return Stage("source", settings.source, "gone", f"{shown(settings.content(settings.source))} has no such file")


def _unknown(settings: Settings, key: str) -> ConfigError:
    library = Library.read(settings)
    known = {pair.key for locale in settings.targets for pair in library.pairs(locale)}
    near = get_close_matches(key, known | set(library.source.posts), n=1)
    return ConfigError(
        f"there is no post `{key}`.",
        remedy=f"Did you mean `{near[0]}`?" if near else "`pipeline status --all` lists them.",
    )


def _target(settings: Settings, library: Library, pair: Pair) -> Iterator[Stage]:
    """What there is in one target locale, and what its draft or its translation lacks."""
    where = shown(pair.target.path) if pair.target else ""
    state = next(iter(detect(settings, library, posts=[pair.key], locale=pair.locale)), None)
    if pair.fault and not library.source.fault(pair.key):
        yield Stage("translation", pair.locale, UNREADABLE, told(pair.fault))
    elif state:
        yield Stage("translation", pair.locale, state.state, "; ".join(filter(None, (state.reason, where))))
    else:
        yield Stage("translation", pair.locale, "there" if pair.target else "none", where)
    for name, post in {"snapshot": pair.snapshot, "draft": pair.draft}.items():
        yield Stage(name, pair.locale, "there" if post else "none", shown(post.path) if post else "")
    yield from _changes(settings, pair)


def _changes(settings: Settings, pair: Pair) -> Iterator[Stage]:
    """Every segment that the translation lacks, and every mark in a draft."""
    fields = settings.translation.fields
    snapshot = pair.draft_snapshot if pair.draft else pair.snapshot
    try:
        if pair.source and snapshot and snapshot.text != pair.source.text:
            old, new = Document.of(snapshot, fields), Document.of(pair.source, fields)
            became = {match.new: match for match in align(old.units, new.units)}
            for index, unit in enumerate(new.units):
                match = became.get(index)
                if match is None or match.score < 1.0:
                    state = "new" if match is None else "edited"
                    yield Stage("change", pair.locale, state, f"line {unit.line}: {_short(unit.source)}")
        if pair.draft:
            draft = Document.of(pair.draft, fields)
            for index, mark in sorted(draft.marks.items()):
                unit = draft.units[index]
                yield Stage("mark", pair.locale, str(mark), f"line {unit.line}: {_short(unit.source)}")
    except PipelineError as error:
        yield Stage("change", pair.locale, UNREADABLE, told(error))


class _Pages:
    """The pages of one post: what the last build into public/ noted, else what the next one would do."""

    def __init__(self, settings: Settings, library: Library, key: str) -> None:
        self.settings, self.library, self.key = settings, library, key
        self.noted = built_files(settings)

    def stage(self, locale: str) -> Stage:
        if self.key.rpartition("/")[2] == "_index" or self.key == "index":
            return Stage("page", locale, "part", "it introduces the list of what lies beside it")
        files = self.noted.get(f"{locale}/{self.key}", [])
        page = next((file for file in files if file.endswith(".html")), None)
        if page and (self.settings.public / page).is_file():
            address = f"{self.settings.site.base_url}/{page.removesuffix('index.html')}"
            return Stage("page", locale, "there", f"{address} in {shown(self.settings.public / page)}")
        return Stage("page", locale, "none", self._reason(locale))

    def _reason(self, locale: str) -> str:
        from pipeline.site.articles import articles

        now = datetime.now(UTC)
        if self.key in articles(self.settings, self.library, now, drafts=False)[locale]:
            return "not built yet: run `pipeline build`"
        held = articles(self.settings, self.library, now, drafts=True)[locale].get(self.key)
        if held and held.held:
            return "held back: " + ("`draft: true`" if held.held == "draft" else "its date is in the future")
        source = self.library.source.posts.get(self.key)
        if source and source.meta.expiry_date:
            return "expired, or hidden until it is translated"
        return "hidden until it is translated" if source else "there is nothing to show"


def built_files(settings: Settings) -> dict[str, list[str]]:
    """The files in public/ of each post, by `locale/key`, as the last build noted them; empty if there was none."""
    try:
        posts = json.loads((settings.public / _MARKER).read_text(encoding="utf-8")).get("posts")
    except (OSError, ValueError, AttributeError):
        return {}
    return posts if isinstance(posts, dict) else {}


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 72 else text[:71] + "…"
