"""Addresses: from a post's name to its path in the site, from a path to what stands in `href`.

A *path* is relative to the site's root, without a slash in front: `zh/posts/foo/` for a page (its file is
`zh/posts/foo/index.html`), `zh/atom.xml` for a file, `""` for the home page of a locale without a prefix.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, urlsplit

__all__ = ["Addresses", "directory", "inside", "output_file", "part", "term_slugs"]

# Unsafe in a file name somewhere, or with a meaning of its own in an address.
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f<>:\"/\\|?*#%]|[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_WORDS = {"+": " plus ", "#": " sharp ", "&": " and ", "@": " at "}


@dataclass(frozen=True, slots=True)
class Addresses:
    """Turns paths into addresses below `base_url` (absolute, without a slash at its end; may have a path)."""

    base_url: str

    @property
    def base_path(self) -> str:
        """The path that every root-relative address starts with: `""` or `/blog`."""
        return _root(self.base_url)[1]

    def href(self, path: str) -> str:
        """Root-relative address of a path."""
        return f"{self.base_path}/{_quoted(path)}"

    def absolute(self, path: str) -> str:
        """Absolute address of a path."""
        return f"{_root(self.base_url)[0]}{self.href(path)}"


def part(name: str) -> str:
    """One part of an address from a file name or a slug: lower case, hyphens for blanks, any script; may be empty."""
    name = _FORBIDDEN.sub("", unicodedata.normalize("NFC", name)).strip().lower()
    name = re.sub(r"\s+", "-", name)
    return "" if not name.strip(".") else name


def directory(*parts: str) -> str:
    """The path of a page from the parts that are not empty: `("zh", "posts", "")` gives `zh/posts/`."""
    kept = [piece.strip("/") for piece in parts if piece.strip("/")]
    return "/".join(kept) + "/" if kept else ""


def output_file(path: str) -> str:
    """The file in which a path's content is kept."""
    return f"{path}index.html" if not path or path.endswith("/") else path


def inside(path: str) -> bool:
    """Whether a relative file name stays in the tree, on every system."""
    if not path or path.startswith("/") or "\\" in path or "\x00" in path or re.match(r"[A-Za-z]:", path):
        return False
    return all(piece not in {"", ".", ".."} for piece in path.split("/"))


def term_slugs(names: Iterable[str]) -> dict[str, str]:
    """A slug for each category or tag, unique among them: `C++` gives `c-plus-plus`, `机器学习` stays."""
    slugs: dict[str, str] = {}
    taken: set[str] = set()
    for name in sorted(names):
        text = unicodedata.normalize("NFKC", name).lower()
        for sign, word in _WORDS.items():
            text = text.replace(sign, word)
        base = re.sub(r"[^\w.]+", "-", text).strip("-._") or "term"
        slug, number = base, 1
        while slug in taken:
            number += 1
            slug = f"{base}-{number}"
        taken.add(slug)
        slugs[name] = slug
    return slugs


@lru_cache(maxsize=8)  # a page has some seventy addresses
def _root(base_url: str) -> tuple[str, str]:
    """Scheme and host, and the path."""
    parts = urlsplit(base_url)
    return f"{parts.scheme}://{parts.netloc}", quote(parts.path.rstrip("/"), safe="/%")


def _quoted(path: str) -> str:
    return quote(path, safe="/~!$&'()*+,;=:@")
