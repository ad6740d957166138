"""The images of posts in smaller sizes and newer formats, made once and kept: a phone loads what it can show.

What a browser draws at any size (SVG) or moves (GIF, animated PNG and WebP) stays as it is.
"""

from __future__ import annotations

import json
import logging
import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from hashlib import blake2b
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from pipeline.files import write_atomic
from pipeline.site.image_size import size_of
from pipeline.site.permalinks import part
from pipeline.site.reading import stat_or_none

if TYPE_CHECKING:
    from PIL import Image as Pillow

__all__ = ["Image", "Images", "Version", "image_names"]

log = logging.getLogger(__name__)

_RECIPE = 2  # to be raised when the versions come out differently
_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp"})
_SMALLEST = 200  # images that are not as wide are left alone
_MOST_PIXELS = 60_000_000
_END = re.compile(r"\.(?:png|jpe?g|webp)\b", re.IGNORECASE)
_NAME = re.compile(rf"""[^\s/\\()<>"'=]+{_END.pattern}""", re.IGNORECASE)
_FLAT = 256  # screenshots and drawings have at most as many colours
_TRANSPOSED = frozenset({5, 6, 7, 8})  # EXIF orientations that turn an image by 90 degrees


@dataclass(frozen=True, slots=True)
class Version:
    """An image in one size and format: `path` is where it is in the site, `file` what is copied there."""

    type: str
    width: int
    path: str
    file: Path


@dataclass(frozen=True, slots=True)
class Image:
    """An image file: its size in CSS pixels, its versions (the best format first, the smallest size first), and why
    there are none where that is a fault.
    """

    size: tuple[int, int] | None
    versions: tuple[Version, ...] = ()
    fault: str = ""


@dataclass(frozen=True, slots=True)
class _Made:
    """What was made of an image, as it is noted beside the versions."""

    size: tuple[int, int] | None
    versions: tuple[tuple[str, int, str], ...] = ()
    fault: str = ""


class Images:
    """The images of a site by their path in it. What has been made is kept, by content, in `folder`."""

    def __init__(self, files: Mapping[str, Path], folder: Path, widths: Sequence[int]) -> None:
        """`widths` are those to make, in pixels; without any, images are only measured."""
        self._files = files
        self._folder = folder
        self._widths = tuple(sorted(widths))
        self._known: dict[str, Image | None] = {}
        self._stats: dict[str, str] = {}
        self._only_known = False

    def find(self, path: str) -> Image | None:
        """The image at a path of the site; None if there is no such file. Raises OSError where only what is `known` can
        be told.
        """
        if path not in self._known:
            file = self._files.get(path)
            if file and self._only_known:
                raise FileNotFoundError(file)
            self._stats[path] = stat_or_none(file)
            self._known[path] = self._image(file, PurePosixPath(path)) if file else None
        return self._known[path]

    def stat(self, path: str) -> str:
        """What tells that the image at a path of the site has changed since it was found."""
        return self._stats.get(path, "")

    def known(self) -> Images:
        """The same for where the files are not: it tells of the images that were found here."""
        found = Images(self._files, self._folder, self._widths)
        found._known, found._stats, found._only_known = self._known, self._stats, True
        return found

    def prepare(self, names: Iterable[str]) -> None:
        """Make what is missing for files of these names, on all processors; `find` would do it one by one."""
        wanted = set(names)
        paths = [path for path in self._files if path.rpartition("/")[2] in wanted and path not in self._known]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for _ in pool.map(self.find, paths):
                pass

    def versions(self, paths: Iterable[str]) -> Iterator[Version]:
        """All versions of the images at these paths."""
        for path in paths:
            image = self.find(path)
            yield from image.versions if image else ()

    def _image(self, file: Path, path: PurePosixPath) -> Image:
        size = size_of(file)
        if not self._widths or path.suffix.lower() not in _SUFFIXES or (size and size[0] < _SMALLEST):
            return Image(size)
        if size and size[0] * size[1] > _MOST_PIXELS:
            return Image(size, fault=f"it is too large: {size[0]} × {size[1]} pixels")
        try:
            made, name = self._made(file)
        except OSError as error:
            return Image(size, fault=f"it cannot be read: {error.strerror or error}")
        stem = part(path.stem) or "image"
        versions = tuple(
            Version(kind, width, f"assets/{stem}-{width}.{name}{suffix}", self._folder / f"{name}-{width}{suffix}")
            for kind, width, suffix in made.versions
        )
        return Image(made.size or size, versions, made.fault)

    def _made(self, file: Path) -> tuple[_Made, str]:
        """What there is of an image, and the name under which it is kept."""
        data = file.read_bytes()
        recipe = repr((_RECIPE, self._widths, _formats()))
        name = blake2b(data, digest_size=10, key=blake2b(recipe.encode(), digest_size=16).digest()).hexdigest()
        note = self._folder / f"{name}.json"
        kept = _read(note)
        if kept and all((self._folder / f"{name}-{width}{suffix}").is_file() for _, width, suffix in kept.versions):
            return kept, name
        made, files = _make(data, self._widths)
        for suffix, content in files.items():
            write_atomic(self._folder / f"{name}{suffix}", content)
        write_atomic(note, json.dumps(asdict(made)).encode())
        return made, name


