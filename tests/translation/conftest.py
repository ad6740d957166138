from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from tests.engines.servers import LibreTranslateServer
from tests.pseudo_chinese import pseudo_chinese
from tests.translation.checkout import Checkout

hypothesis.settings.register_profile(
    "drafts",
    hypothesis.settings.default,
    deadline=None,
    max_examples=60,
    suppress_health_check=[hypothesis.HealthCheck.too_slow, hypothesis.HealthCheck.data_too_large],
)
hypothesis.settings.load_profile("drafts")


@pytest.fixture
def server() -> Iterator[LibreTranslateServer]:
    with LibreTranslateServer(translate=pseudo_chinese) as started:
        yield started


@pytest.fixture
def checkout(tmp_path: Path, server: LibreTranslateServer) -> Checkout:
    return Checkout(tmp_path, server)
