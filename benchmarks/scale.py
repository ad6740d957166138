"""Drafts by one process, and by one and two Dask workers: what it takes, and what is left to the run's own process.

    python benchmarks/scale.py [--posts 400] [--wait 0.2] [--engines pseudo slow] [--json FILE]

A site of --posts posts of a dozen paragraphs is translated by an engine that answers at once (`pseudo`), and by a
program that takes --wait seconds for each request and one request at a time, as a slow model does. Seconds are wall
time, and CPU time of the run's own process and of scheduler and workers together. Starting those is not counted. The
peak of the run's memory is that of all rows together. Exit 1 when the drafts are not byte for byte the same.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

import psutil  # noqa: E402 - Dask brings it
from measure import machine  # noqa: E402
from orchestration import make_site  # noqa: E402

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
            client.run(lambda: __import__("pipeline.translation.shards") and None)
        yield address, [psutil.Process(process.pid) for process in started]
    finally:
        for process in started:  # they hold nothing, and a worker may wait for a scheduler that is gone
            process.kill()
            process.wait()


def cpu(processes: list[psutil.Process]) -> float:
    """Seconds of CPU, user and system."""
    return sum(sum(process.cpu_times()[:2]) for process in processes)


def translated(root: Path, address: str, others: list[psutil.Process]) -> Row:
    """What one run took, and the digest of its drafts."""
    from flows.spreading import spread_by
    from pipeline.config import load
    from pipeline.translation import translate

    if address:
        with (root / "pipeline.toml").open("a", encoding="utf-8") as file:
            file.write(f'[prefect]\ntask_runner = "dask"\ndask_address = "{address}"\n')
    settings = load(root)
    began, own, elsewhere = time.perf_counter(), time.process_time(), cpu(others)
    report = translate(settings, spread=spread_by(settings))
    wall, own, elsewhere = time.perf_counter() - began, time.process_time() - own, cpu(others) - elsewhere
    if report.failed:
        sys.exit(str(report.failed[0]))
    digest = hashlib.sha256()
    for path in sorted((root / "drafts").rglob("*.md")):
        digest.update(str(path.relative_to(root)).encode() + path.read_bytes())
    return {"wall": wall, "own": own, "elsewhere": elsewhere, "digest": digest.hexdigest()}


def site(root: Path, posts: int, engine: str, program: Path) -> Path:
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
    parser.add_argument("--engines", nargs="+", choices=["pseudo", "slow"], default=["pseudo", "slow"])
    parser.add_argument("--json", type=Path, help="a file for the figures")
    options = parser.parse_args()
    rows: list[Row] = []
    print(f"{machine()}\n\n{options.posts} posts; `slow` takes {options.wait:g} s a request\n")
    print("| engine | who | wall s | CPU s of the run | CPU s elsewhere | posts a second |")
    print("| --- | --- | ---: | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        program = home / "slow.py"
        program.write_text(PROGRAM.format(wait=options.wait), encoding="utf-8")
        translated(site(home / "warm", 5, "pseudo", program), "", [])
        for engine in options.engines:
            for workers in (0, 1, 2):
                root = site(home / f"{engine}-{workers}", options.posts, engine, program)
                if workers:
                    with cluster(home, workers) as (address, others):
                        taken = translated(root, address, others)
                else:
                    taken = translated(root, "", [])
                who = f"{workers} worker{'s' * (workers > 1)}" if workers else "one process"
                rows.append({"engine": engine, "who": who, "posts": options.posts, **taken})
                times = " | ".join(f"{taken[name]:.1f}" for name in ("wall", "own", "elsewhere"))
                print(f"| {engine} | {who} | {times} | {options.posts / float(taken['wall']):.1f} |", flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"\nThe run's process held at most {peak} MiB.")
    if options.json:
        figures = {"machine": machine(), "wait": options.wait, "peak": peak, "rows": rows}
        options.json.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    digests = {engine: {row["digest"] for row in rows if row["engine"] == engine} for engine in options.engines}
    differ = [engine for engine, found in digests.items() if len(found) > 1]
    sys.exit(f"the drafts differ: {', '.join(differ)}" if differ else 0)


if __name__ == "__main__":
    main()
