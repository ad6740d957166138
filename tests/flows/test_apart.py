"""A build by a process of its own and its copies is as if it were made here; and they go when the run goes."""

import logging
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from flows.apart import _Tells, build
from pipeline.config import load
from pipeline.errors import BuildError, PipelineError
from pipeline.site import build as plain
from pipeline.site.output import MARKER
from tests.flows.processes import poll

pytestmark = [
    pytest.mark.timeout(180),
    pytest.mark.skipif(sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2, reason="one process does it all"),
]

# Every Python process that is started notes the copies that it makes of itself, and lets them wait where a test wants
# them to; and itself before it puts the first of the files that it has made into its place.
COPIED = """
import os, sys, time
from pathlib import Path
def placed(event, arguments):
    if event == "os.rename" and ".staged/" in str(arguments[0]):
        while Path(os.environ["COPIES"] + ".unplaced").exists():
            time.sleep(0.05)
sys.addaudithook(placed)
def copied():
    with open(os.environ["COPIES"], "a") as file:
        file.write(f"{os.getppid()} {os.getpid()}\\n")
    while Path(os.environ["COPIES"] + ".held").exists():
        time.sleep(0.05)
os.register_at_fork(after_in_child=copied)
"""
BUILD = """
import signal, sys
from pathlib import Path
from flows.apart import build
from pipeline.config import load
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # as Prefect does, for a run that is cancelled
build(load(Path(sys.argv[1])))
"""


@pytest.fixture
def large(site):
    """Posts enough for several processes, one with a link that leads nowhere."""
    for number in range(120):
        text = f"---\ntitle: Post {number}\n---\n\n## Part\n\nText **{number}**, $x_{number}$.\n"
        (site / f"content/en/posts/post-{number}.md").write_text(text + "[No](gone.md)\n" * (number == 7))
    return site


@pytest.fixture
def copies(tmp_path, monkeypatch):
    """The processes that built, by (the one that was started, its copy)."""
    (tmp_path / "hooks").mkdir()
    (tmp_path / "hooks/sitecustomize.py").write_text(COPIED)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "hooks"))
    monkeypatch.setenv("COPIES", str(tmp_path / "copies"))
    log = tmp_path / "copies"
    log.touch()
    return lambda: [tuple(map(int, line.split())) for line in log.read_text().splitlines()]


@pytest.fixture
def held(tmp_path):
    """As long as this file is there, the copies wait before they work."""
    path = tmp_path / "copies.held"
    path.touch()
    yield path
    path.unlink(missing_ok=True)


def files(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):  # gone before, or while it was read
        return False


def right_after_all(root, tmp_path):
    """The next build is as one from nothing, and what was begun is gone."""
    build(load(root))
    plain(load(root), out=tmp_path / "fresh")
    return files(root / "public") == files(tmp_path / "fresh")


def test_a_flow_builds_with_several_processes_what_one_would_build(large, copies, tmp_path, prefect_api):
    from flows.publish import PublishOptions, publish

    plain(load(large), out=tmp_path / "alone")
    shutil.rmtree(large / ".pipeline")
    state = publish(PublishOptions(root=large), return_state=True)
    assert state.is_completed(), state.message
    assert len({copy for _, copy in copies()}) >= 2
    assert len({started for started, _ in copies()} - {os.getpid()}) == 1
    assert files(large / "public") == files(tmp_path / "alone")


def test_report_and_progress_are_those_of_a_build_here(large, tmp_path, copies):
    told, heard = [], []
    expected = plain(load(large), out=tmp_path / "alone", progress=lambda *done: told.append(done))
    report = build(load(large), progress=lambda *done: heard.append(done))
    assert copies()
    # Which pages are made last depends on the processes; a last few of them may come sooner than others.
    assert heard == sorted(heard)
    assert (heard[0], heard[-1], len(heard)) == (told[0], told[-1], len(told))
    assert (report.pages, report.written, report.removed) == (expected.pages, expected.written, expected.removed)
    assert [str(warning) for warning in report.warnings] == [str(warning) for warning in expected.warnings] != []


def error_of(call, *arguments, **named):
    with pytest.raises(PipelineError) as raised:
        call(*arguments, **named)
    return raised.value


def same(one, other):
    facts = ("message", "path", "line", "remedy", "kind")
    return type(one) is type(other) and [getattr(one, name) for name in facts] == [
        getattr(other, name) for name in facts
    ]


