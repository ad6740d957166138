"""The pictures in docs/, made from the shipped content. `python -m tests.screenshots` takes them anew."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.conftest import ARGUMENTS
from tests.served import Served
from tests.standards.sites import shipped
from tests.standards.tools import chromium_path

DOCS = Path(__file__).parents[1] / "docs" / "screenshots"
POST = "posts/where-a-translation-comes-from/"
# Name: address, colours, width, how far down.
PICTURES = {
    "home.en": ("", "light", 1320, 0),
    "home.zh": ("zh/", "dark", 1320, 0),
    "post.en": (POST, "light", 1320, 0),
    "post.zh": (f"zh/{POST}", "light", 1320, 0),
    "phone.zh": (f"zh/{POST}", "dark", 390, 1290),
}
HEIGHT = 840


def smaller(png: bytes) -> bytes:
    """The picture in 128 colours, which is plenty for text."""
    from PIL import Image

    picture = Image.open(io.BytesIO(png)).convert("RGB").quantize(128, dither=Image.Dither.NONE)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def take(folder: Path = DOCS) -> None:
    """Write every picture into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        public = Path(scratch) / "public"
        public.mkdir()
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        with Served(public) as served:
            shipped(public, served.url)
            for name, (address, scheme, width, top) in PICTURES.items():
                page = browser.new_page(viewport={"width": width, "height": HEIGHT}, color_scheme=scheme)
                page.goto(f"{served.url}/{address}", wait_until="networkidle")
                page.evaluate(f"scrollTo({{ top: {top}, behavior: 'instant' }})")
                page.wait_for_function("[...document.images].every(image => image.complete || image.loading == 'lazy')")
                (folder / f"{name}.png").write_bytes(smaller(page.screenshot(animations="disabled")))
                page.close()
        browser.close()


if __name__ == "__main__":
    take()
