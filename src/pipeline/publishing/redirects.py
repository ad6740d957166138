"""Redirects that the build hands over: `.redirects.json` in the built directory.

A JSON object from addresses to locations: `{"/old/": "/new/"}`. At each address there is a page as well, which tells
browsers the same, for where nothing reads redirects (a directory, or a bucket behind a CDN that asks its REST API).
"""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote

from pipeline.errors import PublishError

__all__ = ["REDIRECTS", "read_redirects"]

REDIRECTS = ".redirects.json"
_LONGEST = 2000  # bytes; S3 allows 2 KB
_PLAIN = "/:?#[]@!$&'()*+,;=%-._~"


def read_redirects(directory: Path) -> dict[str, str]:
    """Locations by the paths of the pages that redirect there; PublishError for a file that is not as above."""
    file = directory / REDIRECTS
    try:
        found = json.loads(file.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise _unusable(file, f"it cannot be read ({error})") from error
    if not isinstance(found, dict):
        raise _unusable(file, "it is no object of addresses and locations")
    redirects = {}
    for address, location in found.items():
        target = quote(location, safe=_PLAIN) if isinstance(location, str) else ""
        if not address.startswith("/") or not target.startswith(("/", "https://", "http://")) or len(target) > _LONGEST:
            raise _unusable(file, f"{address!r} → {location!r} is no redirect from an address of the site")
        path = address.removeprefix("/")
        redirects[f"{path}index.html" if not path or path.endswith("/") else path] = target
    return redirects


def _unusable(file: Path, reason: str) -> PublishError:
    return PublishError(f"the redirects cannot be used: {reason}.", path=file, remedy="Build the site again.")
