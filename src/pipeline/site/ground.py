"""What a build decided before it rendered anything, kept so that a change of a few texts need not decide it again."""

from __future__ import annotations

import logging
import pickle
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, cast

from pipeline.files import replacing
from pipeline.site.assets import Assets
from pipeline.site.attachments import Attachments
from pipeline.site.editions import Edition
from pipeline.site.pages import Page, Plan, Redirect
from pipeline.site.remembered import Inputs
from pipeline.site.taxonomies import Term

__all__ = ["Ground", "keep_ground", "read_ground"]

log = logging.getLogger(__name__)

_SIZE = 16
_PAGES = 256  # that are written at a time


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
    with replacing(path) as file:
        data = _Digested(file)
        file.write(bytes(_SIZE))
        _write(data, ground)
        file.seek(0)
        file.write(data.digest())


class _Digested:
    """Writes to a file, and knows the digest of what it has written: a site's plan need not be in memory twice."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._digest = file, blake2b(digest_size=_SIZE)
        self.digest = self._digest.digest

    def write(self, data: bytes) -> int:
        """For pickle."""
        self._digest.update(data)
        return self._file.write(data)


def _write(file: _Digested, ground: Ground) -> None:
    """First all but the pages, then those, some at a time: pickle takes more memory than what it has written."""
    plan, terms = ground.plan, _terms(ground.plan)
    numbers = {page.path: number for number, page in enumerate(plan.pages)}
    redirects = [(one.path, numbers[one.page.path]) for one in plan.redirects]
    bare = replace(plan, pages=(), redirects=(), by_key={}, by_path={})
    pickle.Pickler(file, pickle.HIGHEST_PROTOCOL).dump((replace(ground, plan=bare), redirects, len(plan.pages)))
    known = {id(term): number for number, term in enumerate(terms)}
    for start in range(0, len(plan.pages), _PAGES):
        _Pickler(file, known).dump(plan.pages[start : start + _PAGES])


def _read(file: BinaryIO) -> Ground:
    ground, redirects, count = pickle.Unpickler(file).load()  # noqa: S301 (our own, as its digest says)
    terms = _terms(ground.plan)
    pages: list[Page] = []
    while len(pages) < count:
        pages += _Unpickler(file, terms).load()
    plan = replace(
        ground.plan,
        pages=tuple(pages),
        redirects=tuple(Redirect(path, pages[number]) for path, number in redirects),
        by_key={(page.locale, page.key): page for page in pages},
        by_path={page.path: page for page in pages},
    )
    return cast("Ground", replace(ground, plan=plan))


def _terms(plan: Plan) -> list[Term]:
    """All that pages may have, in an order that is always the same."""
    return [term for terms in plan.terms.values() for some in terms.by_taxonomy.values() for term in some]


class _Pickler(pickle.Pickler):
    """Writes terms, which have the keys of all their posts, as their numbers."""

    def __init__(self, file: _Digested, numbers: Mapping[int, int]) -> None:
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        self._numbers = numbers

    def persistent_id(self, obj: object) -> int | None:
        """A term's number."""
        return self._numbers[id(obj)] if isinstance(obj, Term) else None


class _Unpickler(pickle.Unpickler):
    """Reads them."""

    def __init__(self, file: BinaryIO, terms: Sequence[Term]) -> None:
        super().__init__(file)
        self._terms = terms

    def persistent_load(self, pid: int) -> Term:
        """The term of a number."""
        return self._terms[pid]


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
        return _read(BytesIO(data[_SIZE:]))  # which can run code, as the theme can
    except Exception as error:  # noqa: BLE001 - that of another version may fail in any way
        log.info("%s is left aside: %s", path, error)
        return None
