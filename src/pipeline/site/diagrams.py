"""Mermaid diagrams as SVG, drawn while the site is built, once each: readers need no script for them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path
from xml.etree import ElementTree

from pipeline.files import write_atomic

__all__ = ["Diagram", "Diagrams", "diagrams_in"]

_RECIPE = 1  # to be raised when diagrams come out differently
_PROGRAM = Path(__file__).with_name("mermaid.py")
_SECONDS = 60
_FENCE = re.compile(
    r"^(?P<fence>`{3,}|~{3,})[ \t]*mermaid\b[^\n]*\n(?P<source>.*?)^(?P=fence)", re.MULTILINE | re.DOTALL
)
_ROOT = re.compile(r"<svg\b[^>]*>")
_VIEW_BOX = re.compile(r'\sviewBox="[-\d.e]+ [-\d.e]+ ([\d.e]+) ([\d.e]+)"')
_ACTIVE = re.compile(
    r"<!DOCTYPE|<!ENTITY|<script|<foreignObject|\son\w+\s*=|javascript:|href\s*=\s*[\"'](?!#)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Diagram:
    """A diagram at `path` in the site, `name` in the folder where it is kept; its size in CSS pixels, the words in it.
    With a `fault` there is none, and that says why.
    """

    path: str = ""
    name: str = ""
    size: tuple[int, int] = (0, 0)
    words: str = ""
    fault: str = ""


class Diagrams:
    """Draws diagrams. What has been drawn is kept, by its source, in `folder`."""

    def __init__(self, folder: Path) -> None:
        """`folder` need not be there."""
        self.folder = folder
        self._known: dict[str, Diagram] = {}
        self._only_known = False

    def draw(self, source: str) -> Diagram:
        """The diagram, or what is wrong with it. Raises OSError where only what is `known` can be told."""
        if source not in self._known:
            if self._only_known:
                raise FileNotFoundError(self.folder)
            self._known[source] = self._kept(source) or self._drawn(source)
        return self._known[source]

    def known(self) -> Diagrams:
        """The same for where nothing can be drawn: it tells of the diagrams that were drawn here."""
        found = Diagrams(self.folder)
        found._known, found._only_known = self._known, True
        return found

    def prepare(self, sources: Iterable[str]) -> None:
        """Draw these on all processors; `draw` would do it one by one."""
        wanted = {source for source in sources if source not in self._known}
        if wanted:
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                list(pool.map(self.draw, wanted))

    def _kept(self, source: str) -> Diagram | None:
        name = _name(source)
        try:
            data = json.loads((self.folder / f"{name}.json").read_bytes())
            found = Diagram(**data | {"size": tuple(data["size"])})
        except (OSError, ValueError, TypeError, KeyError):
            return None
        return found if found.fault or (self.folder / f"{name}.svg").is_file() else None

    def _drawn(self, source: str) -> Diagram:
        name = _name(source)
        try:
            svg, size, words = _checked(_run(source))
        except (OSError, subprocess.SubprocessError) as error:
            return Diagram(fault=f"it takes longer than {_SECONDS} s" if _is_late(error) else f"{error}")
        except ValueError as error:
            drawn = Diagram(fault=str(error))
        else:
            write_atomic(self.folder / f"{name}.svg", svg.encode())
            drawn = Diagram(f"assets/diagram.{name}.svg", f"{name}.svg", size, words)
        write_atomic(self.folder / f"{name}.json", json.dumps(asdict(drawn), ensure_ascii=False).encode())
        return drawn


def diagrams_in(body: str) -> Iterator[str]:
    """The sources of the diagrams in a post's text; some may be missed, such as those in lists."""
    if "mermaid" in body:
        yield from (match["source"] for match in _FENCE.finditer(body))


def _name(source: str) -> str:
    return blake2b(f"{_RECIPE}\n{source}".encode(), digest_size=10).hexdigest()


def _run(source: str) -> str:
    """The SVG. Raises ValueError with Mermaid's own words for a mistake in the source."""
    done = subprocess.run(
        [sys.executable, "-I", str(_PROGRAM)], input=source.encode(), capture_output=True, timeout=_SECONDS, check=False
    )
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise ValueError((said[0] if done.returncode == 1 and "Traceback" not in said[0] else said[-1]) if said else "")
    return done.stdout.decode()


def _checked(svg: str) -> tuple[str, tuple[int, int], str]:
    """The SVG with a size, that size, and its words. Raises ValueError for one that could do more than be looked at."""
    root, box = _ROOT.match(svg), _VIEW_BOX.search(svg)
    if not root or not box or _ACTIVE.search(svg):
        raise ValueError("what came out is no plain picture")
    size = (max(1, round(float(box[1]))), max(1, round(float(box[2]))))
    tag = re.sub(r'\s(?:width|height|style)="[^"]*"', "", root[0])
    sized = f'<svg width="{size[0]}" height="{size[1]}"{tag.removeprefix("<svg")}{svg[root.end() :]}'
    try:
        texts = [
            " ".join("".join(element.itertext()).split())
            for element in ElementTree.fromstring(sized).iter("{http://www.w3.org/2000/svg}text")  # noqa: S314 (no DTD)
        ]
    except ElementTree.ParseError as error:
        raise ValueError(f"what came out is no SVG: {error}") from error
    return sized, size, ", ".join(dict.fromkeys(filter(None, texts)))


def _is_late(error: Exception) -> bool:
    return isinstance(error, subprocess.TimeoutExpired)
