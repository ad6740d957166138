"""Which names GitLab's API knows, as python-gitlab's own tables have them. GitLab ignores a name that it does not know:
a misspelt filter would find every merge request.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

from gitlab.v4 import objects

EVERYWHERE = {"page", "per_page", "pagination"}
POSITION = {
    "base_sha", "start_sha", "head_sha", "position_type", "old_path", "new_path", "old_line", "new_line", "line_range",
}  # fmt: skip
MANAGERS: dict[str, Any] = {
    r"/users": objects.UserManager,
    r"/projects/[^/]+": objects.ProjectManager,
    r"/projects/[^/]+/merge_requests(?:/\d+)?": objects.ProjectMergeRequestManager,
    r"/projects/[^/]+/merge_requests/\d+/notes": objects.ProjectMergeRequestNoteManager,
    r"/projects/[^/]+/merge_requests/\d+/discussions": objects.ProjectMergeRequestDiscussionManager,
}


def faults(method: str, path: str, query: str, body: dict[str, Any] | None) -> list[str]:
    """What of a request GitLab would not understand."""
    where = f"{method} {path}"
    manager = next((one for pattern, one in MANAGERS.items() if re.fullmatch(pattern, path)), None)
    if manager is None:
        return [f"{where}: GitLab has no such address among those that we use"]
    found = [
        f"{where}: nobody reads the parameter {name}"
        for name, _ in parse_qsl(query)
        if name not in {*manager._list_filters, *EVERYWHERE}
    ]
    if method in ("POST", "PUT"):
        table = manager._create_attrs if method == "POST" else manager._update_attrs
        given = set(body or {})
        found += [f"{where}: {name} is missing" for name in sorted(set(table.required) - given)]
        found += [f"{where}: nobody reads {name}" for name in sorted(given - {*table.required, *table.optional})]
        position = set((body or {}).get("position", {}))
        found += [f"{where}: a position has no {name}" for name in sorted(position - POSITION)]
    return found
