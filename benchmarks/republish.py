"""What a *republish* with nothing to do costs: seconds of our own work in the flow's body, and requests to the store.

    python benchmarks/republish.py [--posts N] [--json FILE]

A site of N posts is published to an S3 server on loopback, which counts requests, by the flow on a temporary Prefect
server. Then the flow runs five times more where it ran first, and five times in a fresh clone of the repository each;
the middle ones are printed. CPU is that of the process that runs the flow and of the git that it starts: its body holds
our own work and what the body asks of Prefect, and the whole run adds Prefect's engine.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "src"), str(HERE.parent), str(HERE)]

from orchestration import make_site  # noqa: E402

RUNS = 5


@contextmanager
def counting_store() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, HERE / "publish_server.py"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        try:
            yield server
        finally:
            server.kill()


def requests(server: subprocess.Popen[str]) -> int:
    """How many came since this was asked last."""
    server.stdin.write("\n")
    server.stdin.flush()
    return int(server.stdout.readline())


def measured(root: Path, server: subprocess.Popen[str]) -> tuple[dict[str, float], str]:
    """One run of the flow: CPU seconds of its functions alone, its body and all of it, wall seconds, requests."""
    import flows.republish as module
    from flows.options import RepublishOptions

    spent: list[float] = []
    body = module.republish.fn

    def timed(*args: object, **kwargs: object) -> object:
        began = cpu_seconds()
        try:
            return body(*args, **kwargs)
        finally:
            spent.append(cpu_seconds() - began)

    module.republish.fn = timed
    requests(server)
    cpu, wall = cpu_seconds(), time.perf_counter()
    try:
        state = module.republish(RepublishOptions(root=root), return_state=True)
    finally:
        module.republish.fn = body
    found = {"run CPU s": cpu_seconds() - cpu, "run wall s": time.perf_counter() - wall, "body CPU s": spent[0]}
    found["requests"] = requests(server)
    return found | {"functions CPU s": 0.0 if state.result().built else functions_alone(root)}, state.message


def functions_alone(root: Path) -> float:
    """What the body does besides asking Prefect for its turn and its task: look at what is due. CPU seconds."""
    from flows.due import due
    from flows.inputs import inputs
    from pipeline.config import load
    from pipeline.publishing import current

    began = cpu_seconds()
    settings = load(root)
    due(settings, inputs(settings), current(settings.publish, root=root), datetime.now(UTC))
    return cpu_seconds() - began


def cpu_seconds() -> float:
    return sum(os.times()[:4])


def committed(root: Path) -> Path:
    """The site as a repository."""
    (root / ".gitignore").write_text("public/\n.pipeline/\n")
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "content"]):
        who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
        subprocess.run(["git", *who, *arguments], cwd=root, check=True)
    return root


def cloned(root: Path, number: int) -> Path:
    where = root.parent / f"clone-{number}"
    subprocess.run(["git", "clone", "-q", root.as_uri(), where], check=True)
    return where


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=1000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    from flows.embedded import embedded_prefect

    with tempfile.TemporaryDirectory() as home, counting_store() as server:
        root = make_site(Path(home, "site"), options.posts)
        address = server.stdout.readline().strip()
        config = root / "pipeline.toml"
        target = f'target = "s3://site"\nendpoint_url = "{address}"\nregion = "us-east-1"'
        config.write_text(config.read_text().replace('target = "published"', target))
        os.environ |= {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
        committed(root)
        with embedded_prefect(Path(home, "prefect")):
            first, _ = measured(root, server)
            here = [measured(root, server) for _ in range(RUNS)]
            clones = [measured(cloned(root, number), server) for number in range(RUNS)]
    for _, message in here + clones:
        if not message.startswith("Nothing was due") or "built" in message:
            raise SystemExit(message)
    found = {"the first": first} | {
        what: {name: median(run[name] for run, _ in runs) for name in first}
        for what, runs in (("nothing to do", here), ("nothing to do, in a fresh clone", clones))
    }
    print(f"| republish, {options.posts} posts | " + " | ".join(first) + " |")
    print("| --- |" + " --- |" * len(first))
    for what, figures in found.items():
        print(f"| {what} | " + " | ".join(f"{value:.2f}".removesuffix(".00") for value in figures.values()) + " |")
    if options.json:
        options.json.write_text(json.dumps({"posts": options.posts} | found))


if __name__ == "__main__":
    main()
