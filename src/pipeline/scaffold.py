"""`pipeline init`: what a new site begins with."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from pipeline.files import write_atomic

__all__ = ["scaffold"]

_CONFIG = """\
[site]
title = "My site"
base_url = "http://localhost:8000"   # where the site will be published

[locales.en]
name = "English"

[locales.zh]
name = "简体中文"
language = "zh-CN"
prefix = "zh"                        # Chinese pages are below /zh/

[translation]
source = "en"
targets = ["zh"]
engine = "google"                    # no account needed; a list is tried in order

[publish]
target = "published"                 # a directory, or s3://bucket
"""

_POST = """\
---
title: "Hello"
date: {date}
summary: "The first post of this site."
---

This is the first post. Change a sentence, run `pipeline status`, and see what it says.
"""

_GLOSSARY = "source,target,note\nMarkdown,=,kept as it is\n"
_IGNORE = ".pipeline/\npublic/\n"


def scaffold(root: Path) -> list[str]:
    """Make what is missing of a new site in `root`; returns the paths that were made. A site with posts gets none."""
    files = {"pipeline.toml": _CONFIG, "glossary.csv": _GLOSSARY, ".gitignore": _IGNORE}
    if not any((root / "content").rglob("*.md")):
        now = datetime.now(UTC).replace(microsecond=0).isoformat()
        files["content/en/posts/hello.md"] = _POST.format(date=now)
    missing = {path: text for path, text in files.items() if not (root / path).exists()}
    for path, text in missing.items():
        write_atomic(root / path, text.encode())
    return sorted(missing)
