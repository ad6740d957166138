"""Drafts and a site by one process, and by one and two Dask workers: what it takes, and what is left to the run itself.

    python benchmarks/scale.py [--posts 400] [--wait 0.2] [--jobs pseudo slow build] [--json FILE]

A site of --posts posts of a dozen paragraphs is translated by an engine that answers at once (`pseudo`), and by a
program that takes --wait seconds for each request and one request at a time, as a slow model does. For `build`, the
posts of build.py are made in two languages, and built from nothing: the run itself uses a process a core for what is
not rendered elsewhere. Seconds are wall time, and CPU time of the run with its own processes and of scheduler and
workers together. Starting those is not counted. The peak of the run's memory is that of all rows together. Exit 1 when
the drafts, or the sites, are not byte for byte the same.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

import build as sites  # noqa: E402
import psutil  # noqa: E402 - Dask brings it
from measure import machine  # noqa: E402
from orchestration import make_site  # noqa: E402

from pipeline.config import Settings  # noqa: E402

PROGRAM = """
import json, sys, time
for line in sys.stdin:
    asked = json.loads(line)
    time.sleep({wait})
    print(json.dumps({{"id": asked["id"], "texts": [text.replace("e", "é") for text in asked["texts"]]}}), flush=True)
"""
Row = dict[str, str | int | float]


@contextmanager
def cluster(home: Path, workers: int) -> Iterator[tuple[str, list[psutil.Process]]]:
    """A scheduler and its workers, a process each: (address, processes)."""
    from distributed import Client

    address = f"tcp://127.0.0.1:{18786 + workers}"
    dask = [sys.executable, "-m"]
    scheduler = ["distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", address.rpartition(":")[2]]
    worker = ["distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny"]
    started = [
        subprocess.Popen([*dask, *command, "--no-dashboard"], cwd=home, stderr=subprocess.DEVNULL)
        for command in [scheduler, *[worker] * workers]
    ]
    try:
        with Client(address, timeout=60) as client:
            client.wait_for_workers(workers, timeout=60)
            for shards in ("pipeline.translation.shards", "pipeline.site.shards"):
                client.run(lambda module: __import__(module) and None, shards)
        yield address, [psutil.Process(process.pid) for process in started]
    finally:
        for process in started:  # they hold nothing, and a worker may wait for a scheduler that is gone
            process.kill()
            process.wait()


def cpu(processes: list[psutil.Process]) -> float:
    """Seconds of CPU, user and system."""
    return sum(sum(process.cpu_times()[:2]) for process in processes)


def translated(settings: Settings) -> Path:
    """Where the drafts are."""
    from flows.spreading import spread_by
    from pipeline.translation import translate

    report = translate(settings, spread=spread_by(settings))
    if report.failed:
        sys.exit(str(report.failed[0]))
    return settings.root / "drafts"


def built(settings: Settings) -> Path:
    """Where the site is."""
    from flows.spreading import spread_articles_by
    from pipeline.site import build

    build(settings, spread=spread_articles_by(settings))
    return settings.public


def taken(job: Callable[[Settings], Path], root: Path, address: str, others: list[psutil.Process]) -> Row:
    """What one run took, and the digest of what it made."""
    from pipeline.config import load

    if address:
        with (root / "pipeline.toml").open("a", encoding="utf-8") as file:
            file.write(f'[prefect]\ntask_runner = "dask"\ndask_address = "{address}"\n')
    settings = load(root)
    began, own, elsewhere = time.perf_counter(), sum(os.times()[:4]), cpu(others)
    made = job(settings)
    wall, own, elsewhere = time.perf_counter() - began, sum(os.times()[:4]) - own, cpu(others) - elsewhere
    digest = hashlib.sha256()
    for path in sorted(path for path in made.rglob("*") if path.is_file()):
        digest.update(str(path.relative_to(made)).encode() + path.read_bytes())
    return {"wall": wall, "own": own, "elsewhere": elsewhere, "digest": digest.hexdigest()}


def site(root: Path, posts: int, engine: str, program: Path) -> Path:
    if engine == "build":
        sites.ours(root, posts)
        return root
    make_site(root, posts)
    config = (root / "pipeline.toml").read_text(encoding="utf-8").replace('"pseudo"', f'"{engine}"')
    if engine == "slow":
        config += f'[engines.slow]\nkind = "command"\ncommand = ["{sys.executable}", "{program}"]\n'
    (root / "pipeline.toml").write_text(config, encoding="utf-8")
    return root


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=400)
    parser.add_argument("--wait", type=float, default=0.2)
    jobs = ["pseudo", "slow", "build"]
    parser.add_argument("--jobs", nargs="+", choices=jobs, default=jobs)
    parser.add_argument("--json", type=Path, help="a file for the figures")
    options = parser.parse_args()
    rows: list[Row] = []
    print(f"{machine()}\n\n{options.posts} posts; `slow` takes {options.wait:g} s a request\n")
    print("| job | who | wall s | CPU s of the run | CPU s elsewhere | posts a second |")
    print("| --- | --- | ---: | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        program = home / "slow.py"
        program.write_text(PROGRAM.format(wait=options.wait), encoding="utf-8")
        taken(translated, site(home / "warm", 5, "pseudo", program), "", [])
        taken(built, site(home / "warm", 5, "build", program), "", [])
        for engine in options.jobs:
            job = built if engine == "build" else translated
            for workers in (0, 1, 2):
                root = site(home / f"{engine}-{workers}", options.posts, engine, program)
                if workers:
                    with cluster(home, workers) as (address, others):
                        row = taken(job, root, address, others)
                else:
                    row = taken(job, root, "", [])
                who = f"{workers} worker{'s' * (workers > 1)}" if workers else "one process"
                rows.append({"job": engine, "who": who, "posts": options.posts, **row})
                times = " | ".join(f"{row[name]:.1f}" for name in ("wall", "own", "elsewhere"))
                print(f"| {engine} | {who} | {times} | {options.posts / float(row['wall']):.1f} |", flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"\nThe run's process held at most {peak} MiB.")
    if options.json:
        figures = {"machine": machine(), "wait": options.wait, "peak": peak, "rows": rows}
        options.json.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    digests = {job: {row["digest"] for row in rows if row["job"] == job} for job in options.jobs}
    differ = [job for job, found in digests.items() if len(found) > 1]
    sys.exit(f"what was made differs: {', '.join(differ)}" if differ else 0)


if __name__ == "__main__":
    main()
