"""The pictures in docs/, made from the shipped content. `python -m tests.screenshots` takes them anew."""

from __future__ import annotations

import io
import shutil
import tempfile
import threading
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from pipeline.config import load
from pipeline.review.desk import Desk
from pipeline.review.desk.server import DeskServer
from pipeline.translation import translate
from tests.browser.conftest import ARGUMENTS
from tests.engines.servers import LibreTranslateServer
from tests.served import Served
from tests.standards.sites import shipped
from tests.standards.tools import chromium_path

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs" / "screenshots"
SENTENCE = "不必一次完成。在您运行 [[1/]] 之前，线上的页面会一直保留原来的中文；之后的事，见[[2]]审校草稿[[/2]]。"
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
        take_desk(browser, Path(scratch) / "site", folder / "desk.png")
        browser.close()


def take_desk(browser: Browser, site: Path, picture: Path) -> None:
    """The review desk with the shipped post that is behind, its new sentence translated by a server on loopback."""
    shutil.copytree(ROOT / "content", site / "content")
    for name in ("glossary.csv", "pipeline.toml"):
        shutil.copy(ROOT / name, site)
    with LibreTranslateServer(lambda text: SENTENCE if text.startswith("You do not") else text) as engine:
        named = {"PIPELINE_ENGINES__LIBRETRANSLATE__URL": engine.url, "PIPELINE_TRANSLATION__ENGINE": "libretranslate"}
        settings = load(site, env=named)
        translate(settings)
        server = DeskServer(Desk(settings))
        thread = threading.Thread(target=server.serve, daemon=True)
        thread.start()
        page = browser.new_page(viewport={"width": 1320, "height": HEIGHT}, color_scheme="light")
        page.goto(server.url)
        page.get_by_role("button", name="What happens when you edit a sentence").click()
        page.locator("[data-current]").press("e")
        page.locator("textarea").press("End")
        page.wait_for_timeout(500)
        picture.write_bytes(smaller(page.screenshot(animations="disabled")))
        page.close()
        server.close()
        thread.join()


if __name__ == "__main__":
    take()
