"""`pipeline explain`: one post through every stage, with the state of each and the reason."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

from pipeline.config import Settings
from pipeline.content import Library, Pair
from pipeline.errors import ConfigError, PipelineError
from pipeline.translation import PostState, detect
from pipeline.translation.align import align
from pipeline.translation.document import Document

__all__ = ["Stage", "explain"]


@dataclass(frozen=True, slots=True)
class Stage:
    """`stage` is source, snapshot, translation, draft or change."""

    stage: str
    locale: str
    state: str
    why: str

    def to_json(self) -> dict[str, str]:
        """All fields by name."""
        return {"stage": self.stage, "locale": self.locale, "state": self.state, "why": self.why}


def explain(settings: Settings, key: str) -> list[Stage]:
    """The stages of the post `key`. Raises ConfigError for a post that nobody knows, with the nearest name."""
    library = Library.read(settings)
    known = {pair.key for locale in settings.targets for pair in library.pairs(locale)}
    for error in library.problems:
        if key in str(error.path):
            raise error
    if key not in known:
        near = get_close_matches(key, known, n=1)
        raise ConfigError(
            f"there is no post `{key}`.",
            remedy=f"Did you mean `{near[0]}`?" if near else "`pipeline status` lists them.",
        )
    source = library.source.posts.get(key)
    stages = [
        Stage(
            "source",
            settings.source,
            "there" if source else "gone",
            _relative(settings, source.path) if source else "content/ has no such file",
        )
    ]
    for locale in settings.targets:
        pair = library.pair(key, locale)
        state = next(iter(detect(settings, library, posts=[key], locale=locale)), None)
        stages.extend(_target(settings, pair, state))
    return stages


def _relative(settings: Settings, path: object) -> str:
    return str(path).removeprefix(f"{settings.root}/")


def _target(settings: Settings, pair: Pair, state: PostState | None) -> list[Stage]:
    rows = []
    parts = {"snapshot": pair.snapshot, "translation": pair.target, "draft": pair.draft}
    for name, post in parts.items():
        rows.append(
            Stage(name, pair.locale, "there" if post else "none", _relative(settings, post.path) if post else "")
        )
    if state:
        rows.append(Stage("state", pair.locale, state.state, state.reason))
    rows.extend(_changes(settings, pair))
    return rows


def _changes(settings: Settings, pair: Pair) -> list[Stage]:
    """Every segment that the translation lacks, and every mark in a draft."""
    rows = []
    snapshot = pair.draft_snapshot if pair.draft else pair.snapshot
    try:
        if pair.source and snapshot and snapshot.text != pair.source.text:
            fields = settings.translation.fields
            old, new = Document.of(snapshot, fields), Document.of(pair.source, fields)
            became = {match.new: match for match in align(old.units, new.units)}
            for index, unit in enumerate(new.units):
                match = became.get(index)
                if match is None or match.score < 1.0:
                    state = "new" if match is None else "edited"
                    rows.append(Stage("change", pair.locale, state, f"line {unit.line}: {_short(unit.source)}"))
        if pair.draft:
            draft = Document.of(pair.draft, settings.translation.fields)
            for index, mark in sorted(draft.marks.items()):
                unit = draft.units[index]
                rows.append(Stage("mark", pair.locale, str(mark), f"line {unit.line}: {_short(unit.source)}"))
    except PipelineError as error:
        rows.append(Stage("change", pair.locale, "error", str(error)))
    return rows


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 72 else text[:71] + "…"
