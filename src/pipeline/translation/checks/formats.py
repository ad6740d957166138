"""Reports as text for people, JSON for programs, annotations for GitHub, and SARIF for code scanning."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pipeline.translation.checks.run import CheckReport
from pipeline.translation.checks.sarif import sarif

__all__ = ["FORMATS", "render"]


def _text(report: CheckReport) -> Iterator[str]:
    yield from map(str, report.findings)
    if report.findings:
        yield ""
    told = f"{report.pages} page{'s' if report.pages != 1 else ''} checked: "
    counts = [
        f"{number} {word}{'s' if number != 1 else ''}"
        for number, word in ((report.errors, "error"), (report.warnings, "warning"))
        if number
    ]
    ignored = f" ({len(report.ignored)} ignored)" if report.ignored else ""
    yield told + (" and ".join(counts) or "nothing found") + ignored + "."


def _json(report: CheckReport) -> Iterator[str]:
    yield _dumped(report.to_json())


def _sarif(report: CheckReport) -> Iterator[str]:
    yield _dumped(sarif(report))


def _dumped(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2)


def _github(report: CheckReport) -> Iterator[str]:
    """Workflow commands: https://docs.github.com/actions/reference/workflow-commands-for-github-actions ."""
    for finding in report.findings:
        place = f"file={_property(finding.file)},line={finding.line},title={_property(finding.rule)}"
        yield f"::{finding.severity} {place}::{_data(f'{finding.message} {finding.remedy}'.rstrip())}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


_RENDERERS: Mapping[str, Callable[[CheckReport], Iterator[str]]] = {
    "text": _text,
    "json": _json,
    "github": _github,
    "sarif": _sarif,
}
FORMATS = tuple(_RENDERERS)


def render(report: CheckReport, form: str) -> str:
    """A report in one of FORMATS, without a line end at its end; may be empty."""
    return "\n".join(_RENDERERS[form](report))