def image_names(body: str) -> set[str]:
    """The names of files that the text of a post may show, as they are on disk."""
    lines = (line for line in body.splitlines() if _END.search(line))  # for the beginning of a name is long looked for
    return {unicodedata.normalize("NFC", unquote(name)) for line in lines for name in _NAME.findall(line)}


def _read(note: Path) -> _Made | None:
    try:
        data = json.loads(note.read_bytes())
        return _Made(data["size"] and tuple(data["size"]), tuple(tuple(one) for one in data["versions"]), data["fault"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _formats() -> tuple[str, ...]:
    from PIL import features

    return ("avif", "webp") if features.check("avif") else ("webp",)


def _make(data: bytes, widths: Sequence[int]) -> tuple[_Made, dict[str, bytes]]:
    """What can be made of an image, and the files by the end of their names (`-480.webp`)."""
    from PIL import Image as Pillow

    try:
        return _versions(data, widths)
    except (Pillow.DecompressionBombError, Pillow.DecompressionBombWarning):
        return _Made(None, fault="it is too large"), {}
    # Broken files raise whatever the code that reads them stumbles over.
    except (OSError, SyntaxError, ValueError, TypeError, ArithmeticError, LookupError, EOFError) as error:
        log.debug("image cannot be read", exc_info=True)
        return _Made(None, fault=f"it cannot be read: {_reason(error)}"), {}


def _reason(error: Exception) -> str:
    """Pillow's own words, without the object that it names."""
    return str(error).partition(" <")[0].rstrip(".") or type(error).__name__


def _versions(data: bytes, widths: Sequence[int]) -> tuple[_Made, dict[str, bytes]]:
    from PIL import Image as Pillow
    from PIL import ImageOps

    with Pillow.open(BytesIO(data), formats=("PNG", "JPEG", "WEBP")) as opened:
        if opened.width * opened.height > _MOST_PIXELS:
            raise Pillow.DecompressionBombError
        turned = opened.getexif().get(0x0112) in _TRANSPOSED
        size = (opened.height, opened.width) if turned else opened.size
        if getattr(opened, "is_animated", False):
            return _Made(size), {}
        largest = min(size[0], widths[-1])
        if opened.format == "JPEG":  # decoded at a half or less of its size, where that is enough
            height = size[1] * largest // size[0]
            opened.draft(None, (height, largest) if turned else (largest, height))
        opened.load()
        is_flat = opened.format != "JPEG" and opened.getcolors(_FLAT) is not None
        profile = opened.info.get("icc_profile") if opened.mode in {"RGB", "RGBA", "P", "PA"} else None
        # In a layout that can be scaled well, and that the formats know.
        is_open = opened.has_transparency_data
        image = ImageOps.exif_transpose(opened).convert("RGBA" if is_open else "RGB")
    versions: list[tuple[str, int, str]] = []
    files: dict[str, bytes] = {}
    best = len(data)
    for kind in reversed(_formats()):
        made = {
            width: _encoded(image, width, kind, is_flat=is_flat, profile=profile)
            for width in sorted({largest, *(width for width in widths if width < largest)})
        }
        if len(made[largest]) >= best:
            continue
        best = len(made[largest])
        versions[:0] = [(f"image/{kind}", width, f".{kind}") for width in made]
        files |= {f"-{width}.{kind}": content for width, content in made.items()}
    return _Made(size, tuple(versions)), files


def _encoded(image: Pillow.Image, width: int, kind: str, *, is_flat: bool, profile: bytes | None) -> bytes:
    from PIL import Image as Pillow

    if width < image.width:
        height = max(1, round(image.height * width / image.width))
        image = image.resize((width, height), Pillow.Resampling.LANCZOS)
    options: dict[str, Any] = {"icc_profile": profile} if profile else {}
    if kind == "avif":
        # What more threads make is another file; and all processors are at work, each on an image of its own.
        return _saved(image, "AVIF", options | {"quality": 75 if is_flat else 60, "speed": 8, "max_threads": 1})
    lossy = _saved(image, "WEBP", options | {"quality": 90 if is_flat else 80, "method": 4})
    if not is_flat:
        return lossy
    return min(lossy, _saved(image, "WEBP", options | {"lossless": True, "quality": 60}), key=len)


def _saved(image: Pillow.Image, kind: str, options: Mapping[str, Any]) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()
