"""What a test needs of the machine. `make test` brings all of it, so there nothing is left out."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import NoReturn

import pytest

__all__ = ["lacking", "program", "unable_to_override_permissions"]


def lacking(reason: str) -> NoReturn:
    """Skip the test, or fail it under `make test`, which says that everything is there."""
    if os.environ.get("PIPELINE_TEST_TOOLS") == "required":
        pytest.fail(reason)
    pytest.skip(reason)  # under a plain `pytest`, which brings no programs


def program(name: str) -> str:
    """A program of the development environment, or else of the machine."""
    found = shutil.which(name, path=Path(sys.prefix) / "bin") or shutil.which(name)
    return found or lacking(f"{name} is not installed; `make test` does it")


def unable_to_override_permissions() -> list[str]:
    """As root every file may be written; what begins with this gives that up, for a test of what others meet."""
    if os.geteuid() != 0:
        return []
    dropped = "-dac_override,-dac_read_search,-fowner"
    return [program("setpriv"), f"--bounding-set={dropped}", f"--inh-caps={dropped}"]
