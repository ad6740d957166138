"""`pipeline init`: what a new site begins with."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from pipeline.files import write_atomic
from pipeline.workflows import workflows

__all__ = ["add_workflows", "not_ignored", "scaffold"]

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

This is the first post. Translate it, approve it, then change a sentence and run `pipeline status`.
"""

_GLOSSARY = "source,target,note\nMarkdown,=,kept as it is\n"
_IGNORED = (".pipeline/", "public/", "published/")


def scaffold(root: Path) -> list[str]:
    """Make what is missing of a new site in `root`; returns the paths that were made. A site with posts gets none.

    Raises OSError if `root` cannot be written to.
    """
    files = {
        "pipeline.toml": _CONFIG,
        "glossary.csv": _GLOSSARY,
        ".gitignore": "".join(f"{line}\n" for line in _IGNORED),
    }
    if not any((root / "content").rglob("*.md")):
        now = datetime.now(UTC).replace(microsecond=0).isoformat()
        files["content/en/posts/hello.md"] = _POST.format(date=now)
    missing = {path: text for path, text in files.items() if not (root / path).exists()}
    for path, text in missing.items():
        write_atomic(root / path, text.encode())
    return sorted(missing)


def add_workflows(root: Path, source: str) -> list[str]:
    """Make the workflows of GitHub Actions that are missing; returns their paths. `source` is the locale people write.

    They are for the branch that is checked out; `main`, where that is unknown. Raises OSError.
    """
    head = root / ".git" / "HEAD"
    text = head.read_text(encoding="utf-8") if head.is_file() else ""
    branch = text.strip().removeprefix("ref: refs/heads/") if text.startswith("ref: refs/heads/") else "main"
    missing = {path: text for path, text in workflows(branch, source).items() if not (root / path).exists()}
    for path, text in missing.items():
        write_atomic(root / path, text.encode())
    return sorted(missing)


def not_ignored(root: Path) -> list[str]:
    """What a .gitignore that was there before should leave out of the history, and does not."""
    lines = {line.strip().strip("/") for line in (root / ".gitignore").read_text(encoding="utf-8").splitlines()}
    return [path for path in _IGNORED[:2] if path.strip("/") not in lines]
