"""`pipeline up` as a team lead uses it: one command, then the UI in a real browser."""

import re
import shutil
import signal
import sys
from pathlib import Path

import pytest
import requests
from playwright.sync_api import expect, sync_playwright

from tests.flows.processes import Api, free_port, poll, prefect_env, running

CHROMIUM = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


def start(site, port, log):
    command = [sys.executable, "-m", "pipeline", "--root", str(site), "up", "--port", str(port)]
    return running(command, env=prefect_env("/nonexistent"), cwd=site.parent, log=log)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    root = tmp_path_factory.mktemp("up") / "site"
    shutil.copytree(Path(__file__).parent / "site", root)
    return root


@pytest.fixture(scope="module")
def up(site):
    """The address of a server that `pipeline up` started, with its flows served."""
    port, log = free_port(), site.parent / "up.log"
    with start(site, port, log) as process:

        def serving():
            """It serves its deployments."""
            return "Ctrl-C ends it" in log.read_text() or process.poll() is not None

        poll(serving, 150)
        assert process.poll() is None, log.read_text()
        assert f"Prefect UI: http://127.0.0.1:{port}/deployments" in log.read_text()
        server = Api(f"http://127.0.0.1:{port}/api")
        poll(lambda: len(server.post("/deployments/filter", {})) == 6)
        yield f"http://127.0.0.1:{port}"
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=40) == 0, log.read_text()
    assert "Traceback" not in log.read_text()
    with pytest.raises(requests.ConnectionError):
        requests.get(f"http://127.0.0.1:{port}/api/health", timeout=5)


def test_publish_is_found_run_by_its_form_and_completes(up, site):
    elsewhere = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.set_default_timeout(60_000)
        page.route(re.compile(r"^https?://(?!127\.0\.0\.1)"), lambda route: (elsewhere.append(1), route.abort()))
        page.goto(f"{up}/v2/deployments")
        page.get_by_role("link", name="publish", exact=True).first.click()
        page.get_by_role("button", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Custom run").click()
        expect(page.get_by_text("Build and plan; upload and delete nothing.").first).to_be_visible()
        page.get_by_role("button", name="Submit").click()
        page.get_by_role("button", name="View run").or_(page.get_by_role("link", name="View run")).first.click()
        expect(page.get_by_text("Completed").first).to_be_visible(timeout=90_000)
        page.goto(f"{up}/v2/artifacts")
        page.get_by_text("publish-result").first.click()
        expect(page.get_by_text(re.compile(r"\d+ uploaded")).first).to_be_visible()
        browser.close()
    assert (site / "published" / "index.html").is_file()


def test_a_run_that_lost_its_process_is_crashed_at_the_next_start(up, site):
    server = Api(f"{up}/api")
    flow = server.post("/flows/", {"name": "publish"})
    run = server.post("/flow_runs/", {"flow_id": flow["id"], "state": {"type": "RUNNING", "name": "Running"}})
    port, log = free_port(), site.parent / "again.log"
    # The history is a file in the site: a second server on it is what the next day's start is.
    with start(site, port, log) as process:
        poll(lambda: "Ctrl-C ends it" in log.read_text() or process.poll() is not None, 150)
        assert server.get(f"/flow_runs/{run['id']}")["state"]["type"] == "CRASHED", log.read_text()


def test_without_a_site_it_says_so_at_once(tmp_path):
    log = tmp_path / "log"
    with start(tmp_path / "nowhere", free_port(), log) as process:
        assert process.wait(timeout=60) == 1
    assert "pipeline.toml" in log.read_text()
    assert "Traceback" not in log.read_text()
