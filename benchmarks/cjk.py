"""Emphasis beside Chinese, Japanese and Korean: ours against npm's markdown-it-cjk-friendly, on generated strings.

    python benchmarks/cjk.py [STRINGS]

Needs node and npm; fetches the two packages into a temporary directory. Exits with 1 if a string renders differently.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from markdown_it import MarkdownIt

from pipeline.markdown.cjk import cjk_friendly

PACKAGES = ("markdown-it@14.1.0", "markdown-it-cjk-friendly@3.0.0")
PROGRAM = """
import fs from "fs";
import MarkdownIt from "markdown-it";
import friendly from "markdown-it-cjk-friendly";
const md = MarkdownIt("commonmark").enable("strikethrough").use(friendly);
const texts = JSON.parse(fs.readFileSync("strings.json"));
fs.writeFileSync("answers.json", JSON.stringify(texts.map((text) => md.render(text))));
"""
# No entities and no backslashes: markdown-it 14 loses these in the alternative text of images.
MARKERS = ["*", "**", "***", "_", "__", "~~", "~"]
NARROW = [*"aé1 \n\u00a0.()“”«—…€→😀!Я‘’$[", "](x)", "<b>", "</b>"]
WIDE = [*"中文𠮷あーｱ한ㄱ。（）「」～〰\u3000，：！《》、\ufe00\ufe01\ufe0e\ufe0f\U000e0100〆Ａ￥㊙🈂ぁㄅﾞ〇𛀀🀄⚡⌚①"]
POOLS = [NARROW + WIDE + MARKERS * 3, WIDE + MARKERS * 4, NARROW + MARKERS * 4, [*"中文。（）“”a ", *MARKERS, *MARKERS]]


def strings(count: int) -> list[str]:
    """Reproducible strings of up to 24 pieces."""
    dice = random.Random(20261123)
    return ["".join(dice.choices(dice.choice(POOLS), k=dice.randint(2, 24))) for _ in range(count)]


def by_npm(texts: list[str]) -> list[str]:
    """The HTML that npm's packages make of each."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "package.json").write_text('{"type": "module", "private": true}')
        (place / "strings.json").write_text(json.dumps(texts))
        (place / "render.js").write_text(PROGRAM)
        subprocess.run(["npm", "install", "--silent", "--no-audit", *PACKAGES], cwd=folder, check=True, timeout=300)
        subprocess.run(["node", "render.js"], cwd=folder, check=True, timeout=300)
        return list(json.loads((place / "answers.json").read_text()))


def main() -> int:
    texts = strings(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
    plain = MarkdownIt("commonmark").enable("strikethrough")
    ours = MarkdownIt("commonmark").enable("strikethrough").use(cjk_friendly)
    theirs = by_npm(texts)
    other = [(text, html) for text, html in zip(texts, theirs, strict=True) if ours.render(text) != html]
    needed = sum(plain.render(text) != html for text, html in zip(texts, theirs, strict=True))
    print(f"{len(texts)} strings, of which {needed} need the rules; {len(other)} differ from npm")
    for text, html in other[:20]:
        print(f"  {text!r}\n    npm:  {html!r}\n    ours: {ours.render(text)!r}")
    return 1 if other else 0


if __name__ == "__main__":
    sys.exit(main())
