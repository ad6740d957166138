"""Keys of services: from the environment, or from a file that the environment names; never from anywhere else."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import SecretStr

from pipeline.errors import ConfigError

__all__ = ["read_key", "without_key"]


def read_key(name: str, variable: str, env: Mapping[str, str] | None = None) -> SecretStr:
    """The key in an environment variable, or in the file that the same variable with `_FILE` at its end names.

    What is returned never shows itself. Raises ConfigError if there is none.
    """
    env = os.environ if env is None else env
    key = env.get(variable, "").strip()
    file = env.get(f"{variable}_FILE", "")
    if not key and file:
        try:
            key = Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise ConfigError(
                f"the key file of the engine `{name}`, named by {variable}_FILE, cannot be read.",
                remedy="Check the file and its permissions.",
            ) from None
    if not key:
        raise ConfigError(
            f"the engine `{name}` wants its key in the environment variable {variable}, which is empty.",
            remedy=f"Set {variable}, or {variable}_FILE to a file that holds the key.",
        )
    return SecretStr(key)


def without_key(text: str, key: SecretStr | None) -> str:
    """`text` with the key blotted out, for messages in which a server may have echoed it."""
    return text.replace(key.get_secret_value(), "…") if key else text
