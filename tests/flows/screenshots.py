"""The pictures of docs/prefect.md, taken of the real thing: `python -m tests.flows.screenshots`."""

import io
import shutil
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.engines.servers import LibreTranslateServer
from tests.flows.serving import CHROMIUM, FLAGS, Up, served_site

IMAGES = Path(__file__).parents[2] / "docs" / "images"
SIZE = {"width": 1180, "height": 760}
COLOURS = 64


def keep(page, name):
    """A picture of the page, with few colours, as few bytes as that takes."""
    page.wait_for_timeout(2500)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    IMAGES.mkdir(exist_ok=True)
    picture.save(IMAGES / f"{name}.png", optimize=True)
    print(IMAGES / f"{name}.png", (IMAGES / f"{name}.png").stat().st_size)


def take(up, page):
    up.reaches(up.start("publish"), "COMPLETED")
    (result,) = up.api.post("/artifacts/filter", {"artifacts": {"key": {"any_": ["publish-result"]}}})
    page.goto(f"{up.url}/v2/artifacts/artifact/{result['id']}")
    keep(page, "prefect-result")
    page.goto(f"{up.url}/v2/deployments/deployment/{up.deployment('sync')['id']}")
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Custom run").click()
    keep(page, "prefect-form")
    run = up.start("sync", wait_for_person=True)
    up.reaches(run, "PAUSED")
    page.goto(f"{up.url}/runs/flow-run/{run}")
    page.get_by_role("button", name="Resume").click()
    keep(page, "prefect-review")


def main():
    home = Path(tempfile.mkdtemp())
    try:
        with (
            LibreTranslateServer() as engine,
            served_site(home / "site", engine) as site,
            Up(site).running() as up,
            sync_playwright() as playwright,
        ):
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            take(up, browser.new_page(viewport=SIZE, color_scheme="light"))
            browser.close()
    finally:
        shutil.rmtree(home)


if __name__ == "__main__":
    main()
