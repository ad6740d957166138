"""How soon an open page reloads after one post is saved, under `pipeline serve`, on a site of 2,000 pages.

    .venv/bin/python benchmarks/serve.py [--posts 1000] [--saves 5] [--bar 200]

Half of the pages are English posts, the other half their translations. Measured from before the file is written until
the browser's event stream says so, which is when the page with the change can be had. The rest of the site follows, and
is waited for before the next save. Exit 1 when the median is above
the bar, in milliseconds.
"""

from __future__ import annotations

import argparse
import platform
import queue
import random
import statistics
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

WORDS = "the a post reader language page pipeline translates every changed sentence once and keeps what people wrote"
CONFIG = """\
[site]
title = "Serve"
cards = false
[locales.en]
name = "English"
[locales.zh]
name = "简体中文"
"""


def make(root: Path, posts: int) -> None:
    """A site of `posts` posts in English and as many in Chinese, each with code, a list and links."""
    chance = random.Random(11)
    (root / "pipeline.toml").write_text(CONFIG, encoding="utf-8")
    for locale in ("en", "zh", "zh/.source"):
        (root / "content" / locale / "posts").mkdir(parents=True)
    for number in range(posts):
        paragraphs = [" ".join(chance.choices(WORDS.split(), k=60)) + "." for _ in range(12)]
        body = "\n\n## Part\n\n".join("\n\n".join(paragraphs[at : at + 4]) for at in (0, 4, 8))
        text = (
            f"---\ntitle: Post {number}\ndate: 2026-01-{number % 28 + 1:02}\ntags: [t{number % 20}]\n---\n{body}\n\n"
            f"```python\nfor post in posts:  # {number}\n    print(post)\n```\n\n- [other](/posts/p{number // 2}/)\n"
        )
        for locale in ("en", "zh", "zh/.source"):
            (root / "content" / locale / "posts" / f"p{number}.md").write_text(text, encoding="utf-8")


def listen(url: str, events: queue.Queue[float]) -> None:
    """Note the time of every event of the stream that an open page listens to."""
    with urllib.request.urlopen(f"{url}/_pipeline/events", timeout=600) as stream:
        for line in stream:
            if line.startswith(b"data:"):
                events.put(time.perf_counter())


def measure(root: Path, saves: int) -> tuple[float, list[float]]:
    """Seconds until the site is up, and of each save until its reload."""
    from pipeline.config import load
    from pipeline.site.serve import serve

    addresses: queue.Queue[str] = queue.Queue()
    events: queue.Queue[float] = queue.Queue()
    reports: queue.Queue[object] = queue.Queue()
    stop = threading.Event()
    started = time.perf_counter()
    server = threading.Thread(
        target=serve, args=(load(root),), kwargs={"port": 0, "ready": addresses.put, "built": reports.put, "stop": stop}
    )
    server.start()
    url = addresses.get(timeout=600).replace("localhost", "127.0.0.1")
    first = time.perf_counter() - started
    threading.Thread(target=listen, args=(url, events), daemon=True).start()
    events.get(timeout=60)  # which tells a new listener how things stand
    post = root / "content/en/posts/p7.md"
    times = []
    for number in range(saves):
        reports.get(timeout=600)  # the whole site has followed, and its word of that arrives
        time.sleep(0.3)
        while not events.empty():
            events.get()
        text = post.read_text(encoding="utf-8")
        before = time.perf_counter()
        post.write_text(f"{text}\nSaved for the {number}th time.\n", encoding="utf-8")
        times.append(events.get(timeout=600) - before)
        with urllib.request.urlopen(f"{url}/posts/p7/", timeout=60) as page:
            assert f"Saved for the {number}th time." in page.read().decode()
    stop.set()
    server.join(timeout=60)
    return first, times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=1000)
    parser.add_argument("--saves", type=int, default=5)
    parser.add_argument("--bar", type=float, default=200)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        make(root, options.posts)
        first, times = measure(root, options.saves)
    median = statistics.median(times) * 1000
    print(f"Python {platform.python_version()}, {options.posts} posts in two languages: up after {first:.1f} s")
    print(f"reload after a save: median {median:.0f} ms, {', '.join(f'{one * 1000:.0f}' for one in times)}")
    sys.exit(median > options.bar)


if __name__ == "__main__":
    main()
