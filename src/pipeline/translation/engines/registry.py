"""Engines by name, from the entry-point group `pipeline.engines`: those shipped here and anyone else's."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from importlib.metadata import entry_points

from pipeline.config import EngineSettings
from pipeline.errors import ConfigError
from pipeline.translation.engines.base import Engine

__all__ = ["engine_kinds", "make_engine"]

GROUP = "pipeline.engines"
# Classes of deep-translator that are no engine, and what to do instead.
_UNUSABLE = {
    "chatgpt": "deep-translator's class for it no longer works. Use the engine `openai`.",
    "libre": "Use the engine `libretranslate`.",
    "linguee": "Linguee is a dictionary: it translates words, not texts.",
    "papago": "Papago's API is closed.",
    "pons": "Pons is a dictionary: it translates words, not texts.",
    "qcri": "QCRI wants its key in addresses, where it would be logged.",
    "yandex": "the API that deep-translator knows is closed.",
}


def engine_kinds() -> list[str]:
    """Every kind of engine that is installed."""
    return sorted({point.name for point in entry_points(group=GROUP)})


def make_engine(name: str, settings: EngineSettings) -> Engine:
    """The engine that [engines.NAME] describes; `settings.kind` says which one it is, `name` if that is empty.

    Nothing is sent. Raises ConfigError for an unknown kind, one that cannot be loaded, and settings it cannot use.
    """
    kind = settings.kind or name
    found = list(entry_points(group=GROUP, name=kind))
    if not found:
        raise _unknown(name, kind)
    try:
        factory: Callable[[str, EngineSettings], Engine] = found[0].load()
    except (ImportError, AttributeError) as error:
        raise ConfigError(
            f"the engine `{kind}` cannot be loaded from {found[0].value}: {error}.",
            remedy="Install what it needs, or choose another engine.",
        ) from error
    return factory(name, settings)


def _unknown(name: str, kind: str) -> ConfigError:
    known = engine_kinds()
    if kind in _UNUSABLE:
        return ConfigError(f"`{kind}` cannot be used.", remedy=_UNUSABLE[kind])
    near = get_close_matches(kind, known, n=1, cutoff=0.5)
    remedy = f"Did you mean `{near[0]}`?" if near else f"There are: {', '.join(f'`{item}`' for item in known)}."
    if kind != name:
        return ConfigError(f"[engines.{name}] has the kind `{kind}`, and there is no such engine.", remedy=remedy)
    return ConfigError(
        f"there is no engine `{kind}`.",
        remedy=f'{remedy} A name of your own needs `kind = "…"` in [engines.{name}].',
    )
