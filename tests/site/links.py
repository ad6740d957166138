"""A checker for a whole built site: every link, anchor, image, alternate and switcher leads somewhere."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Document(HTMLParser):
    """What the tests ask of a page. Tags that are not closed in order are in `faults`."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.ids: list[str] = []
        self.faults: list[str] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        self.faults += [f"<{tag}> is never closed" for tag in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.tags.append((tag, values))
        if "id" in values:
            self.ids.append(values["id"])
        if tag not in VOID and self.get_starttag_text()[-2:] != "/>":
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1] == tag:
            self._open.pop()
        else:
            self.faults.append(f"</{tag}> closes {self._open[-1:]} at {self.getpos()}")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str, **attributes: str) -> list[dict[str, str]]:
        return [
            values
            for name, values in self.tags
            if name == tag and all(values.get(key) == value for key, value in attributes.items())
        ]

    def meta(self, name: str) -> str | None:
        found = [
            values["content"] for values in self.all("meta") if name in {values.get("name"), values.get("property")}
        ]
        return found[0] if found else None


def document(path: Path) -> Document:
    return Document(path.read_text(encoding="utf-8"))


def broken_links(public: Path, base_url: str) -> list[str]:
    """Every fault of the site in `public`, as `page: what`; links to other hosts are not looked at."""
    root = urlsplit(base_url)
    pages = {path.relative_to(public).as_posix(): document(path) for path in public.rglob("*.html")}
    faults = []
    for name, page in pages.items():
        faults += [f"{name}: {fault}" for fault in page.faults]
        faults += [f"{name}: the id {one!r} is there twice" for one in set(page.ids) if page.ids.count(one) > 1]
        address = f"{base_url}/{name.removesuffix('index.html')}"
        for tag, values in page.tags:
            for link in _addresses(tag, values):
                target = urlsplit(urljoin(address, link))
                if target.scheme not in {"http", "https"} or target.netloc != root.netloc:
                    continue
                if fault := _fault(target.path, target.fragment, root.path, pages, public):
                    faults.append(f"{name}: <{tag}> {link}: {fault}")
    return faults


def _addresses(tag: str, values: dict[str, str]) -> list[str]:
    """What an element leads to or shows; a preview's picture too."""
    found = [values[key] for key in ("href", "src", "poster", "data", "action") if key in values]
    found += [part.split()[0] for key in ("srcset", "imagesrcset") for part in values.get(key, "").split(",") if part]
    if tag == "meta" and values.get("property") in {"og:image", "og:url"}:
        found.append(values["content"])
    return found


def _fault(path: str, fragment: str, base: str, pages: dict[str, Document], public: Path) -> str | None:
    if base and not path.startswith(f"{base}/"):
        return f"is outside {base}"
    name = unquote(path.removeprefix(base).lstrip("/"))
    if name.endswith("/") or not name:
        name += "index.html"
    if not (public / name).is_file():
        return "leads nowhere"
    if fragment and name in pages and unquote(fragment) not in pages[name].ids:
        return "there is no such part"
    return None
