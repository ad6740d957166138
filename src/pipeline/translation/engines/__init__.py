"""Machine translators behind one seam: a small class an engine, found by name."""

from pipeline.translation.engines.base import Capabilities, ContextEngine, Engine, Request
from pipeline.translation.engines.registry import engine_kinds, make_engine

__all__ = ["Capabilities", "ContextEngine", "Engine", "Request", "engine_kinds", "make_engine"]
