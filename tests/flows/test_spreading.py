"""Drafts and articles by real Dask workers, which hold no content: byte for byte those of one process, whoever dies."""

import os
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline.config import load
from pipeline.errors import ConfigError
from pipeline.translation import translate
from tests.flows.processes import free_port, poll, running
from tests.flows.reading import tasks

pytestmark = pytest.mark.timeout(120)

POSTS = 120
# An engine that tells where it ran. The first worker's gives no answer: there is work in hand when that one is killed.
ENGINE = """
import json, os, sys, time
worker = os.getppid()
for line in sys.stdin:
    asked = json.loads(line)
    with open(os.environ["RAN"], "a") as file:
        file.write(os.getcwd() + "\\n")
    while os.path.basename(os.getcwd()) == "one" and os.getppid() == worker:
        time.sleep(0.05)
    print(json.dumps({"id": asked["id"], "texts": [text.replace("e", "é") for text in asked["texts"]]}), flush=True)
"""
KILLER = """
import os, signal, sys, time
def places():
    return set(open(sys.argv[1]).read().split()) if os.path.exists(sys.argv[1]) else set()
while len(places()) < 2:
    time.sleep(0.05)
os.kill(int(sys.argv[2]), signal.SIGKILL)
"""
# The first worker tells that it has articles to render, and renders none: there is work in hand when it is killed.
BUSY = """
import time
from pathlib import Path
from pipeline.site import shards
def dask_setup(worker):
    render = shards.render_packed
    def render_packed(*arguments):
        Path("busy").touch()
        while Path.cwd().name == "one":
            time.sleep(0.05)
        return render(*arguments)
    shards.render_packed = render_packed
"""
BUSY_KILLER = """
import os, signal, sys, time
while not os.path.exists(sys.argv[1]):
    time.sleep(0.02)
os.kill(int(sys.argv[2]), signal.SIGKILL)
"""
DIAGRAM = "```mermaid\nflowchart LR\n  A --> B\n```"
CONFIG = """
[locales.en]
name = "English"
[locales.zh]
name = "Chinese"
[translation]
engine = "slow"
[engines.slow]
kind = "command"
command = ["{python}", "{program}"]
"""


@pytest.fixture
def large(tmp_path, monkeypatch):
    """A site of three shards, and the same site again for one process."""
    monkeypatch.setenv("RAN", str(tmp_path / "ran"))
    program = tmp_path / "engine.py"
    program.write_text(ENGINE)
    root = tmp_path / "large"
    folder = root / "content" / "en" / "posts"
    folder.mkdir(parents=True)
    (root / "pipeline.toml").write_text(CONFIG.format(python=sys.executable, program=program))
    for number in range(POSTS):
        text = f"---\ntitle: Post {number}\n---\n\n# Part {number}\n\nIt says **something** new, {number} times.\n"
        (folder / f"post-{number}.md").write_text(text)
    shutil.copytree(root, tmp_path / "alone")
    return root


def dask(kind, home, *arguments):
    """A scheduler or a worker in an empty directory of its own, from which it cannot import `flows` or `tests`."""
    home.mkdir()
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | {
        "RAN": str(home.parent / "ran")
    }
    command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", *arguments, "--no-dashboard"]
    return running(command, env=env, cwd=home, log=home.with_suffix(".log"), stop=signal.SIGKILL)


@contextmanager
def scheduler(tmp_path):
    address = f"tcp://127.0.0.1:{free_port()}"
    with dask("scheduler", tmp_path / "scheduler", "--host", "127.0.0.1", "--port", address.rpartition(":")[2]):
        poll(lambda: "Scheduler at" in (tmp_path / "scheduler.log").read_text(), 60)
        yield address


@pytest.fixture
def preload():
    """What the workers run before all else."""
    return ""


