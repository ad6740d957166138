"""Where the links of a post lead: to the same post in the reader's language, to a file beside it, or nowhere."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol
from urllib.parse import unquote, urlsplit

from pipeline.site.articles import Article
from pipeline.site.cache import digest
from pipeline.site.pages import Page, Plan
from pipeline.site.permalinks import Addresses, output_file

__all__ = ["Links", "Resolver", "Target"]


@dataclass(frozen=True, slots=True)
class Target:
    """What a link means: `href` is what to write; inside the site it leads to a `fragment` of a `page`, or to the
    file at `path`.
    """

    href: str
    kind: Literal["outside", "page", "file", "missing"]
    page: Page | None = None
    fragment: str = ""
    path: str = ""


class Resolver(Protocol):
    """What tells an article where its links lead; see Links."""

    def resolve(self, address: str, article: Article, page: Page) -> Target: ...
    def reference(self, name: str, article: Article, page: Page) -> Target: ...
    def href(self, path: str) -> str: ...


class Links:
    """Resolves links against all that the site has. Pure once made: it never looks at the disk."""

    def __init__(
        self,
        plan: Plan,
        addresses: Addresses,
        source: str,
        *,
        beside: Mapping[str, Mapping[str, str]],
        files: Iterable[str],
        prefixes: Mapping[str, str],
    ) -> None:
        """`beside` and `files` as in Attachments (`files` may name generated ones too), `prefixes` by locale."""
        self._plan = plan
        self._addresses = addresses
        self._source = source
        self._beside = beside
        self._files = frozenset(files)
        self._prefixes = prefixes
        self._redirects = {redirect.path: redirect.page for redirect in plan.redirects}

    @property
    def digest(self) -> str:
        """A name for all that links can lead to."""
        pages = [(page.path, page.locale, page.key, page.kind) for page in self._plan.pages]
        redirects = [(path, page.locale, page.key) for path, page in self._redirects.items()]
        return digest(self._addresses, pages, redirects, self._beside, sorted(self._files))

    def resolve(self, address: str, article: Article, page: Page) -> Target:
        """The target of a link or image in an article that is shown on a page. A malformed address is left alone."""
        try:
            url = urlsplit(address)
        except ValueError:
            return Target(address, "outside")
        if url.scheme or url.netloc:
            return Target(address, "outside")
        path = unicodedata.normalize("NFC", unquote(url.path))
        fragment = unquote(url.fragment)
        rest = (f"?{url.query}" if url.query else "") + (f"#{url.fragment}" if url.fragment else "")
        if not path:
            return Target(address, "page", page, fragment)
        for candidate in self._candidates(path, article):
            if found := self._page(candidate, page.locale):
                return Target(self._addresses.href(found.path) + rest, "page", found, fragment)
            if file := self._file(candidate, article):
                return Target(self._addresses.href(file) + rest, "file", path=file)
        return Target(self._addresses.base_path + address if path.startswith("/") else address, "missing")

    def href(self, path: str) -> str:
        """The address of a file of the site."""
        return self._addresses.href(path)

    def reference(self, name: str, article: Article, page: Page) -> Target:
        """The target of a post's name, as Hugo's `ref` has it: a path from the post or from the top, or only the last
        part of one, if a single post has it. In the reader's language.
        """
        path, sharp, fragment = name.strip().partition("#")
        for address in dict.fromkeys([path, f"/{path.lstrip('/')}"]):
            found = self.resolve(address + sharp + fragment, article, page)
            if found.kind == "page":
                return found
        last = re.sub(r"(/_?index)?\.md$", "", path).rpartition("/")[2]
        same = [one for one in self._plan.pages if one.locale == page.locale and one.key.rpartition("/")[2] == last]
        if len(same) == 1 and same[0].kind in {"post", "page"}:
            return Target(self._addresses.href(same[0].path) + sharp + fragment, "page", same[0], unquote(fragment))
        return Target(name, "missing")

    def _candidates(self, path: str, article: Article) -> Iterator[str]:
        """What a path may mean, without a slash in front: as an address first, then as a file of the content."""
        if path.startswith("/"):
            base = unquote(self._addresses.base_path)
            if base and path.startswith(f"{base}/"):
                yield path[len(base) :].lstrip("/")
            yield path.lstrip("/")
            return
        folders = [article.post.file.parent.as_posix()]
        if article.source:
            folders.append(article.source.file.parent.as_posix())
        if own := self._plan.page(self._source, article.key) or self._plan.page(article.locale, article.key):
            # `../other/` is meant as a browser reads it, `other.md` and `image.png` as an editor does.
            folders.insert(len(folders) if posixpath.splitext(path)[1] else 0, self._unprefixed(own.path).rstrip("/"))
        for folder in dict.fromkeys(folders):
            joined = posixpath.normpath(posixpath.join(folder, path))
            if not joined.startswith(("../", "/")) and joined != "..":
                yield ("" if joined == "." else joined) + ("/" if path.endswith("/") and joined != "." else "")

    def _page(self, path: str, locale: str) -> Page | None:
        """The page in the reader's language, for an address of any language or the name of a post's file."""
        if path.endswith(".md"):
            key = re.sub(r"(^|/)_?index\.md$|\.md$", "", path)
            return self._plan.page(locale, key) or self._plan.page(self._source, key)
        normal = re.sub(r"(^|/)index\.html?$", r"\1", path)
        for candidate in dict.fromkeys([normal, f"{normal}/" if normal else ""]):
            in_source = "/".join(filter(None, [self._prefixes[self._source], candidate]))
            for place in (in_source, candidate):
                found = self._plan.by_path.get(place) or self._redirects.get(place)
                if found is None:
                    continue
                explicit = place == candidate and found.locale != self._source
                return found if explicit else self._plan.page(locale, found.key) or found
        return None

    def _file(self, path: str, article: Article) -> str | None:
        for locale in dict.fromkeys([article.locale, article.written_in, self._source]):
            if found := self._beside[locale].get(path):
                return found
        if path in self._files:
            return path
        return output_file(path) if path.endswith("/") and output_file(path) in self._files else None

    def _unprefixed(self, path: str) -> str:
        prefix = self._prefixes[self._source]
        return path.removeprefix(f"{prefix}/") if prefix else path
