"""The sites that are looked at, each built and served once a file of tests, and the tools or a reason to go without."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import chromium
from tests.needed import lacking
from tests.served import Served
from tests.standards.sites import SITES
from tests.standards.tools import missing

__all__ = ["chromium"]


@pytest.fixture(scope="session")
def tools() -> None:
    """The tests of a machine that has not got the tools are skipped; `make test` has installed them."""
    if absent := missing():
        lacking(f"not installed: {', '.join(absent)}; `make test` does it")


@pytest.fixture(scope="module", params=list(SITES))
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A site, as a CDN sends it. Its own address is known to it."""
    public: Path = tmp_path_factory.mktemp(request.param) / "public"
    public.mkdir()
    with Served(public) as started:
        SITES[request.param](public, started.url)
        yield started
