"""`pipeline up` as a team uses it: the UI in a real browser, and what is left when a process dies in the middle."""

import os
import re
import shutil
import signal
import socket
import sys

import pytest
import requests
from playwright.sync_api import expect, sync_playwright

from tests.engines.faults import status
from tests.engines.servers import LibreTranslateServer
from tests.flows.processes import free_port, poll, prefect_env, running
from tests.flows.serving import CHROMIUM, FLAGS, Gate, Up, pid_of_run, served_site

LONG = "---\ntitle: Long\n---\n\n" + "\n\n".join(f"Sentence number {number} of this post." for number in range(8))


@pytest.fixture(scope="module")
def gate():
    return Gate()


@pytest.fixture(scope="module")
def engine(gate):
    with LibreTranslateServer(gate) as server:
        yield server
        gate.reopen()


@pytest.fixture(scope="module")
def site(tmp_path_factory, engine):
    with served_site(tmp_path_factory.mktemp("up") / "site", engine) as root:
        yield root


@pytest.fixture(scope="module")
def up(site):
    server = Up(site)
    with server.running():
        assert f"Prefect UI: {server.url}/deployments" in server.log.read_text()
        yield server
    assert "Traceback" not in server.log.read_text(), server.log.read_text()


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        expect.set_options(timeout=60_000)
        yield browser
        expect.set_options(timeout=5_000)
        browser.close()


@pytest.fixture
def page(browser):
    """A page that reaches nothing but loopback."""
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    page.set_default_timeout(60_000)
    page.asking = set()  # requests that change something, while the server has not answered them
    page.on("request", lambda request: changes(request) and page.asking.add(request))
    for ended in ("requestfinished", "requestfailed"):
        page.on(ended, lambda request: page.asking.discard(request))
    page.route(re.compile(r"^https?://(?!127\.0\.0\.1)"), lambda route: route.abort())
    yield page
    page.close()


def changes(request):
    """Whether it is no question. Many of those are POST, too."""
    return request.method != "GET" and not re.search(r"/(filter|count\w*|history|paginate|lateness)\W*$", request.url)


def open_deployment(page, up, name):
    page.goto(f"{up.url}/v2/deployments")
    page.get_by_role("link", name=name, exact=True).first.click()


def press(page, button, worked):
    """What `worked` says once the button has done its work: a page that loads again swallows a click.

    It is not pressed again while the server still works on what the first click asked for.
    """

    def pressed():
        if button.is_visible():
            button.click()
        for number in range(600):
            if found := worked():
                return found
            if number >= 50 and not page.asking:
                break
            page.wait_for_timeout(100)
        return None

    expect(button).to_be_visible()
    return poll(pressed)


def test_publish_is_found_run_by_its_form_and_its_page_opened_from_the_artifact(up, site, page):
    open_deployment(page, up, "publish")
    custom = page.get_by_role("menuitem", name="Custom run")
    press(page, page.get_by_role("button", name="Run", exact=True), custom.is_visible)
    custom.click()
    expect(page.get_by_text("Plan only: build, and say what would be sent.").first).to_be_visible()
    page.get_by_role("textbox", name="Run Name").fill("by-hand")
    (run,) = press(page, page.get_by_role("button", name="Submit"), lambda: up.runs("by-hand"))
    page.goto(f"{up.url}/runs/flow-run/{run['id']}")
    expect(page.get_by_text("Completed").first).to_be_visible(timeout=90_000)
    expect(page.get_by_text("by-hand").first).to_be_visible()
    page.goto(f"{up.url}/v2/artifacts")
    page.get_by_text("publish-result").first.click()
    page.get_by_role("link", name=re.compile(r"^[0-9a-f]{8}$")).first.click()  # the latest of its history
    page.get_by_role("link", name="zh/about").first.click()
    expect(page).to_have_title(re.compile("关于"))
    assert page.url.endswith("/zh/about/")
    expect(page.get_by_text("本站有两种语言。").first).to_be_visible()


def test_a_schedule_is_seen_paused_and_resumed(up, page):
    open_deployment(page, up, "republish")
    switch = page.get_by_role("switch", name=re.compile("^toggle "))
    expect(switch).to_be_checked()

    def active():
        (schedule,) = up.deployment("republish")["schedules"]
        return schedule["active"]

    def turned(*, on):
        """The switch is shown as it is to be, and the server says the same."""
        return active() is on and switch.is_checked() is on

    press(page, switch, lambda: turned(on=False))
    press(page, switch, lambda: turned(on=True))


def test_a_run_that_waits_for_a_person_goes_on_by_its_form(up, site, page):
    run = up.start("sync", wait_for_person=True)
    assert up.reaches(run, "PAUSED")["name"] == "Suspended"
    page.goto(f"{up.url}/runs/flow-run/{run}")
    asked = page.get_by_text("drafts/zh/posts/first").first
    press(page, page.get_by_role("button", name="Resume"), asked.is_visible)
    page.get_by_role("textbox").last.fill("Read it twice.")
    submit = page.get_by_role("button", name="Submit")
    press(page, submit, submit.is_hidden)
    state = up.reaches(run, "COMPLETED", "FAILED", "CRASHED")
    assert state["message"] == 'Approved by a person: posts/first (zh). "Read it twice."'
    assert (site / "content/zh/posts/first.md").is_file()
    assert not (site / "drafts/zh/posts/first.md").exists()


