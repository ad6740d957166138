"""What it saves, and what it costs, that a flow has its site built by a process of its own.

    python benchmarks/apart.py [--posts N …] [--json FILE]

Sites of N posts in two languages, 8 KB each, are built for a process that has Prefect in it, and so threads: there,
where one processor does it all, and apart, by a process of their own with its copies. Then the flow *publish* does
both, on a Prefect server of its own. The least of three, taken in turn, each by a new process, whose start is not
counted; CPU is that of all processes but the server. A machine on which nothing else runs tells most.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "src"), str(HERE.parent), str(HERE)]

import build as sites  # noqa: E402
from measure import machine  # noqa: E402

WAYS = ("here", "apart")
RUNS = 3
Row = dict[str, str | int | float]


def measure(job: str, way: str, root: Path) -> None:
    """Print what one job takes in this process, which is as that of a run: Prefect is loaded, what renders is not."""
    from flows.embedded import embedded_prefect

    if job == "flow":
        with embedded_prefect(root.parent / "prefect"), chosen(way):
            from flows.publish import PublishOptions, publish

            print(json.dumps(taken(lambda: publish(PublishOptions(root=root)))))
        return
    import flows.steps
    from pipeline.config import load

    settings = load(root)
    threading.Thread(target=threading.Event().wait, daemon=True).start()
    with chosen(way):
        print(json.dumps(taken(lambda: flows.steps.build(settings))))


@contextmanager
def chosen(way: str) -> Iterator[None]:
    """All builds are made this way."""
    import flows.apart as module

    decides = module._pays
    module._pays = lambda *_, **__: way == "apart"
    try:
        yield
    finally:
        module._pays = decides


def taken(job: Callable[[], object]) -> tuple[float, float]:
    """Wall seconds, and CPU seconds of this process and of those that it started."""
    began, cpu = time.perf_counter(), sum(os.times()[:4])
    job()
    return time.perf_counter() - began, sum(os.times()[:4]) - cpu


def measured(home: Path, posts: int) -> Iterator[Row]:
    """The build alone, then the flow *publish*, on a Prefect server of its own."""
    root = home / f"site-{posts}"
    sites.ours(root, posts)
    with (root / "pipeline.toml").open("a", encoding="utf-8") as config:
        config.write('[publish]\ntarget = "published"\n')
    post = root / "content/en/posts/p0.md"

    def nothing() -> None:
        for name in ("public", "published", ".pipeline"):
            shutil.rmtree(root / name, ignore_errors=True)

    def added() -> None:
        post.write_text(post.read_text(encoding="utf-8") + "\nOne more paragraph.\n", encoding="utf-8")

    for job, what, prepare in (
        ("build", "from nothing", nothing),
        ("build", "nothing changed", lambda: None),
        ("build", "a paragraph added", added),
        ("flow", "publish, from nothing", nothing),
    ):
        found: dict[str, list[list[float]]] = {way: [] for way in WAYS}
        for _ in range(RUNS):
            for way in WAYS:
                prepare()
                command = [sys.executable, __file__, "--measure", job, way, str(root)]
                found[way].append(json.loads(subprocess.check_output(command)))
        for way in WAYS:
            wall, cpu = (min(values) for values in zip(*found[way], strict=True))
            yield {"posts": posts, "job": f"{job}, {what}", "way": way, "wall": wall, "cpu": cpu}


def show(rows: Iterator[Row]) -> list[Row]:
    done = []
    for row in rows:
        print(
            f"| 2 × {row['posts']} | {row['job']} | {row['way']} | {row['wall']:.2f} | {row['cpu']:.2f} |", flush=True
        )
        done.append(row)
    return done


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, nargs="+", default=[50, 100, 400])
    parser.add_argument("--json", type=Path, help="a file for the figures")
    parser.add_argument("--measure", nargs=3, metavar=("JOB", "WAY", "ROOT"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        measure(*options.measure[:2], Path(options.measure[2]))
        return
    print(f"{machine()}\n\n| pages | job | where | wall s | CPU s |\n| --- | --- | --- | ---: | ---: |")
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for posts in options.posts:
            rows += show(measured(home, posts))
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
