"""From what `[publish] target` says to the store."""

from __future__ import annotations

from contextlib import AbstractContextManager, closing, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import ConfigError
from pipeline.publishing.stores import Store

if TYPE_CHECKING:
    from pipeline.config import PublishSettings

__all__ = ["open_store", "store_of"]


def open_store(settings: PublishSettings, *, root: Path, site: Path, lock: bool = True) -> Store:
    """The store that `settings.target` names; a relative directory counts from `root`.

    Raises ConfigError if the target cannot be used, also if it and the directory `site` lie in one another.
    Without `lock`, a bucket whose server ignores conditions is used all the same.
    """
    target = settings.target.strip()
    if not target:
        raise ConfigError(
            "[publish] `target` is not set.", remedy='Set it to "s3://bucket", "s3://bucket/prefix" or a directory.'
        )
    scheme, separator, rest = target.partition("://")
    if separator and scheme.lower() != "s3":
        raise ConfigError(
            f"[publish] `target` is {target!r}, and `{scheme}://` is not known here.",
            remedy='Use "s3://bucket", "s3://bucket/prefix" or a directory.',
        )
    if separator:
        from pipeline.publishing.s3_connect import connect

        bucket, _, prefix = rest.partition("/")
        return connect(settings, bucket, prefix.strip("/"), lock=lock)

    from pipeline.publishing.directory import DirectoryStore

    path = (root / Path(target).expanduser()).resolve()
    if path.is_relative_to(site.resolve()) or site.resolve().is_relative_to(path):
        raise ConfigError(
            f"[publish] `target` is {target!r}, which holds the built site or lies in it.",
            remedy="Name a directory apart from the built site.",
        )
    return DirectoryStore(path, state=settings.state)


def store_of(
    settings: PublishSettings, given: Store | None, *, root: Path | None, site: Path | None = None, lock: bool = True
) -> AbstractContextManager[Store]:
    """The store `given`, which stays open, or else the one that `open_store` opens, which is closed in the end.

    `root` is the working directory by default, and `site` its public/.
    """
    if given is not None:
        return nullcontext(given)
    where = root or Path.cwd()
    return closing(open_store(settings, root=where, site=site or where / "public", lock=lock))
