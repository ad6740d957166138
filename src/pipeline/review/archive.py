"""Archiving: translations whose English is gone are put aside, out of the site and of everybody's way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.config import Settings
from pipeline.content import Library, Pair, Post
from pipeline.errors import DraftError
from pipeline.translation import detect

__all__ = ["Archived", "archive"]


@dataclass(frozen=True, slots=True)
class Archived:
    """An orphaned translation, and the directory below the root that has its files now."""

    post: str
    locale: str
    files: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        """As `pipeline archive --json` prints it."""
        return {"post": self.post, "locale": self.locale, "files": list(self.files)}


def archive(
    settings: Settings, posts: Sequence[str] = (), *, locale: str | None = None, everything: bool = False
) -> list[Archived]:
    """Move orphaned translations, with their snapshots, drafts and other files of their bundles, into archive/.

    `posts` are keys; with `everything` all that are orphaned are meant. Nothing is deleted and nothing replaced. Raises
    DraftError, with nothing moved, for a post that is not orphaned, and for one that is in the archive already.
    """
    library = Library.read(settings)
    orphans = {(state.post, state.locale) for state in detect(settings, library) if state.state == "orphaned"}
    locales = [locale] if locale else settings.targets
    chosen = [name for name in sorted(orphans) if name[1] in locales and (everything or name[0] in posts)]
    for post in posts:
        if not any(key == post for key, _ in chosen):
            raise DraftError(
                f"`{post}` is not orphaned, so it is not archived.", remedy="`pipeline status` shows which posts are."
            )
    moves = {name: list(_moves(settings, library.pair(*name))) for name in chosen}
    for _, target in (move for found in moves.values() for move in found):
        if target.exists():
            raise DraftError("is in the archive already.", path=target, remedy="Move it elsewhere.")
    for move in (move for found in moves.values() for move in found):
        _move(settings.root, *move)
    return [
        Archived(post, lang, tuple(str(target.relative_to(settings.root)) for _, target in moves[post, lang]))
        for post, lang in chosen
    ]


def _moves(settings: Settings, pair: Pair) -> Iterator[tuple[Path, Path]]:
    """(from, to) of every file of a translation."""
    content, drafts = settings.content(pair.locale), settings.drafts(pair.locale)
    to = settings.root / "archive" / pair.locale
    for post, home, name in (
        (pair.target, content, to),
        (pair.snapshot, content / ".source", to / ".source"),
        (pair.draft, drafts, to / "drafts"),
        (pair.draft_snapshot, drafts / ".source", to / "drafts" / ".source"),
    ):
        for path in _files(post):
            yield path, name / path.relative_to(home)


def _files(post: Post | None) -> Iterator[Path]:
    """A post's file, and of a bundle the files beside it; other posts in its directory stay."""
    if post is None:
        return
    yield post.path
    for path in sorted(post.bundle.iterdir()) if post.bundle else ():
        if path.is_file() and path.suffix != ".md":
            yield path


def _move(root: Path, path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    path.rename(target)
    for parent in path.parents:
        if parent == root or any(parent.iterdir()):
            break
        parent.rmdir()
