"""How the commands behave in a shell: pipes, terminals, encodings, disks, Ctrl-C."""

import errno
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress

import pytest

from pipeline import console
from pipeline.errors import PipelineError
from tests.needed import unable_to_override_permissions

PIPELINE = [sys.executable, "-m", "pipeline"]


def in_a_terminal(arguments, *, env=None):
    """What a command writes to a terminal, as text."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen([*PIPELINE, *arguments], stdout=theirs, stderr=theirs, env={**os.environ, **(env or {})})
    os.close(theirs)
    chunks = []
    while True:
        try:
            chunk = os.read(ours, 65536)
        except OSError:
            chunk = b""
        if not chunk:
            break
        chunks.append(chunk)
    process.wait(timeout=60)
    os.close(ours)
    return b"".join(chunks).decode()


def test_colours_are_for_terminals_that_want_them(site):
    env = {"TERM": "xterm", "NO_COLOR": ""}
    assert "\x1b[33mmissing\x1b[0m" in in_a_terminal(["status"], env=env)
    assert "\x1b" not in in_a_terminal(["status"], env={**env, "NO_COLOR": "1"})
    assert "\x1b" not in in_a_terminal(["status"], env={**env, "TERM": "dumb"})
    assert "\x1b" not in site.spawn("status", env=env).out
    plain = re.sub(r"\x1b\[[\d;]*m", "", in_a_terminal(["status"], env=env)).replace("\r\n", "\n")
    done = site.spawn("status")
    assert plain == done.out + done.err


def test_an_error_is_red_on_a_terminal(site):
    env = {"TERM": "xterm", "NO_COLOR": ""}
    assert "\x1b[31m\x1b[1mError\x1b[0m: there is no post" in in_a_terminal(["explain", "x"], env=env)


def test_a_bar_on_a_terminal_and_none_in_a_log(site):
    assert "Translating" in in_a_terminal(["translate"], env={"TERM": "xterm"})
    shutil.rmtree(site.root / "drafts")
    assert "Translating" not in site.spawn("translate").err


@pytest.mark.parametrize("arguments", ["status --all", "status --json"])
def test_a_reader_that_stops_reading_is_no_error(site, arguments):
    for number in range(1500):
        site.write(f"content/en/posts/p{number:04}.md", "Text\n")
    shell = f"'{sys.executable}' -m pipeline {arguments} | head -n 2; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 2
    assert not re.search("Traceback|BrokenPipe|Exception", done.stderr)


def test_another_pipe_that_breaks_is_an_error(site, monkeypatch):
    def fail(root):
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")

    monkeypatch.setattr("pipeline.scaffold.scaffold", fail)
    done = site.run("init")
    assert done.code == 1
    assert done.err == "Error: broken pipe. Check permissions and free space.\n"


def test_a_closed_stdout(site):
    done = subprocess.run(["bash", "-c", f"'{sys.executable}' -m pipeline status >&-"], capture_output=True, text=True)
    assert "Traceback" not in done.stderr


def test_an_old_terminal_shows_escapes_and_does_not_fail(site):
    site.write("content/en/posts/你好.md", "---\ntitle: 你好\n---\n你好 😀\n")
    env = {"PYTHONIOENCODING": "latin-1"}
    done = site.spawn("status", env=env)
    assert (done.code, r"posts/\u4f60\u597d" in done.out) == (0, True)
    found = site.spawn("status", "--json", env=env)
    assert [post["post"] for post in found.json["posts"]] == ["posts/hello", "posts/你好"]


def files(site):
    """All but the caches."""
    return {
        path: path.read_bytes() for path in site.root.rglob("*") if path.is_file() and ".pipeline" not in path.parts
    }


@pytest.mark.parametrize(
    ("arguments", "closed"),
    [
        (["init"], "."),
        (["translate"], "."),
        (["approve", "--all"], "content"),
        (["build"], "."),
        (["publish"], "published"),
    ],
)
def test_a_directory_that_may_not_be_written(site, arguments, closed):
    if arguments[0] in {"approve", "publish"}:
        site.ok("translate")
        site.ok("build")
        (site.root / "published").mkdir()
    before = files(site)
    (site.root / closed).chmod(0o555)
    try:
        done = subprocess.run(
            [*unable_to_override_permissions(), *PIPELINE, *arguments], capture_output=True, text=True
        )
    finally:
        (site.root / closed).chmod(0o755)
    assert done.returncode == 1, done
    assert re.search(r"^Error: .*[Pp]ermission denied", done.stderr, re.MULTILINE), done.stderr
    assert "Traceback" not in done.stderr
    assert files(site) == before


def test_a_post_that_may_not_be_read(site):
    secret = site.write("content/en/secret.md", "Text\n")
    secret.chmod(0)
    done = subprocess.run([*unable_to_override_permissions(), *PIPELINE, "status"], capture_output=True, text=True)
    assert done.returncode == 1
    assert "posts/hello" in done.stdout
    assert "Error: content/en/secret.md: cannot be read: Permission denied." in done.stderr


def test_ctrl_c_in_the_middle_is_told_in_one_word(site, monkeypatch):
    def stop(root):
        raise KeyboardInterrupt

    monkeypatch.setattr("pipeline.scaffold.scaffold", stop)
    done = site.run("init")
    assert (done.code, done.out, done.err) == (130, "", "Stopped.\n")


def test_ctrl_c_while_an_engine_is_slow_keeps_what_is_there(site):
    """A program that never answers stands for the engine. It says when it is there to be asked."""
    slow = "[engines.slow]\nkind = 'command'\ncommand = ['sh', '-c', 'touch asked; exec sleep 600']\n"
    site.write("pipeline.toml", site.read("pipeline.toml").replace('engine = "pseudo"', f'engine = "slow"\n{slow}'))
    process = subprocess.Popen(
        [*PIPELINE, "-v", "translate"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    deadline = time.monotonic() + 60
    while not (site.root / "asked").exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    asked = (site.root / "asked").exists()
    with suppress(ProcessLookupError):  # it has ended by itself, and has said why
        os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert asked, (out, err)
    assert process.returncode == 130, (out, err)
    assert "Traceback" not in err
    assert not (site.root / "drafts").exists()


def test_errors_of_the_library_have_no_traceback(site):
    site.write("pipeline.toml", "[site\n")
    done = site.spawn("status")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("Error: pipeline.toml:1: is not valid TOML")
    assert done.err.count("\n") == 1


def test_paths_are_shown_from_where_one_stands(site, monkeypatch):
    monkeypatch.chdir(site.root / "content")
    assert console.shown(site.root / "content/en/a.md") == "en/a.md"
    assert console.shown(site.root / "drafts/zh/a.md") == "../drafts/zh/a.md"
    assert console.shown("/etc/hosts") == "/etc/hosts"
    error = PipelineError("is wrong.", path=site.root / "content/en/a.md", line=3, remedy="Mend it.")
    assert console.told(error) == "en/a.md:3: is wrong. Mend it."
    assert console.told(PipelineError("is wrong.", path="a.md")) == "a.md: is wrong."
    assert console.told(PipelineError("It is wrong.")) == "It is wrong."
    site.write("content/en/bad.md", b"\xff")
    assert "Error: en/bad.md:1: " in site.run("--root", "..", "status").err


def test_warnings_go_to_stderr(site):
    done = site.spawn("status", "--json", env={"PIPELINE_SIET__TITLE": "x"})
    assert done.json["posts"]
    assert "PIPELINE_SIET__TITLE" in done.err
