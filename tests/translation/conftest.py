from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engines.servers import LibreTranslateServer
from tests.pseudo_chinese import pseudo_chinese
from tests.translation.checkout import Checkout


@pytest.fixture
def server() -> Iterator[LibreTranslateServer]:
    with LibreTranslateServer(translate=pseudo_chinese) as started:
        yield started


@pytest.fixture
def checkout(tmp_path: Path, server: LibreTranslateServer) -> Checkout:
    return Checkout(tmp_path, server)
