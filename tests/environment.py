"""What a test may not see of the machine it runs on."""

from __future__ import annotations

import os

import pytest


def forget(monkeypatch: pytest.MonkeyPatch, *beginnings: str) -> None:
    """Take every variable whose name begins with one of these out of the environment, until the test ends."""
    for name in [name for name in os.environ if name.startswith(beginnings)]:
        monkeypatch.delenv(name)
