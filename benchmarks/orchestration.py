"""What the flows add to the work that they call: the same job on the same posts, with and without Prefect.

    python benchmarks/orchestration.py [--posts N]

A site of N posts is translated by the `pseudo` engine, built and published into a directory; once by calling the
functions, once by the flows *sync* and *publish* on a temporary server of their own. The seconds are the CPU time of
the process that works and of those it starts for pages, and wall time; the server's CPU time is not counted. The flow
has the site built by a process of its own, whose start is counted (`benchmarks/apart.py`).
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

CONFIG = """
[site]
title = "A large site"
cards = false
[locales.en]
name = "English"
[locales.zh]
name = "简体中文"
[translation]
engine = "pseudo"
[publish]
target = "published"
"""


def make_site(root: Path, posts: int) -> Path:
    """Posts of a dozen paragraphs each, no two alike."""
    if root.exists():
        shutil.rmtree(root)
    folder = root / "content" / "en" / "posts"
    folder.mkdir(parents=True)
    (root / "pipeline.toml").write_text(CONFIG, encoding="utf-8")
    for number in range(posts):
        text = "\n\n".join(
            f"Paragraph {part} of post {number} says **something** about `code_{number}` and [its page](/about/)."
            for part in range(12)
        )
        (folder / f"post-{number}.md").write_text(f"---\ntitle: Post {number}\n---\n\n## Part\n\n{text}\n")
    return root


def plain(root: Path) -> None:
    """The functions alone."""
    from pipeline.config import load
    from pipeline.publishing import publish
    from pipeline.site import build
    from pipeline.translation import detect, translate

    settings = load(root)
    detect(settings)
    translate(settings)
    build(settings)
    publish(settings.public, settings.publish, root=settings.root)


def flows(root: Path) -> None:
    """The same by the flows."""
    from flows.publish import PublishOptions, publish
    from flows.sync import SyncOptions, sync

    for flow, options in ((sync, SyncOptions(root=root)), (publish, PublishOptions(root=root))):
        state = flow(options, return_state=True)
        if not state.is_completed():
            raise SystemExit(state.message)


def timed(job: Callable[[Path], None], root: Path) -> tuple[float, float]:
    began, cpu = time.perf_counter(), spent()
    job(root)
    return spent() - cpu, time.perf_counter() - began


def spent() -> float:
    """CPU seconds of this process, and of those that it started and that have ended."""
    return sum(os.times()[:4])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=1000)
    posts = parser.parse_args().posts
    from flows.embedded import embedded_prefect

    with tempfile.TemporaryDirectory() as home:
        timed(plain, make_site(Path(home, "warm"), 5))
        print("| job | CPU s | wall s |\n| --- | --- | --- |")
        alone = timed(plain, make_site(Path(home, "plain"), posts))
        print(f"| functions, {posts} posts | {alone[0]:.1f} | {alone[1]:.1f} |", flush=True)
        with embedded_prefect(Path(home, "prefect")):
            timed(flows, make_site(Path(home, "warm"), 5))
            led = timed(flows, make_site(Path(home, "flows"), posts))
            print(f"| flows, {posts} posts | {led[0]:.1f} | {led[1]:.1f} |", flush=True)
            again = timed(flows, Path(home, "flows"))
            print(f"| flows, nothing to do | {again[0]:.1f} | {again[1]:.1f} |", flush=True)
        print(
            f"\nOverhead: {100 * (led[0] / alone[0] - 1):.1f} % of CPU, {100 * (led[1] / alone[1] - 1):.1f} % of time."
        )


if __name__ == "__main__":
    main()
