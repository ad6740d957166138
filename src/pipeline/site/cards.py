"""The picture that stands for a post in other places (Open Graph, Twitter): its title, drawn by the build."""

from __future__ import annotations

import logging
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from hashlib import blake2b
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.files import write_atomic

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont, ImageFont

__all__ = ["SIZE", "card", "card_name"]

log = logging.getLogger(__name__)

SIZE = (1200, 630)
_VERSION = 1
_MARGIN = 84
_PALETTE = {"paper": "#fcfbf8", "ink": "#211e1a", "soft": "#655f55", "accent": "#a32d1c"}
_CJK = re.compile("[\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
# No line begins with one of these (https://www.w3.org/TR/clreq/#prohibition_rules_for_line_start_end).
_NOT_FIRST = frozenset("，。、；：？！）》」』】”’…—·,.;:?!)]}%")
_COMMON = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Bold.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Bold.ttc",
    "/System/Library/Fonts/PingFang.ttc",
    "C:/Windows/Fonts/msyhbd.ttc",
)


def card_name(title: str, site: str, line: str, language: str) -> str:
    """A name for a card, the same for the same picture; `""` if no font has its characters."""
    if not _drawable(title + site + line):
        return ""
    return blake2b(repr((_VERSION, _font_file(), title, site, line, language)).encode(), digest_size=12).hexdigest()


def card(folder: Path, title: str, site: str, line: str, language: str) -> bytes | None:
    """A PNG with a title, the site's name and a further line, kept in `folder`; None if no font has its characters."""
    name = card_name(title, site, line, language)
    if not name:
        return None
    kept = folder / f"{name}.png"
    try:
        return kept.read_bytes()
    except OSError:
        data = _drawn(title, site, line, language)
    try:
        write_atomic(kept, data)
    except OSError as error:
        log.info("The card of %r is not kept: %s", title, error)
    return data


def _drawable(text: str) -> bool:
    return bool(_font_file()) or not _CJK.search(text)


def _drawn(title: str, site: str, line: str, language: str) -> bytes:
    from PIL import Image, ImageDraw

    image = Image.new("RGB", SIZE, _PALETTE["paper"])
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 18, SIZE[1]), fill=_PALETTE["accent"])
    small = _font(34, language)
    draw.text((_MARGIN, 76), site, font=small, fill=_PALETTE["accent"])
    for size in (76, 64, 54, 44):
        font = _font(size, language)
        lines = list(_broken(title, font, SIZE[0] - 2 * _MARGIN))
        if len(lines) * size * 1.35 <= 340:
            break
    most = int(340 // (size * 1.35))
    lines = lines if len(lines) <= most else [*lines[: most - 1], f"{lines[most - 1]}…"]
    for index, text in enumerate(lines):
        draw.text((_MARGIN, 156 + index * size * 1.35), text, font=font, fill=_PALETTE["ink"])
    draw.text((_MARGIN, SIZE[1] - 110), line, font=small, fill=_PALETTE["soft"])
    out = BytesIO()
    image.quantize(32, method=Image.Quantize.FASTOCTREE).save(out, "PNG", compress_level=6)
    return out.getvalue()


def _broken(text: str, font: FreeTypeFont | ImageFont, width: int) -> Iterator[str]:
    """Lines: broken at blanks, and between Chinese characters."""
    line = ""
    for piece in re.findall(rf"\s+|{_CJK.pattern}|(?:(?!{_CJK.pattern})\S)+", text):
        if line and font.getlength(line + piece) > width and piece[0] not in _NOT_FIRST:
            yield line.rstrip()
            line = ""
        line += piece if line else piece.lstrip()
    yield line.rstrip()


@cache
def _font(size: int, language: str) -> FreeTypeFont | ImageFont:
    from PIL import ImageFont

    path = _font_file()
    if not path:
        return ImageFont.load_default(size)
    # The faces of Noto's collection, in this order: Japanese, Korean, Simplified, Traditional.
    face = {"ja": 0, "ko": 1, "zh-tw": 3, "zh-hk": 3, "zh-hant": 3}.get(language.lower(), 2)
    return ImageFont.truetype(path, size, index=face if "CJK" in path else 0)


@cache
def _font_file() -> str:
    """A bold font with Chinese characters that is on this machine; `""` if there is none."""
    if found := next((path for path in _COMMON if Path(path).is_file()), ""):
        return found
    program = shutil.which("fc-list")
    if not program:
        return ""
    listed = subprocess.run([program, ":lang=zh-cn", "file"], capture_output=True, text=True, check=False)
    names = (line.rstrip(": ") for line in listed.stdout.splitlines())
    files = sorted(file for file in names if file.endswith((".ttc", ".otf", ".ttf")))
    return next((file for file in files if "Bold" in file), files[0] if files else "")
