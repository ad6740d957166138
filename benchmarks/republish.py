"""What a *republish* with nothing to do costs: seconds of our own work in the flow's body, and requests to the store.

    python benchmarks/republish.py [--posts N] [--json FILE]

A site of N posts is published to an S3 server on loopback, which counts requests, by the flow on a temporary Prefect
server. Then the flow runs five times more; the middle one is printed. CPU is that of the process that runs the flow:
its body holds our own work and what the body asks of Prefect, and the whole run adds Prefect's engine.
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
        began = time.process_time()
        try:
            return body(*args, **kwargs)
        finally:
            spent.append(time.process_time() - began)

    module.republish.fn = timed
    requests(server)
    cpu, wall = time.process_time(), time.perf_counter()
    try:
        state = module.republish(RepublishOptions(root=root), return_state=True)
    finally:
        module.republish.fn = body
    found = {"run CPU s": time.process_time() - cpu, "run wall s": time.perf_counter() - wall, "body CPU s": spent[0]}
    found["functions CPU s"] = functions_alone(root) if not state.result().published.uploaded else 0.0
    return found | {"requests": requests(server)}, state.message


def functions_alone(root: Path) -> float:
    """What the body does besides asking Prefect for its turn and its task: look at what is due. CPU seconds."""
    from flows.due import look
    from pipeline.config import load

    began = time.process_time()
    look(load(root))
    return time.process_time() - began


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
        with embedded_prefect(Path(home, "prefect")):
            first, _ = measured(root, server)
            runs = [measured(root, server) for _ in range(RUNS)]
    for _, message in runs:
        if not message.startswith("Nothing was due"):
            raise SystemExit(message)
    middle = {name: median(run[name] for run, _ in runs) for name in first}
    print(f"| republish, {options.posts} posts | " + " | ".join(first) + " |")
    print("| --- |" + " --- |" * len(first))
    for what, found in (("the first", first), ("nothing to do", middle)):
        print(f"| {what} | " + " | ".join(f"{value:.2f}".removesuffix(".00") for value in found.values()) + " |")
    if options.json:
        options.json.write_text(json.dumps({"posts": options.posts, "first": first, "nothing to do": middle}))


if __name__ == "__main__":
    main()