@pytest.fixture
def cluster(tmp_path, preload):
    """A scheduler and two workers: (address, worker processes)."""
    options = ["--nthreads", "1", "--no-nanny"]
    if preload:
        (tmp_path / "preload.py").write_text(preload)
        options += ["--preload", str(tmp_path / "preload.py")]
    with (
        scheduler(tmp_path) as address,
        dask("worker", tmp_path / "one", address, *options) as one,
        dask("worker", tmp_path / "two", address, *options) as two,
    ):
        for name in ("one", "two"):
            poll(lambda name=name: "Starting established connection" in (tmp_path / f"{name}.log").read_text(), 60)
        yield address, [one, two]


def spread_over(root, address):
    with (root / "pipeline.toml").open("a") as file:
        file.write(f'\n[prefect]\ntask_runner = "dask"\ndask_address = "{address}"\n')


def drafts(root):
    files = sorted((root / "drafts").rglob("*.md"))
    return {str(file.relative_to(root)): file.read_bytes() for file in files}


def test_two_workers_write_what_one_process_writes_though_one_is_killed(
    large, cluster, tmp_path, prefect_api, monkeypatch
):
    from flows.sync import SyncOptions, sync

    address, workers = cluster
    spread_over(large, address)
    ran = tmp_path / "ran"
    # once both are at work, the first one dies
    killer = subprocess.Popen([sys.executable, "-c", KILLER, str(ran), str(workers[0].pid)])
    state = sync(SyncOptions(root=large), return_state=True)
    assert state.is_completed(), state.message
    assert killer.wait(timeout=60) == 0
    assert workers[0].wait(timeout=60) == -signal.SIGKILL
    assert {Path(line).name for line in ran.read_text().split()} == {"one", "two"}, "both were at work"
    assert [name for name, _ in tasks(state, 3, " posts (zh)").values()] == ["Completed"] * 3, "a task a shard"
    monkeypatch.setenv("RAN", str(tmp_path / "elsewhere"))
    translate(load(tmp_path / "alone"))
    assert len(drafts(large)) == POSTS * 2
    assert drafts(large) == drafts(tmp_path / "alone")
    assert [*(tmp_path / "one").rglob("*.md"), *(tmp_path / "two").rglob("*.md")] == []


def test_processes_of_this_machine_where_no_scheduler_is_named(large, prefect_api):
    from flows.sync import SyncOptions, sync

    with (large / "pipeline.toml").open("a") as file:
        file.write('\n[prefect]\ntask_runner = "dask"\n')
    state = sync(SyncOptions(root=large), return_state=True)
    assert state.is_completed(), state.message
    assert len(drafts(large)) == POSTS * 2


def test_a_scheduler_that_does_not_answer_is_told_of_with_what_to_do(large, prefect_api, monkeypatch):
    from flows import spreading
    from flows.sync import SyncOptions, sync

    monkeypatch.setattr(spreading, "PATIENCE", 1)
    spread_over(large, f"tcp://127.0.0.1:{free_port()}")
    state = sync(SyncOptions(root=large), return_state=True)
    assert state.is_failed()
    assert "does not answer" in state.message
    assert "dask scheduler" in state.message


def test_a_scheduler_without_workers_is_told_of(large, tmp_path, monkeypatch):
    from distributed import Client

    from flows import spreading

    wait = Client.wait_for_workers
    monkeypatch.setattr(Client, "wait_for_workers", lambda self, count, timeout: wait(self, count, timeout=0.5))
    with scheduler(tmp_path) as address:
        spread_over(large, address)
        settings = load(large)
        with pytest.raises(ConfigError, match="has no workers"):
            translate(settings, spread=spreading.spread_by(settings))


def test_without_dask_the_remedy_is_named(large, monkeypatch):
    from flows.spreading import spread_by

    spread_over(large, "tcp://127.0.0.1:1")
    monkeypatch.setitem(sys.modules, "distributed", None)
    settings = load(large)
    with pytest.raises(ConfigError, match=r"multilingual-pipeline\[dask\]"):
        translate(settings, spread=spread_by(settings))


