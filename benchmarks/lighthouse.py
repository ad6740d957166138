"""Lighthouse's points for performance, as on a phone with a slow line: home page and a post, in both languages.

    .venv/bin/python benchmarks/lighthouse.py [--runs 3] [--json FILE]

The shipped site, served compressed under its policy, in the system's Chromium. `make test` installs the tools. The
figures are medians; exit 1 when one is below 100. A busy machine costs points: let it rest.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
POST = "posts/where-a-translation-comes-from/"
PAGES = ["", POST, "zh/", f"zh/{POST}"]
METRICS = {
    "first-contentful-paint": "first paint, s",
    "largest-contentful-paint": "largest paint, s",
    "total-blocking-time": "blocked, ms",
    "cumulative-layout-shift": "shift",
}
BAR = 100


def measure(runs: int) -> list[dict[str, Any]]:
    """The median of each figure, for each page."""
    sys.path.insert(0, str(ROOT))
    from tests.served import Served
    from tests.standards.sites import shipped
    from tests.standards.tools import lighthouse, missing

    if lacking := missing():
        sys.exit(f"Not installed: {', '.join(lacking)}. `make test` does it.")
    with tempfile.TemporaryDirectory() as folder:
        public = Path(folder) / "public"
        public.mkdir()
        with Served(public) as served:
            shipped(public, served.url)
            rounds = [lighthouse([f"{served.url}/{path}" for path in PAGES], "performance") for _ in range(runs)]
    rows = []
    for path, results in zip(PAGES, zip(*rounds, strict=True), strict=True):
        metrics = {name: statistics.median(run["metrics"][name] for run in results) for name in METRICS}
        points = statistics.median(run["scores"]["performance"] for run in results)
        rows.append({"page": f"/{path}", "points": points, **metrics})
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rows = measure(options.runs)
    print("| page | points |", " | ".join(METRICS.values()), "|")
    print("| --- |" + " ---: |" * (1 + len(METRICS)))
    for row in rows:
        first, largest = row["first-contentful-paint"] / 1000, row["largest-contentful-paint"] / 1000
        blocked, shift = row["total-blocking-time"], row["cumulative-layout-shift"]
        print(f"| `{row['page']}` | {row['points']:.0f} | {first:.2f} | {largest:.2f} | {blocked:.0f} | {shift:.3f} |")
    if options.json:
        options.json.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    sys.exit(any(row["points"] < BAR for row in rows))


if __name__ == "__main__":
    main()