def interrupted(up, site, engine, gate, interrupt):
    """A sync that is interrupted when three answers are in, and another one after that: texts asked twice."""
    (site / "content/en/posts/long.md").write_text(LONG)
    shutil.rmtree(site / ".pipeline" / "journal", ignore_errors=True)
    shutil.rmtree(site / "drafts", ignore_errors=True)
    began = len(engine.texts)
    gate.shut_after(3)
    run = up.start("sync")
    poll(lambda: not gate.open.is_set())
    try:
        interrupt(run)
    finally:
        gate.reopen()
    assert not list((site / "drafts").rglob("*.md")), "no half of a draft"
    second = up.start("sync")
    state = up.reaches(second, "COMPLETED", "FAILED", "CRASHED")
    assert state["type"] == "COMPLETED", state
    assert (site / "drafts/zh/posts/long.md").read_text().count("译") == 9
    asked = engine.texts[began:]
    return [text for text in set(asked) if asked.count(text) > 1]


def test_a_cancelled_run_stops_within_seconds_and_the_next_goes_on(up, site, engine, gate):
    def cancel(run):
        up.api.post(f"/flow_runs/{run}/set_state", {"state": {"type": "CANCELLING"}})
        state = up.reaches(run, "CANCELLED", "COMPLETED", "FAILED", "CRASHED")
        assert state["name"] == "Cancelled"
        assert not gate.overdue, "it has not waited for the engine, which says nothing"

    assert len(interrupted(up, site, engine, gate, cancel)) <= 1, "but for the one that was under way"


def test_a_killed_run_is_crashed_and_the_next_pays_for_nothing_twice(up, site, engine, gate):
    def kill(run):
        os.kill(pid_of_run(run), signal.SIGKILL)
        up.reaches(run, "CRASHED")

    assert len(interrupted(up, site, engine, gate, kill)) <= 1, "but for the one that was under way"


def test_a_killed_server_comes_back_and_the_run_goes_on(up, site, engine, gate):
    (site / "content/en/posts/long.md").write_text(LONG.replace("this", "another"))
    shutil.rmtree(site / "drafts", ignore_errors=True)
    began = len(engine.texts)
    gate.shut_after(3)
    run = up.start("sync")
    poll(lambda: not gate.open.is_set())
    try:
        os.kill(up.server_pid(), signal.SIGKILL)
        poll(lambda: "it is started again" in up.log.read_text())
    finally:
        gate.reopen()  # and what the run has to say finds nobody at first
    poll(up.api.healthy)
    assert up.reaches(run, "COMPLETED", "FAILED", "CRASHED")["type"] == "COMPLETED", up.log.read_text()
    assert (site / "drafts/zh/posts/long.md").is_file()
    asked = engine.texts[began:]
    assert len(asked) == len(set(asked))
    state = up.reaches(up.start("sync"), "COMPLETED", "FAILED", "CRASHED", "CANCELLED")
    assert state["type"] == "COMPLETED", "the turn of the first is free"


def test_the_log_of_a_run_has_what_the_engines_threads_say(up, site, engine):
    (site / "content/en/posts/lost.md").write_text("---\ntitle: Lost\n---\n\nNobody can say this.\n")
    engine.fault_when = lambda asked: status(403)
    try:
        run = up.start("sync", posts=["posts/lost"])
        up.reaches(run, "COMPLETED", "FAILED", "CRASHED")
    finally:
        engine.fault_when = lambda asked: None

    def logged():
        logs = up.api.post("/logs/filter", {"logs": {"flow_run_id": {"any_": [run]}}})
        return [entry["message"] for entry in logs if entry["name"] == "pipeline.translation.engines.lane"]

    assert "not asked again in this run" in poll(logged)[0]


def test_when_all_is_killed_the_next_start_tidies_up_and_who_waits_still_waits(up, site):
    shutil.rmtree(site / "drafts", ignore_errors=True)
    waiting = up.start("sync", wait_for_person=True)
    up.reaches(waiting, "PAUSED")
    flow = up.api.post("/flows/", {"name": "publish"})
    orphan = up.api.post("/flow_runs/", {"flow_id": flow["id"], "state": {"type": "RUNNING", "name": "Running"}})
    os.killpg(up.process.pid, signal.SIGKILL)
    up.process.wait()
    poll(lambda: not up.api.healthy())
    with up.running():
        assert up.state(orphan["id"])["type"] == "CRASHED", up.log.read_text()
        answer = {"run_input": {"decision": "reject", "note": ""}}
        assert up.api.post(f"/flow_runs/{waiting}/resume", answer)["status"] == "ACCEPT"
        state = up.reaches(waiting, "COMPLETED", "FAILED", "CRASHED")
        assert state["name"] == "Rejected", state
        assert (site / "drafts/zh/posts/long.md").is_file()
        up.process.send_signal(signal.SIGINT)
        assert up.process.wait(timeout=40) == 0, up.log.read_text()
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{up.url}/api/health", timeout=5)


def test_without_a_site_it_says_so_at_once(tmp_path):
    log = tmp_path / "log"
    command = [sys.executable, "-m", "pipeline", "--root", str(tmp_path / "nowhere"), "up", "--port", str(free_port())]
    with running(command, env=prefect_env("/nonexistent"), cwd=tmp_path, log=log) as process:
        assert process.wait(timeout=60) == 1
    assert "pipeline.toml" in log.read_text()
    assert "Traceback" not in log.read_text()


def test_a_port_that_is_taken_is_one_message(site, tmp_path):
    log = tmp_path / "log"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "pipeline", "--root", str(site), "up", "--port", port]
        with running(command, env=prefect_env("/nonexistent"), cwd=tmp_path, log=log) as process:
            assert process.wait(timeout=60) == 1
    assert f"port {port} cannot be used" in log.read_text()
    assert "--port" in log.read_text()
    assert "Traceback" not in log.read_text()