def test_nobody_is_asked_where_there_is_nothing_to_do(large):
    from flows.spreading import spread_articles_by, spread_by

    spread_over(large, "tcp://127.0.0.1:1")
    settings = load(large)
    translate(settings, engine="pseudo")
    assert translate(settings, spread=spread_by(settings)).posts == []
    articles = spread_articles_by(settings)
    assert articles
    assert list(articles(b"", [])) == [], "of a site without translations"


@pytest.fixture
def written(large):
    """The same site, with translations, links, formulas, an image and a diagram."""
    from tests.site.conftest import PNG

    (large / "static").mkdir()
    (large / "static/dot.png").write_bytes(PNG)
    for number in range(POSTS):
        name = f"posts/post-{number}.md"
        text = (
            f"---\ntitle: Post {number}\n---\n\n## Part {number}\n\n[Next](post-{number + 1}.md#part-{number + 1}), "
            f"$x_{number}$.\n\n![Dot](/dot.png)\n\n```python\nprint({number})\n```\n"
            f"{DIAGRAM if number % 60 == 7 else ''}\n"
        )
        for folder, content in {
            "en": text,
            "zh/.source": text.replace("Next", "Now") if number % 5 == 0 else text,
            "zh": text.replace("Next", "下一篇").replace("## Part", "## 部分"),
        }.items():
            (large / "content" / folder / name).parent.mkdir(parents=True, exist_ok=True)
            (large / "content" / folder / name).write_text(content)
    return large


def pages(root):
    return {str(file.relative_to(root)): file.read_bytes() for file in root.rglob("*") if file.is_file()}


@pytest.mark.parametrize("preload", [BUSY], ids=[""])
def test_two_workers_render_what_one_process_renders_though_one_is_killed(
    written, cluster, tmp_path, prefect_api, monkeypatch
):
    from flows.publish import PublishOptions, publish
    from pipeline.site import build
    from pipeline.site.workshop import Workshop

    address, workers = cluster
    build(load(written), out=tmp_path / "alone-site")
    shutil.rmtree(written / ".pipeline")
    spread_over(written, address)
    here, real = [], Workshop.parcel

    def parcel(self, page, *rest):
        here.append(page.path)
        return real(self, page, *rest)

    monkeypatch.setattr(Workshop, "parcel", parcel)
    busy = tmp_path / "one" / "busy"
    killer = subprocess.Popen([sys.executable, "-c", BUSY_KILLER, str(busy), str(workers[0].pid)])
    state = publish(PublishOptions(root=written, stage="build"), return_state=True)
    assert state.is_completed(), state.message
    assert killer.wait(timeout=60) == 0
    assert workers[0].wait(timeout=60) == -signal.SIGKILL
    assert here == [], "the workers did it all"
    rendered = [message for _, message in tasks(state, 5, " articles").values()]
    assert sorted(rendered) == sorted([f"{number} articles rendered." for number in (50, 50, 50, 50, 40)])
    ours, alone = pages(written / "public"), pages(tmp_path / "alone-site")
    assert sorted(ours) == sorted(alone)
    assert [name for name in alone if ours[name] != alone[name]] == []
    assert [*(tmp_path / "one").rglob("*.svg"), *(tmp_path / "two").rglob("*.md")] == []


def test_what_a_worker_cannot_render_is_rendered_by_the_run(written, cluster, tmp_path, monkeypatch):
    from flows.spreading import spread_articles_by
    from pipeline.site import article_steps, build

    build(load(written), out=tmp_path / "alone-site")
    shutil.rmtree(written / ".pipeline")
    address, _ = cluster
    spread_over(written, address)
    settings = load(written)
    # Nobody has looked for images and diagrams before the articles go to the workers, which do not have them.
    monkeypatch.setattr(article_steps, "_prepare_images", lambda work, pages: None)
    build(settings, spread=spread_articles_by(settings))
    assert pages(written / "public") == pages(tmp_path / "alone-site")
