"""The demo as its users run it: a process of its own, on what is shipped, without a network."""

import re
import shutil
import signal
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
import requests

from tests.flows.processes import poll, prefect_env, running

ROOT = Path(__file__).parent.parent.parent
SHIPPED = ["content", "static", "theme", "glossary.csv", "pipeline.toml", ".gitignore"]
POST = "posts/one-edited-sentence"  # its English is ahead of its Chinese on purpose
ADAPTED = "posts/first-page"  # differs from its snapshot in one number
BY_HAND = "由人写成。"


@pytest.fixture
def checkout(tmp_path):
    """What is shipped, committed, so that git can tell what a run leaves."""
    root = tmp_path / "checkout"
    root.mkdir()
    for name in SHIPPED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, root / name)
        elif (ROOT / name).exists():
            shutil.copy(ROOT / name, root)
    git(root, "init", "-q")
    git(root, "add", ".")
    git(root, "-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-q", "-m", "shipped")
    return root


@pytest.fixture
def offline():
    """An environment without a way out: whatever is not on loopback goes through a proxy that is not there.

    Every process that inherits it can be found by its mark.
    """
    mark = uuid.uuid4().hex
    dead = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    near = dict.fromkeys(("no_proxy", "NO_PROXY"), "127.0.0.1,localhost")
    elsewhere = {"PIPELINE_PUBLISH__TARGET": "s3://somebody-elses", "PREFECT_API_URL": "http://127.0.0.1:9/api"}
    env = prefect_env("/nonexistent") | dead | near | elsewhere | {"DEMO_MARK": mark}
    return {name: value for name, value in env.items() if name != "PREFECT_HOME"}


def git(root, *arguments):
    done = subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True, text=True)
    return done.stdout


def left_behind(env):
    """Command lines of the running processes that carry the environment's mark."""
    mark = f"DEMO_MARK={env['DEMO_MARK']}".encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return found


def test_once_runs_the_whole_job_twice_and_leaves_nothing(checkout, offline):
    done = subprocess.run(
        [sys.executable, "-m", "flows.demo", "--once"], cwd=checkout, env=offline, capture_output=True, text=True
    )
    said = done.stdout
    assert done.returncode == 0, said + done.stderr
    assert done.stderr == ""
    steps = re.findall(r"^\d+\. ([^:]+):", said, re.MULTILINE)
    job = ["Detect", "Translate", "Draft", "Approve", "Build", "Publish", "Serve"]
    assert [step for step in steps if step in job] == job

    assert re.search(rf"{POST} +zh +stale +\d+ of \d+", said)
    assert re.search(r"\d+ unchanged: the reviewed text, word for word", said)
    assert re.search(r"\d+ with another number or term", said)
    assert re.search(r"\d+ new, and no engine answered: left in English, marked", said)
    assert f"{ADAPTED} (zh) is approved" in said
    assert f"{POST} (zh) is not: 1 segment still in English." in said
    assert f"{POST} (zh) is still the approved page" in said
    urls = re.findall(r"^(http://127\.0\.0\.1:\d+/\S*)  200  \S", said, re.MULTILINE)
    assert [url.split("/", 3)[3] for url in urls] == ["", "zh/", f"zh/{POST}/"]
    none = "0 drafts written, 0 drafts approved, 0 files written, 0 objects uploaded, 0 objects deleted."
    assert f"The whole job again: {none}" in said
    assert f"approve {POST}" in said

    assert git(checkout, "status", "--porcelain") == ""
    assert left_behind(offline) == []


def test_it_serves_until_ctrl_c_and_can_be_finished_meanwhile(checkout, offline, tmp_path):
    log = tmp_path / "demo.log"
    command = [sys.executable, "-m", "flows.demo"]
    with running(command, env=offline, cwd=checkout, log=log) as process:

        def serving():
            """The demo serves."""
            return "Serving http" in log.read_text() or process.poll() is not None

        poll(serving, 150)
        assert process.poll() is None, log.read_text()
        home = re.search(r"Serving (\S+)", log.read_text())[1]
        page = f"{home}zh/{POST}/"
        old = requests.get(page, timeout=30)
        assert old.status_code == 200
        assert "引擎有 30 秒的时间" in old.text, "the reviewed page stays live"
        assert 'class="notice"' in old.text, "and says that the English is newer"

        finish(checkout / ".pipeline" / "demo", offline)
        new = requests.get(page, timeout=30)
        assert BY_HAND in new.text
        assert "引擎有 45 秒的时间" in new.text
        assert 'class="notice"' not in new.text

        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0
    assert "Stopped." in log.read_text()
    assert "Traceback" not in log.read_text()
    assert git(checkout, "status", "--porcelain") == ""
    assert left_behind(offline) == []


@pytest.mark.parametrize(
    ("moment", "number"),
    [("on loopback …", signal.SIGINT), ("on loopback …", signal.SIGTERM), ("Detect", signal.SIGINT)],
    ids=["while the servers start", "by a service manager", "at work"],
)
def test_an_interrupt_in_the_middle_leaves_no_process(checkout, offline, tmp_path, moment, number):
    log = tmp_path / "demo.log"
    with running([sys.executable, "-m", "flows.demo"], env=offline, cwd=checkout, log=log) as process:
        poll(lambda: moment in log.read_text() or process.poll() is not None, 150)
        process.send_signal(number)
        assert process.wait(timeout=30) == 0, log.read_text()
    assert log.read_text().rstrip().endswith("Stopped. Everything this demo started has ended.")
    assert "Traceback" not in log.read_text()
    assert left_behind(offline) == []


def finish(site, env):
    """A person writes what is missing, then the commands that the demo names."""
    command = [Path(sys.executable).parent / "pipeline", "--root", site]
    env = {name: value for name, value in env.items() if not name.startswith("PIPELINE_")}
    early = subprocess.run([*command, "approve", POST], env=env, capture_output=True, text=True)
    assert early.returncode == 3, "an unfinished draft is refused"
    draft = site / "drafts" / "zh" / POST / "index.md"
    lines = draft.read_text().split("\n")
    (open_line,) = [number for number, line in enumerate(lines) if "pipeline: untranslated" in line]
    lines[open_line] = BY_HAND
    draft.write_text("\n".join(lines))
    for arguments in (["approve", POST], ["build"], ["publish"]):
        done = subprocess.run([*command, *arguments], env=env, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
