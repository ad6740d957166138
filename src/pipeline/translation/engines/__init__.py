"""Machine translators behind one seam: a small class an engine, found by name."""

from pipeline.translation.engines.base import Capabilities, ContextEngine, Engine, GlossaryEngine, Request
from pipeline.translation.engines.registry import engine_kinds, make_engine

__all__ = ["Capabilities", "ContextEngine", "Engine", "GlossaryEngine", "Request", "engine_kinds", "make_engine"]
