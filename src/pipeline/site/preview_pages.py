"""What the preview adds to pages, and shows instead of them: what is wrong, where, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from pipeline.errors import PipelineError

__all__ = ["OWN", "error_page", "preview_page"]

_RELOAD = b"""\
(() => {
  let built = null;
  const source = new EventSource("/_pipeline/events");
  source.onmessage = (event) => {
    if (built !== null && built !== event.data) location.reload();
    built = event.data;
  };
})();
"""
_STYLE = b"""\
.pipeline-warnings {
  position: fixed; inset: auto 0 0; z-index: 9; max-height: 50vh; overflow: auto; padding: .5rem 1rem;
  background: #4b3a10; color: #fff; font: .875rem/1.5 system-ui, sans-serif;
}
"""
# What the preview answers besides the site: name below its own address, type, content.
OWN = {"reload.js": ("text/javascript", _RELOAD), "warnings.css": ("text/css", _STYLE)}
_SCRIPT = b'<script src="/_pipeline/reload.js"></script>'
_SHEET = '<link rel="stylesheet" href="/_pipeline/warnings.css">'


def preview_page(page: bytes, warnings: Sequence[PipelineError]) -> bytes:
    """A page that loads itself again after a build, with the warnings in a bar that can be unfolded."""
    added = _SCRIPT
    if warnings:
        number = f"{len(warnings)} warning{'s' if len(warnings) > 1 else ''}"
        problems = "".join(map(_problem, warnings))
        added += f'{_SHEET}<details class="pipeline-warnings"><summary>{number}</summary>{problems}</details>'.encode()
    head, found, rest = page.rpartition(b"</body>")
    return head + added + found + rest if found else page + added


def error_page(error: PipelineError) -> bytes:
    """A page made without the theme, which may be what is broken."""
    problems = "".join(map(_problem, getattr(error, "problems", ()) or [error]))
    text = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>The site was not built</title>
<style>
body {{ max-width: 44rem; margin: 12vh auto; padding: 0 1.5rem; font: 1.0625rem/1.6 system-ui, sans-serif }}
h1 {{ font-size: 1.375rem }} code {{ font: 0.9375rem/1.6 ui-monospace, monospace; overflow-wrap: anywhere }}
</style>
</head>
<body>
<h1>The site was not built</h1>
{problems}{_SCRIPT.decode()}
</body>
</html>
"""
    return text.encode()


def _problem(error: PipelineError) -> str:
    where = f"{error.path}:{error.line}" if error.path and error.line else str(error.path or "")
    return f"""<p><code>{escape(where)}</code></p>
<p>{escape(error.message)}</p>
<p>{escape(error.remedy)}</p>
"""
