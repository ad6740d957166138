"""The Nu HTML checker: no error and no warning in any page or drawing of either site, in one run of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.standards.sites import SITES
from tests.standards.tools import html_checker


@pytest.mark.usefixtures("tools")
def test_the_checker_finds_nothing(tmp_path: Path) -> None:
    faulty = tmp_path / "faulty.html"
    faulty.write_text("<!doctype html><html lang=en><title>x</title><p><div>x</div></p>", encoding="utf-8")
    files = [faulty]
    for name, make in SITES.items():
        (public := tmp_path / name / "public").mkdir(parents=True)
        make(public, "https://example.org")
        files += sorted(path for path in public.rglob("*") if path.suffix in {".html", ".svg"})
    assert len(files) > 80
    expected, others = [], []
    for fault in html_checker(files):
        (expected if faulty.name in fault else others).append(fault)
    assert others == []
    assert expected, "the checker would have found something"
