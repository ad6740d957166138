"""SARIF 2.1.0, https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Any
from urllib.parse import quote

from pipeline import __version__
from pipeline.translation.checks.finding import Finding
from pipeline.translation.checks.rules import RULES
from pipeline.translation.checks.run import CheckReport

__all__ = ["sarif"]


def sarif(report: CheckReport) -> dict[str, Any]:
    """A log with one run. What a comment speaks for is there too, as suppressed."""
    seen: Counter[str] = Counter()
    rules = [
        {
            "id": rule.name,
            "shortDescription": {"text": rule.what},
            "defaultConfiguration": {"level": rule.severity},
        }
        for rule in RULES.values()
    ]
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "pipeline", "version": __version__, "rules": rules}},
                "columnKind": "unicodeCodePoints",
                "results": [_result(finding, seen) for finding in (*report.findings, *report.ignored)],
            }
        ],
    }


def _result(finding: Finding, seen: Counter[str]) -> dict[str, Any]:
    place = {"artifactLocation": {"uri": quote(finding.file)}, "region": {"startLine": finding.line}}
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": list(RULES).index(finding.rule),
        "level": finding.severity,
        "message": {"text": f"{finding.message} {finding.remedy}".rstrip()},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"finding/v1": _fingerprint(finding, seen)},
    }
    if finding.ignored:
        result["suppressions"] = [{"kind": "inSource", "justification": finding.ignored}]
    return result


def _fingerprint(finding: Finding, seen: Counter[str]) -> str:
    """The same for a finding whose line has moved; the second of two equal ones differs."""
    what = f"{finding.rule}\0{finding.file}\0{finding.message}"
    seen[what] += 1
    return hashlib.sha256(f"{what}\0{seen[what]}".encode()).hexdigest()[:32]
