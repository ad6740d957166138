"""What a build decided before it rendered anything, kept so that a change of a few texts need not decide it again."""

from __future__ import annotations

import logging
import pickle
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO

from pipeline.site.assets import Assets
from pipeline.site.attachments import Attachments
from pipeline.site.editions import Edition
from pipeline.site.pages import Plan
from pipeline.site.remembered import Inputs

__all__ = ["Ground", "keep_ground", "read_ground"]

log = logging.getLogger(__name__)

_SIZE = 16


@dataclass(frozen=True, slots=True)
class Ground:
    """It holds as long as the `rest` of the `inputs` is the same, and so are `facts` and `book`, digests of what pages
    show of other pages' posts and of where links lead; `dated` are the dates, told by git, of changes in sources (by
    locale and key).
    """

    inputs: Inputs
    frame: str
    facts: str
    book: str
    editions: dict[str, Edition]
    plan: Plan
    attachments: Attachments
    assets: Assets
    cards: dict[tuple[str, str], str]
    dated: Mapping[tuple[str, str], datetime | None]


def keep_ground(path: Path, ground: Ground) -> None:
    """Write it down. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{secrets.token_hex(4)}.tmp")
    try:
        with temporary.open("xb") as file:
            data = _Digested(file)
            file.write(bytes(_SIZE))
            pickle.Pickler(data, pickle.HIGHEST_PROTOCOL).dump(ground)
            file.seek(0)
            file.write(data.digest())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


class _Digested:
    """Writes to a file, and knows the digest of what it has written: a site's plan need not be in memory twice."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._digest = file, blake2b(digest_size=_SIZE)
        self.digest = self._digest.digest

    def write(self, data: bytes) -> int:
        """For pickle."""
        self._digest.update(data)
        return self._file.write(data)


def read_ground(path: Path) -> Ground | None:
    """What was written down last; None if there is nothing, or it is damaged."""
    try:
        data = memoryview(path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        log.warning("%s is left aside: %s", path, error)
        return None
    if blake2b(data[_SIZE:], digest_size=_SIZE).digest() != data[:_SIZE]:
        log.warning("%s is damaged, and left aside.", path)
        return None
    try:
        found = pickle.loads(data[_SIZE:])  # noqa: S301 (our own, as its digest says; like the theme, it can run code)
    except Exception as error:  # noqa: BLE001 - that of another version may fail in any way
        log.info("%s is left aside: %s", path, error)
        return None
    return found if isinstance(found, Ground) else None
