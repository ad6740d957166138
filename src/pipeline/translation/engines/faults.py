"""How an engine fails, told apart by what is worth doing next.

EngineError              this request is no good: try its halves
├── EngineRefused        nothing will work until a person mends something: stop asking
└── EngineBusy           the same request may work later: wait, then ask again
    ├── EngineTimeout    no answer in time: ask for less at once
    ├── EngineCrash      it broke down, perhaps over one of the texts: ask for less if it does so again
    └── EngineUnreachable  no connection at all: give up soon
"""

from __future__ import annotations

from pipeline.errors import EngineBusy, EngineError

__all__ = ["EngineBusy", "EngineCrash", "EngineError", "EngineRefused", "EngineTimeout", "EngineUnreachable"]


class EngineRefused(EngineError):
    """The engine will not serve us as we are set up: a bad key, no such language, a wrong address."""


class EngineTimeout(EngineBusy):
    """The engine took the request and did not answer in time."""


class EngineCrash(EngineBusy):
    """The engine met an error of its own in the middle of this request."""


class EngineUnreachable(EngineBusy):
    """There is no way to the engine: no network, no such host, nothing listens."""