def test_errors_are_those_of_a_build_here(large, monkeypatch):
    monkeypatch.setenv("PIPELINE_PROBLEMS__LINKS", "fail")
    here, there = (error_of(call, load(large)) for call in (plain, build))
    assert isinstance(there, BuildError)
    assert same(here, there)
    assert there.path
    assert there.line
    (large / "content/en/posts/post-9.md").write_text("[No](gone.md)\n")
    here, there = (error_of(call, load(large)) for call in (plain, build))
    assert len(here.problems) == len(there.problems) == 2
    assert all(same(*pair) for pair in zip(here.problems, there.problems, strict=True))


def test_any_other_error_has_its_traceback(large):
    broken = load(large).model_copy(update={"problems": None})
    with pytest.raises(RuntimeError, match=r"(?s)Traceback.*NoneType"):
        build(broken)


def test_a_process_that_is_killed_is_told_of(large, copies, held):
    def kill(*_):
        ((started, _), *_) = poll(copies)
        os.kill(started, signal.SIGKILL)
        held.unlink(missing_ok=True)  # it told of some progress more

    with pytest.raises(BuildError, match="has ended without a word, with -9"):
        build(load(large), progress=kill)


def test_what_the_build_logs_is_logged_here(large, caplog):
    build(load(large))
    (kept,) = (large / ".pipeline/site").glob("*.db")
    kept.write_bytes(b"no database")
    shutil.rmtree(large / "public")
    with caplog.at_level(logging.INFO, logger="pipeline"):
        build(load(large))
    assert [(record.name, record.levelname) for record in caplog.records if "is begun anew" in record.getMessage()] == [
        ("pipeline.site.cache", "WARNING")
    ]


def test_a_long_record_arrives_in_one_piece():
    import pickle

    ours, theirs = os.pipe()
    record = logging.LogRecord("pipeline", logging.INFO, __file__, 1, "%s", ("字" * 9000,), None)
    _Tells(theirs).handle(record)
    data = os.read(ours, 100_000)
    assert len(data) <= 4096
    assert pickle.loads(data).getMessage().startswith("字字字")


def test_who_gives_up_leaves_no_process_and_nothing_half_done(large, copies, held, tmp_path):
    class Cancelled(BaseException):
        pass

    def cancel(*_):
        poll(lambda: len(copies()) >= 2)
        raise Cancelled

    with pytest.raises(Cancelled):
        build(load(large), progress=cancel)
    poll(lambda: not any(alive(pid) for pair in copies() for pid in pair if pid != os.getpid()), 10)
    assert not list((large / ".pipeline/site").glob("*.staged"))
    assert not list((large / "public").rglob("*.html"))
    held.unlink()
    assert right_after_all(large, tmp_path)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "cancelled"])
def test_a_run_that_ends_takes_its_processes_along(large, copies, held, tmp_path, how):
    run = subprocess.Popen([sys.executable, "-c", BUILD, str(large)])
    poll(lambda: len(copies()) >= 2)
    run.send_signal(how)
    assert run.wait(30) in (-signal.SIGKILL, 143)
    poll(lambda: not any(alive(pid) for pair in copies() for pid in pair), 10)
    held.unlink()
    assert right_after_all(large, tmp_path)


def test_what_waits_is_removed_by_a_process_that_is_told_to_end(large, copies, tmp_path, monkeypatch):
    from flows import apart

    class Cancelled(BaseException):
        pass

    def waits():
        """Files are made, and not in their places."""
        return list((large / ".pipeline/site").glob("*.staged/*"))

    def cancel(*_):
        poll(waits)
        raise Cancelled

    (tmp_path / "copies.unplaced").touch()
    monkeypatch.setattr(apart, "GRACE", 60)
    with pytest.raises(Cancelled):
        build(load(large), progress=cancel)
    (tmp_path / "copies.unplaced").unlink()
    assert not list((large / ".pipeline/site").glob("*.staged"))
    assert not any(alive(pid) for pair in copies() for pid in pair if pid != os.getpid())
    assert right_after_all(large, tmp_path)


def test_little_to_do_is_done_here(large, copies):
    build(load(large))
    many = len(copies())
    assert many
    post = large / "content/en/posts/post-9.md"
    post.write_text(post.read_text() + "\nMore.\n")
    build(load(large))
    assert "More." in (large / "public/posts/post-9/index.html").read_text()
    assert len(copies()) == many
    config = large / "pipeline.toml"
    config.write_text(config.read_text().replace("A small", "A large"))
    later = (large / "public" / MARKER).stat().st_mtime_ns + 10**9
    os.utime(config, ns=(later, later))  # which two files that are written one after the other need not be
    build(load(large))
    assert len(copies()) > many, "all pages show the title"


def test_the_process_that_builds_does_not_load_prefect():
    code = "import flows.apart, sys; print('prefect' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-P", "-c", code], text=True).strip() == "False"


def test_a_small_site_is_built_here(site, copies):
    build(load(site))
    assert copies() == []
